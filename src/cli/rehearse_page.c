#include "cli/rehearse_page.h"

#include "base/time.h"

#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Who presses Start at the opening should be in after so long. */
#define START_WAIT_S 60
/* From these parts of the time on, something is what holds the rest up. */
#define CPU_FULL 0.85
#define OTHERS_MANY 0.2
#define COMMIT_FULL 0.7

struct writing {
	const struct rehearse_page *page;
	const struct rehearse_play *play;
	struct arena *arena;
	struct buf *out;
	/* what follows from the figures */
	double starts, sign_ins;	/* a second */
	double wanted;			/* journeys a second, when all sit at once */
	double wait_s;			/* of the last, when all press Start at once */
	double sit_s;			/* of a paper */
};

const char *rehearse_step_name(enum step step)
{
	static const char *const names[STEP_COUNT] = {
		[STEP_START_PAGE] = "trang trước khi vào thi", [STEP_START] = "bấm Vào thi",
		[STEP_PAPER] = "mở đề", [STEP_SAVE] = "lưu bài", [STEP_SUBMIT] = "nộp bài",
		[STEP_RESULT] = "xem kết quả", [STEP_SIGN_IN_PAGE] = "trang đăng nhập",
		[STEP_SIGN_IN] = "đăng nhập", [STEP_REGISTER_PAGE] = "trang đăng ký",
		[STEP_REGISTER] = "đăng ký",
	};
	return names[step];
}

/* "12.345": a whole number as it is written in Vietnamese. */
static const char *whole(struct writing *w, double value)
{
	int64_t number = (int64_t)(value + 0.5);
	struct text text = TEXT_EMPTY;

	for (; number >= 1000; number /= 1000)
		text = text_format(w->arena, ".%03d%.*s", (int)(number % 1000), TEXT_ARGS(text));
	return text_z(w->arena, text_format(w->arena, "%d%.*s", (int)number, TEXT_ARGS(text)));
}

/* "1,5"; from 100 on without a fraction. */
static const char *fraction(struct writing *w, double value)
{
	int64_t tenths = (int64_t)(value * 10 + 0.5);

	if (tenths >= 1000)
		return whole(w, value);
	return text_z(w->arena, text_format(w->arena, "%d,%d", (int)(tenths / 10),
					    (int)(tenths % 10)));
}

/* "250 ms", "1,2 giây" or "3,5 phút". */
static const char *span(struct writing *w, double ms)
{
	if (ms >= 2 * TIME_MINUTE_MS)
		return text_z(w->arena, text_format(w->arena, "%s phút",
						    fraction(w, ms / TIME_MINUTE_MS)));
	if (ms >= 1000)
		return text_z(w->arena, text_format(w->arena, "%s giây", fraction(w, ms / 1000)));
	return text_z(w->arena, text_format(w->arena, "%s ms", fraction(w, ms)));
}

static void title(struct writing *w, const char *words)
{
	buf_format(w->out, "\n%s\n", words);
}

/* One line: what it is, filled up to a column, and its value. */
static void line(struct writing *w, const char *name, const char *format, ...) PRINTF(3, 4);

static void line(struct writing *w, const char *name, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	struct text value = text_vformat(w->arena, format, args);
	va_end(args);
	int fill = 34 - (int)text_count_chars(text_from_z(name));
	buf_format(w->out, "  %s%*s %.*s\n", name, fill > 0 ? fill : 0, "", TEXT_ARGS(value));
}

