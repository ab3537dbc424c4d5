/* Private to the room: how long sessions live and how sign-in is slowed down. */
#ifndef DOMAIN_IDENTITY_IDENTITY_INT_H
#define DOMAIN_IDENTITY_IDENTITY_INT_H

#include "base/civil.h"
#include "domain/identity/identity.h"

enum {
	SESSION_IDLE_OFFICER_MS = 30 * MINUTE_MS,
	SESSION_IDLE_PERSON_MS = 12 * HOUR_MS,
	SESSION_MAX_MS = 7 * DAY_MS,
	SESSION_TOUCH_MS = MINUTE_MS,      /* seen_at is written at most once a minute */
	SIGN_IN_FREE_FAILURES = 5,     /* then the wait doubles from one second, up to an hour */
	SIGN_IN_MAX_WAIT_MS = HOUR_MS,
	PASSWORD_MIN = 12,             /* characters of a password that somebody chooses */
	PASSWORD_MAX = 200,
};

/* Making what a file names, or changing it to what it says. */
[[nodiscard]] enum rc identity_department_put(struct ctx *ctx, const struct department *department);
[[nodiscard]] enum rc identity_post_put(struct ctx *ctx, const struct post *post);
/* A password for one time: 79 random bits in letters and digits that are not taken for each other. */
struct sv identity_password_once(struct ctx *ctx, struct sv *ret_hash);
/* An account as a new session of it would be. */
[[nodiscard]] enum rc identity_principal(struct ctx *ctx, struct id account, struct principal *ret);

/* SHA-256 of a token, as tables keep it. */
struct sv token_hash(struct ctx *ctx, struct sv token);
/* 32 random bytes in the URL's base64 behind a prefix. */
struct sv token_new(struct ctx *ctx, const char *prefix);
bool token_is_of_system(struct sv token);
[[nodiscard]] enum rc identity_system_find(struct ctx *ctx, struct sv token, struct principal *ret);

#endif
