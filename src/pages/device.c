#include "pages/device.h"

#include "pages/page.h"
#include "pages/problem.h"
#include "pages/route.h"
#include "pages/security.h"

#include "store_queries.h"

#define HANDLE_BYTES 8

/* ---- what a browser calls itself */

struct mark {
	const char *in_header;
	const char *name;
};

/* The first that is found counts: browsers carry the marks of those they came from. */
static const struct mark families[] = {
	{ "Zalo", "Zalo" }, { "FBAN", "Facebook" }, { "FBAV", "Facebook" },
	{ "coc_coc_browser", "Cốc Cốc" }, { "SamsungBrowser", "Samsung Internet" },
	{ "UCBrowser", "UC Browser" }, { "OPR/", "Opera" }, { "EdgA/", "Edge" },
	{ "EdgiOS/", "Edge" }, { "Edg/", "Edge" }, { "FxiOS/", "Firefox" },
	{ "Firefox/", "Firefox" }, { "CriOS/", "Chrome" }, { "Chrome/", "Chrome" },
	{ "Safari/", "Safari" },
};

static const struct mark systems[] = {
	{ "iPhone", "iPhone" }, { "iPad", "iPad" }, { "Android", "Android" },
	{ "Windows", "Windows" }, { "Macintosh", "Mac" }, { "CrOS", "ChromeOS" },
	{ "Linux", "Linux" },
};

static const char *find_mark(struct text agent, const struct mark *marks, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text_find(agent, text_from_z(marks[i].in_header), 0) >= 0)
			return marks[i].name;
	return NULL;
}

struct text device_browser(const struct request *request)
{
	const char *family = find_mark(request->agent, families, ARRAY_LEN(families));
	const char *platform = find_mark(request->agent, systems, ARRAY_LEN(systems));

	if (family && platform)
		return text_format(request->arena, "%s, %s", family, platform);
	return text_from_z(family ? family : platform);
}

/* ---- a sign-in */

struct device_note device_note_of(const struct request *request, int64_t person)
{
	return (struct device_note){
		.person = person, .device = request->session.device, .now = request->arrived_at,
		.browser = device_browser(request), .shared = request->session.shared,
	};
}

int device_note_write(const struct device_note *note, struct db *db)
{
	return q_device_sign_in(db, note->person, note->device, note->browser, note->shared,
				note->now);
}

struct text device_handle(const struct request *request, int64_t person, int64_t device)
{
	struct text plain = text_format(request->arena, "%lld %lld", (long long)person,
					(long long)device);
	struct hash index = keys_blind_index(request->site->keys, "device", plain);

	return text_hex(request->arena, index.bytes, HANDLE_BYTES);
}

/* ---- ending one, or all others */

struct ending {
	struct page_entry entry;	/* first, see page.h */
	struct q_devices_of *devices;
	int n;
	int64_t person, now;
	bool ends[50];			/* of `devices`; as many as the query gives */
};

int device_end_load(struct request *request, struct db *db)
{
	struct ending *ending = arena_alloc(request->arena, sizeof(*ending));

	request->page = ending;
	if (!ending)
		return STORE_FAILED;
	int result = page_load_entry(request, db, &ending->entry);
	if (result < 0 || !ending->entry.signed_in)
		return result;
	ending->n = q_devices_of(db, request->arena, request->session.person, &ending->devices);
	return ending->n < 0 ? ending->n : 0;
}

/* A paper that a browser had open can be taken over by another at once. */
static int end_devices(void *ctx, struct db *db)
{
	const struct ending *ending = ctx;

	for (int i = 0; i < ending->n; i++) {
		int64_t device = ending->devices[i].device;
		if (ending->ends[i] && (q_device_end(db, ending->person, device, ending->now) < 0 ||
					q_papers_release_holder(db, ending->person, device) < 0))
			return STORE_FAILED;
	}
	return STORE_ONE;
}

static void after_end(struct request *request)
{
	const struct ending *ending = request->page;

	if (page_write_failed(request))
		return;
	security_note_entry(request, "device-ended", ending->entry.code);
	reply_see_other(request, page_path(request, "/toi?da-ngat#thiet-bi"));
}

void page_device_end_post(struct request *request)
{
	struct ending *ending = request->page;
	struct text meant = form_value(&request->form, "thietbi");

	if (page_lead_to_entry(request, &ending->entry))
		return;
	ending->person = request->session.person;
	ending->now = request->arrived_at;
	for (int i = 0; i < ending->n; i++) {
		int64_t device = ending->devices[i].device;
		ending->ends[i] = device != request->session.device &&
				  (text_equal_z(meant, "khac") ||
				   text_equal(meant, device_handle(request, ending->person, device)));
	}
	page_write_door(request, "device", 0, end_devices, ending, after_end);
}
