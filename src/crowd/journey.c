/* A journey by ready cookie: the page before the start, the start, the paper, the
 * saves as the page's script makes them, the submission, the result. Each answer
 * is held against what it has to be. */
#include "crowd/load.h"

#define BODY_BYTES_MAX 4096
#define PREDICTION_FROM 8	/* tenths of the saves after which the guess is there */

static enum play_result begin(struct player *player)
{
	struct text cookie = player->load->people[player->number % player->load->n_people];

	snprintf(player->cookie, sizeof(player->cookie), "%.*s", TEXT_ARGS(cookie));
	player_get(player, STEP_START_PAGE, "/vao-thi");
	return PLAY_GOES_ON;
}

static bool ends_well(struct text page)
{
	return text_ends_with(text_trim(page), TEXT("</html>"));
}

static enum play_result after_start_page(struct player *player, struct text page)
{
	char body[BODY_BYTES_MAX];

	if (!ends_well(page) || !text_has(page, "<form id=\"start\"") ||
	    !player_take_token(player, page))
		return load_complain(player, FAULT_PAGE, page);
	int len = snprintf(body, sizeof(body), "_token=%s", player->token);
	player_post(player, STEP_START, "/vao-thi", body, (size_t)len);
	return PLAY_GOES_ON;
}

/* Takes "1-2" of "/CODE/bai-thi/1-2". */
static bool take_part(struct player *player, struct text location)
{
	char begin[128];

	snprintf(begin, sizeof(begin), "/%s/bai-thi/", player->load->contest);
	if (!text_starts_with(location, text_from_z(begin)))
		return false;
	struct text part = text_part(location, strlen(begin), location.len);
	if (part.len == 0 || part.len >= sizeof(player->part))
		return false;
	snprintf(player->part, sizeof(player->part), "%.*s", TEXT_ARGS(part));
	return true;
}

static enum play_result after_start(struct player *player, const struct answer *answer)
{
	if (!take_part(player, answer->location))
		return load_complain(player, FAULT_LOCATION, answer->location);
	load_note(player, "start %s %s\n", player->cookie, player->part);
	player_get(player, STEP_PAPER, "/bai-thi/%s", player->part);
	return PLAY_GOES_ON;
}

static bool take_number(struct text page, const char *before, int64_t *ret)
{
	struct text digits;
	return text_between(page, before, '"', &digits) && text_to_int64(digits, ret) == 0;
}

/* A vector of the form, in both of `a` and `b`. */
static bool take_vector(struct player *player, struct text page, const char *before, char *a,
			char *b)
{
	struct text vector;

	if (!text_between(page, before, '"', &vector) || vector.len != (size_t)player->n_items)
		return false;
	memcpy(a, vector.ptr, vector.len);
	memcpy(b, vector.ptr, vector.len);
	a[vector.len] = b[vector.len] = '\0';
	return true;
}

static bool take_paper(struct player *player, struct text page)
{
	int64_t n;

	if (!take_number(page, "data-n=\"", &n) || n < 1 || n > ITEMS_MAX)
		return false;
	player->n_items = (int)n;
	player->saves = 0;
	player->prediction = -1;
	player->has_prediction = text_has(page, "id=\"du-doan\"");
	return take_number(page, "name=\"rev\" value=\"", &player->revision) &&
	       take_number(page, "name=\"no\" value=\"", &player->save_no) &&
	       take_vector(player, page, "name=\"base\" value=\"", player->base, player->answers) &&
	       take_vector(player, page, "name=\"baseflags\" value=\"", player->base_flags,
			   player->flags);
}

/* Every question with its four options, the buttons, and the end. */
static bool paper_is_whole(const struct player *player, struct text page)
{
	char submit[160];

	snprintf(submit, sizeof(submit), "formaction=\"/%s/bai-thi/%s/nop\"", player->load->contest,
		 player->part);
	return ends_well(page) && text_has(page, submit) &&
	       text_count(page, "<fieldset id=\"cau-") ==
		       player->n_items + player->has_prediction &&
	       text_count(page, "type=\"radio\"") == 4 * player->n_items;
}

