/* What all requests share: the store, the keys, the clock, and the contests as
 * they are in force. */
#ifndef PAGES_SITE_H
#define PAGES_SITE_H

#include "base/id.h"
#include "base/keys.h"
#include "base/time.h"

#include <stdatomic.h>

struct store;
struct contest;

/* What the background jobs tell the page of metrics; any thread. The counts are some
 * seconds old (jobs/runner.c). */
struct site_jobs {
	_Atomic int64_t open_files;
	_Atomic int64_t papers_open;
	_Atomic int64_t papers_overdue;	/* of them, those that should be closed by now */
	_Atomic int64_t stepped_at;	/* time_now_ms of the last step; 0 before the first */
	atomic_bool lead;		/* this process runs them */

	/* Each the thread's that runs the step: when it looks again (time_mono_ms), and
	 * how far it came. */
	int64_t readiness_at, backup_at, retention_at;
	int64_t backup_told;		/* bytes of the list of erasures that the backups have */
	int64_t retention_contest, retention_person;
};

struct site {
	struct store *store;
	struct keys *keys;		/* all read; only `keys rotate` lets them grow */
	struct id_source *ids;
	struct contest_clock clock;
	struct text public_url;		/* "https://thi.example.vn", no slash at the
					 * end; "" when not given */
	bool secure;			/* public_url is https: Secure, __Host- cookies */
	bool rehearsal;			/* every page carries the banner */
	_Atomic uint64_t public_version;/* changes with whatever public pages show */
	struct contest_cache *contests;
	struct patience *patience;	/* wrong passwords of an account */
	struct door_limits *door_limits;	/* … and of an address */
	struct security_log *security;
	struct site_jobs jobs;
	int64_t started_at;		/* serving, time_now_ms */
};

#endif
