/* At the door: signing in and registering, each as a browser that was never here:
 * the page gives a cookie and a token, the form goes back with them. */
#include "crowd/load.h"

#define BODY_BYTES_MAX 4096

/* Appends " name=value" of a form, url-encoded. */
static void add_field(char body[BODY_BYTES_MAX], size_t *len, const char *name, struct text value)
{
	*len += (size_t)snprintf(body + *len, BODY_BYTES_MAX - *len, "%s%s=", *len ? "&" : "",
				 name);
	for (size_t i = 0; i < value.len && *len < BODY_BYTES_MAX - 4; i++) {
		unsigned char c = (unsigned char)value.ptr[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
		*len += (size_t)snprintf(body + *len, BODY_BYTES_MAX - *len,
					 plain ? "%c" : "%%%02X", c);
	}
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
	char body[BODY_BYTES_MAX];
	size_t len = 0;

	cut_line(line, &phone, &password);
	add_field(body, &len, "_token", text_from_z(player->token));
	add_field(body, &len, "tiep", TEXT_EMPTY);
	add_field(body, &len, "sdt", phone);
	add_field(body, &len, "matkhau", password);
	player_post(player, STEP_SIGN_IN, "/dang-nhap", body, len);
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
	char body[BODY_BYTES_MAX], phone[32], birth[48];
	size_t len = 0;

	snprintf(phone, sizeof(phone), "097%07lld",
		 (long long)((load->phone_from + player->number) % 10000000));
	snprintf(birth, sizeof(birth), "%02d%02d%04d", 1 + (int)player_random(player, 28),
		 1 + (int)player_random(player, 12), 1960 + (int)player_random(player, 40));
	add_field(body, &len, "_token", text_from_z(player->token));
	add_field(body, &len, "nhom", text_from_z(load->group));
	add_field(body, &len, "dv", text_from_z(load->unit));
	add_field(body, &len, "donvi", TEXT_EMPTY);
	add_field(body, &len, "hoten", TEXT("Nguyễn Thị Tải Thử"));
	add_field(body, &len, "ngaysinh", text_from_z(birth));
	add_field(body, &len, "sdt", text_from_z(phone));
	add_field(body, &len, "matkhau", TEXT("một mật khẩu dài"));
	add_field(body, &len, "dongy", TEXT("1"));
	player_post(player, STEP_REGISTER, "/dang-ky", body, len);
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
	if (!text_between(body, "id=\"ma-du-thi\">", '<', &code) ||
	    text_find(body, TEXT("id=\"ma-khoi-phuc\""), 0) < 0 || strcmp(before, player->cookie) == 0)
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
	bool whole = text_ends_with(text_trim(body), TEXT("</html>"));

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
