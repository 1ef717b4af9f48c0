/* A load: players that play one thing (a journey, a sign-in, a registration)
 * again and again, one on each connection, until the time or the people are
 * over. One thread. */
#ifndef CROWD_LOAD_H
#define CROWD_LOAD_H

#include "crowd/client.h"

#define ITEMS_MAX 200
#define TOKEN_BYTES_MAX 64
#define COOKIE_BYTES_MAX 256
#define PART_BYTES_MAX 32
#define ASK_PATH_BYTES_MAX 96
#define COMPLAINTS_MAX 10	/* lines on stderr about single errors */

struct load;

struct player {
	struct load *load;
	struct connection *connection;
	struct player *next_idle;	/* or next of those who wait for a turn */
	bool active;
	enum step step;
	int64_t step_us;	/* when this step's request was due */
	int64_t number;		/* of this journey among all of the load */
	uint64_t random;
	int64_t ask_at_us;	/* who waits for a turn asks for it then … */
	char ask_path[ASK_PATH_BYTES_MAX];	/* … here, below the contest's */
	char cookie[COOKIE_BYTES_MAX];
	char token[TOKEN_BYTES_MAX];

	/* the paper */
	char part[PART_BYTES_MAX];	/* "1-2" */
	int n_items;
	bool has_prediction;
	int64_t prediction;	/* -1 none yet */
	int64_t revision, save_no;
	int saves;
	char base[ITEMS_MAX + 1], base_flags[ITEMS_MAX + 1];	/* as stored */
	char answers[ITEMS_MAX + 1], flags[ITEMS_MAX + 1];
};

/* What is played. Functions build the next request in the connection and answer
 * PLAY_GOES_ON, or PLAY_DONE, or PLAY_WRONG after load_complain. */
enum play_result {
	PLAY_GOES_ON,
	PLAY_DONE,
	PLAY_WRONG,
};

struct play {
	const char *name;
	enum play_result (*begin)(struct player *player);
	/* `body` is whole and inflated; the status is the step's. */
	enum play_result (*answered)(struct player *player, const struct answer *answer,
				     struct text body);
};

/* play_visit is a journey that some begin by signing in; play_start ends once the paper
 * is there to be asked for. */
extern const struct play play_journey, play_bare_saves, play_sign_in, play_register, play_start,
	play_visit;

struct load {
	/* the caller's */
	const struct play *play;
	const char *url;
	const char *contest;	/* its code */
	int connections;
	double seconds;
	double rate;		/* arrivals a second; 0: each player begins anew at once */
	int64_t plays_max;
	int saves;		/* of a journey */
	const struct text *people;	/* cookies, or lines of "phone password", or of
					 * "cookie token" */
	int n_people;
	const struct text *sign_ins;	/* of a visit: "phone password" of the same people */
	int sign_in_each;	/* of so many visits one begins by signing in */
	const char *group, *unit;	/* codes, for registrations */
	int64_t phone_from;
	/* Takes a line for each thing that was acknowledged (load_note), whole at once.
	 * With it the server may end at any time: a request whose connection ended
	 * before its answer is sent again, or given up unless it `repeats`. */
	FILE *journal;
	bool repeats;	/* what may have been served can be sent again */
	bool quiet;	/* nothing is said of single errors */
	void (*told)(const struct load *load);	/* twice a second; may be NULL */

	/* the load's */
	struct figures figures;
	struct client client;
	struct inflater inflater;
	struct player *players;
	struct player *idle, *waiting;
	int n_active;
	int complaints;
};

/* Runs it. 0 done (figures say how it went), 1 the URL is malformed, -1 the system
 * has no memory or files. */
int load_run(struct load *load) MUST_CHECK;

void load_done(struct load *load);

/* From a signal handler: the time of all loads is over. */
void load_end(void);

/* Tells the journal, if there is one, of what this player's person was told. */
void load_note(const struct player *player, const char *format, ...) PRINTF(2, 3);

/* Counts a fault of this player's step and says so on stderr. */
enum play_result load_complain(struct player *player, enum fault fault, struct text seen);

/* Builds a request, whose answer belongs to `step`. The path is below the
 * contest's. A body is url-encoded. */
void player_get(struct player *player, enum step step, const char *format, ...) PRINTF(3, 4);
void player_post(struct player *player, enum step step, const char *body, size_t body_bytes,
		 const char *format, ...) PRINTF(5, 6);

/* Takes the form's token out of a page. */
bool player_take_token(struct player *player, struct text page);

/* Takes the session's cookie out of an answer, where there is one. */
void player_take_cookie(struct player *player, const struct answer *answer);

uint64_t player_random(struct player *player, uint64_t bound);

#endif
