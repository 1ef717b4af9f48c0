/* A session that is lost while a paper is being sat: what was posted travels through
 * the sign-in and is offered back, so that no answer is lost with the cookie. */
#ifndef PAGES_LOST_SESSION_H
#define PAGES_LOST_SESSION_H

#include "pages/problem_view.h"
#include "pages/request.h"

/* The field that names the paper ("chinh-thuc-1"); with it go those of the paper. */
#define LOST_PAPER_FIELD "bai"
#define LOST_FIELDS LOST_PAPER_FIELD " rev no base baseflags basep p a* f*"

/* What is carried. */
struct lost_answers {
	struct text part;		/* of the paper's address; "" nothing */
	struct problem_field *fields;	/* without the part */
	int n;
};

/* Reads them from a form: `part` is the paper's, "" when the form is none of one. */
void lost_answers_read(const struct request *request, struct text part,
		       struct lost_answers *ret);

/* For a POST without a session: the sign-in page with what was posted. False when it
 * holds no answers; then no reply was left. */
bool lost_session_show(struct request *request);

/* After the sign-in: a page whose form takes the paper over and saves them. */
void lost_session_offer(struct request *request, const struct lost_answers *lost);

#endif
