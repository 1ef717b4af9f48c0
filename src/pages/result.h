/* GET /{contest}/ket-qua/{} and /{contest}/giay-xac-nhan/{}: one paper's result,
 * and the page to show at the office, which has no score. */
#ifndef PAGES_RESULT_H
#define PAGES_RESULT_H

#include "pages/request.h"

void page_result_show(struct request *request);
void page_attendance_show(struct request *request);

#endif
