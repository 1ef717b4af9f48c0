#include "cli/control.h"

#include "base/log.h"
#include "cli/folder.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define MESSAGE_BYTES_MAX (1 << 20)
#define WAIT_MS 10000

/* The thread of some long commands. */
struct lane {
	struct control *control;
	pthread_t thread;
	pthread_cond_t wake;
	struct call *waiting;			/* for it to take */
	const struct command_row *running;	/* or waiting; NULL none */
};

struct control {
	struct site *site;
	char *path;
	int fd;
	int stop[2];	/* a pipe: closing its writing end ends the thread */
	pthread_t thread;
	pthread_mutex_t lock;	/* of the lanes */
	struct lane lanes[COMMAND_LANES];	/* none of COMMAND_LANE_SHORT */
	int n_lanes;		/* started, and that one */
	atomic_bool stopping;
};

/* A command that was sent, until it is answered. */
struct call {
	int fd;
	struct arena *arena;
	struct buf out, err;
	struct command command;
	const struct command_row *row;
};

/* Fills the address of DIR/control.sock; false when the name is too long. */
static bool address_of(const char *dir, struct sockaddr_un *ret)
{
	ret->sun_family = AF_UNIX;
	return (size_t)snprintf(ret->sun_path, sizeof(ret->sun_path), "%s/control.sock", dir) <
	       sizeof(ret->sun_path);
}

static int send_all(int fd, struct text bytes)
{
	while (bytes.len) {
		ssize_t n = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		bytes = text_part(bytes, (size_t)n, bytes.len);
	}
	return 0;
}

/* Reads to the end of the other side. */
static int receive_all(int fd, struct arena *arena, size_t limit, struct text *ret)
{
	struct buf buf;
	char chunk[65536];
	ssize_t n;

	buf_init(&buf, arena, limit);
	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		buf_add(&buf, chunk, (size_t)n);
		if (arena_failed(arena))
			return -1;
	}
	*ret = buf_done(&buf);
	return 0;
}

static int take_reply(struct command *command, struct text reply, int *ret_status)
{
	struct text head = text_cut(&reply, '\n');
	int64_t status, out_len, err_len;

	if (!reply.ptr || text_to_int64(text_cut(&head, ' '), &status) != 0 || !head.ptr ||
	    text_to_int64(text_cut(&head, ' '), &out_len) != 0 || !head.ptr ||
	    text_to_int64(head, &err_len) != 0 || out_len < 0 || err_len < 0 ||
	    (size_t)out_len + (size_t)err_len != reply.len)
		return -1;
	buf_text(command->out, text_part(reply, 0, (size_t)out_len));
	buf_text(command->err, text_part(reply, (size_t)out_len, (size_t)err_len));
	*ret_status = (int)status;
	return 0;
}

int control_call(struct command *command, const char *dir, const struct text *args, int n,
		 int *ret_status)
{
	struct sockaddr_un address;
	struct buf message;
	struct text reply = TEXT_EMPTY;

	if (!command->cwd) {
		/* The server could only guess what a path is relative to. */
		*ret_status = command_refuse(command, "the current folder is gone: go to another");
		return 0;
	}
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	buf_init(&message, command->arena, MESSAGE_BYTES_MAX);
	buf_add(&message, command->cwd, strlen(command->cwd) + 1);
	for (int i = 0; i < n; i++) {
		buf_text(&message, args[i]);
		buf_char(&message, '\0');
	}
	int result = fd < 0 || !address_of(dir, &address) ||
		     connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
		     send_all(fd, buf_done(&message)) != 0 || shutdown(fd, SHUT_WR) != 0 ||
		     receive_all(fd, command->arena, 2 * COMMAND_OUTPUT_BYTES_MAX, &reply) != 0
			     ? -1
			     : take_reply(command, reply, ret_status);
	if (fd >= 0)
		close(fd);
	return result;
}

