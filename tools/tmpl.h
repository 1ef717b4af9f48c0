/* The template compiler: text of views in, C text out. The language is
 * described in docs/templates.md.
 *
 * It follows the HTML around every value, so that the C it writes escapes the
 * value for the place where it stands, and it refuses what it cannot prove
 * safe. It touches no files. All it answers lives in the arena given to it.
 *
 * Limits: 512 files, 2 MiB a file, 24 open elements, 24 attributes a tag,
 * 16 nested blocks, 32 arguments; 20 errors a file are kept. */
#ifndef TOOLS_TMPL_H
#define TOOLS_TMPL_H

#include "base/text.h"

struct tmpl_file {
	struct text name;	/* as errors and #line show it */
	struct text source;
};

struct tmpl_error {
	struct text file;
	int line;
	struct text message;
};

struct tmpl_options {
	/* How the C source includes the header: "views/views.h". */
	struct text header_name;
	/* The address of an asset, empty when there is none of that name.
	 * NULL: there are no assets. */
	struct text (*asset_url)(void *ctx, struct text name);
	void *ctx;
};

struct tmpl_result {
	struct text header;	/* prototypes of all pages, parts and layouts */
	struct text source;
	struct text messages;	/* what is to be translated, as a .pot file */
	const struct tmpl_error *errors;	/* by file, then line */
	size_t n_errors;
};

/* Compiles the files together (a page needs its layout and parts among them).
 * Answers 0 done, 1 there are errors and nothing else; -1 the arena is full. */
int tmpl_compile(struct arena *arena, const struct tmpl_file *files, size_t n_files,
		 const struct tmpl_options *options, struct tmpl_result *ret) MUST_CHECK;

#endif
