/* Private to the room's pages: the words they share. */
#ifndef DOMAIN_CASEFILE_CASEFILE_PAGES_INT_H
#define DOMAIN_CASEFILE_CASEFILE_PAGES_INT_H

#include "domain/casefile/casefile_html.h"
#include "domain/casefile/casefile_int.h"
#include "http/module.h"

/* The process as a short list of steps for people: label = name, hint = who does it. */
struct html_options casefile_process_steps(struct ctx *ctx, const struct service *service);
/* "/cases/ID" plus a tail ("/check"). */
struct sv casefile_href(struct ctx *ctx, struct id id, const char *tail);


#endif
