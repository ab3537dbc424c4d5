/* Private to the room: how long sessions live and how sign-in is slowed down. */
#ifndef DOMAIN_IDENTITY_IDENTITY_INT_H
#define DOMAIN_IDENTITY_IDENTITY_INT_H

#include "domain/identity/identity.h"

enum {
	SESSION_IDLE_OFFICER_MS = 30 * 60000,
	SESSION_IDLE_PERSON_MS = 12 * 3600000,
	SESSION_MAX_MS = 7 * 86400000,
	SESSION_TOUCH_MS = 60000,      /* seen_at is written at most once a minute */
	SIGN_IN_FREE_FAILURES = 5,     /* then the wait doubles from one second, up to an hour */
	SIGN_IN_MAX_WAIT_MS = 3600000,
};

#endif