static void write_head(struct writing *w)
{
	const struct rehearse_page *page = w->page;
	struct text title_text = page->rules->profile.short_title;
	struct text today = time_format_vn(w->arena, time_now_ms(), TIME_STYLE_FULL);
	struct sysinfo memory = { 0 };
	struct utsname name;

	buf_format(w->out, "DIỄN TẬP: %.*s (%.*s)\n\n", TEXT_ARGS(title_text),
		   TEXT_ARGS(page->contest->code));
	line(w, "Lúc", "%.*s", TEXT_ARGS(today));
	if (uname(&name) == 0 && sysinfo(&memory) == 0)
		line(w, "Máy", "%s: %ld nhân, %s MiB bộ nhớ, %s %s", name.nodename,
		     sysconf(_SC_NPROCESSORS_ONLN),
		     whole(w, (double)memory.totalram * memory.mem_unit / (1 << 20)),
		     name.sysname, name.release);
	line(w, "Chương trình", "hoithi %s", page->version);
	line(w, "Đợt thi", "%.*s, %d câu, %s phút một bài, mỗi câu lưu một lần",
	     TEXT_ARGS(page->round->name), page->rules->profile.n_questions,
	     whole(w, w->sit_s / 60));
	line(w, "Người giả lập", "%s, đã đến %s", whole(w, w->play->n_people),
	     whole(w, w->play->n_used));
}

/* --- the verdict */

static double cores(const struct use *used, double cpu_s)
{
	return used->at_s > 0 && cpu_s > 0 ? cpu_s / used->at_s : 0;
}

/* What neither the server nor the crowd used. */
static double other_cores(const struct use *used)
{
	return cores(used, used->busy_s - used->server_s - used->own_s);
}

static bool is_disturbed(const struct stage *stage)
{
	return stage && other_cores(&stage->used) >=
				OTHERS_MANY * (double)sysconf(_SC_NPROCESSORS_ONLN);
}

static void write_verdict(struct writing *w)
{
	const struct rehearse_play *play = w->play;
	const struct stage *hold = rehearse_stage(play, STAGE_HOLD);
	bool held = hold && hold->verdict == STAGE_HELD;
	bool sits = held && hold->rate >= w->wanted;
	bool known = play->bad > 0 && (!hold || held);
	bool starts = w->starts > 0 && w->wait_s <= START_WAIT_S;
	const char *n = whole(w, play->n_people);

	buf_format(w->out, "\nKẾT LUẬN cho %s người cùng thi: %s\n", n,
		   sits && starts ? "ĐỦ" : sits || known ? "KHÔNG ĐỦ" : "CHƯA BIẾT");
	buf_format(w->out, "  Khi %s người cùng ngồi thi, mỗi giây có khoảng %s bài trọn vẹn;"
		   " máy này đã giữ lâu được %s.\n", n, fraction(w, w->wanted),
		   fraction(w, held ? hold->rate : 0));
	buf_format(w->out, "  Khi tất cả bấm Vào thi cùng một lúc, người cuối đợi khoảng %s"
		   " (ước tính); chấp nhận được là %d giây.\n", span(w, w->wait_s * 1000),
		   START_WAIT_S);
	if (!sits && known)
		buf_z(w->out, "  Không đủ vì máy không giữ kịp nhịp làm bài của từng ấy người.\n");
	else if (sits && !starts)
		buf_z(w->out, "  Không đủ vì người bấm Vào thi sau cùng phải đợi quá lâu.\n");
	if (is_disturbed(hold))
		buf_format(w->out, "  Việc khác trên máy đang dùng %s nhân CPU: chạy lại khi máy"
			   " rảnh để biết sức chứa thật.\n", fraction(w, other_cores(&hold->used)));
	if (hold && hold->verdict != STAGE_HELD)
		buf_format(w->out, "  Mức %s bài một giây không giữ được đến hết giờ: hãy"
			   " chạy lại.\n", fraction(w, hold->rate));
	else if (!sits && !known)
		buf_z(w->out, "  Chưa tới giới hạn của máy: chạy lại với --people hoặc --minutes lớn"
			      " hơn.\n");
}

