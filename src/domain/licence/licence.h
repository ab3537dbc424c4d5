/* Licence: results that the government issues: licences, permits and certificates (电子证照).
 *
 * Words: licence 证照, holder 持证人, issue 签发, suspend 暂扣, revoke 吊销, cancel 注销, verify 核验, verification code 核验码.
 * A licence is issued from the result template of a service version, in the caller's transaction, and from then on has
 * a state that only the table below changes; each change is a ledger leaf. Content and holder are sealed under a key of
 * the licence's own, wrapped by its department's. Anybody can verify one by its number and
 * code, or by its QR code: the answer is whether it is valid, what it is and until when, and nothing else about the
 * holder. The QR link also carries a signed statement (docs/standards/licence.md) that is checked without us.
 *
 * The number is prefix + year + 8 digits + check character (ISO 7064 MOD 37,2); the code is 12 characters of 60 random bits.
 */
#ifndef DOMAIN_LICENCE_LICENCE_H
#define DOMAIN_LICENCE_LICENCE_H

#include "base/json.h"
#include "base/locale.h"
#include "base/seal.h"
#include "http/module.h"

extern const struct module licence_module;

/* state, code, English; "expired" is not stored but follows from the date */
#define LICENCE_STATES(X)                                                                                              \
	X(LICENCE_VALID, "valid", N_("Valid"))                                                                         \
	X(LICENCE_SUSPENDED, "suspended", N_("Suspended"))                                                             \
	X(LICENCE_REVOKED, "revoked", N_("Revoked"))                                                                   \
	X(LICENCE_CANCELLED, "cancelled", N_("Cancelled"))                                                             \
	X(LICENCE_EXPIRED, "expired", N_("Expired"))

enum licence_state {
#define X(name, code, text) name,
	LICENCE_STATES(X)
#undef X
	LICENCE_STATE_COUNT
};
const char *licence_state_code(enum licence_state state);
const char *licence_state_text(enum licence_state state); /* msgid */

/* What licence_issue needs. `data` is what the template sees: a JSON object {applicant, case, form, decision ...}. */
struct licence_new {
	struct id case_id, version;   /* of the case and of its service version */
	struct sv case_number, service_code, result_id; /* result_id: results[].id of the item card */
	struct bitext name;           /* of the result: "食品经营许可证" */
	struct sv number_prefix;      /* "JY" */
	struct sv department;         /* code of the issuing body */
	struct bitext department_name;
	struct id holder;             /* party */
	struct sv holder_name;
	struct sv template, template_path; /* the result template's text and its name for messages */
	struct sv data;
	int64_t valid_from;           /* day number, China */
	int64_t years;                /* 0 = without end; otherwise it ends the day before the anniversary */
	const struct hash *rule_hash; /* for the ledger, or NULL */
};

/* Makes number, code, signed statement and page, and appends the ledger leaf "licence_issue" (no personal data). RC_INVALID when the template cannot
 * be rendered. *ret = id. */
[[nodiscard]] enum rc licence_issue(struct ctx *ctx, const struct licence_new *licence, struct id *ret);

struct licence {
	struct id id, case_id, holder;
	struct sv number, code, service_code, department;
	struct bitext name, department_name;
	enum licence_state state;     /* as of the ctx's clock */
	int64_t issued_at, valid_from, valid_until; /* ms, days; valid_until INT64_MAX = without end */
	struct sv statement;          /* signed note */
	int64_t revision;
};
/* RC_NOT_FOUND without a message. */
[[nodiscard]] enum rc licence_find(struct ctx *ctx, struct id id, struct licence *ret);
/* By case, oldest first. */
[[nodiscard]] enum rc licence_of_case(struct ctx *ctx, struct id case_id, struct licence **ret, size_t *ret_count);
/* The newest of a holder. */
[[nodiscard]] enum rc licence_of_holder(struct ctx *ctx, struct id holder, struct licence **ret, size_t *ret_count);
/* By number and code as typed (spaces, dashes and case forgiven); RC_NOT_FOUND with the same message for both wrong. */
[[nodiscard]] enum rc licence_verify(struct ctx *ctx, struct sv number, struct sv code, struct licence *ret);
/* The rendered paper, as HTML. The caller has checked that the principal may see it. RC_NOT_FOUND once erased. */
[[nodiscard]] enum rc licence_content(struct ctx *ctx, struct id id, struct sv *ret);

/* Changes its state: suspended <-> valid, then revoked or cancelled for good. RC_CONFLICT when the table does not allow it
 * or the revision moved on; RC_FORBIDDEN without PERMISSION_LICENCE_CHANGE of its department. */
[[nodiscard]] enum rc licence_change(struct ctx *ctx, struct id id, int64_t revision, enum licence_state state,
	struct sv reasons);

struct licence_change {
	int64_t at;
	enum licence_state state;
	struct sv actor, reasons;
	struct id leaf;
};
[[nodiscard]] enum rc licence_history(struct ctx *ctx, struct id id, struct licence_change **ret, size_t *ret_count);

/* The QR code of a text as an SVG document; RC_INVALID when it is too long. */
[[nodiscard]] enum rc licence_qr(struct ctx *ctx, struct sv text, struct sv *ret_svg);

#endif
