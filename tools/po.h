/* Reading catalogues of gettext (.po and .pot), as far as Hoithi uses them:
 * UTF-8, no contexts, two plural forms at most. */
#ifndef TOOLS_PO_H
#define TOOLS_PO_H

#include "base/text.h"

struct po_entry {
	struct text id;
	struct text text;	/* empty: not translated; msgstr[0] of plurals */
	struct text plural;	/* msgstr[1] */
	bool has_plural;
	bool is_fuzzy;		/* a guess that a translator has to look at */
	struct text used_at;	/* "src/pages/home.c:12", where that is known */
	int line;		/* of its msgid */
};

struct po {
	struct po_entry *entries;	/* without the header */
	size_t n;
	const char *error;		/* what is wrong, NULL: nothing */
	int error_line;
};

#define PO_MAX_ENTRIES 20000

/* Reads a catalogue. Answers 0, or 1 with `error` set; -1 the arena is full. */
int po_read(struct arena *arena, struct text source, struct po *ret) MUST_CHECK;

/* The entry of a message; NULL: none. */
const struct po_entry *po_find(const struct po *po, struct text id);

/* What is wrong with a translation, NULL when nothing is: its %d and %s have
 * to be those of the message. The first plural form may leave some out. */
const char *po_check(const struct po_entry *entry);

#endif
