/* Decisions that rules made in past cases, for evaluating them again by other rules (domain/designer). Nothing of a case but the
 * recorded explanations leaves here; whoever asks has put the read on record (casefile_record_replay). */
#ifndef DOMAIN_CASEFILE_CASEFILE_REPLAY_H
#define DOMAIN_CASEFILE_CASEFILE_REPLAY_H

#include "base/ctx.h"

enum { CASEFILE_MAX_RULINGS = 50 /* rule tasks of one case */ };

/* A case of a service that was decided in [from, until), in the order of (decided_at, id). */
struct casefile_decided {
	struct id id, version;      /* version: of the service it was filed under */
	struct sv number;
	int64_t decided_at;
};
[[nodiscard]] enum rc casefile_decided_count(struct ctx *ctx, struct sv service_code, int64_t from_ms, int64_t until_ms, int64_t *ret);
/* Which of them: behind a place (time, id), at most `limit`. */
struct casefile_decided_query {
	struct sv service_code;
	int64_t from_ms, until_ms, after_ms;
	struct id after;
	int64_t limit;
};
[[nodiscard]] enum rc casefile_decided_list(struct ctx *ctx, const struct casefile_decided_query *query, struct casefile_decided **ret,
	size_t *ret_count);

/* One decision by rules: the last of each rule task. */
struct casefile_past_ruling {
	struct sv task;             /* id in the process */
	struct sv explanation;      /* JSON text as engine/dmn's dmn_explain writes it */
};
/* RC_NOT_FOUND when the personal data of the case have been erased. */
[[nodiscard]] enum rc casefile_past_rulings(struct ctx *ctx, struct id id, struct casefile_past_ruling *ret, size_t *ret_count);

/* Puts on record that an officer has the recorded inputs of all cases of a service decided in [from, until) read again: one ledger leaf
 * of type "read" with the purpose "rule-replay". *ret = the leaf. */
[[nodiscard]] enum rc casefile_record_replay(struct ctx *ctx, struct sv service_code, int64_t from_ms, int64_t until_ms, int64_t cases,
	struct id *ret);

#endif