static void write_capacity(struct writing *w)
{
	const struct rehearse_play *play = w->play;
	const struct stage *starts = rehearse_stage(play, STAGE_STARTS);
	const char *least = play->bad > 0 ? "" : "ít nhất ";
	int64_t faults = starts ? figures_faults(&starts->figures) : 0;

	title(w, "MÁY NÀY CHỨA ĐƯỢC");
	line(w, "Bài thi trọn vẹn", "%s%s một giây, %s một giờ", least, fraction(w, play->good),
	     whole(w, play->good * 3600));
	line(w, "Người ngồi thi cùng lúc", "%s%s", least, whole(w, play->good * w->sit_s));
	if (faults)
		line(w, "Bấm Vào thi", "%s một giây; %s lượt gặp trang chờ hoặc lỗi",
		     fraction(w, w->starts), whole(w, (double)faults));
	else
		line(w, "Bấm Vào thi", "%s một giây", fraction(w, w->starts));
	line(w, "Đăng nhập", "%s một giây", fraction(w, w->sign_ins));
	double all_in_s = w->sign_ins > 0 ? play->n_people / w->sign_ins : 0;
	line(w, "Tất cả cùng phải đăng nhập", "người cuối đợi khoảng %s (ước tính): mời mọi người"
	     " đăng nhập trước", span(w, all_in_s * 1000));
	if (w->wait_s <= 60)
		line(w, "Tất cả bấm Vào thi một lúc", "trong phút đầu đợi lâu nhất khoảng %s"
		     " (ước tính)", span(w, w->wait_s * 1000));
	else
		line(w, "Tất cả bấm Vào thi một lúc", "trong phút đầu khoảng %s người vào được;"
		     " người cuối đợi %s (ước tính)", whole(w, w->starts * 60),
		     span(w, w->wait_s * 1000));
}

/* --- what gave way */

static double commit_part(const struct use *used)
{
	return used->at_s > 0 ? (double)used->commit_us / 1e6 / used->at_s : 0;
}

static void write_use(struct writing *w, const struct stage *stage)
{
	const struct use *used = &stage->used;

	line(w, "CPU", "máy chủ %s, người giả lập %s, việc khác %s trong %ld nhân",
	     fraction(w, cores(used, used->server_s)), fraction(w, cores(used, used->own_s)),
	     fraction(w, other_cores(used)), sysconf(_SC_NPROCESSORS_ONLN));
	line(w, "Ghi xuống đĩa", "%s lần một giây, mỗi lần %s, chiếm %s %% thời gian",
	     fraction(w, (double)used->commits / (used->at_s > 0 ? used->at_s : 1)),
	     span(w, used->commits ? (double)used->commit_us / 1000 / (double)used->commits : 0),
	     whole(w, commit_part(used) * 100));
}

static const char *bound_of(const struct stage *stage)
{
	const struct use *used = &stage->used;
	double all = (double)sysconf(_SC_NPROCESSORS_ONLN);

	if (cores(used, used->busy_s) >= CPU_FULL * all)
		return is_disturbed(stage)
			       ? "CPU: máy bận nhiều vì việc khác: chạy lại khi máy rảnh"
			       : "CPU: cả máy đã bận, một phần vì người giả lập";
	if (commit_part(&stage->used) >= COMMIT_FULL)
		return "đĩa: hầu hết thời gian là đợi đĩa giữ chắc những gì đã ghi";
	return "không phải CPU của cả máy hay đĩa: một luồng của máy chủ hoặc của người giả lập";
}

