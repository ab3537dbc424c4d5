/* Private to the room: the words of an act, and what the outbox delivers. */
#ifndef DOMAIN_NOTICE_NOTICE_INT_H
#define DOMAIN_NOTICE_NOTICE_INT_H

#include "domain/notice/notice.h"

/* msgid with {service}; NULL when the act tells nothing. */
const char *notice_words(int64_t act);
/* The same for a licence's new state, with {licence}. */
const char *notice_licence_words(int64_t state);

/* Receivers of "casefile.act" and "licence.changed". */
[[nodiscard]] enum rc notice_receive_act(struct ctx *ctx, struct sv topic, struct sv payload);
[[nodiscard]] enum rc notice_receive_licence(struct ctx *ctx, struct sv topic, struct sv payload);

#endif
