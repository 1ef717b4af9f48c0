/* What somebody in the herd asks, and does with the answer: as a browser without
 * JavaScript does. */
#include "herd.h"

#include "crowd/clock.h"
#include "crowd/door.h"

#define TRIES_MAX 6
#define COMPLAINTS_MAX 3	/* of a kind */
#define SEEN_BYTES_MAX 300
#define SECOND_US 1000000
/* Until somebody presses a button again, or reloads. */
#define AGAIN_LEAST_S 3
#define AGAIN_MORE_S 5

static struct text word(struct text line, int n)
{
	struct text found;

	do
		found = text_cut(&line, ' ');
	while (n-- > 0);
	return found;
}

static struct text token_of(const struct herd_person *person)
{
	return person->token ? text_from_z(person->token) : word(person->line, 1);
}

static const char *step_path(enum herd_step step)
{
	switch (step) {
	case HERD_ASK_SIGN_IN:
		return "dang-nhap";
	case HERD_ASK_REGISTER:
		return "dang-ky";
	case HERD_ASK_START_PAGE:
	case HERD_ASK_START:
	case HERD_ASK_PAPER:
	case HERD_ASK_SLIP:
		break;
	}
	return "vao-thi";
}

static bool is_press(enum herd_step step)
{
	return step == HERD_ASK_SIGN_IN || step == HERD_ASK_START || step == HERD_ASK_REGISTER;
}

/* What is posted for a press. */
static void write_form(const struct herd *herd, int number, struct crowd_form *form)
{
	const struct herd_person *person = &herd->people[number];
	struct text token = token_of(person);
	char next[128];

	form->len = 0;
	switch (person->step) {
	case HERD_ASK_SIGN_IN:
		snprintf(next, sizeof(next), "/%s/vao-thi", herd->contest);
		door_sign_in_form(form, token, text_from_z(next), word(person->line, 2),
				  word(person->line, 3));
		break;
	case HERD_ASK_REGISTER:
		door_register_form(form, token, herd->group, herd->unit,
				   herd->phone_from + number);
		break;
	case HERD_ASK_START:
	case HERD_ASK_START_PAGE:
	case HERD_ASK_PAPER:
	case HERD_ASK_SLIP:
		crowd_form_add(form, "_token", token);
	}
}

size_t herd_request(const struct herd *herd, int number, char to[CROWD_REQUEST_BYTES])
{
	const struct herd_person *person = &herd->people[number];
	struct crowd_form form;
	char path[256];
	bool posts = !person->path && is_press(person->step);

	snprintf(path, sizeof(path), "/%s/%s", herd->contest, step_path(person->step));
	if (posts)
		write_form(herd, number, &form);
	const struct crowd_request request = {
		.host = herd->host,
		.path = text_from_z(person->path ? person->path : path),
		.cookie = person->session ? text_from_z(person->session) : word(person->line, 0),
		.body = posts ? form.body : NULL, .body_bytes = posts ? form.len : 0,
	};
	return crowd_request_write(&request, to);
}

static void keep(char **to, struct text text)
{
	char *kept = mem_new(text.len + 1);

	if (kept)
		memcpy(kept, text.ptr, text.len);
	mem_free(*to);
	*to = kept;
}

/* The next step, at once. */
static enum herd_next go_on(struct herd_person *person, enum herd_step step, struct text path)
{
	person->step = step;
	person->answered = false;
	person->at_us = clock_us();
	if (path.len)
		keep(&person->path, path);
	else
		person->path = mem_free(person->path);
	return HERD_ASK_NOW;
}

static enum herd_next ask_after(struct herd_person *person, int64_t seconds)
{
	person->at_us = clock_us() + seconds * SECOND_US;
	return HERD_ASK_LATER;
}

static int64_t again_s(struct herd *herd)
{
	herd->random = herd->random * 6364136223846793005 + 1442695040888963407;
	return AGAIN_LEAST_S + (int64_t)((herd->random >> 33) % AGAIN_MORE_S);
}

static void complain(struct herd *herd, const struct herd_person *person, enum fault fault,
		     struct text seen)
{
	static const char *const names[] = { "sign-in", "start page", "start", "paper", "register",
					     "slip" };
	ptrdiff_t main_part = text_find(seen, TEXT("<main"), 0);

