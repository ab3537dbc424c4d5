/* What every function of the product sees of the world, and nothing else: no globals.
 *
 * A ctx belongs to one request, job, command or test, on one thread. Engines use arena, err and clock only.
 */
#ifndef BASE_CTX_H
#define BASE_CTX_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "base/locale.h"
#include "base/random.h"

struct db;       /* store/store.h: connection of this thread, or NULL */
struct cache;    /* base/cache.h: compiled things kept by this thread between requests, or NULL */
struct site;     /* app settings: base/site.h */

/* Stored with accounts: append only. PRINCIPAL_SYSTEM is this program; PRINCIPAL_AGENCY a program of a department. */
enum principal_kind { PRINCIPAL_NOBODY, PRINCIPAL_PERSON, PRINCIPAL_OFFICER, PRINCIPAL_SYSTEM, PRINCIPAL_AGENCY };

/* Bits 0 and 1 of a permission number are taken: who asks needs nothing, or needs to be signed in. The rest is the
 * table of domain/identity/permission.h. */
enum { PERMISSION_PUBLIC = 0, PERMISSION_SIGNED_IN = 1, PERMISSION_FIRST = 2 };

/* Who asks. Filled from the session by identity; read by the guard and by the rules of the rooms. */
struct principal {
	enum principal_kind kind;
	struct id account;       /* of identity; its system account for an agency; the zero id for nobody and system */
	struct id session;
	struct id subject;       /* natural or legal person acted for (PRINCIPAL_PERSON) */
	struct sv department_code; /* PRINCIPAL_OFFICER, PRINCIPAL_AGENCY; absent otherwise */
	struct sv posts;         /* codes of the posts held there, joined by spaces; absent if none */
	int64_t seen_at;         /* of the session, as stored */
	struct sv name;          /* for display */
	struct sv acting_for;    /* name of the subject where it is not the person signed in; absent otherwise */
	struct sv code;          /* officer number or empty */
	uint64_t permissions;    /* bit set by number */
};

static inline bool principal_may(const struct principal *who, unsigned permission)
{
	if (permission == PERMISSION_PUBLIC)
		return true;
	if (permission == PERMISSION_SIGNED_IN)
		return who->kind != PRINCIPAL_NOBODY && who->kind != PRINCIPAL_AGENCY; /* an agency's program may what it was given */
	return (who->permissions >> permission & 1) != 0;
}

struct ctx {
	struct arena *arena;
	struct error *err;
	struct db *db;
	struct clock *clock;
	struct random *random;
	struct cache *cache;
	const struct site *site;
	const struct principal *who; /* never NULL: principal_nobody */
	const struct locale *locale; /* never NULL */
	struct sv idempotency_key;   /* of this request, absent if none */
};

extern const struct principal principal_nobody;
extern const struct principal principal_system;

#endif
