/* The waiting room: what was posted while the machine was full, kept in order until the
 * page that its sender waits with asks and finds that the turn has come. It is posted
 * then, as if it had come at that moment; so nobody's time runs while they wait, and
 * nothing is done for who has left.
 *
 * There is a line for starts and one for the door. A browser (its device) has one place in
 * the room; what it posts again takes that place over. The first of a line may go when they
 * ask, as many as keep the machine busy (the line's window): each second that doubles while
 * the machine could do more, and shrinks by a quarter while it is full. How full it is, the
 * pressure, the caller says in per mille. Who is first and does not ask is passed by and may
 * go whenever they come; after WAITING_FORGET_MS they are forgotten.
 *
 * Passwords are among what is kept: in memory only, and zeroed when it is given back.
 * Any thread. `now` is time_mono_ms. */
#ifndef HTTP_WAITING_H
#define HTTP_WAITING_H

#include "base/metric.h"
#include "base/text.h"

#define WAITING_PEOPLE_MAX (1 << 18)
#define WAITING_BYTES_MAX (256u << 20)	/* of all that is kept */
#define WAITING_POST_BYTES_MAX 8192	/* of one path and form */
#define WAITING_FORGET_MS (5 * 60 * 1000)
#define WAITING_FULL 1000		/* pressure from which on people wait */

enum waiting_line {
	WAITING_START,
	WAITING_DOOR,
	WAITING_LINES
};

struct waiting_post {
	struct text path, form;	/* as sent */
};

struct waiting_place {
	enum waiting_line line;
	int before;		/* people, at most */
	int ask_again_s;
	int left_s;		/* until the turn comes, about; -1 not known */
};

struct waiting_room;

/* NULL when memory is out. */
struct waiting_room *waiting_new(void) MUST_CHECK;

/* Takes NULL, returns NULL. */
struct waiting_room *waiting_free(struct waiting_room *room);

enum waiting_answer {
	WAITING_GO,		/* the turn has come: there is no place any more */
	WAITING_WAIT,		/* *ret_place says where */
	WAITING_NOBODY,		/* waiting_ask: no such place */
	WAITING_NO_ROOM,	/* the room is full, or the post too large */
};

/* Something was posted. */
enum waiting_answer waiting_come(struct waiting_room *room, enum waiting_line line, int64_t device,
				 const struct waiting_post *post, int pressure, int64_t now,
				 struct waiting_place *ret_place) MUST_CHECK;

/* The page asks. `pressures` has one for each line. With WAITING_GO *ret_post is in the
 * arena, and empty when that was full. */
enum waiting_answer waiting_ask(struct waiting_room *room, int64_t device,
				const int pressures[WAITING_LINES], int64_t now,
				struct arena *arena, struct waiting_post *ret_post,
				struct waiting_place *ret_place) MUST_CHECK;

struct waiting_figures {
	int people;		/* in line now */
	int window;
	uint64_t came;		/* that had to wait, so far */
	uint64_t went;		/* whose turn came, so far */
	uint64_t left;		/* who were forgotten */
	const struct metric_histogram *wait;	/* of those who went, whole seconds; lives as
						 * long as the room */
};

struct waiting_figures waiting_figures(struct waiting_room *room, enum waiting_line line);

#endif