/* Answers the items up to `n`, thinks again about one, and flags another. */
static void think(struct player *player, int n)
{
	for (int i = 0; i < n; i++)
		if (player->answers[i] == '0')
			player->answers[i] = (char)('1' + player_random(player, 4));
	if (n > 0) {
		player->answers[player_random(player, (uint64_t)n)] =
			(char)('1' + player_random(player, 4));
		player->flags[player_random(player, (uint64_t)n)] ^= 1;
	}
}

/* The paper's form as a browser encodes it. */
static size_t write_form(const struct player *player, char body[BODY_BYTES_MAX])
{
	int len = snprintf(body, BODY_BYTES_MAX, "_token=%s&rev=%lld&no=%lld&base=%s&baseflags=%s",
			   player->token, (long long)player->revision, (long long)player->save_no,
			   player->base, player->base_flags);

	for (int i = 0; i < player->n_items && len < BODY_BYTES_MAX - 32; i++) {
		if (player->answers[i] != '0')
			len += snprintf(body + len, BODY_BYTES_MAX - (size_t)len, "&a%d=%c", i + 1,
					player->answers[i]);
		if (player->flags[i] == '1')
			len += snprintf(body + len, BODY_BYTES_MAX - (size_t)len, "&f%d=1", i + 1);
	}
	if (player->has_prediction && player->prediction < 0)
		len += snprintf(body + len, BODY_BYTES_MAX - (size_t)len, "&p=");
	else if (player->has_prediction)
		len += snprintf(body + len, BODY_BYTES_MAX - (size_t)len, "&p=%lld",
				(long long)player->prediction);
	return (size_t)len;
}

static enum play_result save(struct player *player)
{
	char body[BODY_BYTES_MAX], path[128];
	int saves = player->load->saves;

	player->saves++;
	think(player, (int)((int64_t)player->n_items * player->saves / saves));
	if (player->has_prediction && player->saves * 10 > saves * PREDICTION_FROM)
		player->prediction = (int64_t)player_random(player, 100000);
	player->save_no = (int64_t)player_random(player, INT64_C(1) << 52) + 1;
	snprintf(path, sizeof(path), "/bai-thi/%s/luu.json", player->part);
	player_post(player, STEP_SAVE, path, body, write_form(player, body));
	return PLAY_GOES_ON;
}

static enum play_result submit(struct player *player)
{
	char body[BODY_BYTES_MAX], path[128];

	think(player, player->n_items);
	if (player->has_prediction && player->prediction < 0)
		player->prediction = (int64_t)player_random(player, 100000);
	player->save_no++;
	snprintf(path, sizeof(path), "/bai-thi/%s/nop", player->part);
	player_post(player, STEP_SUBMIT, path, body, write_form(player, body));
	return PLAY_GOES_ON;
}

static enum play_result next_save(struct player *player)
{
	return player->saves < player->load->saves ? save(player) : submit(player);
}

static enum play_result after_paper(struct player *player, struct text page)
{
	if (!take_paper(player, page) || !paper_is_whole(player, page))
		return load_complain(player, FAULT_PAGE, page);
	return next_save(player);
}

static bool is_number(struct text json, const char *name, int64_t wanted)
{
	struct text rest;
	int64_t number;

	if (!text_between(json, name, ',', &rest))
		return false;
	return text_to_int64(rest, &number) == 0 && number == wanted;
}

static bool is_vector(struct text json, const char *name, const char *wanted)
{
	struct text vector;
	return text_between(json, name, '"', &vector) && text_equal_z(vector, wanted);
}

static void note_vector(const struct player *player, const char *what, int64_t revision)
{
	load_note(player, "%s %s %s %lld %s %s %lld\n", what, player->cookie, player->part,
		  (long long)revision, player->answers, player->flags,
		  (long long)player->prediction);
}

/* The server says that it saved: is it what was sent? */
static enum play_result after_save(struct player *player, struct text json)
{
	if (!text_has(json, "\"verdict\":\"saved\""))
		return load_complain(player, FAULT_VERDICT, json);
	if (!is_number(json, "\"rev\":", player->revision + 1) ||
	    !is_vector(json, "\"answers\":\"", player->answers) ||
	    !is_vector(json, "\"flags\":\"", player->flags) ||
	    !is_number(json, "\"prediction\":", player->prediction))
		return load_complain(player, FAULT_STORED, json);
	player->revision++;
	note_vector(player, "save", player->revision);
	memcpy(player->base, player->answers, sizeof(player->base));
	memcpy(player->base_flags, player->flags, sizeof(player->base_flags));
	return next_save(player);
}

