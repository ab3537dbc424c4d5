/* Licence: results that the government issues: licences, permits and certificates (电子证照).
 *
 * Words: licence 证照, holder 持证人, issue 签发, suspend 暂扣, revoke 吊销, cancel 注销, verify 核验, verification code 核验码.
 * A licence is issued from the result template of a service version, in the caller's transaction, and from then on has
 * a state that only the table below changes; each change is a ledger leaf. Content and reasons are sealed under a key of
 * the licence's own, wrapped by its department's. Anybody can verify one by its code or its QR code: the answer is
 * whether it is valid, what it is and until when, and nothing else about the holder. The QR link also carries a signed
 * statement (docs/standards/licence.md) that is checked without us.
 *
 * The number is prefix + year + 8 digits + check character (ISO 7064 MOD 37-2), in sequence; the code is 60 random bits in
 * 12 characters, shown as "7KM3-9QXT-2C4F".
 */
#ifndef DOMAIN_LICENCE_LICENCE_H
#define DOMAIN_LICENCE_LICENCE_H

#include "base/json.h"
#include "base/locale.h"
#include "base/seal.h"

struct module; /* http/module.h */
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
	struct sv template, template_path; /* the result template's text and its name for messages */
	struct sv data;               /* number, issuer, issued_on, valid_until, verify_code, verify_href and case_number are added */
	int64_t valid_from;           /* day number, China */
	int64_t years;                /* 0 = without end; otherwise it ends the day before the anniversary */
	const struct hash *rule_hash; /* for the ledger, or NULL */
};

/* Makes number, code, signed statement and page, and appends the ledger leaf "licence_issue" (no personal data). RC_INVALID when
 * the template cannot be rendered. *ret = id. */
[[nodiscard]] enum rc licence_issue(struct ctx *ctx, const struct licence_new *licence, struct id *ret);

struct licence {
	struct id id, case_id, holder;
	struct sv number, code, case_number, service_code, result, department;
	struct bitext name, department_name;
	enum licence_state state;     /* as of the ctx's clock */
	int64_t issued_at, valid_from, valid_until; /* ms, days; valid_until INT64_MAX = without end */
	struct sv statement;          /* signed note; absent when there was no key holder */
	struct id leaf;               /* of the ledger: its issue */
	int64_t revision;
};
/* RC_NOT_FOUND without a message. */
[[nodiscard]] enum rc licence_find(struct ctx *ctx, struct id id, struct licence *ret);
/* By case, oldest first. */
[[nodiscard]] enum rc licence_of_case(struct ctx *ctx, struct id case_id, struct licence **ret, size_t *ret_count);
/* The newest of a holder. */
[[nodiscard]] enum rc licence_of_holder(struct ctx *ctx, struct id holder, struct licence **ret, size_t *ret_count);
/* By code as typed: spaces, dashes and case forgiven, O read as 0, I and L as 1. RC_NOT_FOUND with a message. */
[[nodiscard]] enum rc licence_verify(struct ctx *ctx, struct sv code, struct licence *ret);
struct html_safe; /* http/html.h */
/* The rendered paper. The caller has checked that the principal may see it. RC_NOT_FOUND once erased. */
[[nodiscard]] enum rc licence_content(struct ctx *ctx, struct id id, struct html_safe *ret);

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

/* Where it can be verified: "/verify?code=..." */
struct sv licence_verify_path(struct arena *arena, const struct licence *licence);
/* What the QR code holds: the public address of that page with the statement behind '#', which no server sees. */
struct sv licence_link(struct ctx *ctx, const struct licence *licence);
/* The QR code of a text (ISO/IEC 18004, level M) as an SVG document; RC_TOO_LARGE when it is too long. */
[[nodiscard]] enum rc licence_qr(struct ctx *ctx, struct sv text, struct sv *ret_svg);

/* The statement in such a link, checked with the ledger's public key alone (see engine/tlog/note.h). RC_MALFORMED, or RC_INVALID
 * when the signature is not of that key. What it says held when it was signed: it cannot know a later revocation. */
struct licence_statement {
	struct sv number, name, department;
	int64_t issued_on, valid_from, valid_until; /* days */
};
struct note_key;
[[nodiscard]] enum rc licence_link_check(struct ctx *ctx, struct sv link, const struct note_key *key,
	struct licence_statement *ret);

#endif
