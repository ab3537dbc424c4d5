/* Designer: the next version of a service, made in the administrators' desk (事项规则设计).
 *
 * Words: draft 草案, replay 回放, acceptance of a gap 遗漏确认. A draft is a version and the files changed since; its author alone
 * edits it, and somebody else publishes it (two-person rule), once the checks hold and the example cases passed on
 * exactly this folder. A replay evaluates the decisions of past cases again by the draft's rules; it reads only the recorded
 * inputs of decisions, is itself a read on record, and keeps which rule held before and after, never the values.
 */
#ifndef DOMAIN_DESIGNER_DESIGNER_H
#define DOMAIN_DESIGNER_DESIGNER_H

#include "domain/catalogue/catalogue.h"

extern const struct module designer_module;

enum designer_state { DRAFT_OPEN = 1, DRAFT_PUBLISHED = 2, DRAFT_DROPPED = 3 };

enum {
	DESIGNER_MAX_DRAFTS = 20,      /* open ones of a service */
	DESIGNER_MAX_FILE = 1 << 20,   /* bytes of a file edited here */
	DESIGNER_MAX_REPLAY_DAYS = 400,
};

struct designer_draft {
	struct id id, base, author, published;
	struct sv service_code, author_name;
	enum designer_state state;
	int64_t revision, opened_at, saved_at;
	struct hash hash;              /* of the folder as it would be published */
};

[[nodiscard]] enum rc designer_draft_open(struct ctx *ctx, struct sv service_code, struct id *ret);
[[nodiscard]] enum rc designer_draft_find(struct ctx *ctx, struct id id, struct designer_draft *ret);
/* The folder as it would be published, in the order of paths; nothing of it changes the draft. */
[[nodiscard]] enum rc designer_files(struct ctx *ctx, const struct designer_draft *draft, struct service_file **ret, size_t *ret_count);
/* May this file be changed here: rules, example cases and acceptances. */
bool designer_may_edit(struct sv path);

/* The author's acts. RC_CONFLICT when the draft moved on from `revision`, RC_FORBIDDEN for anybody else. */
[[nodiscard]] enum rc designer_file_save(struct ctx *ctx, struct id id, int64_t revision, struct sv path, struct sv bytes);
/* Adds the entry of a gap to acceptances.yaml, with the author's name and the day. */
[[nodiscard]] enum rc designer_gap_accept(struct ctx *ctx, struct id id, int64_t revision, const struct service_acceptance *acceptance);
/* The current version becomes the base; the changed files stay as they are. */
[[nodiscard]] enum rc designer_rebase(struct ctx *ctx, struct id id, int64_t revision);
[[nodiscard]] enum rc designer_draft_drop(struct ctx *ctx, struct id id, int64_t revision);

/* Keeps how the example cases came out (app/trial.h runs them) and on which folder. */
[[nodiscard]] enum rc designer_test_put(struct ctx *ctx, struct id id, struct hash folder, const struct service_outcome *cases,
	size_t count);

/* Another administrator publishes. RC_FORBIDDEN for the author; RC_CONFLICT when the draft or the service moved on; RC_INVALID, with
 * *problems filled where the folder has faults, when it is not ready. */
[[nodiscard]] enum rc designer_publish(struct ctx *ctx, struct id id, int64_t revision, struct service_problems *problems,
	struct id *ret_version);

/* Begins a replay of the cases decided from one day up to and including another; the read is recorded in the ledger. */
[[nodiscard]] enum rc designer_replay_start(struct ctx *ctx, struct id id, int64_t from_day, int64_t until_day, struct id *ret);
/* One step of a running replay; the room's job. */
[[nodiscard]] enum rc designer_replay_step(struct ctx *ctx, bool *ret_more);

#endif