static void write_way(struct writing *w)
{
	static const char *const words[] = {
		[STAGE_HELD] = "", [STAGE_SLOW] = "chậm hơn 1 giây",
		[STAGE_FAULTY] = "bị từ chối hoặc sai", [STAGE_BEHIND] = "không kịp người đến",
	};
	const struct stage *way = rehearse_stage(w->play, STAGE_RISE);

	title(w, "BƯỚC CHẬM TRƯỚC NHẤT");
	if (!way || way->verdict == STAGE_HELD) {
		line(w, "Chưa bước nào", "mức cao nhất đã chơi là %s bài một giây",
		     fraction(w, way ? way->rate : 0));
		return;
	}
	const struct histogram *step = &way->figures.steps[way->weakest];
	line(w, "Bước", "%s", rehearse_step_name(way->weakest));
	line(w, "Ở mức", "%s bài một giây: %s, p99 %s, lâu nhất %s", fraction(w, way->rate),
	     words[way->verdict], span(w, histogram_ms(step, 990)),
	     span(w, (double)step->max_us / 1000));
	if (figures_faults(&way->figures))
		line(w, "Bị từ chối hoặc sai", "%s lượt",
		     whole(w, (double)figures_faults(&way->figures)));
	line(w, "Vì", "%s", bound_of(way));
	write_use(w, way);
}

static void write_steps(struct writing *w)
{
	const struct stage *hold = rehearse_stage(w->play, STAGE_HOLD);

	if (!hold)
		return;
	buf_format(w->out, "\nTHỜI GIAN ĐỢI khi giữ %s bài một giây (80 %%) trong %s giây\n",
		   fraction(w, hold->rate), whole(w, stage_seconds(hold)));
	for (int i = 0; i < STEP_COUNT; i++) {
		const struct histogram *step = &hold->figures.steps[i];
		if (step->n)
			line(w, rehearse_step_name((enum step)i),
			     "p50 %s, p99 %s, lâu nhất %s (%s lượt)",
			     span(w, histogram_ms(step, 500)), span(w, histogram_ms(step, 990)),
			     span(w, (double)step->max_us / 1000), whole(w, (double)step->n));
	}
	line(w, "Bị từ chối hoặc sai", "%s lượt", whole(w, (double)figures_faults(&hold->figures)));
	if (hold->ran_out)
		line(w, "Ngắn hơn dự định",
		     "vì không còn ai chưa thi: chạy lại với --people lớn hơn");
	write_use(w, hold);
	line(w, "Bộ nhớ của máy chủ", "nhiều nhất %s MiB",
	     whole(w, (double)w->play->memory_kib / 1024));
}

static void write_end(struct writing *w)
{
	const struct rehearse_page *page = w->page;

	title(w, "ĐỐI CHIẾU");
	line(w, "Bài người giả lập làm trọn", "%s", whole(w, (double)w->play->journeys));
	line(w, "Bài đã nộp trong bản sao", "%s", whole(w, (double)page->handed_in));
	line(w, "Cơ sở dữ liệu bản sao", "%s MiB",
	     whole(w, (double)page->database_bytes / (1 << 20)));
	if (page->other_disk)
		buf_z(w->out, "\nBản sao nằm ở đĩa khác với dữ liệu, nên tốc độ ghi đĩa không phải"
			      " của đĩa thật.");
	buf_z(w->out, "\nNgười giả lập chạy trên cùng máy và dùng CPU của nó, nên sức chứa thật cao"
		      " hơn.\n"
		      "Mạng, proxy và TLS ở phía trước không được đo. Bản sao đã được xóa.\n");
}

void rehearse_page_write(const struct rehearse_page *page, struct arena *arena, struct buf *out)
{
	const struct rehearse_play *play = page->play;
	const struct stage *starts = rehearse_stage(play, STAGE_STARTS);
	const struct stage *sign_ins = rehearse_stage(play, STAGE_SIGN_INS);
	struct writing w = { .page = page, .play = play, .arena = arena, .out = out };

	w.sit_s = (double)page->rules->profile.time_limit_s;
	w.starts = starts ? stage_per_second(starts, starts->figures.done) : 0;
	w.sign_ins = sign_ins ? stage_per_second(sign_ins, sign_ins->figures.done) : 0;
	w.wanted = play->n_people / w.sit_s;
	w.wait_s = w.starts > 0 ? play->n_people / w.starts : 0;
	write_head(&w);
	write_verdict(&w);
	write_capacity(&w);
	write_way(&w);
	write_steps(&w);
	write_end(&w);
}
