/* Internet addresses: where to listen, which proxies to trust, and who asks
 * when one of them stands in front. Any thread. */
#ifndef HTTP_ADDRESS_H
#define HTTP_ADDRESS_H

#include "base/text.h"

#include <netinet/in.h>

#define TRUSTED_MAX 32
#define ADDRESS_TEXT_BYTES INET6_ADDRSTRLEN

/* An address as IPv6; IPv4 stands as ::ffff:a.b.c.d. */
struct address {
	unsigned char bytes[16];
};

struct network {
	struct address base;
	int bits;
};

struct trusted {
	struct network networks[TRUSTED_MAX];
	int n;
};

/* Reads "127.0.0.1:8080", "[::1]:8080" or ":8080" (every address, both
 * families). Port 0 lets the system choose. Answers 0 done, 1 not such. */
int address_parse_listen(const char *z, struct sockaddr_storage *ret, socklen_t *ret_len) MUST_CHECK;

/* Reads "10.0.0.0/8, ::1"; no bits: that address alone. Answers 0 done, 1 not
 * such or more than TRUSTED_MAX. */
int trusted_parse(struct text list, struct trusted *ret) MUST_CHECK;

bool trusted_has(const struct trusted *trusted, const struct address *address);

/* 0 done, 1 not an Internet address. */
int address_from_socket(const struct sockaddr *socket, struct address *ret) MUST_CHECK;
int address_parse(struct text text, struct address *ret) MUST_CHECK;

/* Who asks: the peer, or when that is a trusted proxy the rightmost address of
 * X-Forwarded-For that is not. */
struct address address_of_client(const struct trusted *trusted, const struct address *peer,
				 struct text forwarded_for);

/* What limits count by: IPv4 whole, IPv6 by its /64, which one household or one
 * phone has whole. */
uint64_t address_key(const struct address *address);

/* As people write it. */
struct text address_text(struct arena *arena, const struct address *address);

#endif