	if (herd->wire.faults[fault] > COMPLAINTS_MAX)
		return;
	fprintf(stderr, "herd: after %.1f s at %s%s: %s ",
		(double)(clock_us() - person->press_us) / SECOND_US, names[person->step],
		person->path ? person->path : "", fault_name(fault));
	seen = text_part(seen, main_part < 0 ? 0 : (size_t)main_part, SEEN_BYTES_MAX);
	for (size_t i = 0; i < seen.len; i++)
		fputc(seen.ptr[i] == '\n' || seen.ptr[i] == '\r' ? ' ' : seen.ptr[i], stderr);
	fputc('\n', stderr);
}

enum herd_next herd_failed(struct herd *herd, int number, enum fault fault, struct text seen)
{
	struct herd_person *person = &herd->people[number];

	herd->wire.faults[fault]++;
	complain(herd, person, fault, seen);
	if (++person->tries == TRIES_MAX) {
		herd->figures.given_up++;
		return HERD_LEAVE;
	}
	/* What leads nowhere is begun anew. */
	if (person->tries > 1 && is_press(person->step))
		person->path = mem_free(person->path);
	return ask_after(person, again_s(herd));
}

/* The first answer to a press, whatever it says. */
static void note_answer(struct herd *herd, struct herd_person *person)
{
	struct herd_figures *figures = &herd->figures;

	if (person->answered || !is_press(person->step))
		return;
	person->answered = true;
	if (person->step == HERD_ASK_START && person->kind == HERD_SIGN_IN)
		histogram_add(&figures->start_after, clock_us() - person->at_us);
	else
		histogram_add(&figures->answer[person->kind], clock_us() - person->press_us);
}

static enum herd_next finish(struct herd *herd, struct herd_person *person)
{
	struct herd_figures *figures = &herd->figures;
	int64_t now = clock_us();

	histogram_add(&figures->done[person->kind], now - person->press_us);
	if (person->kind != HERD_REGISTER)
		figures->in_time += now - herd->began_us <= herd->window_us;
	if (person->kind == HERD_READY) {
		figures->last_ready_us = now - herd->began_us;
		figures->sign_ins_then = figures->came[HERD_SIGN_IN] - figures->signed_in.n;
	}
	return HERD_LEAVE;
}

static enum herd_next wait_for_turn(struct herd *herd, int number, struct text body, int64_t s,
				    struct text path)
{
	struct herd_person *person = &herd->people[number];
	struct herd_figures *figures = &herd->figures;
	struct text before;
	int64_t n;

	/* A posted form is not there any more when the page is asked for again. */
	if (path.len == 0 && !person->path && is_press(person->step))
		return herd_failed(herd, number, FAULT_PAGE, body);
	if (path.len)
		keep(&person->path, path);
	figures->waited += !person->has_waited;
	person->has_waited = true;
	figures->polls++;
	if (text_between(body, "id=\"cho-truoc\">", '<', &before) &&
	    text_to_int64(before, &n) == 0 && n > figures->most_before)
		figures->most_before = n;
	return ask_after(person, s);
}

/* Everything that was posted stands in the page, but for a password, and goes again. */
static enum herd_next send_again(struct herd *herd, int number, struct text body)
{
	struct herd_person *person = &herd->people[number];
	ptrdiff_t at = text_find(body, TEXT("id=\"resend\""), 0);
	struct text page = text_part(body, (size_t)at, body.len), token;
	struct crowd_form form;

	write_form(herd, number, &form);
	if (!is_press(person->step) || !page_token(page, &token) ||
	    text_count(page, " name=\"") !=
		    text_count(text_from_bytes(form.body, form.len), "&") + 1)
		return herd_failed(herd, number, FAULT_PAGE, body);
	keep(&person->token, token);
	person->path = mem_free(person->path);
	herd->figures.waited += !person->has_waited;
	person->has_waited = true;
	herd->figures.resent++;
	return ask_after(person, again_s(herd));
}

/* Back to the page before the start: a turn that came while nobody asked, say. */
static enum herd_next led_back(struct herd *herd, int number, const struct answer *answer)
{
	struct herd_person *person = &herd->people[number];
	char start[128];

	snprintf(start, sizeof(start), "/%s/vao-thi", herd->contest);
	if (!text_equal_z(answer->location, start) || ++person->tries == TRIES_MAX)
		return herd_failed(herd, number, FAULT_LOCATION, answer->location);
	herd->figures.led_back++;
	go_on(person, HERD_ASK_START_PAGE, answer->location);
	return HERD_ASK_NOW;
}