static struct text actor_of(struct arena *arena, int fd)
{
	struct ucred who = { 0 };
	socklen_t len = sizeof(who);
	struct passwd entry, *found = NULL;
	char names[4096];

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) != 0)
		return TEXT("cli:?");
	if (getpwuid_r(who.uid, &entry, names, sizeof(names), &found) == 0 && found)
		return text_format(arena, "cli:%s", found->pw_name);
	return text_format(arena, "cli:%d", (int)who.uid);
}

/* Reads what was sent. 0 it can be run, else the exit status. */
static int read_message(struct call *call, struct text message)
{
	struct command *command = &call->command;
	struct text args[COMMAND_ARGS_MAX + 1];	/* one too many is refused by command_read */
	struct text rest = message;
	int n = 0;

	command->cwd = text_z(command->arena, text_cut(&rest, '\0'));
	while (rest.ptr && rest.len && n < (int)ARRAY_LEN(args))
		args[n++] = text_cut(&rest, '\0');
	call->row = command_read(command, args, n);
	if (!call->row)
		return EXIT_USAGE;
	if (!call->row->needs_folder)
		return command_refuse(command, "this command is not for a server");
	if (command_has(command, "clock"))
		return command_refuse(command, "--clock is refused while the folder is served");
	return 0;
}

/* Ends the call. */
static void answer_call(struct call *call, int status)
{
	struct arena *arena = call->arena;
	int fd = call->fd;

	if (arena_failed(arena))
		(void)!send_all(fd, TEXT("1 0 22\nhoithi: out of memory\n"));
	else if (send_all(fd, text_format(arena, "%d %zu %zu\n", status, call->out.len,
					  call->err.len)) != 0 ||
		 send_all(fd, buf_done(&call->out)) != 0 || send_all(fd, buf_done(&call->err)) != 0)
		log_warning("a caller of control.sock left before its answer");
	close(fd);
	arena_free(arena);
}

/* The exit status, to be answered. */
static int run_call(struct call *call)
{
	int status = call->row->run(&call->command);

	folder_note_command(&call->command, call->row->name, status);
	return status;
}

/* Hands a long command to its thread, or says which one that has. */
static void hand_over(struct control *control, struct call *call)
{
	struct lane *lane = &control->lanes[command_lane(call->row)];

	pthread_mutex_lock(&control->lock);
	const struct command_row *running = lane->running;
	if (!running) {
		lane->running = call->row;
		lane->waiting = call;
		pthread_cond_signal(&lane->wake);
	}
	pthread_mutex_unlock(&control->lock);
	if (running)
		answer_call(call, command_refuse(&call->command, "`%s` is running already",
						 running->name));
}

static void *run_lane(void *arg)
{
	struct lane *lane = arg;
	struct control *control = lane->control;

	pace_take_what_is_left();
	pthread_mutex_lock(&control->lock);
	while (lane->waiting || !control->stopping) {
		struct call *call = lane->waiting;
		if (!call) {
			pthread_cond_wait(&lane->wake, &control->lock);
			continue;
		}
		lane->waiting = NULL;
		pthread_mutex_unlock(&control->lock);
		int status = run_call(call);
		pthread_mutex_lock(&control->lock);
		lane->running = NULL;
		pthread_mutex_unlock(&control->lock);
		/* Whoever has the answer may send the next. */
		answer_call(call, status);
		pthread_mutex_lock(&control->lock);
	}
	pthread_mutex_unlock(&control->lock);
	return NULL;
}

/* The call lives in its own arena. NULL when nothing can be read. */
static struct call *receive_call(struct control *control, int fd, struct text *ret_message)
{
	struct arena *arena = arena_new(8u * COMMAND_OUTPUT_BYTES_MAX);
	struct call *call = arena ? arena_alloc(arena, sizeof(*call)) : NULL;

