#include "base/log.h"

#include "base/time.h"

#include <stdatomic.h>
#include <unistd.h>

static _Atomic enum log_level least_level = LOG_INFO;

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

void log_write(enum log_level level, const char *format, ...)
{
	char line[1024];
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
	/* One write, so that lines of several threads do not mix. */
	if (write(STDERR_FILENO, line, len) < 0)
		return;
}
