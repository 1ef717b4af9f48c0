#include "http/waiting.h"

#include "base/random.h"

#include <pthread.h>

#define BUCKETS (1 << 16)
#define SECOND_MS 1000
#define LATE_MS 10000		/* behind the moment that a page was to ask again */
#define ASK_SOON_S 2
#define ASK_LATE_S 120
#define ASKS_CALM 5000		/* a second, of all in line */
#define GROWTH 2		/* of the window, each second */
#define NEARLY_FULL (WAITING_FULL * 9 / 10)

/* Many starts are done in a second, few passwords: windows hold what goes in a few seconds
 * at least, and no more ask in one than is little work beside it. */
static const struct {
	int window_min;
	int asks_full;		/* a second, of all in line, while the machine is full */
} habits[WAITING_LINES] = {
	[WAITING_START] = { 1024, 2000 },
	[WAITING_DOOR] = { 256, 500 },
};

struct ticket {
	struct ticket *next_in_bucket;
	struct ticket *next, *previous;
	int64_t device;
	enum waiting_line line;
	bool passed;		/* is not in its line any more, but among those passed by */
	int64_t number;		/* in its line */
	int64_t came_at, ask_by;
	char *memory;		/* path and form */
	size_t path_len, form_len;
};

struct list {
	struct ticket *first, *last;
};

struct line {
	struct list list;
	int64_t next_number;
	int people, window, window_min, asks_full;
	int64_t second_at;		/* when the second that is counted began */
	int64_t pressures;		/* told in it */
	int n_pressures, n_went;
	int rate;			/* how many go, per 1000 seconds */
	bool calm;			/* the machine could do more */
	uint64_t came, went, left;
	struct metric_histogram wait;
};

struct waiting_room {
	pthread_mutex_t lock;
	struct ticket *buckets[BUCKETS];
	struct line lines[WAITING_LINES];
	struct list passed;		/* in the order of being passed by */
	int people;
	size_t bytes;
};

struct waiting_room *waiting_new(void)
{
	struct waiting_room *room = mem_new(sizeof(*room));

	if (!room)
		return NULL;
	pthread_mutex_init(&room->lock, NULL);
	for (int i = 0; i < WAITING_LINES; i++) {
		room->lines[i].window = room->lines[i].window_min = habits[i].window_min;
		room->lines[i].asks_full = habits[i].asks_full;
	}
	return room;
}

static void list_add(struct list *list, struct ticket *ticket)
{
	ticket->next = NULL;
	ticket->previous = list->last;
	if (list->last)
		list->last->next = ticket;
	else
		list->first = ticket;
	list->last = ticket;
}

static void list_remove(struct list *list, struct ticket *ticket)
{
	if (ticket->next)
		ticket->next->previous = ticket->previous;
	else
		list->last = ticket->previous;
	if (ticket->previous)
		ticket->previous->next = ticket->next;
	else
		list->first = ticket->next;
}

static struct ticket **bucket_of(struct waiting_room *room, int64_t device)
{
	/* Devices are random. */
	return &room->buckets[(uint64_t)device % BUCKETS];
}

static struct ticket *find(struct waiting_room *room, int64_t device)
{
	struct ticket *ticket = *bucket_of(room, device);

	while (ticket && ticket->device != device)
		ticket = ticket->next_in_bucket;
	return ticket;
}

static void forget_post(struct waiting_room *room, struct ticket *ticket)
{
	size_t bytes = ticket->path_len + ticket->form_len;

	if (ticket->memory)
		explicit_bzero(ticket->memory, bytes);
	ticket->memory = mem_free(ticket->memory);
	room->bytes -= bytes;
	ticket->path_len = ticket->form_len = 0;
}

static void leave_line(struct waiting_room *room, struct ticket *ticket)
{
	struct line *line = &room->lines[ticket->line];

	if (ticket->passed) {
		list_remove(&room->passed, ticket);
	} else {
		list_remove(&line->list, ticket);
		line->people--;
	}
}

static void forget(struct waiting_room *room, struct ticket *ticket)
{
	struct ticket **at = bucket_of(room, ticket->device);

	while (*at != ticket)
		at = &(*at)->next_in_bucket;
	*at = ticket->next_in_bucket;
	leave_line(room, ticket);
	forget_post(room, ticket);
	room->people--;
	mem_free(ticket);
}

