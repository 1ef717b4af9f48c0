/* The table that tools/embed makes and assets.c reads. */
#ifndef ASSETS_TABLE_H
#define ASSETS_TABLE_H

#include "assets/assets.h"

extern const struct asset assets_all[];
extern const size_t assets_n;

#endif
