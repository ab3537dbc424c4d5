/* Private to the room: the words of an act, and the pages' routes. */
#ifndef DOMAIN_NOTICE_NOTICE_INT_H
#define DOMAIN_NOTICE_NOTICE_INT_H

#include "domain/notice/notice.h"

/* msgid with {service}; NULL when the act tells nothing. */
const char *notice_words(int64_t act);
/* The same for a licence's new state, with {licence}. */
const char *notice_licence_words(int64_t state);

enum { NOTICE_ROUTE_COUNT = 2 };
extern const struct route notice_routes[NOTICE_ROUTE_COUNT];

#endif
