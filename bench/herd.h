/* A herd: people who all come within a minute, each on a connection and from an address
 * of their own, and do not go before they have their paper. They come when they come,
 * whatever has been answered by then. One thread, one epoll. Times are of clock_us. */
#ifndef HERD_H
#define HERD_H

#include "crowd/client.h"
#include "crowd/page.h"

/* What somebody came for. */
enum herd_kind {
	HERD_READY,	/* has a session and the page before the start open */
	HERD_SIGN_IN,	/* has the form of the sign-in open, and starts afterwards */
	HERD_REGISTER,	/* has the form of the registration open */
	HERD_KINDS
};

/* What somebody asks for next. */
enum herd_step {
	HERD_ASK_SIGN_IN,
	HERD_ASK_START_PAGE,
	HERD_ASK_START,
	HERD_ASK_PAPER,
	HERD_ASK_REGISTER,
	HERD_ASK_SLIP,
};

struct herd_person {
	int64_t press_us;	/* when they came */
	int64_t at_us;		/* when what they ask was, or will be, due */
	char *session, *token;	/* since they signed in; NULL: as in their line */
	char *path;		/* where a waiting page or an answer led, to be got; NULL: the
				 * step's own */
	struct text line;	/* "cookie token", of who signs in also "phone password" */
	enum herd_kind kind;
	enum herd_step step;
	int tries;		/* since something led on */
	bool answered;		/* the step, if only by waiting */
	bool has_waited;
};

/* A connection. */
struct herd_line {
	int fd;			/* -1 none */
	int person;		/* whose answer is awaited; -1 nobody's: it is only kept */
	bool sent, reused;
	int64_t since_us;
	char *in;		/* what came of an answer that is not whole; NULL nothing */
	size_t in_len;
	struct herd_line *next;	/* free ones */
};

struct herd_figures {
	struct histogram answer[HERD_KINDS];	/* from the press to any answer of it */
	struct histogram done[HERD_KINDS];	/* from the press to the paper, or the slip */
	struct histogram signed_in;		/* from the press to the session */
	struct histogram start_after;		/* of who had to sign in: start to any answer */
	struct histogram late;			/* how late this client was to ask */
	int64_t came[HERD_KINDS];
	int64_t in_time;		/* papers, while people still came */
	int64_t last_ready_us;		/* when the last who had a session had a paper … */
	int64_t sign_ins_then;		/* … so many still had to be signed in */
	int64_t waited, most_before;	/* saw a waiting page; the largest place */
	int64_t polls, resent, led_back, given_up;
	int64_t first_sign_in_us, last_sign_in_us;
	int most_open;
};

struct herd {
	/* the caller's */
	const char *contest;
	const char *group, *unit;	/* codes, for registrations */
	int64_t phone_from;
	int addresses;		/* so many of 127.1.0.0 and up, in turn */
	int lines_max;
	int64_t window_us;	/* people come within this time */
	int64_t keep_us;	/* an open connection is kept so long after an answer */

	struct sockaddr_in server;
	char host[CLIENT_HOST_BYTES];
	struct herd_person *people;
	int n_people, n_left;
	int64_t began_us;
	uint64_t random;
	int *queue, n_queue;	/* who waits: a heap by at_us */
	struct herd_line *lines, *free_lines;
	int n_open;
	int epoll;
	char *in;		/* what one answer is read into */
	struct inflater inflater;
	struct herd_figures figures;
	struct figures wire;	/* errors, bytes, connections */
};

/* herd_person.c */

/* The next request of a person. Returns its length. */
size_t herd_request(const struct herd *herd, int number, char to[CROWD_REQUEST_BYTES]);

enum herd_next {
	HERD_ASK_NOW,
	HERD_ASK_LATER,	/* at_us */
	HERD_LEAVE,
};

/* What an answer means. */
enum herd_next herd_answered(struct herd *herd, int number, const struct answer *answer,
			     struct text body);

/* They saw an error, and try again, or give up. */
enum herd_next herd_failed(struct herd *herd, int number, enum fault fault, struct text seen);

/* herd_line.c */

/* 0 done, -1 the system has no memory or files. */
int herd_lines_init(struct herd *herd) MUST_CHECK;
void herd_lines_done(struct herd *herd);

/* Asks on a connection of their own. False: as many are open as may be. */
bool herd_ask(struct herd *herd, int number);

/* Serves what happens within `ms`. */
void herd_lines_wait(struct herd *herd, int ms);

/* Fails what has waited too long, and closes what was kept long enough. */
void herd_lines_expire(struct herd *herd);

/* herd_queue.c; the heap has room for all. */
void herd_queue_add(struct herd *herd, int number);
int herd_queue_first(const struct herd *herd);	/* -1 nobody waits */
void herd_queue_take(struct herd *herd);	/* the first is no longer in it */

/* herd_figures.c */
void herd_figures_print(const struct herd *herd, int64_t cpu_us, FILE *to);

#endif