static enum herd_next after_start(struct herd *herd, int number, const struct answer *answer,
				  struct text body)
{
	struct text part;

	if (answer->status != 303)
		return herd_failed(herd, number, FAULT_STATUS, body);
	if (!page_paper_part(answer->location, herd->contest, &part))
		return led_back(herd, number, answer);
	herd->people[number].tries = 0;
	return go_on(&herd->people[number], HERD_ASK_PAPER, answer->location);
}

static enum herd_next after_sign_in(struct herd *herd, int number, const struct answer *answer,
				    struct text body)
{
	struct herd_person *person = &herd->people[number];
	struct herd_figures *figures = &herd->figures;
	struct text session;

	if (answer->status != 303)
		return herd_failed(herd, number, FAULT_STATUS, body);
	if (!answer_session(answer, &session))
		return herd_failed(herd, number, FAULT_LOCATION, answer->location);
	keep(&person->session, session);
	person->tries = 0;
	figures->last_sign_in_us = clock_us();
	if (figures->signed_in.n == 0)
		figures->first_sign_in_us = figures->last_sign_in_us;
	histogram_add(&figures->signed_in, figures->last_sign_in_us - person->press_us);
	return go_on(person, HERD_ASK_START_PAGE, answer->location);
}

static enum herd_next after_start_page(struct herd *herd, int number, const struct answer *answer,
				       struct text body)
{
	struct herd_person *person = &herd->people[number];
	struct text token;

	if (answer->status != 200)
		return herd_failed(herd, number, FAULT_STATUS, answer->location);
	if (!page_may_start(body) || !page_token(body, &token))
		return herd_failed(herd, number, FAULT_PAGE, body);
	keep(&person->token, token);
	go_on(person, HERD_ASK_START, TEXT_EMPTY);
	person->answered = person->kind == HERD_READY;	/* they pressed before */
	return HERD_ASK_NOW;
}

static enum herd_next after_paper(struct herd *herd, int number, const struct answer *answer,
				  struct text body)
{
	struct herd_person *person = &herd->people[number];
	struct text part;

	if (answer->status != 200)
		return herd_failed(herd, number, FAULT_STATUS, body);
	if (!person->path || !page_paper_part(text_from_z(person->path), herd->contest, &part) ||
	    !page_paper_is_whole(body, herd->contest, part))
		return herd_failed(herd, number, FAULT_PAGE, body);
	return finish(herd, person);
}

/* The slip, or where it stands. */
static enum herd_next after_register(struct herd *herd, int number, const struct answer *answer,
				     struct text body)
{
	struct herd_person *person = &herd->people[number];
	struct text session, code;

	if (answer->status != 200 && answer->status != 303)
		return herd_failed(herd, number, FAULT_STATUS, body);
	if (person->step == HERD_ASK_REGISTER && !answer_session(answer, &session))
		return herd_failed(herd, number, FAULT_PAGE, body);
	if (person->step == HERD_ASK_REGISTER)
		keep(&person->session, session);
	if (answer->status == 303)
		return go_on(person, HERD_ASK_SLIP, answer->location);
	if (!page_is_slip(body, &code))
		return herd_failed(herd, number, FAULT_PAGE, body);
	return finish(herd, person);
}

enum herd_next herd_answered(struct herd *herd, int number, const struct answer *answer,
			     struct text body)
{
	struct herd_person *person = &herd->people[number];
	struct text path;
	int64_t s;

	note_answer(herd, person);
	if (page_asks_again(body, &s, &path))
		return wait_for_turn(herd, number, body, s, path);
	if (answer->status == 503 && text_has(body, "id=\"resend\""))
		return send_again(herd, number, body);
	if (answer->status == 503)
		return herd_failed(herd, number, FAULT_BUSY, body);
	switch (person->step) {
	case HERD_ASK_SIGN_IN:
		return after_sign_in(herd, number, answer, body);
	case HERD_ASK_START_PAGE:
		return after_start_page(herd, number, answer, body);
	case HERD_ASK_START:
		return after_start(herd, number, answer, body);
	case HERD_ASK_PAPER:
		return after_paper(herd, number, answer, body);
	case HERD_ASK_REGISTER:
	case HERD_ASK_SLIP:
		return after_register(herd, number, answer, body);
	}
	return herd_failed(herd, number, FAULT_PROTOCOL, TEXT_EMPTY);
}
