/* What a load counted, and its JSON. */
#ifndef CROWD_FIGURES_H
#define CROWD_FIGURES_H

#include "base/text.h"
#include "crowd/histogram.h"

#include <stdio.h>

enum step {
	STEP_START_PAGE,
	STEP_START,
	STEP_PAPER,
	STEP_SAVE,
	STEP_SUBMIT,
	STEP_RESULT,
	STEP_SIGN_IN_PAGE,
	STEP_SIGN_IN,
	STEP_REGISTER_PAGE,
	STEP_REGISTER,
	STEP_COUNT
};

/* Whatever is not exactly what the step should have brought. */
enum fault {
	FAULT_CONNECT,		/* no connection */
	FAULT_CLOSED,		/* closed before the answer was whole */
	FAULT_TIMEOUT,
	FAULT_PROTOCOL,		/* not HTTP as this client reads it, or too large */
	FAULT_GZIP,
	FAULT_BUSY,		/* 503 */
	FAULT_STATUS,		/* another status than the step has */
	FAULT_LOCATION,		/* a redirect to elsewhere */
	FAULT_PAGE,		/* a page that is not whole, or not the one asked for */
	FAULT_VERDICT,		/* a save that was not acknowledged */
	FAULT_STORED,		/* acknowledged, but with other answers than were sent */
	FAULT_COUNT
};

struct figures {
	struct histogram steps[STEP_COUNT];
	int64_t faults[FAULT_COUNT];
	int64_t step_faults[STEP_COUNT];	/* the same by step */
	int64_t requests;
	int64_t bytes_in, bytes_out;	/* on the wire */
	int64_t bytes_plain;		/* of bodies, inflated */
	int64_t connects;
	int64_t unanswered;	/* requests whose connection ended first, with a journal */
	int64_t begun, done;		/* journeys, sign-ins or registrations */
	int64_t waited;			/* times that a page said: wait for your turn */
	int64_t late;			/* done once it was over */
	int64_t behind;			/* arrivals that never got to begin */
	int64_t began_us, ended_us;
	int64_t cpu_us;			/* of this process */
	/* Once true, only faults are counted: the time is over and what is under
	 * way is brought to its end. */
	bool over;
};

const char *step_name(enum step step);
const char *fault_name(enum fault fault);

int64_t figures_faults(const struct figures *figures);

/* Writes the figures as a JSON object without a line's end. */
void figures_print(const struct figures *figures, int connections, double rate, FILE *to);

#endif
