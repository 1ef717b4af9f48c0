/* The paper: showing it, saving it, taking it to another device, submitting it.
 *   GET  /{contest}/bai-thi/{}            the paper
 *   POST /{contest}/bai-thi/{}/luu        save, then the paper again
 *   POST /{contest}/bai-thi/{}/luu.json   save, answered as JSON
 *   POST /{contest}/bai-thi/{}/tiep-tuc   go on with it on this device
 *   POST /{contest}/bai-thi/{}/nop        submit */
#ifndef PAGES_PAPER_H
#define PAGES_PAPER_H

#include "pages/request.h"

struct open_paper;
struct paper_post;

void page_paper_show(struct request *request);
void page_paper_save(struct request *request);
void page_paper_save_json(struct request *request);
void page_paper_take(struct request *request);
void page_paper_submit(struct request *request);

/* Leads away from a paper that is not there or not open any more. True when a
 * reply was left. */
bool paper_lead_away(struct request *request, const struct open_paper *paper);

#endif
