/* Markdown (CommonMark, tables, ~~struck~~, bare addresses as links) to safe HTML,
 * through md4c.
 *
 * What comes out is built anew from md4c's output: only elements and attributes
 * of a fixed list stand in it, each closed in its order (md4c 0.4 forgets that
 * where an address runs into the end of an emphasis), so nothing else can get
 * through and nothing reaches past the text into the page. Raw HTML is text.
 * A link goes to http://, https://, mailto:, a path of our own ("/…", not "//…")
 * or a "#…" of the page; of any other only its text is left. An image comes from a
 * path of our own; of any other its alternative text is left. Table cells that are
 * aligned have the class align-left, align-center or align-right. */
#ifndef EXCHANGE_MARKDOWN_H
#define EXCHANGE_MARKDOWN_H

#include "base/text.h"

/* A longer text marks the arena as failed. */
#define MARKDOWN_BYTES_MAX 262144

/* Elements deeper than this are left out, their text stays. */
#define MARKDOWN_DEPTH_MAX 100

/* HTML that is safe to stand in a page; empty when the arena is full. Headings
 * move down by `heading_shift` levels (0 or more), to h6 at most. */
struct text markdown_html(struct arena *arena, struct text markdown, int heading_shift);

/* The same for one line (an option): no block element around it, line ends as
 * spaces, and nothing that begins a block in Markdown ("1.", "#", "-") means
 * anything. No bare addresses as links. */
struct text markdown_html_inline(struct arena *arena, struct text markdown);

#endif
