/* Private to the room's pages: their route tables and the words they share. */
#ifndef DOMAIN_CASEFILE_CASEFILE_PAGES_INT_H
#define DOMAIN_CASEFILE_CASEFILE_PAGES_INT_H

#include "domain/casefile/casefile_html.h"
#include "domain/casefile/casefile_int.h"
#include "http/module.h"

enum { CASEFILE_HALL_ROUTES = 3, CASEFILE_APPLY_ROUTES = 12, CASEFILE_MINE_ROUTES = 5, CASEFILE_DESK_ROUTES = 9 };
extern const struct route casefile_hall_routes[CASEFILE_HALL_ROUTES];
extern const struct route casefile_apply_routes[CASEFILE_APPLY_ROUTES];
extern const struct route casefile_mine_routes[CASEFILE_MINE_ROUTES];
extern const struct route casefile_desk_routes[CASEFILE_DESK_ROUTES];

/* The process as a short list of steps for people: label = name, hint = who does it. */
struct html_options casefile_process_steps(struct ctx *ctx, const struct service *service);
/* "/cases/ID" plus a tail ("/check"). */
struct sv casefile_href(struct ctx *ctx, struct id id, const char *tail);

#endif
