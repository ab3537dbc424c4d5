/* What a principal may do: one table for the enum, the posts' grants, the route table and the permission matrix.
 * Numbers are kept in the database as bits: append only, at most 62. */
#ifndef DOMAIN_IDENTITY_PERMISSION_H
#define DOMAIN_IDENTITY_PERMISSION_H

#include "base/ctx.h"

/* name, code used in city/ files, what it lets one do */
#define PERMISSION_TABLE(X)                                                                                            \
	X(PERMISSION_APPLY, "apply", N_("file cases and follow one's own"))                                            \
	X(PERMISSION_CASE_READ, "case-read", N_("see the cases of one's department"))                                  \
	X(PERMISSION_CASE_ACCEPT, "case-accept", N_("accept, refuse or send back what was filed"))                     \
	X(PERMISSION_CASE_REVIEW, "case-review", N_("review and inspect"))                                             \
	X(PERMISSION_CASE_COUNTERSIGN, "case-countersign", N_("give the department's opinion"))                        \
	X(PERMISSION_CASE_DECIDE, "case-decide", N_("grant or refuse"))                                                \
	X(PERMISSION_CASE_DELIVER, "case-deliver", N_("hand over results"))                                            \
	X(PERMISSION_LICENCE_CHANGE, "licence-change", N_("suspend, cancel or revoke licences"))                       \
	X(PERMISSION_SERVICE_READ, "service-read", N_("see service definitions and their versions"))                   \
	X(PERMISSION_SERVICE_PUBLISH, "service-publish", N_("publish service versions"))                               \
	X(PERMISSION_STAFF_READ, "staff-read", N_("see departments, posts and officers"))                              \
	X(PERMISSION_STAFF_CHANGE, "staff-change", N_("change departments, posts and officers"))                       \
	X(PERMISSION_LEDGER_ADMIN, "ledger-admin", N_("see the ledger's inner state and check it"))                    \
	X(PERMISSION_JOBS_READ, "jobs-read", N_("see background jobs and timers"))                                     \
	X(PERMISSION_ACCESS_AUDIT, "access-audit", N_("audit reads of personal data"))                                 \
	X(PERMISSION_DECISION_EVALUATE, "decision-evaluate", N_("have the rules of the department's services applied")) \
	X(PERMISSION_DECISION_EVALUATE_ALL, "decision-evaluate-all", N_("have the rules of every service applied"))

enum permission {
	PERMISSION_BEFORE_FIRST = PERMISSION_FIRST - 1,
#define X(name, code, text) name,
	PERMISSION_TABLE(X)
#undef X
	PERMISSION_COUNT
};

/* Number for a code; 0 when there is none (0 is never in the table). */
unsigned permission_find(struct sv code);
/* Code and description by number; NULL outside the table. */
const char *permission_code(unsigned permission);
const char *permission_text(unsigned permission);

#endif
