/* The route table as text, a row a line: method, path, name, audience, whether
 * it needs a token, fields; parted by tabs. For test_routes.py. */
#include "pages/route.h"

#include <stdio.h>

static const char *audience_of(const struct route *route)
{
	switch (route->audience) {
	case AUDIENCE_EVERYONE:
		return "everyone";
	case AUDIENCE_CONTESTANT:
		return "contestant";
	}
	return "?";
}

static const char *class_of(const struct route *route)
{
	switch (route->class) {
	case ROUTE_SAVE:
		return "save";
	case ROUTE_START:
		return "start";
	case ROUTE_DOOR:
		return "door";
	case ROUTE_OTHER:
		return "other";
	}
	return "?";
}

int main(void)
{
	for (int i = 0; i < n_routes; i++)
		printf("%s\t%s\t%s\t%s\t%s\t%d\t%s\n",
		       routes[i].method == METHOD_POST ? "POST" : "GET", routes[i].path,
		       routes[i].name, audience_of(&routes[i]), class_of(&routes[i]),
		       routes[i].needs_token, routes[i].fields);
	return 0;
}