static enum play_result after_submit(struct player *player, const struct answer *answer)
{
	char wanted[160];

	snprintf(wanted, sizeof(wanted), "/%s/ket-qua/%s", player->load->contest, player->part);
	if (!text_equal_z(answer->location, wanted))
		return load_complain(player, FAULT_LOCATION, answer->location);
	note_vector(player, "submit", player->revision + 1);
	player_get(player, STEP_RESULT, "/ket-qua/%s", player->part);
	return PLAY_GOES_ON;
}

/* The result is of this paper and has a receipt. */
static enum play_result after_result(struct player *player, struct text page)
{
	struct text receipt;
	char done[160];

	snprintf(done, sizeof(done), "data-paper-done=\"%s:%s\"", player->load->contest,
		 player->part);
	if (!ends_well(page) || !text_has(page, done) ||
	    !text_between(page, "class=\"receipt\">", '<', &receipt))
		return load_complain(player, FAULT_PAGE, page);
	load_note(player, "receipt %s %s %.*s\n", player->cookie, player->part,
		  TEXT_ARGS(receipt));
	return PLAY_DONE;
}

static enum play_result answered(struct player *player, const struct answer *answer,
				 struct text body)
{
	switch (player->step) {
	case STEP_START_PAGE:
		return after_start_page(player, body);
	case STEP_START:
		return after_start(player, answer);
	case STEP_PAPER:
		return after_paper(player, body);
	case STEP_SAVE:
		return after_save(player, body);
	case STEP_SUBMIT:
		return after_submit(player, answer);
	case STEP_RESULT:
		return after_result(player, body);
	case STEP_SIGN_IN_PAGE:
	case STEP_SIGN_IN:
	case STEP_REGISTER_PAGE:
	case STEP_REGISTER:
	case STEP_COUNT:
		break;
	}
	return load_complain(player, FAULT_PROTOCOL, TEXT_EMPTY);
}

const struct play play_journey = { "journey", begin, answered };

static enum play_result answered_start(struct player *player, const struct answer *answer,
				       struct text body)
{
	if (player->step == STEP_START_PAGE)
		return after_start_page(player, body);
	return take_part(player, answer->location)
		       ? PLAY_DONE
		       : load_complain(player, FAULT_LOCATION, answer->location);
}

const struct play play_start = { "start", begin, answered_start };

static enum play_result begin_visit(struct player *player)
{
	return player->number % player->load->sign_in_each ? begin(player)
							  : play_sign_in.begin(player);
}

/* Who has signed in goes on with the cookie of that. */
static enum play_result answered_visit(struct player *player, const struct answer *answer,
				       struct text body)
{
	if (player->step != STEP_SIGN_IN_PAGE && player->step != STEP_SIGN_IN)
		return answered(player, answer, body);
	enum play_result result = play_sign_in.answered(player, answer, body);
	if (result == PLAY_DONE) {
		player_get(player, STEP_START_PAGE, "/vao-thi");
		return PLAY_GOES_ON;
	}
	return result;
}

const struct play play_visit = { "visit", begin_visit, answered_visit };

/* The saves of a paper as the program `limit` takes them: the same bytes go out, and
 * whatever comes back is right. */
static enum play_result begin_bare(struct player *player)
{
	player->n_items = 30;
	player->saves = 0;
	player->prediction = -1;
	player->has_prediction = true;
	snprintf(player->part, sizeof(player->part), "1-2");
	snprintf(player->token, sizeof(player->token), "%052d", 0);
	snprintf(player->cookie, sizeof(player->cookie), "%080d", 0);
	memset(player->answers, '0', 30);
	memset(player->flags, '0', 30);
	memset(player->base, '0', 30);
	memset(player->base_flags, '0', 30);
	return save(player);
}

static enum play_result answered_bare(struct player *player, const struct answer *answer,
				      struct text body)
{
	(void)answer;
	(void)body;
	return player->saves < player->load->saves ? save(player) : PLAY_DONE;
}

const struct play play_bare_saves = { "bare_saves", begin_bare, answered_bare };
