/* Contestants at their browsers: tabs that ask, wait, lose patience, press twice. What
 * they do follows from the world's randomness. */
#ifndef TESTS_SIM_CLIENT_H
#define TESTS_SIM_CLIENT_H

#include "record.h"

#define CONTEST "/binh-phuoc-2024"
#define ROUND "chinh-thuc"

/* What a tab shows. */
enum place {
	AT_NOTHING,
	AT_REGISTER,
	AT_SIGN_IN,
	AT_START,
	AT_PAPER,
	AT_CONFIRM,
	AT_RESULT,
	AT_ME,
	AT_LOST,		/* what could not be saved is offered back */
	AT_OTHER,
};

enum errand {
	TO_LOOK,
	TO_REGISTER,
	TO_SIGN_IN,
	TO_START,
	TO_SAVE,
	TO_SAVE_JSON,
	TO_SUBMIT,
	TO_CONFIRM,
	TO_TAKE,
	TO_RESEND,		/* takes the paper, and saves what could not be saved */
	TO_END_OTHERS,
	TO_SIGN_OUT,
};

/* What is read of an answer. */
struct seen {
	int status;		/* 0: no answer came */
	enum place place;
	char token[128], no[24], verdict[16], location[300], cookie[BROWSER_COOKIE_BYTES];
	char flags[QUESTIONS + 1];
	struct vector vector;	/* stored */
	int64_t revision;	/* -1 none is told */
	int attempt;		/* of the page's paper; 0 none */
	bool here;		/* the paper is held by this browser */
};

struct tab;

/* A request and what came of it. */
struct packet {
	struct tab *tab;
	enum errand errand;
	struct text target, form;
	char cookie[BROWSER_COOKIE_BYTES];
	struct vector base, sent;	/* of a paper's form */
	int64_t revision, no;
	int attempt;
	/* from its arrival on */
	struct span span;
	int64_t device, arrived_at;
	struct post *post;
	struct act_of_person *act;
	struct seen seen;
	bool given_up;
};

struct tab {
	struct person *person;
	struct browser *browser;
	bool script;			/* saves in the background, as paper.js does */
	enum place place;
	struct seen page;
	struct vector now;		/* what the form shows */
	struct packet *waiting, *again;	/* again: what was sent in vain */
	struct packet *lost;		/* the paper's form that met no session */
	int visits;			/* left until it is closed */
};

/* What the tab does now; the packet to be sent, NULL for nothing. *ret_twice: it was
 * pressed twice. */
struct packet *tab_act(struct world *w, struct arena *arena, struct tab *tab, bool *ret_twice);

/* The answer is there (or none is). The packet to be sent at once, NULL: the tab thinks
 * first. */
struct packet *tab_take(struct world *w, struct arena *arena, struct tab *tab,
			struct packet *packet);

/* A packet reached the server, and is answered. What was promised is written down. */
void packet_arrives(struct record *r, struct packet *packet);
void packet_answered(struct record *r, struct packet *packet, const struct world_answer *answer);

/* The same bytes once more. */
struct packet *packet_copy(struct arena *arena, const struct packet *packet);

#endif
