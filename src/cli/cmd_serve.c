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
	struct text host = text_part(place, v6, end < 0 ? place.len : (size_t)end - v6);
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

/* What is told of the outside, read before the folder is: what is wrongly called
 * decides nothing about a folder. */
struct outside {
	struct text url;	/* "https://host[:port]" without a path; "" not given */
	struct text host;
	bool secure;
};

/* 0 done, else the exit status. */
static int read_outside(struct command *command, struct outside *ret)
{
	struct text url = command_option(command, "public-url");
	bool secure = text_starts_with(url, TEXT("https://"));

	*ret = (struct outside){ .url = url, .host = TEXT_EMPTY, .secure = secure };
	if (url.len == 0)
		return 0;
	if (!(secure || text_starts_with(url, TEXT("http://"))) ||
	    !read_host(text_part(url, secure ? 8 : 7, url.len), &ret->host))
		return command_misused(command, "--public-url is as https://thi.example.vn");
	return 0;
}

static int check_addresses(struct command *command, const struct serve_options *serve)
{
	const struct text places[] = { serve->listen, serve->metrics };
	struct sockaddr_storage socket;
	struct trusted trusted;
	socklen_t len;

	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		if (places[i].len &&
		    !(i == 0 && text_equal_z(places[i], SERVE_LISTEN_SYSTEMD)) &&
		    address_parse_listen(text_z(command->arena, places[i]), &socket, &len) != 0)
			return command_misused(command,
					       "%.*s is no address to listen on (as 127.0.0.1:8080)",
					       TEXT_ARGS(places[i]));
	if (trusted_parse(serve->trusted_proxy, &trusted) != 0)
		return command_misused(command,
				       "--trusted-proxy is a list of addresses as 10.0.0.0/8");
	return 0;
}

static int serve_outside(struct command *command, struct folder *folder,
			 const struct outside *outside, const struct serve_options *serve)
{
	if (outside->url.len && folder->site.rehearsal && !is_loopback(outside->host))
		return command_refuse(command,
				      "this folder is a rehearsal: it is not served to the public");
	folder->site.public_url = outside->url;
	folder->site.secure = outside->secure;
	return serve_folder(command, folder, serve);
}

int cmd_serve(struct command *command)
{
	const struct folder_options options = {
		.threads = true, .serving = true, .create = true,
		.clock = command_option(command, "clock"), .fatal = serve_fatal,
		.failed = serve_failed,
	};
	struct serve_options serve = {
		.listen = command_option(command, "listen"),
		.metrics = command_option(command, "metrics"),
		.trusted_proxy = command_option(command, "trusted-proxy"),
		.data_dir = command_path(command, command_option(command, "data")),
	};
	struct outside outside;
	struct folder folder;

	if (!command_has(command, "data") || !command_has(command, "keys") || serve.listen.len == 0)
		return command_misused(command, "serve needs --data, --keys and --listen");
	int answer = read_outside(command, &outside);
	if (answer == 0)
		answer = check_addresses(command, &serve);
	if (answer == 0)
		answer = folder_open(command, &options, &folder);
	if (answer == FOLDER_SERVED)
		return command_refuse(command, "%s is being served already", serve.data_dir);
	if (answer)
		return answer;
	int status = serve_outside(command, &folder, &outside, &serve);
	folder_close(&folder);
	return status;
}
