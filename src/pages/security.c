#include "pages/security.h"

#include "base/keys.h"
#include "base/security_log.h"
#include "pages/account.h"
#include "pages/site.h"

#define PSEUDONYM_BYTES 6

/* The same for the same thing, for as long as the key lives. */
static struct text pseudonym(const struct request *request, const char *kind, struct text plain)
{
	struct hash index = keys_blind_index(request->site->keys, kind, plain);
	return text_hex(request->arena, index.bytes, PSEUDONYM_BYTES);
}

/* "client=… device=… request=…", as all lines have it. */
static struct text origin_of(const struct request *request)
{
	struct text device = text_format(request->arena, "%lld", (long long)request->session.device);

	return text_format(request->arena, "client=%.*s device=%.*s request=%016llx",
			   TEXT_ARGS(request->client),
			   TEXT_ARGS(request->session.device
					     ? pseudonym(request, "security-device", device)
					     : TEXT("-")),
			   (unsigned long long)request->id);
}

void security_note(const struct request *request, const char *event, struct text who)
{
	struct text account = TEXT("-");

	if (!request->site->security)
		return;
	if (who.len)
		account = pseudonym(request, "security-account", account_key(request, who));
	struct text origin = origin_of(request);
	(void)security_log_write(request->site->security, event, "%.*s account=%.*s",
				 TEXT_ARGS(origin), TEXT_ARGS(account));
}

void security_note_entry(const struct request *request, const char *event, struct text code)
{
	if (!request->site->security)
		return;
	struct text origin = origin_of(request);
	(void)security_log_write(request->site->security, event, "%.*s entry=%.*s", TEXT_ARGS(origin),
				 TEXT_ARGS(code.len ? code : TEXT("-")));
}
