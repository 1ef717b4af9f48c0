#include "cli/serve.h"

static bool is_loopback(struct text url)
{
	static const char *const hosts[] = { "http://127.", "http://localhost", "http://[::1]",
					     "https://127.", "https://localhost", "https://[::1]" };
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++)
		if (text_starts_with(url, text_from_z(hosts[i])))
			return true;
	return false;
}

/* "https://host[:port]" without a path. 0 done, else the exit status. */
static int read_public_url(struct command *command, struct site *site)
{
	struct text url = command_option(command, "public-url");
	bool secure = text_starts_with(url, TEXT("https://"));
	struct text host = text_part(url, secure ? 8 : 7, url.len);

	if (url.len == 0)
		return 0;
	if (!(secure || text_starts_with(url, TEXT("http://"))) || host.len == 0 ||
	    text_find(host, TEXT("/"), 0) >= 0)
		return command_misused(command, "--public-url is as https://thi.example.vn");
	if (site->rehearsal && !is_loopback(url))
		return command_refuse(command, "this folder is a rehearsal: it is not served to the public");
	site->public_url = url;
	site->secure = secure;
	return 0;
}

int cmd_serve(struct command *command)
{
	const struct folder_options options = {
		.threads = true, .serving = true, .create = true,
		.clock = command_option(command, "clock"), .fatal = serve_fatal,
	};
	struct serve_options serve = {
		.listen = command_option(command, "listen"),
		.metrics = command_option(command, "metrics"),
		.trusted_proxy = command_option(command, "trusted-proxy"),
		.data_dir = command_path(command, command_option(command, "data")),
	};
	struct folder folder;

	if (!command_has(command, "data") || !command_has(command, "keys") || serve.listen.len == 0)
		return command_misused(command, "serve needs --data, --keys and --listen");
	switch (folder_open(command, &options, &folder)) {
	case 1:
		return EXIT_REFUSED;
	case 2:
		return command_refuse(command, "%s is being served already", serve.data_dir);
	}
	int status = read_public_url(command, &folder.site);
	if (status == 0)
		status = serve_folder(command, &folder, &serve);
	folder_close(&folder);
	return status;
}
