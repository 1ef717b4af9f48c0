/* What power.c and its contestants share. */
#ifndef TESTS_SIM_POWER_H
#define TESTS_SIM_POWER_H

#include "browser.h"
#include "disk.h"

#include <sqlite3.h>

#define CLIENTS_MAX 60
#define ATTEMPTS 2
#define QUESTIONS 30

enum step {
	SIGN_UP_FORM,
	SIGN_UP,
	START_FORM,
	START,
	PAPER,
	SAVE,
	SUBMIT,
	RESULT,
	FINISHED,
};

enum state {
	STATE_NONE,
	STATE_OPEN,
	STATE_SUBMITTED,
};

/* What one contestant knows of an attempt. */
struct attempt {
	enum state state;
	int64_t revision;
	char answers[QUESTIONS + 1];
	char tried[QUESTIONS + 1];	/* sent, and no answer heard */
	char receipt[32];
};

struct client {
	struct power *power;
	int number;
	struct browser browser;
	struct arena *arena;	/* of the page it looks at */
	enum step step;
	bool asks;		/* a request is under way */
	bool registered, sent;	/* heard of it; asked for it */
	int64_t form_at;
	struct text token;
	struct attempt attempts[ATTEMPTS];
	int attempt;
	int saves_left;
};

struct figures {
	int64_t cuts, kills, failed_syncs, heard;
};

struct power {
	uint64_t seed;
	int life;
	struct disk *disk;
	struct world *w;
	struct client clients[CLIENTS_MAX];
	int n_clients;
	int64_t lease, lease_tried;	/* holder: a write of lives that end at once */
	struct figures *figures;
};

uint64_t power_below(struct power *p, uint64_t bound);

/* Ends the program: something is not as it has to be. */
void power_lost(const struct power *p, const char *format, ...) PRINTF(2, 3);

/* The first value of the first row, also as text (64 bytes) when wanted; -1 none. ?1 is
 * `arg`. */
int64_t power_number(struct power *p, sqlite3 *db, const char *sql, const char *arg, char *ret);

/* One more contestant, who has not been here yet. */
struct client *client_add(struct power *p);

/* Whether the contestant would ask something now. */
bool client_is_ready(const struct client *c);

/* Asks the next thing; what comes of it is written down when it is heard. */
void client_ask(struct client *c);

/* After a restart: looks whether all that was acknowledged is there. *ret_papers counts
 * the papers that are. */
void client_check(struct client *c, sqlite3 *db, int *ret_papers);

#endif
