/* Private to the room: the document of a case's answers. */
#ifndef DOMAIN_CASEFILE_CASEFILE_FORM_INT_H
#define DOMAIN_CASEFILE_CASEFILE_FORM_INT_H

#include "domain/casefile/casefile_flow_int.h"
#include "domain/casefile/casefile_sql.h"
#include "engine/form/form.h"

/* JSON texts of its parts; `json` is the parsed whole. */
struct case_form {
	struct sv answers, situation, registers;
	const struct json *json;
};
[[nodiscard]] enum rc case_form_read(struct ctx *ctx, struct sv document, struct case_form *ret);
struct sv case_form_text(struct ctx *ctx, const struct case_form *form);
/* What surrounds the answers: names and the paths of files that are there. */
[[nodiscard]] enum rc case_form_context(struct ctx *ctx, const struct pad *pad, struct form_context *ret);
/* Problems of a form as field problems of the ctx; RC_INVALID when there are any. */
[[nodiscard]] enum rc case_form_problems(struct ctx *ctx, const struct form *form, const struct form_problems *problems);
/* Reads what the form's fields can be filled with from the registers, each read on record. */
[[nodiscard]] enum rc case_form_prefill(struct ctx *ctx, struct pad *pad, struct sv subject_code, struct case_form *form);

/* Fields that only a register may fill get its values. */
[[nodiscard]] enum rc case_form_fill_locked(struct ctx *ctx, struct pad *pad, struct case_form *form);
/* Names for people of a register and of its field; the code itself when it is unknown. */
struct sv case_register_name(struct ctx *ctx, struct sv name);
struct sv case_register_field(struct ctx *ctx, struct sv name, struct sv field);

#endif
