#include "cli/service.h"

#include <systemd/sd-daemon.h>

int service_sockets(int *ret_fds, int max)
{
	int n = sd_listen_fds(1);

	if (n <= 0)
		return n < 0 ? -1 : 0;
	if (n > max)
		return -1;
	for (int i = 0; i < n; i++) {
		ret_fds[i] = SD_LISTEN_FDS_START + i;
		if (sd_is_socket_inet(ret_fds[i], AF_UNSPEC, SOCK_STREAM, 1, 0) <= 0)
			return -1;
	}
	return n;
}

int64_t service_watchdog_ms(void)
{
	uint64_t us;
	return sd_watchdog_enabled(0, &us) > 0 ? (int64_t)(us / 1000) : 0;
}

void service_ready(void)
{
	(void)sd_notify(0, "READY=1");
}

void service_lives(void)
{
	(void)sd_notify(0, "WATCHDOG=1");
}

void service_stopping(void)
{
	(void)sd_notify(0, "STOPPING=1");
}
