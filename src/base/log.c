#include "base/log.h"

#include "base/time.h"

#include <stdatomic.h>
#include <unistd.h>

#define LINE_BYTES_MAX 1024
#define HELD_BYTES_MAX 8192

static _Atomic enum log_level least_level = LOG_INFO;
static _Thread_local bool holds;
static _Thread_local char held[HELD_BYTES_MAX];
static _Thread_local size_t held_bytes;

void log_set_level(enum log_level level)
{
	least_level = level;
}

/* Several digits and what follows them. */
static char *put(char *to, int value, int digits, char after)
{
	for (int i = digits - 1; i >= 0; i--, value /= 10)
		to[i] = (char)('0' + value % 10);
	to[digits] = after;
	return to + digits + 1;
}

/* "2024-09-20T07:00:00.000+07:00 info ": by hand, since every request has a line. */
static int put_head(char *line, enum log_level level)
{
	static const char *const names[] = {
		"07:00 debug ", "07:00 info ", "07:00 warning ", "07:00 error ",
	};
	struct civil c = time_to_civil(time_now_ms());
	char *at = put(line, c.year, 4, '-');

	at = put(at, c.month, 2, '-');
	at = put(at, c.day, 2, 'T');
	at = put(at, c.hour, 2, ':');
	at = put(at, c.minute, 2, ':');
	at = put(at, c.second, 2, '.');
	at = put(at, c.ms, 3, '+');
	return (int)(stpcpy(at, names[level]) - line);
}

static void put_out(const char *lines, size_t len)
{
	/* One write, so that lines of several threads do not mix. */
	if (len && write(STDERR_FILENO, lines, len) < 0)
		return;
}

void log_hold(void)
{
	holds = true;
}

void log_flush(void)
{
	put_out(held, held_bytes);
	held_bytes = 0;
}

static void put_line(enum log_level level, const char *line, size_t len)
{
	if (holds && (level > LOG_INFO || held_bytes + len > sizeof(held)))
		log_flush();
	if (!holds || level > LOG_INFO) {
		put_out(line, len);
		return;
	}
	memcpy(held + held_bytes, line, len);
	held_bytes += len;
}

void log_write(enum log_level level, const char *format, ...)
{
	char line[LINE_BYTES_MAX];
	va_list args;

	if (level < least_level)
		return;
	int head = put_head(line, level);
	va_start(args, format);
	int body = vsnprintf(line + head, sizeof(line) - (size_t)head - 1, format, args);
	va_end(args);
	size_t len = (size_t)head + (body < 0 ? 0 : (size_t)body);
	if (len > sizeof(line) - 2)
		len = sizeof(line) - 2;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ')
			line[i] = ' ';
	line[len++] = '\n';
	put_line(level, line, len);
}
