/* Notice: the in-portal inbox (站内消息).
 *
 * A notice is a message id with arguments, translated when it is read; it names a case and leads to it. Notices come from
 * events of other rooms through the outbox ("casefile.act", "licence.changed"); nothing is sent by mail or text message here.
 */
#ifndef DOMAIN_NOTICE_NOTICE_H
#define DOMAIN_NOTICE_NOTICE_H

#include "base/ctx.h"

struct module; /* http/module.h */
extern const struct module notice_module;

/* How many notices of the party are unread. */
[[nodiscard]] enum rc notice_unread(struct ctx *ctx, struct id party, int64_t *ret);

#endif
