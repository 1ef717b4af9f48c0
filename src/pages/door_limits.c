#include "pages/door_limits.h"

#include "pages/account.h"
#include "pages/allowance.h"
#include "pages/patience.h"
#include "pages/problem.h"
#include "pages/work.h"

struct door_limits {
	struct allowance *failures, *registrations, *taken;
	struct work_used *proofs;
};

struct door_limits *door_limits_new(void)
{
	struct door_limits *limits = mem_new(sizeof(*limits));

	if (!limits)
		return NULL;
	limits->failures = allowance_new(LIMIT_ADDRESSES, LIMIT_FAILURES, LIMIT_FAILURE_MS);
	limits->registrations = allowance_new(LIMIT_ADDRESSES, LIMIT_REGISTRATIONS,
					      LIMIT_REGISTRATION_MS);
	limits->taken = allowance_new(LIMIT_ADDRESSES, LIMIT_TAKEN, LIMIT_TAKEN_MS);
	limits->proofs = work_used_new(LIMIT_PROOFS);
	if (!limits->failures || !limits->registrations || !limits->taken || !limits->proofs)
		return door_limits_free(limits);
	return limits;
}

struct door_limits *door_limits_free(struct door_limits *limits)
{
	if (!limits)
		return NULL;
	allowance_free(limits->failures);
	allowance_free(limits->registrations);
	allowance_free(limits->taken);
	work_used_free(limits->proofs);
	return mem_free(limits);
}

static bool is_known_here(const struct request *request, struct text who)
{
	return patience_knows(request->site->patience, account_key(request, who),
			      account_browser(request), request->arrived_at);
}

/* Takes one, or leaves the page that says why not. */
static bool hold_back(struct request *request, struct allowance *allowance, uint64_t key,
		      struct text why)
{
	int64_t wait_ms = allowance_take(allowance, key, request->arrived_at);

	if (wait_ms == 0)
		return false;
	page_too_many(request, why, wait_ms);
	return true;
}

bool limit_try(struct request *request, struct text who)
{
	struct allowance *failures = request->site->door_limits->failures;
	bool known = is_known_here(request, who);

	/* The address first: what it holds back leaves no trace at any account. */
	if (!known && hold_back(request, failures, request->client_key,
				T("Mạng bạn đang dùng có quá nhiều lần thử sai mật khẩu hoặc mã trong "
				  "mấy phút qua. Có thể đó không phải là bạn: nhiều người thường dùng "
				  "chung một mạng.")))
		return true;
	int64_t wait_ms = patience_take(request->site->patience, account_key(request, who),
					account_browser(request), request->arrived_at);
	if (wait_ms == 0)
		return false;
	if (!known)
		allowance_give_back(failures, request->client_key);
	page_too_many(request, T("Số điện thoại hoặc mã dự thi này vừa có nhiều lần thử sai "
				 "mật khẩu hoặc mã."), wait_ms);
	return true;
}

void limit_try_undone(struct request *request, struct text who)
{
	patience_give_back(request->site->patience, account_key(request, who),
			   account_browser(request), request->arrived_at);
	if (!is_known_here(request, who))
		allowance_give_back(request->site->door_limits->failures, request->client_key);
}

bool limit_registration(struct request *request)
{
	return hold_back(request, request->site->door_limits->registrations, request->client_key,
			 T("Mạng bạn đang dùng có rất nhiều người đăng ký cùng lúc."));
}

void limit_registration_undone(struct request *request)
{
	allowance_give_back(request->site->door_limits->registrations, request->client_key);
}

bool limit_taken(struct request *request)
{
	return hold_back(request, request->site->door_limits->taken,
			 (uint64_t)request->session.device,
			 T("Trình duyệt này đã gửi nhiều số điện thoại có người đăng ký rồi. "
			   "Nếu bạn đã đăng ký, hãy đăng nhập."));
}

bool limit_work(const struct request *request, struct text proof, struct text who)
{
	return work_use(request->site->door_limits->proofs, proof, who, request->arrived_at);
}
