/* At the door: signing in and registering, each as a browser that was never here:
 * the page gives a cookie and a token, the form goes back with them. */
#include "crowd/door.h"
#include "crowd/load.h"
#include "crowd/page.h"

void door_sign_in_form(struct crowd_form *form, struct text token, struct text next,
		       struct text phone, struct text password)
{
	form->len = 0;
	crowd_form_add(form, "_token", token);
	crowd_form_add(form, "tiep", next);
	crowd_form_add(form, "sdt", phone);
	crowd_form_add(form, "matkhau", password);
}

void door_register_form(struct crowd_form *form, struct text token, const char *group,
			const char *unit, int64_t number)
{
	char phone[32], birth[48];

	snprintf(phone, sizeof(phone), "097%07lld", (long long)(number % 10000000));
	snprintf(birth, sizeof(birth), "%02d%02d%04d", 1 + (int)(number % 28),
		 1 + (int)(number / 28 % 12), 1960 + (int)(number / 336 % 40));
	form->len = 0;
	crowd_form_add(form, "_token", token);
	crowd_form_add(form, "nhom", text_from_z(group));
	crowd_form_add(form, "dv", text_from_z(unit));
	crowd_form_add(form, "donvi", TEXT_EMPTY);
	crowd_form_add(form, "hoten", TEXT("Nguyễn Thị Tải Thử"));
	crowd_form_add(form, "ngaysinh", text_from_z(birth));
	crowd_form_add(form, "sdt", text_from_z(phone));
	crowd_form_add(form, "matkhau", TEXT("một mật khẩu dài"));
	crowd_form_add(form, "dongy", TEXT("1"));
}

static enum play_result begin_sign_in(struct player *player)
{
	player_get(player, STEP_SIGN_IN_PAGE, "/dang-nhap");
	return PLAY_GOES_ON;
}

/* A line is "0900 000 001 password": the password stands behind the last space. */
static void cut_line(struct text line, struct text *ret_phone, struct text *ret_password)
{
	size_t at = line.len;

	while (at && line.ptr[at - 1] != ' ' && line.ptr[at - 1] != '\t')
		at--;
	*ret_phone = text_trim(text_part(line, 0, at));
	*ret_password = text_part(line, at, line.len);
}

static enum play_result sign_in(struct player *player)
{
	const struct load *load = player->load;
	const struct text *lines = load->sign_ins ? load->sign_ins : load->people;
	struct text line = lines[player->number % load->n_people];
	struct text phone, password;
	struct crowd_form form;

	cut_line(line, &phone, &password);
	door_sign_in_form(&form, text_from_z(player->token), TEXT_EMPTY, phone, password);
	player_post(player, STEP_SIGN_IN, form.body, form.len, "/dang-nhap");
	return PLAY_GOES_ON;
}

/* A browser that has had the form for a while: nobody fills it in at once. */
static enum play_result begin_register(struct player *player)
{
	struct text line = player->load->people[player->number % player->load->n_people];
	struct text cookie = text_cut(&line, ' ');

	snprintf(player->cookie, sizeof(player->cookie), "%.*s", TEXT_ARGS(cookie));
	snprintf(player->token, sizeof(player->token), "%.*s", TEXT_ARGS(line));
	player_get(player, STEP_REGISTER_PAGE, "/dang-ky?nhom=%s&dv=%s", player->load->group,
		   player->load->unit);
	return PLAY_GOES_ON;
}

static enum play_result do_register(struct player *player)
{
	const struct load *load = player->load;
	struct crowd_form form;

	door_register_form(&form, text_from_z(player->token), load->group, load->unit,
			   load->phone_from + player->number);
	player_post(player, STEP_REGISTER, form.body, form.len, "/dang-ky");
	return PLAY_GOES_ON;
}

/* Registered: a new cookie, and the slip. */
static enum play_result after_register(struct player *player, const struct answer *answer,
				       struct text body)
{
	char before[COOKIE_BYTES_MAX];
	struct text code;

	snprintf(before, sizeof(before), "%s", player->cookie);
	player_take_cookie(player, answer);
	if (!page_is_slip(body, &code) || strcmp(before, player->cookie) == 0)
		return load_complain(player, FAULT_PAGE, body);
	load_note(player, "register %s %.*s\n", player->cookie, TEXT_ARGS(code));
	return PLAY_DONE;
}

/* Signed in: a new cookie, and the way leads to the person's own page. */
static enum play_result after_door(struct player *player, const struct answer *answer)
{
	char me[128], before[COOKIE_BYTES_MAX];

	snprintf(me, sizeof(me), "/%s/toi", player->load->contest);
	snprintf(before, sizeof(before), "%s", player->cookie);
	player_take_cookie(player, answer);
	if (!text_starts_with(answer->location, text_from_z(me)) ||
	    strcmp(before, player->cookie) == 0)
		return load_complain(player, FAULT_LOCATION, answer->location);
	return PLAY_DONE;
}

static enum play_result answered(struct player *player, const struct answer *answer,
				 struct text body)
{
	bool whole = page_ends_well(body);

	switch (player->step) {
	case STEP_SIGN_IN_PAGE:
		player_take_cookie(player, answer);
		if (!whole || !player->cookie[0] || !player_take_token(player, body))
			return load_complain(player, FAULT_PAGE, body);
		return sign_in(player);
	case STEP_REGISTER_PAGE:
		if (!whole)
			return load_complain(player, FAULT_PAGE, body);
		return do_register(player);
	case STEP_SIGN_IN:
		return after_door(player, answer);
	case STEP_REGISTER:
		return after_register(player, answer, body);
	case STEP_START_PAGE:
	case STEP_START:
	case STEP_PAPER:
	case STEP_SAVE:
	case STEP_SUBMIT:
	case STEP_RESULT:
	case STEP_COUNT:
		break;
	}
	return load_complain(player, FAULT_PROTOCOL, TEXT_EMPTY);
}

const struct play play_sign_in = { "sign-in", begin_sign_in, answered };
const struct play play_register = { "register", begin_register, answered };
