#include "http/address.h"

#include <arpa/inet.h>

static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

static struct address from_v4(const void *bytes)
{
	struct address address;
	memcpy(address.bytes, mapped, sizeof(mapped));
	memcpy(address.bytes + sizeof(mapped), bytes, 4);
	return address;
}

int address_parse(struct text text, struct address *ret)
{
	char z[ADDRESS_TEXT_BYTES];
	unsigned char bytes[16];

	if (text.len == 0 || text.len >= sizeof(z) || memchr(text.ptr, 0, text.len))
		return 1;
	memcpy(z, text.ptr, text.len);
	z[text.len] = '\0';
	if (inet_pton(AF_INET, z, bytes) == 1)
		*ret = from_v4(bytes);
	else if (inet_pton(AF_INET6, z, bytes) == 1)
		memcpy(ret->bytes, bytes, sizeof(bytes));
	else
		return 1;
	return 0;
}

int address_from_socket(const struct sockaddr *socket, struct address *ret)
{
	const struct sockaddr_in *in = (const void *)socket;
	const struct sockaddr_in6 *in6 = (const void *)socket;

	if (socket->sa_family == AF_INET)
		*ret = from_v4(&in->sin_addr);
	else if (socket->sa_family == AF_INET6)
		memcpy(ret->bytes, &in6->sin6_addr, sizeof(ret->bytes));
	else
		return 1;
	return 0;
}

static void fill_socket(const struct address *address, uint16_t port, bool v6,
			struct sockaddr_storage *ret, socklen_t *ret_len)
{
	*ret = (struct sockaddr_storage){ 0 };
	if (v6) {
		struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ret;
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
		memcpy(&in6->sin6_addr, address->bytes, 16);
		*ret_len = sizeof(*in6);
	} else {
		struct sockaddr_in *in = (struct sockaddr_in *)ret;
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		memcpy(&in->sin_addr, address->bytes + 12, 4);
		*ret_len = sizeof(*in);
	}
}

int address_parse_listen(const char *z, struct sockaddr_storage *ret, socklen_t *ret_len)
{
	const char *colon = strrchr(z, ':');
	struct address address = { { 0 } };
	bool v6 = true;
	int64_t port;

	if (!colon || text_to_int64(text_from_z(colon + 1), &port) || port < 0 || port > 65535)
		return 1;
	struct text host = { z, (size_t)(colon - z) };
	if (host.len >= 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']')
		host = text_part(host, 1, host.len - 2);
	else
		v6 = host.len == 0;
	if (host.len && address_parse(host, &address))
		return 1;
	if (host.len && v6 != (memcmp(address.bytes, mapped, sizeof(mapped)) != 0))
		return 1;
	fill_socket(&address, (uint16_t)port, v6, ret, ret_len);
	return 0;
}

int trusted_parse(struct text list, struct trusted *ret)
{
	struct trusted trusted = { .n = 0 };
	struct text rest = list;

	while (rest.ptr) {
		struct text bits_text = text_trim(text_cut(&rest, ','));
		if (bits_text.len == 0)
			continue;
		struct network *network = &trusted.networks[trusted.n];
		struct text base = text_cut(&bits_text, '/');
		int64_t bits = 128;
		bool v4 = text_find(base, TEXT(":"), 0) < 0;
		if (trusted.n == TRUSTED_MAX || address_parse(base, &network->base))
			return 1;
		if (bits_text.ptr) {
			if (text_to_int64(bits_text, &bits) || bits < 0 || bits > (v4 ? 32 : 128))
				return 1;
			bits += v4 ? 96 : 0;
		}
		network->bits = (int)bits;
		trusted.n++;
	}
	*ret = trusted;
	return 0;
}

static bool network_has(const struct network *network, const struct address *address)
{
	int whole = network->bits / 8;
	int left = network->bits % 8;

	if (memcmp(network->base.bytes, address->bytes, (size_t)whole) != 0)
		return false;
	return left == 0 || (network->base.bytes[whole] ^ address->bytes[whole]) >> (8 - left) == 0;
}

bool trusted_has(const struct trusted *trusted, const struct address *address)
{
	for (int i = 0; i < trusted->n; i++)
		if (network_has(&trusted->networks[i], address))
			return true;
	return false;
}

struct address address_of_client(const struct trusted *trusted, const struct address *peer,
				 struct text forwarded_for)
{
	struct address client = *peer;
	struct text left = forwarded_for;

	while (left.len && trusted_has(trusted, &client)) {
		const char *comma = memrchr(left.ptr, ',', left.len);
		size_t from = comma ? (size_t)(comma - left.ptr) + 1 : 0;
		struct address next;
		if (address_parse(text_trim(text_part(left, from, left.len)), &next))
			break;
		client = next;
		left.len = comma ? from - 1 : 0;
	}
	return client;
}

uint64_t address_key(const struct address *address)
{
	bool v4 = memcmp(address->bytes, mapped, sizeof(mapped)) == 0;
	uint64_t key = 0;

	for (int i = 0; i < 8; i++)
		key = key << 8 | address->bytes[v4 ? 8 + i : i];
	return key;
}

struct text address_text(struct arena *arena, const struct address *address)
{
	char z[ADDRESS_TEXT_BYTES];
	bool v4 = memcmp(address->bytes, mapped, sizeof(mapped)) == 0;
	const void *bytes = v4 ? address->bytes + sizeof(mapped) : address->bytes;

	if (!inet_ntop(v4 ? AF_INET : AF_INET6, bytes, z, sizeof(z)))
		return TEXT_EMPTY;
	return text_copy(arena, text_from_z(z));
}
