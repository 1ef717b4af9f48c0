#include "base/log.h"

#include "base/time.h"

#include <stdatomic.h>
#include <unistd.h>

static _Atomic enum log_level least_level = LOG_INFO;

void log_set_level(enum log_level level)
{
	least_level = level;
}

void log_write(enum log_level level, const char *format, ...)
{
	static const char *const names[] = { "debug", "info", "warning", "error" };
	struct civil c = time_to_civil(time_now_ms());
	char line[1024];
	va_list args;

	if (level < least_level)
		return;
	int head = snprintf(line, sizeof(line), "%04d-%02d-%02dT%02d:%02d:%02d.%03d+07:00 %s ",
			    c.year, c.month, c.day, c.hour, c.minute, c.second, c.ms, names[level]);
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
