/* GET /assets/{} (ASSETS_PREFIX) and /tai-nguyen/{}: the files of assets/. Under
 * the hashed name for a year; the share image and the favicon, which other sites
 * and browsers ask for by name, for as long as a public page. */
#ifndef PAGES_ASSETS_PAGE_H
#define PAGES_ASSETS_PAGE_H

#include "pages/request.h"

void page_asset_show(struct request *request);

#endif
