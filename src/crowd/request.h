/* Requests as browsers send them, and the url-encoded forms in them. */
#ifndef CROWD_REQUEST_H
#define CROWD_REQUEST_H

#include "base/text.h"

#define CROWD_REQUEST_BYTES 8192
#define CROWD_FORM_BYTES 4096

struct crowd_request {
	const char *host;
	struct text path;	/* "/CODE/vao-thi" */
	struct text cookie;	/* of the session; "" none */
	const char *body;	/* url-encoded: a POST; NULL: a GET */
	size_t body_bytes;
};

/* Writes it; returns its length, which is below CROWD_REQUEST_BYTES. */
size_t crowd_request_write(const struct crowd_request *request, char to[CROWD_REQUEST_BYTES]);

struct crowd_form {
	size_t len;
	char body[CROWD_FORM_BYTES];
};

/* Appends "name=value", encoded. What does not fit is left out. */
void crowd_form_add(struct crowd_form *form, const char *name, struct text value);

#endif
