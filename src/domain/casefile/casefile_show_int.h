/* Private to the room's pages: forms and answers as views. */
#ifndef DOMAIN_CASEFILE_CASEFILE_SHOW_INT_H
#define DOMAIN_CASEFILE_CASEFILE_SHOW_INT_H

#include "domain/casefile/casefile_form_int.h"
#include "domain/casefile/casefile_pages_int.h"

struct page_place {
	int64_t number, count; /* among the pages that are asked */
	size_t next, previous; /* SIZE_MAX: none */
};

/* The fields of a page, with what was typed when it is shown again. */
[[nodiscard]] enum rc casefile_show_fields(struct ctx *ctx, const struct request *request, const struct pad *pad,
	const struct case_form *form, const struct form_context *context, size_t page, struct html_casefile_page *view);
/* Check your answers: one group a page, and the files. */
[[nodiscard]] enum rc casefile_show_answers(struct ctx *ctx, const struct casefile *c, struct html_casefile_check *view);
struct casefile_group {
	struct sv label;
	struct html_rows rows;
};
/* The answers by page; `change`: with links to change them. */
[[nodiscard]] enum rc casefile_answer_groups(struct ctx *ctx, const struct casefile *c, bool change, struct casefile_group **ret,
	size_t *ret_count);
/* Where a supplement notice may point, with what was typed there just now: every field and file of the form. */
enum { CASE_MAX_DEFECTS = 100 };
void casefile_show_places(struct ctx *ctx, const struct request *request, const struct casefile *c, struct html_casefile_work *view);
/* The draft's overview page. */
[[nodiscard]] enum rc casefile_draft_page(struct ctx *ctx, const struct casefile *c, const struct request *request,
	struct response *response);
/* Status of a case in one sentence. */
struct sv casefile_sentence(struct ctx *ctx, const struct casefile *c);
/* Name of a step of the process in the reader's language. */
struct sv casefile_step_name(struct ctx *ctx, const struct service *service, struct sv element);
/* Where a field of the form is corrected. */
struct sv casefile_field_href(struct ctx *ctx, const struct casefile *c, struct sv field);
/* What a query service answered: register fields as rows. */
[[nodiscard]] enum rc casefile_answer_rows(struct ctx *ctx, const struct casefile *c, struct html_rows *ret);

/* What has happened, opened and parsed once a page. */
struct case_history {
	const struct casefile_event *events; /* oldest first */
	const struct json **details;         /* of each event's record; NULL where there are none */
	size_t len;
};
[[nodiscard]] enum rc casefile_history(struct ctx *ctx, const struct casefile *c, struct case_history *ret);
[[nodiscard]] enum rc casefile_timeline(struct ctx *ctx, const struct casefile *c, const struct case_history *history,
	bool for_officer, struct html_events *ret);

/* What the rules decided (casefile_ruling.c), oldest first: in short; with inputs and tables; that of one act; and the text of its
 * record of why. */
[[nodiscard]] enum rc casefile_rulings(struct ctx *ctx, const struct casefile *c, const struct case_history *history,
	struct html_rulings *ret);
[[nodiscard]] enum rc casefile_rulings_in_full(struct ctx *ctx, const struct casefile *c, const struct case_history *history,
	struct html_rulings *ret);
[[nodiscard]] enum rc casefile_ruling(struct ctx *ctx, const struct casefile *c, struct id event, struct html_rulings *ret);
[[nodiscard]] enum rc casefile_rule_record(struct ctx *ctx, const struct casefile *c, struct id event, struct sv *ret);

#endif
