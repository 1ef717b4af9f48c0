#include "base/security_log.h"

#include "base/mem.h"
#include "base/time.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <unistd.h>

#define LINE_BYTES_MAX 1024

struct security_log {
	pthread_mutex_t lock;
	char *path;
	int64_t full_at;	/* when the bucket is full again, time_mono_ms · RATE */
	int64_t left_out;
};

struct security_log *security_log_new(const char *path)
{
	struct security_log *log = mem_new(sizeof(*log));

	if (!log)
		return NULL;
	log->path = strdup(path);
	if (!log->path)
		return mem_free(log);
	pthread_mutex_init(&log->lock, NULL);
	return log;
}

/* Whether a line may be kept now: each takes 1/RATE s of a bucket that holds BURST
 * lines. Needs the lock. */
static bool may_write(struct security_log *log)
{
	int64_t now = time_mono_ms() * SECURITY_LOG_RATE;
	int64_t full_at = log->full_at > now ? log->full_at : now;

	if (full_at + 1000 > now + (int64_t)SECURITY_LOG_BURST * 1000) {
		log->left_out++;
		return false;
	}
	log->full_at = full_at + 1000;
	return true;
}

static int append(const struct security_log *log, const char *line, size_t len)
{
	int fd = open(log->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return 1;
	int result = write(fd, line, len) == (ssize_t)len ? 0 : 1;
	(void)close(fd);
	return result;
}

/* "time event values\n"; control characters become "?". Returns its length. */
static size_t make_line(char line[LINE_BYTES_MAX], const char *event, const char *format,
			va_list args) PRINTF(3, 0);

static size_t make_line(char line[LINE_BYTES_MAX], const char *event, const char *format,
			va_list args)
{
	struct civil c = time_to_civil(time_now_ms());
	int head = snprintf(line, LINE_BYTES_MAX, "%04d-%02d-%02dT%02d:%02d:%02d.%03d+07:00 %s ",
			    c.year, c.month, c.day, c.hour, c.minute, c.second, c.ms, event);
	int body = vsnprintf(line + head, LINE_BYTES_MAX - (size_t)head - 1, format, args);
	size_t len = (size_t)head + (body < 0 ? 0 : (size_t)body);

	if (len > LINE_BYTES_MAX - 2)
		len = LINE_BYTES_MAX - 2;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = '?';
	line[len++] = '\n';
	return len;
}

static int append_line(const struct security_log *log, const char *event, const char *format, ...)
	PRINTF(3, 4);

static int append_line(const struct security_log *log, const char *event, const char *format, ...)
{
	char line[LINE_BYTES_MAX];
	va_list args;

	va_start(args, format);
	size_t len = make_line(line, event, format, args);
	va_end(args);
	return append(log, line, len);
}

int security_log_write(struct security_log *log, const char *event, const char *format, ...)
{
	char line[LINE_BYTES_MAX];
	va_list args;
	int result = 0;

	if (!log)
		return 0;
	pthread_mutex_lock(&log->lock);
	if (may_write(log)) {
		if (log->left_out)
			result = append_line(log, "left-out", "lines=%lld",
					     (long long)log->left_out);
		log->left_out = 0;
		va_start(args, format);
		size_t len = make_line(line, event, format, args);
		va_end(args);
		result |= append(log, line, len);
	}
	pthread_mutex_unlock(&log->lock);
	return result;
}

struct security_log *security_log_free(struct security_log *log)
{
	if (!log)
		return NULL;
	pthread_mutex_destroy(&log->lock);
	free(log->path);
	return mem_free(log);
}
