#include "client.h"

#include "base/time.h"

static bool chance(struct world *w, int percent)
{
	return world_below(w, 100) < (uint64_t)percent;
}

static void keep(char *to, size_t bytes, struct text from)
{
	snprintf(to, bytes, "%.*s", TEXT_ARGS(from));
}

static void *must_have(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

/* ---- forms */

static struct packet *packet_new(struct arena *arena, struct tab *tab, enum errand errand,
				 struct text target)
{
	struct packet *packet = must_have(arena_alloc(arena, sizeof(*packet)));

	packet->tab = tab;
	packet->errand = errand;
	packet->target = text_copy(arena, target);
	packet->form = TEXT_EMPTY;
	packet->attempt = tab->page.attempt;
	keep(packet->cookie, sizeof(packet->cookie), text_from_z(tab->browser->cookie));
	return packet;
}

struct packet *packet_copy(struct arena *arena, const struct packet *packet)
{
	struct packet *copy = packet_new(arena, packet->tab, packet->errand, packet->target);

	copy->form = packet->form;
	copy->base = packet->base;
	copy->sent = packet->sent;
	copy->revision = packet->revision;
	copy->no = packet->no;
	copy->attempt = packet->attempt;
	return copy;
}

static struct packet *look(struct arena *arena, struct tab *tab, const char *path)
{
	return packet_new(arena, tab, TO_LOOK, text_format(arena, CONTEST "%s", path));
}

static struct buf form_begin(struct arena *arena, const struct tab *tab)
{
	struct buf form;

	buf_init(&form, arena, FORM_BYTES_MAX);
	form_add(&form, "_token", text_from_z(tab->page.token));
	return form;
}

static struct packet *post(struct arena *arena, struct tab *tab, enum errand errand,
			   struct text target, struct buf *form)
{
	struct packet *packet = packet_new(arena, tab, errand, target);

	packet->form = text_copy(arena, buf_done(form));
	return packet;
}

static void add_number(struct buf *form, const char *name, int64_t number)
{
	form_add(form, name, text_format(form->arena, "%lld", (long long)number));
}

/* A form with nothing but the token and perhaps one field. */
static struct packet *press(struct arena *arena, struct tab *tab, enum errand errand,
			    const char *path, const char *name, const char *value)
{
	struct buf form = form_begin(arena, tab);

	if (name)
		form_add(&form, name, text_from_z(value));
	return post(arena, tab, errand, text_format(arena, CONTEST "%s", path), &form);
}

static struct text paper_target(struct arena *arena, const struct tab *tab, const char *rest)
{
	return text_format(arena, CONTEST "/bai-thi/" ROUND "-%d%s", tab->page.attempt, rest);
}

static const char *const units[] = { "SNV-VP", "STTTT-VP", "SYT-KHTC", "STC-GCS",
				     "DP-25195", "DP-25198", "DP-25201" };
#define UNITS_OF_GROUP_1 4

static const char *unit_of(const struct person *person)
{
	return units[(size_t)person->number % ARRAY_LEN(units)];
}

static const char *group_of(const struct person *person)
{
	return (size_t)person->number % ARRAY_LEN(units) < UNITS_OF_GROUP_1 ? "nhom1" : "nhom2";
}

/* Of the people of a commune some share a phone with who came before them, each with
 * a password of their own. */
static struct text phone_of(struct arena *arena, const struct person *person)
{
	bool shares = person->number % 4 == 3 && strcmp(group_of(person), "nhom2") == 0;
	return text_format(arena, "09123%05d", person->number - shares);
}

static struct text password_of(const struct person *person)
{
	return person->number % 2 ? TEXT("bo-cau-trang-nho") : TEXT("chuon-chuon-bay-thap");
}

static struct packet *sign_up(struct arena *arena, struct tab *tab)
{
	const struct person *person = tab->person;
	struct buf form = form_begin(arena, tab);

	form_add(&form, "nhom", text_from_z(group_of(person)));
	form_add(&form, "dv", text_from_z(unit_of(person)));
	form_add(&form, "hoten", record_name(arena, person));
	form_add(&form, "ngaysinh", text_format(arena, "%02d/%02d/1980", 1 + person->number % 28,
						1 + person->number % 12));
	form_add(&form, "sdt", phone_of(arena, person));
	form_add(&form, "matkhau", password_of(tab->person));
	form_add(&form, "dongy", TEXT("1"));
	form_add(&form, "xacnhan", TEXT("1"));
	return post(arena, tab, TO_REGISTER, TEXT(CONTEST "/dang-ky"), &form);
}

/* What a paper's form held besides its token, which is its first field. */
static void add_lost(struct buf *form, const struct packet *lost)
{
	struct text fields = lost->form;

	(void)text_cut(&fields, '&');
	buf_char(form, '&');
	buf_text(form, fields);
}

static struct packet *sign_in(struct arena *arena, struct tab *tab)
{
	struct buf form = form_begin(arena, tab);

	form_add(&form, "sdt", phone_of(arena, tab->person));
	form_add(&form, "matkhau", password_of(tab->person));
	form_add(&form, "tiep", TEXT(CONTEST "/vao-thi"));
	if (tab->lost) {
		form_add(&form, "bai", text_format(arena, ROUND "-%d", tab->lost->attempt));
		add_lost(&form, tab->lost);
	}
	return post(arena, tab, TO_SIGN_IN, TEXT(CONTEST "/dang-nhap"), &form);
}

/* All that the paper's form shows. */
static struct packet *hand_in(struct arena *arena, struct tab *tab, enum errand errand,
			      const char *rest, int64_t no)
{
	struct buf form = form_begin(arena, tab);
	const struct vector *base = &tab->page.vector;
	char name[8];

	add_number(&form, "rev", tab->page.revision);
	add_number(&form, "no", no);
	form_add(&form, "base", text_from_bytes(base->answers, QUESTIONS));
	form_add(&form, "baseflags", text_from_z(tab->page.flags));
	if (errand != TO_SAVE_JSON)
		add_number(&form, "basep", base->prediction);
	for (int i = 0; i < QUESTIONS; i++) {
		snprintf(name, sizeof(name), "a%d", i + 1);
		if (tab->now.answers[i] != '0')
			form_add(&form, name, text_from_bytes(&tab->now.answers[i], 1));
		snprintf(name, sizeof(name), "f%d", i + 1);
		if (tab->page.flags[i] == '1')
			form_add(&form, name, TEXT("1"));
	}
	form_add(&form, "p", tab->now.prediction < 0 ? TEXT_EMPTY
		: text_format(arena, "%lld", (long long)tab->now.prediction));
	struct packet *packet = post(arena, tab, errand, paper_target(arena, tab, rest), &form);
	packet->base = *base;
	packet->sent = tab->now;
	packet->revision = tab->page.revision;
	packet->no = no;
	return packet;
}

static struct packet *resend(struct arena *arena, struct tab *tab)
{
	struct packet *lost = tab->lost;
	struct buf form = form_begin(arena, tab);

	add_lost(&form, lost);
	struct packet *packet = post(arena, tab, TO_RESEND,
				     text_format(arena, CONTEST "/bai-thi/" ROUND "-%d/tiep-tuc",
						 lost->attempt), &form);
	packet->base = lost->base;
	packet->sent = lost->sent;
	packet->revision = lost->revision;
	packet->no = lost->no;
	packet->attempt = lost->attempt;
	return packet;
}

/* ---- what a tab does */

/* Some answers, now and then one taken back, and the prediction. */
static void answer_some(struct world *w, struct tab *tab)
{
	int n = 1 + (int)world_below(w, 8);

	while (n--) {
		char *answer = &tab->now.answers[world_below(w, QUESTIONS)];
		*answer = (char)('0' + (chance(w, 5) ? 0 : 1 + world_below(w, 4)));
	}
	if (chance(w, 20))
		tab->now.prediction = (int64_t)world_below(w, 1000);
}

static void answer_all(struct world *w, struct tab *tab)
{
	for (int i = 0; i < QUESTIONS; i++)
		if (tab->now.answers[i] == '0')
			tab->now.answers[i] = (char)('1' + world_below(w, 4));
	if (tab->now.prediction < 0)
		tab->now.prediction = (int64_t)world_below(w, 1000);
}

static struct packet *wander(struct world *w, struct arena *arena, struct tab *tab)
{
	static const char *const paths[] = { "/toi", "/ket-qua", "", "/don-vi", "/du-lieu",
					     "/du-lieu/tai-ve", "/the-le", "/thi-thu",
					     "/ket-qua/" ROUND "-1", "/toi",
					     "/giay-xac-nhan/" ROUND "-1" };

	/* What asks for a paper of nobody's is answered with 404. */
	int n = (int)ARRAY_LEN(paths) - (tab->person->papers[0].started ? 0 : 3);
	return look(arena, tab, paths[world_below(w, (uint64_t)n)]);
}

static struct packet *sit(struct world *w, struct arena *arena, struct tab *tab, bool *ret_twice)
{
	int64_t no = (int64_t)(world_below(w, UINT64_C(1) << 53));

	if (chance(w, 6))
		return wander(w, arena, tab);
	if (chance(w, 4))
		return packet_new(arena, tab, TO_LOOK, paper_target(arena, tab, ""));
	answer_some(w, tab);
	if (chance(w, 15)) {
		if (chance(w, 50))
			answer_all(w, tab);
		*ret_twice = chance(w, 25);
		return hand_in(arena, tab, TO_SUBMIT, "/nop", no);
	}
	*ret_twice = chance(w, 10);
	return tab->script ? hand_in(arena, tab, TO_SAVE_JSON, "/luu.json", no)
			   : hand_in(arena, tab, TO_SAVE, "/luu", no);
}

static struct packet *at_paper(struct world *w, struct arena *arena, struct tab *tab,
			       bool *ret_twice)
{
	/* Who knows better than the page presses all the same. */
	if (tab->page.here || chance(w, 10))
		return sit(w, arena, tab, ret_twice);
	if (chance(w, 50))
		return wander(w, arena, tab);
	struct buf form = form_begin(arena, tab);
	return post(arena, tab, TO_TAKE, paper_target(arena, tab, "/tiep-tuc"), &form);
}

static struct packet *confirm(struct world *w, struct arena *arena, struct tab *tab,
			      bool *ret_twice)
{
	struct buf form = form_begin(arena, tab);

	if (chance(w, 50))
		return packet_new(arena, tab, TO_LOOK, paper_target(arena, tab, ""));
	form_add(&form, "confirm", TEXT("1"));
	*ret_twice = chance(w, 25);
	return post(arena, tab, TO_CONFIRM, paper_target(arena, tab, "/nop"), &form);
}

static struct packet *at_me(struct world *w, struct arena *arena, struct tab *tab)
{
	if (chance(w, 15))
		return press(arena, tab, TO_END_OTHERS, "/thiet-bi", "thietbi", "khac");
	if (chance(w, 5))
		return press(arena, tab, TO_SIGN_OUT, "/dang-xuat", NULL, NULL);
	return look(arena, tab, "/vao-thi");
}

struct packet *tab_act(struct world *w, struct arena *arena, struct tab *tab, bool *ret_twice)
{
	struct packet *again = tab->again;

	*ret_twice = false;
	tab->again = NULL;
	if (again && chance(w, 75))
		return packet_copy(arena, again);
	switch (tab->place) {
	case AT_REGISTER:
		*ret_twice = chance(w, 20);
		return sign_up(arena, tab);
	case AT_SIGN_IN:
		*ret_twice = chance(w, 10);
		return sign_in(arena, tab);
	case AT_START:
		*ret_twice = chance(w, 30);
		return press(arena, tab, TO_START, "/vao-thi", NULL, NULL);
	case AT_PAPER:
		return at_paper(w, arena, tab, ret_twice);
	case AT_CONFIRM:
		return confirm(w, arena, tab, ret_twice);
	case AT_ME:
		return at_me(w, arena, tab);
	case AT_LOST:
		if (!tab->lost)
			break;
		*ret_twice = chance(w, 20);
		return resend(arena, tab);
	case AT_RESULT:
		if (chance(w, 40))
			return wander(w, arena, tab);
		break;
	case AT_NOTHING:
	case AT_OTHER:
		break;
	}
	if (!tab->person->registered)
		return packet_new(arena, tab, TO_LOOK,
				  text_format(arena, CONTEST "/dang-ky?nhom=%s&dv=%s",
					      group_of(tab->person), unit_of(tab->person)));
	return look(arena, tab, "/vao-thi");
}

/* ---- what comes back */

/* A conflict in a page with a script: its changes over what is stored. */
static void merge(struct tab *tab, const struct vector *stored)
{
	struct vector *now = &tab->now, *base = &tab->page.vector;

	for (int i = 0; i < QUESTIONS; i++)
		if (now->answers[i] == base->answers[i])
			now->answers[i] = stored->answers[i];
	if (now->prediction == base->prediction)
		now->prediction = stored->prediction;
}

static void take_json(struct tab *tab, const struct packet *packet)
{
	const struct seen *seen = &packet->seen;

	if (strcmp(seen->verdict, "saved") == 0 || strcmp(seen->verdict, "conflict") == 0) {
		if (strcmp(seen->verdict, "conflict") == 0)
			merge(tab, &seen->vector);
		tab->page.revision = seen->revision;
		tab->page.vector = seen->vector;
	} else {
		tab->place = AT_NOTHING;	/* moved, closed */
	}
}

static bool must_wait(const struct packet *packet)
{
	int status = packet->seen.status;
	return status == 0 || status == 503 || status == 429;
}

struct packet *tab_take(struct world *w, struct arena *arena, struct tab *tab,
			struct packet *packet)
{
	const struct seen *seen = &packet->seen;
	struct text location = text_from_z(seen->location);

	(void)w;
	if (must_wait(packet)) {
		tab->again = packet;
	} else if (seen->status == 303) {
		if (packet->errand == TO_RESEND)
			tab->lost = NULL;
		return packet_new(arena, tab, TO_LOOK, text_cut(&location, '#'));
	} else if (packet->errand == TO_SAVE_JSON && seen->verdict[0]) {
		take_json(tab, packet);
	} else if (seen->status == 403 || packet->errand == TO_SAVE_JSON) {
		tab->place = AT_NOTHING;	/* loaded anew */
	} else {
		tab->place = seen->place;
		tab->page = *seen;
		tab->now = seen->vector;
		if (seen->status == 401 && packet->post)
			tab->lost = packet;
	}
	return NULL;
}

/* ---- reading an answer */

static enum place place_of(struct text html)
{
	static const struct {
		const char *mark;
		enum place place;
	} marks[] = {
		{ "id=\"lost\"", AT_LOST }, { "id=\"sign-in\"", AT_SIGN_IN },
		{ "name=\"baseflags\" value", AT_PAPER }, { "id=\"submit\"", AT_CONFIRM },
		{ "data-paper-done", AT_RESULT }, { "id=\"start\"", AT_START },
		{ "id=\"register\"", AT_REGISTER }, { "id=\"sign-out\"", AT_ME },
	};

	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (text_find(html, text_from_z(marks[i].mark), 0) >= 0)
			return marks[i].place;
	return AT_OTHER;
}

/* "/bai-thi/chinh-thuc-2…" and "/ket-qua/chinh-thuc-2…" name a paper. */
static int attempt_of(struct text path)
{
	ptrdiff_t at = text_find(path, TEXT("/" ROUND "-"), 0);

	return at < 0 ? 0 : path.ptr[at + (ptrdiff_t)sizeof("/" ROUND "-") - 1] - '0';
}

static int64_t number_of(struct text text)
{
	int64_t number = -1;

	return text_to_int64(text, &number) == 0 ? number : -1;
}

static void read_paper(struct text html, struct seen *seen)
{
	seen->here = text_find(html, TEXT("id=\"take\""), 0) < 0;
	seen->revision = number_of(page_field(html, "rev"));
	keep(seen->no, sizeof(seen->no), page_field(html, "no"));
	keep(seen->flags, sizeof(seen->flags), page_field(html, "baseflags"));
	memcpy(seen->vector.answers, page_field(html, "base").ptr, QUESTIONS);
	seen->vector.prediction = number_of(page_field(html, "basep"));
}

/* The value of a name in a flat JSON object. */
static struct text json_field(struct text json, const char *name)
{
	char mark[32];
	struct text rest;

	snprintf(mark, sizeof(mark), "\"%s\":", name);
	ptrdiff_t at = text_find(json, text_from_z(mark), 0);
	if (at < 0)
		return TEXT_EMPTY;
	rest = text_part(json, (size_t)at + strlen(mark), json.len);
	if (!text_starts_with(rest, TEXT("\"")))
		return text_cut(&rest, ',');
	rest = text_part(rest, 1, rest.len);
	return text_cut(&rest, '"');
}

static void read_json(struct text json, struct seen *seen)
{
	keep(seen->verdict, sizeof(seen->verdict), json_field(json, "verdict"));
	if (json_field(json, "answers").len != QUESTIONS)
		return;
	seen->revision = number_of(json_field(json, "rev"));
	memcpy(seen->vector.answers, json_field(json, "answers").ptr, QUESTIONS);
	seen->vector.prediction = number_of(json_field(json, "prediction"));
}

static void read_answer(const struct packet *packet, const struct world_answer *answer,
			struct seen *seen)
{
	struct browser jar = { .address = 0 };

	seen->status = answer->status;
	browser_take_cookie(&jar, answer);
	memcpy(seen->cookie, jar.cookie, sizeof(seen->cookie));
	keep(seen->location, sizeof(seen->location), world_header(answer, "Location"));
	keep(seen->token, sizeof(seen->token), page_field(answer->body, "_token"));
	seen->revision = -1;
	seen->vector.prediction = -1;
	if (text_starts_with(answer->body, TEXT("{\"verdict\"")))
		read_json(answer->body, seen);
	seen->place = place_of(answer->body);
	if (seen->place == AT_PAPER && seen->status == 200)
		read_paper(answer->body, seen);
	else if (seen->place == AT_PAPER)
		seen->place = AT_NOTHING;	/* what was posted is offered again */
	seen->attempt = attempt_of(packet->target);
}

/* ---- what was promised */

static void note_act(struct record *r, struct packet *packet, enum act_kind kind)
{
	struct act_of_person *act = record_act(r, packet->tab->person);

	act->kind = kind;
	act->span = packet->span;
	act->device = packet->device;
	act->attempt = packet->attempt;
	packet->act = act;
}

static void note_post(struct record *r, struct packet *packet)
{
	struct person *person = packet->tab->person;

	packet->post = record_post(r, &person->papers[packet->attempt - 1]);
	packet->post->span = packet->span;
	packet->post->base = packet->base;
	packet->post->sent = packet->sent;
	packet->post->device = packet->device;
	packet->post->arrived_at = packet->arrived_at;
}

void packet_arrives(struct record *r, struct packet *packet)
{
	packet->span = (struct span){ ++r->tick, NOT_YET };
	packet->device = record_session(r, packet->cookie).device;
	packet->arrived_at = r->w->now;
	switch (packet->errand) {
	case TO_SAVE:
	case TO_SAVE_JSON:
	case TO_SUBMIT:
		note_post(r, packet);
		break;
	case TO_REGISTER:
	case TO_SIGN_IN:
		note_act(r, packet, ACT_SIGN_IN);
		break;
	case TO_RESEND:
		note_post(r, packet);
		note_act(r, packet, ACT_TAKE);
		break;
	case TO_TAKE:
		note_act(r, packet, ACT_TAKE);
		break;
	case TO_END_OTHERS:
		note_act(r, packet, ACT_END_OTHERS);
		break;
	case TO_SIGN_OUT:
		note_act(r, packet, ACT_END_OWN);
		break;
	case TO_LOOK:
	case TO_START:
	case TO_CONFIRM:
		break;
	}
}

static bool leads_to(const struct seen *seen, const char *path)
{
	return seen->status == 303 &&
	       text_starts_with(text_from_z(seen->location), text_from_z(path));
}

/* Who signed in here is who the browser's user is. */
static void note_session(struct record *r, struct person *person, const struct seen *seen)
{
	struct session session = record_session(r, seen->cookie);

	if (!session.person)
		return;
	if (person->id && session.person != person->id)
		record_broken(r, 'e', "%s is signed in as somebody else", person->marker);
	person->id = session.person;
}

static void note_shown(struct record *r, const struct packet *packet, const struct vector *vector,
		       int64_t revision)
{
	struct shown *shown = record_shown(r, &packet->tab->person->papers[packet->attempt - 1]);

	shown->span = packet->span;
	shown->vector = *vector;
	shown->revision = revision;
}

/* "Bài đã được lưu": the changes are, whatever became of the rest. */
static void note_kept(struct record *r, const struct packet *packet)
{
	struct vector kept = packet->sent;

	for (int i = 0; i < QUESTIONS; i++)
		if (kept.answers[i] == packet->base.answers[i])
			kept.answers[i] = '?';
	if (kept.prediction == packet->base.prediction)
		kept.prediction = PREDICTION_UNKNOWN;
	note_shown(r, packet, &kept, -1);
}

static void note_promises(struct record *r, struct packet *packet)
{
	struct person *person = packet->tab->person;
	const struct seen *seen = &packet->seen;

	switch (packet->errand) {
	case TO_REGISTER:
		if (!record_session(r, seen->cookie).person)
			return;
		person->registered = packet->act->done = true;
		return;
	case TO_SIGN_IN:
		packet->act->done = record_session(r, seen->cookie).person != 0;
		return;
	case TO_START:
		if (leads_to(seen, CONTEST "/bai-thi/"))
			record_started(r, person, attempt_of(text_from_z(seen->location)));
		return;
	case TO_SUBMIT:
		if (seen->status == 200 && seen->place == AT_CONFIRM)
			note_kept(r, packet);
		/* fall through */
	case TO_CONFIRM:
		if (leads_to(seen, CONTEST "/ket-qua/"))
			record_submitted(r, person, packet->attempt, packet->arrived_at, packet->post,
					 packet->revision, packet->no);
		return;
	case TO_TAKE:
	case TO_RESEND:
		packet->act->done = leads_to(seen, CONTEST "/bai-thi/") &&
				    record_holds(r, person, packet->attempt, packet->device);
		return;
	case TO_END_OTHERS:
		packet->act->done = leads_to(seen, CONTEST "/toi?da-ngat");
		return;
	case TO_SIGN_OUT:
		packet->act->done = leads_to(seen, CONTEST);
		return;
	case TO_LOOK:
	case TO_SAVE:
	case TO_SAVE_JSON:
		return;
	}
}

static void end_span(struct record *r, struct packet *packet)
{
	packet->span.to = ++r->tick;
	if (packet->post)
		packet->post->span = packet->span;
	if (packet->act)
		packet->act->span = packet->span;
}

void packet_answered(struct record *r, struct packet *packet, const struct world_answer *answer)
{
	struct person *person = packet->tab->person;
	struct seen *seen = &packet->seen;

	end_span(r, packet);
	if (!answer)
		return;
	record_look(r, person, answer->body);
	read_answer(packet, answer, seen);
	if (seen->status == 500 || seen->status == 400 || seen->status == 404 ||
	    seen->status == 405 || seen->status == 413)
		record_broken(r, 'x', "%.*s is answered with %d", TEXT_ARGS(packet->target),
			      seen->status);
	note_session(r, person, seen);
	note_promises(r, packet);
	if (seen->revision >= 0 && seen->attempt) {
		packet->attempt = seen->attempt;
		note_shown(r, packet, &seen->vector, seen->revision);
	}
}
