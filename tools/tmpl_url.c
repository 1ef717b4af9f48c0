#include "tools/tmpl_inner.h"

static bool scheme_is(const struct place *place, const char *name)
{
	return text_equal_ascii_case(text_from_bytes(place->scheme, place->scheme_len),
				     text_from_z(name));
}

static const char *after_colon(struct place *place)
{
	if (scheme_is(place, "https") || scheme_is(place, "http"))
		place->url = URL_SLASHES;
	else if (scheme_is(place, "mailto") || scheme_is(place, "tel"))
		place->url = URL_OPAQUE;
	else
		return "only https:, http:, mailto: and tel: addresses are allowed";
	place->scheme_len = 0;
	return NULL;
}

/* Where a query or a fragment begins. */
static bool common_step(struct place *place, char c)
{
	if (c == '?')
		place->url = URL_QUERY;
	else if (c == '#')
		place->url = URL_FRAGMENT;
	else
		return false;
	return true;
}

static const char *in_name(struct place *place, char c)
{
	if (c == ':')
		return after_colon(place);
	if (c == '/')
		place->url = URL_PATH;
	else if (c == '&')
		return "a reference cannot stand at the start of an address";
	else if (!common_step(place, c)) {
		place->url = URL_NAME;
		if (place->scheme_len < sizeof(place->scheme))
			place->scheme[place->scheme_len++] = c;
	}
	return NULL;
}

static const char *in_slashes(struct place *place, char c)
{
	if (c == '/' && place->scheme_len < 2) {
		place->scheme_len++;
		return NULL;
	}
	if (place->scheme_len < 2 || c == '/' || common_step(place, c))
		return "a host has to follow https://";
	place->url = URL_HOST;
	return NULL;
}

const char *url_feed(struct place *place, char c)
{
	if (c == '\\' || (unsigned char)c <= ' ')
		return "an address cannot hold white space or a backslash";
	if (c == '&' && (place->url == URL_SLASHES || place->url == URL_HOST))
		return "a reference cannot stand in the host of an address";
	switch (place->url) {
	case URL_START:
		if (c != '/')
			return in_name(place, c);
		place->url = URL_SLASH;
		return NULL;
	case URL_SLASH:
		if (c == '/')
			return "an address beginning with // leads to another host: write https://";
		if (!common_step(place, c))
			place->url = URL_PATH;
		return NULL;
	case URL_NAME:
		return in_name(place, c);
	case URL_SLASHES:
		return in_slashes(place, c);
	case URL_HOST:
		if (c == '/')
			place->url = URL_PATH;
		else
			(void)common_step(place, c);
		return NULL;
	case URL_PATH:
		(void)common_step(place, c);
		return NULL;
	case URL_QUERY:
		if (c == '#')
			place->url = URL_FRAGMENT;
		return NULL;
	case URL_FRAGMENT:
	case URL_OPAQUE:
		return NULL;
	case URL_WHOLE:
		return "a whole address stands here already: nothing can follow it";
	case URL_ENDED:
		return "the branches before this end in different parts of the address";
	}
	return NULL;
}

const char *url_end(const struct place *place)
{
	if (place->url == URL_SLASHES)
		return "a host has to follow https://";
	return NULL;
}

const char *url_why_no_value(const struct place *place)
{
	switch (place->url) {
	case URL_NAME:
		return "a relative address cannot hold a value: start it with / or ?";
	case URL_SLASHES:
	case URL_HOST:
		return "a value cannot stand in the host of an address";
	case URL_OPAQUE:
		return "a value cannot stand in such an address: make a struct url of it in C";
	case URL_WHOLE:
		return "a whole address stands here already: nothing can follow it";
	case URL_ENDED:
		return "the branches before this end in different parts of the address";
	case URL_START:
	case URL_SLASH:
	case URL_PATH:
	case URL_QUERY:
	case URL_FRAGMENT:
		return NULL;
	}
	return NULL;
}
