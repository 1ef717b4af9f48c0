#include "cli/serve.h"

#include "http/address.h"

/* A name or an IPv4 address; what stands in brackets is judged on its own. */
static bool is_host_name(struct text host)
{
	for (size_t i = 0; i < host.len; i++) {
		char c = host.ptr[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '-' || c == '.'))
			return false;
	}
	return host.len > 0;
}

/* The host of "host[:port]" or "[IPv6][:port]", without brackets; false when it is
 * neither. */
static bool read_host(struct text place, struct text *ret)
{
	bool v6 = text_starts_with(place, TEXT("["));
	ptrdiff_t end = text_find(place, v6 ? TEXT("]") : TEXT(":"), 0);
	struct text host = text_part(place, v6, end < 0 ? place.len : (size_t)end);
	struct text port = end < 0 ? TEXT_EMPTY : text_part(place, (size_t)end + v6, place.len);
	struct address address;
	int64_t number;

	if (v6 ? end < 0 || text_find(host, TEXT(":"), 0) < 0 || address_parse(host, &address) != 0
	       : !is_host_name(host))
		return false;
	if (port.len && (!text_starts_with(port, TEXT(":")) ||
			 text_to_int64(text_part(port, 1, port.len), &number) != 0 || number < 1 ||
			 number > 65535))
		return false;
	*ret = host;
	return true;
}

static bool is_loopback(struct text host)
{
	static const char networks[] = "127.0.0.0/8, ::1";
	struct trusted loopback;
	struct address address;

	if (text_equal_ascii_case(host, TEXT("localhost")))
		return true;
	return trusted_parse(text_from_z(networks), &loopback) == 0 &&
	       address_parse(host, &address) == 0 && trusted_has(&loopback, &address);
}

/* "https://host[:port]" without a path. 0 done, else the exit status. */
static int read_public_url(struct command *command, struct site *site)
{
	struct text url = command_option(command, "public-url");
	bool secure = text_starts_with(url, TEXT("https://"));
	struct text place = text_part(url, secure ? 8 : 7, url.len);
	struct text host;

	if (url.len == 0)
		return 0;
	if (!(secure || text_starts_with(url, TEXT("http://"))) || !read_host(place, &host))
		return command_misused(command, "--public-url is as https://thi.example.vn");
	if (site->rehearsal && !is_loopback(host))
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
	int answer = folder_open(command, &options, &folder);
	if (answer == FOLDER_SERVED)
		return command_refuse(command, "%s is being served already", serve.data_dir);
	if (answer)
		return answer;
	int status = read_public_url(command, &folder.site);
	if (status == 0)
		status = serve_folder(command, &folder, &serve);
	folder_close(&folder);
	return status;
}
