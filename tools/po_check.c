#include "tools/po.h"

#define MAX_ARGS 32

/* The kind of each argument: 'd', 's' or 0 for one that is not named. */
struct directives {
	char kinds[MAX_ARGS];
	size_t n;		/* directives in the text */
	bool numbered, unnumbered;
	bool wrong;
};

static void add(struct directives *directives, size_t number, char kind)
{
	if (number >= MAX_ARGS || (directives->kinds[number] && directives->kinds[number] != kind))
		directives->wrong = true;
	else
		directives->kinds[number] = kind;
	directives->n++;
}

static struct directives read_directives(struct text text)
{
	struct directives found = { .n = 0 };
	size_t next = 0;

	for (size_t at = 0; at + 1 < text.len; at++) {
		if (text.ptr[at] != '%')
			continue;
		char c = text.ptr[at + 1];
		bool numbered = at + 3 < text.len && c >= '1' && c <= '9' &&
				text.ptr[at + 2] == '$';
		char kind = numbered ? text.ptr[at + 3] : c;
		if (c == '%') {
			at++;
		} else if (kind == 'd' || kind == 's') {
			add(&found, numbered ? (size_t)(c - '1') : next++, kind);
			found.numbered = found.numbered || numbered;
			found.unnumbered = found.unnumbered || !numbered;
		}
	}
	found.wrong = found.wrong || (found.numbered && found.unnumbered);
	return found;
}

static bool agree(struct text id, struct text translation, bool may_leave_out)
{
	struct directives wanted = read_directives(id);
	struct directives given = read_directives(translation);

	if (wanted.wrong || given.wrong)
		return false;
	for (size_t i = 0; i < MAX_ARGS; i++)
		if (wanted.kinds[i] != given.kinds[i] && !(may_leave_out && !given.kinds[i]))
			return false;
	return true;
}

const char *po_check(const struct po_entry *entry)
{
	if (!entry->text.len || entry->is_fuzzy)
		return NULL;
	if (entry->has_plural && !entry->plural.len)
		return "the second plural form is missing";
	if (!agree(entry->id, entry->text, entry->has_plural) ||
	    (entry->has_plural && !agree(entry->id, entry->plural, false)))
		return "its %d and %s are not those of the message";
	return NULL;
}
