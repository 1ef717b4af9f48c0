#include "cli/rehearse_child.h"

#include "base/file.h"
#include "base/time.h"
#include "crowd/answer.h"
#include "crowd/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define SELF "/proc/self/exe"
#define START_MS 60000
#define STOP_MS 30000
#define LOOK_NS 20000000
#define LOG_BYTES_MAX (256 << 20)
#define PROC_BYTES_MAX 65536
#define METRICS_BYTES_MAX (1 << 20)
#define METRICS_WAIT_S 10

static void run_child(const char *const *args, const char *log, pid_t parent)
{
	/* A service manager's words are for us. */
	static const char *const names[] = { "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
					     "LISTEN_FDS", "LISTEN_PID" };
	int fd;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		unsetenv(names[i]);
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent)
		_exit(1);
	if (log && ((fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600)) < 0 ||
		    dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0))
		_exit(1);
	execv(SELF, (char *const *)(uintptr_t)args);
	_exit(1);
}

pid_t child_start(const char *const *args, const char *log)
{
	pid_t parent = getpid(), pid = fork();

	if (pid == 0)
		run_child(args, log, parent);
	return pid;
}

int child_wait(pid_t pid, const volatile sig_atomic_t *stop)
{
	bool told = false;
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
		if (*stop && !told)
			told = kill(pid, SIGTERM) == 0;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void look_again(void)
{
	const struct timespec pause = { .tv_nsec = LOOK_NS };
	(void)nanosleep(&pause, NULL);
}

void child_stop(pid_t pid)
{
	int64_t until = time_mono_ms() + STOP_MS;
	pid_t ended;

	(void)kill(pid, SIGTERM);
	while ((ended = waitpid(pid, NULL, WNOHANG)) == 0 || (ended < 0 && errno == EINTR)) {
		if (time_mono_ms() > until)
			(void)kill(pid, SIGKILL);
		look_again();
	}
}

bool child_lives(pid_t pid)
{
	siginfo_t info = { 0 };
	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       info.si_pid == 0;
}

/* The number behind `before`; -1 there is none. */
static int number_after(struct text text, const char *before, char end)
{
	struct text digits;
	int64_t number;

	return text_between(text, before, end, &digits) && text_to_int64(digits, &number) == 0
		       ? (int)number : -1;
}

int child_ports(pid_t pid, struct arena *arena, const char *log, int *ret_port, int *ret_metrics)
{
	int64_t until = time_mono_ms() + START_MS;
	struct text text;

	while (child_lives(pid) && time_mono_ms() < until) {
		if (file_read(arena, log, LOG_BYTES_MAX, &text) == 0 &&
		    (*ret_port = number_after(text, "serving on port ", '\n')) > 0) {
			*ret_metrics = number_after(text, "metrics on port ", '\n');
			return *ret_metrics > 0 ? 0 : -1;
		}
		look_again();
	}
	return -1;
}

/* --- what is used */

/* A file of /proc, which has no length. False: it is not there. */
static bool read_proc(struct arena *arena, const char *path, struct text *ret)
{
	char *bytes = arena_alloc(arena, PROC_BYTES_MAX);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = bytes && fd >= 0 ? read(fd, bytes, PROC_BYTES_MAX) : -1;

	if (fd >= 0)
		close(fd);
	*ret = n > 0 ? text_from_bytes(bytes, (size_t)n) : TEXT_EMPTY;
	return n > 0;
}

/* The sum of some words of a line, from 0, in seconds. */
static double ticks(struct text line, const int *words, int n)
{
	int64_t sum = 0, number;

	for (int at = 0, i = 0; line.ptr && i < n; at++) {
		struct text word = text_cut(&line, ' ');
		if (at != words[i])
			continue;
		i++;
		if (text_to_int64(word, &number) == 0)
			sum += number;
	}
	return (double)sum / (double)sysconf(_SC_CLK_TCK);
}

static int read_cpu(pid_t pid, struct arena *arena, struct use *use)
{
	/* user, system; user, nice, system, irq, softirq, steal */
	static const int of_process[] = { 12, 13 }, of_machine[] = { 1, 2, 3, 6, 7, 8 };
	const char *path = text_z(arena, text_format(arena, "/proc/%d/stat", (int)pid));
	struct text stat, machine;
	struct rusage own;

	if (!read_proc(arena, path, &stat) || !read_proc(arena, "/proc/stat", &machine))
		return -1;
	/* Behind the name, which may hold anything. */
	ptrdiff_t end = text_find(stat, TEXT(") "), 0);
	if (end < 0)
		return -1;
	use->server_s = ticks(text_part(stat, (size_t)end + 1, stat.len), of_process, 2);
	struct text line = text_cut(&machine, '\n');
	(void)text_cut(&line, ' ');	/* "cpu" and two spaces */
	use->busy_s = ticks(line, of_machine, ARRAY_LEN(of_machine));
	getrusage(RUSAGE_SELF, &own);
	use->own_s = (double)(own.ru_utime.tv_sec + own.ru_stime.tv_sec) +
		     (double)(own.ru_utime.tv_usec + own.ru_stime.tv_usec) / 1e6;
	return 0;
}

/* All of the page of metrics. */
static int read_metrics(struct arena *arena, int port, struct text *ret)
{
	static const char ask[] = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n"
				  "Connection: close\r\n\r\n";
	const struct sockaddr_in address = { .sin_family = AF_INET,
					     .sin_port = htons((uint16_t)port),
					     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const struct timeval patience = { .tv_sec = METRICS_WAIT_S };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char chunk[16384];
	struct buf buf;
	ssize_t n = -1;

	buf_init(&buf, arena, METRICS_BYTES_MAX);
	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == 0 &&
	    connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0 &&
	    send(fd, ask, sizeof(ask) - 1, MSG_NOSIGNAL) == (ssize_t)sizeof(ask) - 1)
		while ((n = recv(fd, chunk, sizeof(chunk), 0)) > 0 || (n < 0 && errno == EINTR))
			if (n > 0)
				buf_add(&buf, chunk, (size_t)n);
	if (fd >= 0)
		close(fd);
	*ret = buf_done(&buf);
	return n == 0 && ret->len ? 0 : -1;
}

/* The numbers of lines that begin with `name`, together. */
static double metric(struct text page, const char *name)
{
	double sum = 0;

	while (page.ptr) {
		struct text line = text_cut(&page, '\n');
		if (!text_starts_with(line, text_from_z(name)))
			continue;
		char number[64];
		struct text rest = text_part(line, strlen(name), line.len);
		ptrdiff_t space = text_find(rest, TEXT(" "), 0);
		rest = text_part(rest, space < 0 ? rest.len : (size_t)space + 1, rest.len);
		snprintf(number, sizeof(number), "%.*s", TEXT_ARGS(rest));
		sum += strtod(number, NULL);
	}
	return sum;
}

int use_read(pid_t pid, struct arena *arena, int metrics_port, struct use *ret)
{
	struct text page;

	*ret = (struct use){ .at_s = (double)clock_us() / 1e6 };
	if (read_cpu(pid, arena, ret) != 0 || read_metrics(arena, metrics_port, &page) != 0)
		return -1;
	ret->commits = (int64_t)metric(page, "hoithi_store_batches_total");
	ret->commit_us = (int64_t)(metric(page, "hoithi_store_commit_seconds_total") * 1e6);
	ret->refused = (int64_t)metric(page, "hoithi_store_refused_total");
	return 0;
}

int64_t child_memory_kib(pid_t pid, struct arena *arena)
{
	const char *path = text_z(arena, text_format(arena, "/proc/%d/status", (int)pid));
	struct text status, line;
	int64_t kib;

	if (!read_proc(arena, path, &status) || !text_between(status, "VmHWM:", 'k', &line) ||
	    text_to_int64(text_trim(line), &kib) != 0)
		return 0;
	return kib;
}
