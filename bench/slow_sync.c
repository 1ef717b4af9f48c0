/* A disk whose syncs take longer, for any program, by LD_PRELOAD: SLOW_SYNC_MS of the
 * environment is added to each fsync, fdatasync and sync_file_range. */
#include "base/compiler.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

static struct timespec added;

static void CONSTRUCTOR read_environment(void)
{
	const char *ms = getenv("SLOW_SYNC_MS");
	double wanted = ms ? strtod(ms, NULL) : 0;

	if (wanted > 0 && wanted < 60000) {
		added.tv_sec = (time_t)(wanted / 1000);
		added.tv_nsec = (long)((wanted - (double)added.tv_sec * 1000) * 1e6);
	}
}

static void wait_longer(void)
{
	struct timespec left = added;
	int error = errno;

	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		;
	errno = error;
}

int fsync(int fd)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
	int result = real(fd);

	wait_longer();
	return result;
}

int fdatasync(int fd)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
	int result = real(fd);

	wait_longer();
	return result;
}

int sync_file_range(int fd, off64_t offset, off64_t n, unsigned int flags)
{
	int (*real)(int, off64_t, off64_t, unsigned int) =
	    (int (*)(int, off64_t, off64_t, unsigned int))dlsym(RTLD_NEXT, "sync_file_range");
	int result = real(fd, offset, n, flags);

	wait_longer();
	return result;
}
