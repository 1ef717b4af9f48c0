#include "pages/consent.h"

#include "base/time.h"

/* Whose sentences are made. */
struct speaker {
	struct arena *arena;
	const struct profile *profile;
	enum lang lang;
	bool minor;
};

static struct text say(const struct speaker *s, struct text message, const struct lang_arg *args,
		       size_t n)
{
	return lang_fill(s->arena, lang_text(s->lang, message), args, n);
}

static struct text what_is_collected(const struct speaker *s)
{
	if (s->minor)
		return lang_text(s->lang,
			T("Thông tin được thu thập: họ và tên, ngày sinh, số điện thoại, đơn vị, "
			  "trường hoặc nơi ở, họ tên người đại diện, và các bài thi của bạn."));
	return lang_text(s->lang,
		T("Thông tin được thu thập: họ và tên, ngày sinh, số điện thoại, đơn vị hoặc nơi "
		  "ở, và các bài thi của bạn."));
}

static struct text who_sees_it(const struct speaker *s)
{
	const struct lang_arg organizer[] = { LANG_TEXT(s->profile->organizer) };

	if (s->minor)
		return say(s,
			T("Người được xem: những người giúp việc Ban Tổ chức của %s. Khi công bố "
			  "kết quả, nếu bạn đoạt giải thì chữ viết tắt của họ tên (như N. V. A.), "
			  "trường, đơn vị hoặc nơi ở và thành tích là công khai; họ tên đầy đủ chỉ "
			  "được công bố khi cả bạn và người đại diện cùng đồng ý. Ngày sinh và số "
			  "điện thoại không công bố."), organizer, 1);
	return say(s,
		T("Người được xem: những người giúp việc Ban Tổ chức của %s. Khi công bố kết "
		  "quả, họ tên, đơn vị và thành tích của người đoạt giải là công khai; ngày sinh "
		  "và số điện thoại thì không."), organizer, 1);
}

static struct lang_arg day_after(const struct speaker *s, int days)
{
	struct text day = time_format_vn(s->arena, s->profile->result_at + days * TIME_DAY_MS,
					 TIME_STYLE_DATE);
	return LANG_TEXT(day);
}

static struct text how_long(const struct speaker *s)
{
	const struct profile *profile = s->profile;

	if (profile->retention_days <= 0 || profile->retention_winner_days <= 0)
		return lang_text(s->lang,
			T("Thời hạn lưu: theo thể lệ của hội thi, rồi được xóa."));
	const struct lang_arg days[] = { day_after(s, profile->retention_days),
					 day_after(s, profile->retention_winner_days) };
	return say(s,
		T("Thời hạn lưu: đến ngày %s, với người đoạt giải đến ngày %s, rồi được "
		  "xóa."), days, 2);
}

static struct text how_to_end_it(const struct speaker *s)
{
	const struct lang_arg contact[] = { LANG_TEXT(s->profile->contact) };

	if (s->minor)
		return say(s,
			T("Bạn hoặc người đại diện có thể rút lại sự đồng ý bất cứ lúc nào ở trang "
			  "“Dữ liệu của tôi”, hoặc liên hệ: %s."), contact, 1);
	return say(s,
		T("Bạn có thể rút lại sự đồng ý bất cứ lúc nào ở trang “Dữ liệu của tôi”, hoặc "
		  "liên hệ: %s."), contact, 1);
}

int consent_sentences(struct arena *arena, const struct profile *profile, enum lang lang,
		      bool minor, struct text ret[CONSENT_SENTENCES_MAX], struct hash *ret_hash)
{
	const struct speaker s = { arena, profile, lang, minor };
	const struct lang_arg purpose[] = { LANG_TEXT(profile->consent_purpose) };
	struct text joined = TEXT_EMPTY;
	int n = 0;

	ret[n++] = what_is_collected(&s);
	if (profile->consent_purpose.len)
		ret[n++] = say(&s, T("Mục đích: %s."), purpose, 1);
	ret[n++] = who_sees_it(&s);
	ret[n++] = how_long(&s);
	ret[n++] = how_to_end_it(&s);
	for (int i = 0; i < n; i++)
		joined = text_format(arena, "%.*s%s%.*s", TEXT_ARGS(joined), i ? "\n" : "",
				     TEXT_ARGS(ret[i]));
	*ret_hash = hash_sha256(joined);
	return n;
}

int consent_agreed(struct arena *arena, const struct contest *contest, struct text hash,
		   struct text ret[CONSENT_SENTENCES_MAX])
{
	static const enum lang langs[] = { LANG_VI, LANG_EN };
	struct hash made;

	for (int r = contest->n_rules - 1; r >= 0; r--)
		for (int i = 0; i < 4; i++) {
			int n = consent_sentences(arena, &contest->rules[r].profile, langs[i / 2],
						  i % 2 == 1, ret, &made);
			if (text_equal(hash_text(&made), hash))
				return n;
		}
	return 0;
}