struct waiting_room *waiting_free(struct waiting_room *room)
{
	if (!room)
		return NULL;
	for (int i = 0; i < WAITING_LINES; i++)
		while (room->lines[i].list.first)
			forget(room, room->lines[i].list.first);
	while (room->passed.first)
		forget(room, room->passed.first);
	pthread_mutex_destroy(&room->lock);
	return mem_free(room);
}

/* Those whose page should have asked long ago do not keep others waiting. */
static void pass_by(struct waiting_room *room, struct line *line, int64_t now)
{
	struct ticket *first;

	while ((first = line->list.first) && first->ask_by + LATE_MS < now) {
		leave_line(room, first);
		first->passed = true;
		list_add(&room->passed, first);
	}
	while ((first = room->passed.first) && first->ask_by + WAITING_FORGET_MS < now) {
		room->lines[first->line].left++;
		forget(room, first);
	}
}

/* Never larger than the line, or it would take long to count again. */
static void size_window(struct line *line, int64_t pressure)
{
	int64_t all = line->list.first ? line->next_number - line->list.first->number : 0;

	if (line->calm)
		line->window *= GROWTH;
	else if (pressure >= NEARLY_FULL)
		line->window -= line->window / 4;
	if (line->window > all)
		line->window = (int)all;
	if (line->window < line->window_min)
		line->window = line->window_min;
}

/* While the machine could do more, few go because few ask: that is not its rate. */
static void measure_rate(struct line *line, int64_t ms)
{
	int rate = (int)((3 * (int64_t)line->rate + line->n_went * INT64_C(1000000) / ms) / 4);

	if (rate > line->rate || !line->calm)
		line->rate = rate;
}

static void keep_time(struct waiting_room *room, struct line *line, int pressure, int64_t now)
{
	int64_t ms = now - line->second_at;

	line->pressures += pressure;
	line->n_pressures++;
	if (ms < SECOND_MS)
		return;
	int64_t mean = line->pressures / line->n_pressures;
	pass_by(room, line, now);
	line->calm = mean < WAITING_FULL / 2;
	measure_rate(line, ms);
	size_window(line, mean);
	line->second_at = now;
	line->pressures = line->n_pressures = line->n_went = 0;
}

static int before(const struct line *line, const struct ticket *ticket)
{
	if (ticket->passed)
		return 0;
	/* Some of those between have gone already. */
	int64_t n = ticket->number - line->list.first->number;
	return n < line->people ? (int)n : line->people - 1;
}

static bool may_go(const struct line *line, int before, int pressure)
{
	return pressure < WAITING_FULL && before < line->window;
}

static void go(struct line *line, int64_t waited_ms)
{
	line->n_went++;
	if (waited_ms < 0)
		return;
	line->went++;
	metric_observe(&line->wait, waited_ms / SECOND_MS);
}

/* After two thirds of what is left, so that what the page shows stays true; but sooner when
 * there is time for all to ask: the machine may be faster than it was when they came. */
static int ask_again_s(const struct line *line, int before)
{
	int64_t all_s = ASK_SOON_S + line->people / (line->calm ? ASKS_CALM : line->asks_full);
	int64_t s = line->rate ? before * INT64_C(1000) / line->rate * 2 / 3 : all_s;

	s = s > all_s ? all_s : s;
	s = s < ASK_SOON_S ? ASK_SOON_S : s > ASK_LATE_S ? ASK_LATE_S : s;
	return (int)s + (int)random_below((uint64_t)s / 4 + 2);
}

static enum waiting_answer wait_on(struct line *line, struct ticket *ticket, int64_t now,
				   struct waiting_place *ret)
{
	int n = before(line, ticket);

	*ret = (struct waiting_place){
		.line = ticket->line, .before = n, .ask_again_s = ask_again_s(line, n),
		.left_s = line->rate ? (int)(n * INT64_C(1000) / line->rate) : -1,
	};
	ticket->ask_by = now + ret->ask_again_s * SECOND_MS;
	return WAITING_WAIT;
}

/* False when there is no room for it. */
static bool keep_post(struct waiting_room *room, struct ticket *ticket,
		      const struct waiting_post *post)
{
	size_t bytes = post->path.len + post->form.len;
	char *memory = NULL;

	if (bytes <= WAITING_POST_BYTES_MAX && room->bytes + bytes <= WAITING_BYTES_MAX)
		memory = mem_new(bytes + 1);
	if (!memory)
		return false;
	memcpy(memory, post->path.ptr, post->path.len);
	if (post->form.len)
		memcpy(memory + post->path.len, post->form.ptr, post->form.len);
	forget_post(room, ticket);
	ticket->memory = memory;
	ticket->path_len = post->path.len;
	ticket->form_len = post->form.len;
	room->bytes += bytes;
	return true;
}

