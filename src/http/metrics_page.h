/* The page of counts on the metrics listener, for Prometheus. Internal. */
#ifndef HTTP_METRICS_PAGE_H
#define HTTP_METRICS_PAGE_H

#include <microhttpd.h>
#include <stddef.h>

/* libmicrohttpd's callback; cls is the struct loop_daemon. */
enum MHD_Result metrics_page_on_request(void *cls, struct MHD_Connection *connection,
					const char *url, const char *method, const char *version,
					const char *data, size_t *data_bytes, void **ctx);

#endif
