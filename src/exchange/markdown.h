/* Markdown to safe HTML, through md4c: no raw HTML, links only to http, https,
 * mailto and own paths, headings moved down by `heading_shift` levels. */
#ifndef EXCHANGE_MARKDOWN_H
#define EXCHANGE_MARKDOWN_H

#include "base/text.h"

/* HTML that is safe to stand in a page; empty when the arena is full. */
struct text markdown_html(struct arena *arena, struct text markdown, int heading_shift);

/* The same for one line (an option): no block element around it. */
struct text markdown_html_inline(struct arena *arena, struct text markdown);

#endif
