#include "store/erasures.h"

#include "base/file.h"
#include "base/time.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define LINE_BYTES_MAX 64
#define FILE_BYTES_MAX (256 << 20)

/* Cuts off what stands behind the last end of a line. */
static int cut_tail(int fd)
{
	char tail[LINE_BYTES_MAX];
	off_t end = lseek(fd, 0, SEEK_END);
	off_t from = end > LINE_BYTES_MAX ? end - LINE_BYTES_MAX : 0;
	ssize_t n = end < 0 ? -1 : pread(fd, tail, (size_t)(end - from), from);

	if (n < 0)
		return -1;
	while (n > 0 && tail[n - 1] != '\n')
		n--;
	return from + n < end ? ftruncate(fd, from + n) : 0;
}

int erasures_open(const char *dir)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", dir, ERASURES_NAME);
	int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0 && cut_tail(fd) != 0) {
		int error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

static void add_line(struct buf *buf, const struct erasure *erasure)
{
	buf_text(buf, time_format_iso(buf->arena, erasure->at));
	buf_format(buf, " erase %lld\n", (long long)erasure->person);
}

static struct text lines_of(struct arena *arena, const struct erasure *list, int n)
{
	struct buf buf;

	buf_init(&buf, arena, FILE_BYTES_MAX);
	for (int i = 0; i < n; i++)
		add_line(&buf, &list[i]);
	return buf_done(&buf);
}

int erasures_add(int fd, const struct erasure *list, int n)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new(FILE_BYTES_MAX);
	struct text lines = arena ? lines_of(arena, list, n) : TEXT_EMPTY;

	if (lines.len == 0) {
		errno = ENOMEM;
		return -1;
	}
	off_t end = lseek(fd, 0, SEEK_END);
	if (end < 0)
		return -1;
	errno = ENOSPC;
	if (write(fd, lines.ptr, lines.len) == (ssize_t)lines.len && fsync(fd) == 0)
		return 0;
	int error = errno;
	(void)!ftruncate(fd, end);
	errno = error;
	return -1;
}

static int parse_line(struct text line, struct erasure *ret)
{
	struct text rest = line;
	struct text at = text_cut(&rest, ' ');

	return rest.ptr && text_equal(text_cut(&rest, ' '), TEXT("erase")) && rest.ptr &&
		       time_parse(at, &ret->at) == 0 && text_to_int64(rest, &ret->person) == 0
		       ? 0 : 1;
}

static int count_lines(struct text bytes)
{
	int n = 0;

	for (size_t i = 0; i < bytes.len; i++)
		n += bytes.ptr[i] == '\n';
	return n;
}

int erasures_read(struct arena *arena, const char *path, struct erasures *erasures, int *ret_line)
{
	struct text bytes = TEXT_EMPTY;
	int answer = file_read(arena, path, FILE_BYTES_MAX, &bytes);

	if (answer)
		return answer > 0 ? 2 : -1;
	int n = count_lines(bytes);
	struct erasure *list = arena_array(arena, (size_t)(erasures->n + n + 1), sizeof(*list));
	if (!list) {
		errno = ENOMEM;
		return -1;
	}
	if (erasures->n)
		memcpy(list, erasures->list, (size_t)erasures->n * sizeof(*list));
	for (int i = 0; i < n; i++) {
		if (parse_line(text_cut(&bytes, '\n'), &list[erasures->n + i]) == 0)
			continue;
		*ret_line = i + 1;
		return 1;
	}
	erasures->list = list;
	erasures->n += n;
	return 0;
}

static int by_person(const void *a, const void *b)
{
	const struct erasure *x = a, *y = b;
	return x->person != y->person ? (x->person > y->person) - (x->person < y->person)
				      : (x->at > y->at) - (x->at < y->at);
}

static int by_time(const void *a, const void *b)
{
	const struct erasure *x = a, *y = b;
	return x->at != y->at ? (x->at > y->at) - (x->at < y->at) : by_person(a, b);
}

void erasures_settle(struct erasures *erasures)
{
	struct erasure *list = erasures->list;
	int n = 0;

	if (erasures->n == 0)
		return;
	qsort(list, (size_t)erasures->n, sizeof(*list), by_person);
	for (int i = 0; i < erasures->n; i++)
		if (n == 0 || list[n - 1].person != list[i].person)
			list[n++] = list[i];
	erasures->n = n;
	qsort(list, (size_t)n, sizeof(*list), by_time);
}

int erasures_write(struct arena *arena, const char *path, const struct erasures *erasures)
{
	struct text lines = lines_of(arena, erasures->list, erasures->n);

	if (arena_failed(arena)) {
		errno = ENOMEM;
		return -1;
	}
	return file_write(arena, path, lines);
}
