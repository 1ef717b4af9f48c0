/* Writing C. */
#ifndef TOOLS_C_LITERAL_H
#define TOOLS_C_LITERAL_H

#include "base/text.h"

/* Adds the text as a C string literal, with its quotes. */
void c_literal(struct buf *buf, struct text text);

#endif