static struct ticket *add(struct waiting_room *room, enum waiting_line which, int64_t device,
			  const struct waiting_post *post, int64_t now)
{
	struct line *line = &room->lines[which];
	struct ticket *ticket =
		room->people < WAITING_PEOPLE_MAX ? mem_new(sizeof(*ticket)) : NULL;

	if (!ticket || !keep_post(room, ticket, post))
		return mem_free(ticket);
	ticket->device = device;
	ticket->line = which;
	ticket->number = line->next_number++;
	ticket->came_at = now;
	ticket->next_in_bucket = *bucket_of(room, device);
	*bucket_of(room, device) = ticket;
	list_add(&line->list, ticket);
	line->people++;
	line->came++;
	room->people++;
	return ticket;
}

static enum waiting_answer come(struct waiting_room *room, enum waiting_line which, int64_t device,
				const struct waiting_post *post, int pressure, int64_t now,
				struct waiting_place *ret)
{
	struct line *line = &room->lines[which];
	struct ticket *ticket = find(room, device);

	/* They have begun something else. */
	if (ticket && ticket->line != which) {
		forget(room, ticket);
		ticket = NULL;
	}
	/* Past a short line nobody who has only just come takes what comes free from those
	 * in it. */
	if (may_go(line, ticket ? before(line, ticket) : 2 * line->people, pressure)) {
		go(line, ticket ? now - ticket->came_at : -1);
		if (ticket)
			forget(room, ticket);
		return WAITING_GO;
	}
	if (ticket && !keep_post(room, ticket, post))
		return WAITING_NO_ROOM;
	if (!ticket)
		ticket = add(room, which, device, post, now);
	return ticket ? wait_on(line, ticket, now, ret) : WAITING_NO_ROOM;
}

enum waiting_answer waiting_come(struct waiting_room *room, enum waiting_line line, int64_t device,
				 const struct waiting_post *post, int pressure, int64_t now,
				 struct waiting_place *ret_place)
{
	pthread_mutex_lock(&room->lock);
	keep_time(room, &room->lines[line], pressure, now);
	enum waiting_answer answer = come(room, line, device, post, pressure, now, ret_place);
	pthread_mutex_unlock(&room->lock);
	return answer;
}

static enum waiting_answer ask(struct waiting_room *room, int64_t device, const int *pressures,
			       int64_t now, struct arena *arena, struct waiting_post *ret_post,
			       struct waiting_place *ret_place)
{
	struct ticket *ticket = find(room, device);

	if (!ticket)
		return WAITING_NOBODY;
	struct line *line = &room->lines[ticket->line];
	keep_time(room, line, pressures[ticket->line], now);
	/* It may have been passed by, but not forgotten: it was to ask a moment ago. */
	ticket = find(room, device);
	if (!ticket)
		return WAITING_NOBODY;
	if (!may_go(line, before(line, ticket), pressures[ticket->line]))
		return wait_on(line, ticket, now, ret_place);
	ret_post->path = text_copy(arena, text_from_bytes(ticket->memory, ticket->path_len));
	ret_post->form = text_copy(arena, text_from_bytes(ticket->memory + ticket->path_len,
							  ticket->form_len));
	go(line, now - ticket->came_at);
	forget(room, ticket);
	return WAITING_GO;
}

enum waiting_answer waiting_ask(struct waiting_room *room, int64_t device,
				const int pressures[WAITING_LINES], int64_t now,
				struct arena *arena, struct waiting_post *ret_post,
				struct waiting_place *ret_place)
{
	pthread_mutex_lock(&room->lock);
	enum waiting_answer answer = ask(room, device, pressures, now, arena, ret_post, ret_place);
	pthread_mutex_unlock(&room->lock);
	return answer;
}

struct waiting_figures waiting_figures(struct waiting_room *room, enum waiting_line which)
{
	const struct line *line = &room->lines[which];

	pthread_mutex_lock(&room->lock);
	struct waiting_figures figures = {
		.people = line->people, .window = line->window, .came = line->came,
		.went = line->went, .left = line->left, .wait = &line->wait,
	};
	pthread_mutex_unlock(&room->lock);
	return figures;
}