	if (!call || receive_all(fd, arena, MESSAGE_BYTES_MAX, ret_message) != 0) {
		arena_free(arena);
		return NULL;
	}
	*call = (struct call){ .fd = fd, .arena = arena };
	buf_init(&call->out, arena, COMMAND_OUTPUT_BYTES_MAX);
	buf_init(&call->err, arena, COMMAND_OUTPUT_BYTES_MAX);
	call->command = (struct command){ .arena = arena, .out = &call->out, .err = &call->err,
					  .site = control->site, .actor = actor_of(arena, fd),
					  .stop = &control->stopping };
	return call;
}

/* Takes the connection. */
static void take_call(struct control *control, int fd)
{
	struct text message;
	struct call *call = receive_call(control, fd, &message);

	if (!call) {
		close(fd);
		return;
	}
	int status = read_message(call, message);
	if (status)
		answer_call(call, status);
	else if (command_lane(call->row) == COMMAND_LANE_SHORT)
		answer_call(call, run_call(call));
	else
		hand_over(control, call);
}

static void *run(void *arg)
{
	struct control *control = arg;
	struct pollfd waits[] = { { .fd = control->fd, .events = POLLIN },
				  { .fd = control->stop[0], .events = POLLIN } };
	const struct timeval patience = { .tv_sec = WAIT_MS / 1000 };

	while (poll(waits, ARRAY_LEN(waits), -1) >= 0 || errno == EINTR) {
		if (waits[1].revents)
			break;
		int fd = accept4(control->fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			continue;
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
		take_call(control, fd);
	}
	return NULL;
}

static int listen_at(const char *dir, char **ret_path)
{
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || !address_of(dir, &address)) {
		errno = fd < 0 ? errno : ENAMETOOLONG;
		return -1;
	}
	/* The folder's lock is ours, so a socket that lies there is a dead one's. */
	unlink(address.sun_path);
	mode_t before = umask(0077);
	int result = bind(fd, (struct sockaddr *)&address, sizeof(address));
	umask(before);
	if (result != 0 || listen(fd, 8) != 0) {
		close(fd);
		return -1;
	}
	*ret_path = strdup(address.sun_path);
	return fd;
}

static void stop_lanes(struct control *control)
{
	pthread_mutex_lock(&control->lock);
	control->stopping = true;
	for (int i = 1; i < control->n_lanes; i++)
		pthread_cond_signal(&control->lanes[i].wake);
	pthread_mutex_unlock(&control->lock);
	for (int i = 1; i < control->n_lanes; i++) {
		pthread_join(control->lanes[i].thread, NULL);
		pthread_cond_destroy(&control->lanes[i].wake);
	}
}

static int start_lanes(struct control *control)
{
	for (control->n_lanes = 1; control->n_lanes < COMMAND_LANES; control->n_lanes++) {
		struct lane *lane = &control->lanes[control->n_lanes];
		lane->control = control;
		pthread_cond_init(&lane->wake, NULL);
		if (pthread_create(&lane->thread, NULL, run_lane, lane))
			return -1;
	}
	return 0;
}

static int start_threads(struct control *control)
{
	if (pipe(control->stop) == 0 && start_lanes(control) == 0 &&
	    pthread_create(&control->thread, NULL, run, control) == 0)
		return 0;
	stop_lanes(control);
	return -1;
}

struct control *control_start(const char *dir, struct site *site)
{
	struct control *control = mem_new(sizeof(*control));

	if (!control)
		return NULL;
	control->site = site;
	control->fd = listen_at(dir, &control->path);
	if (control->fd < 0)
		return mem_free(control);
	pthread_mutex_init(&control->lock, NULL);
	if (start_threads(control) != 0) {
		close(control->fd);
		free(control->path);
		return mem_free(control);
	}
	return control;
}

struct control *control_stop(struct control *control)
{
	if (!control)
		return NULL;
	close(control->stop[1]);
	pthread_join(control->thread, NULL);
	stop_lanes(control);
	pthread_mutex_destroy(&control->lock);
	close(control->stop[0]);
	close(control->fd);
	unlink(control->path);
	free(control->path);
	return mem_free(control);
}
