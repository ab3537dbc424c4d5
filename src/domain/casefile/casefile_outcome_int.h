/* Private to the room: what a decision came to, in short, kept with the act of rules so that no page evaluates anything again.
 *
 * {"result": text of a JSON value, "rule"?: the one that decided, "changes": what would change it, nearest first:
 * [{"rule", "cells": [{"column", "value": text of the JSON value it has}]}]}; rules and columns from 1, of the decision's table.
 * Texts, because numbers of acts are integers.
 */
#ifndef DOMAIN_CASEFILE_CASEFILE_OUTCOME_INT_H
#define DOMAIN_CASEFILE_CASEFILE_OUTCOME_INT_H

#include "base/ctx.h"
#include "base/json.h"
#include "engine/dmn/dmn.h"

/* note_zh, note_en: an output for the readers of one language, which is no part of the result. */
bool outcome_is_note(struct sv name);
/* `inputs`: what `decision` of `model` gave `result` for. Writes the member "outcome"; fails at the limits of dmn_nearest only by
 * leaving out what it cannot tell. */
[[nodiscard]] enum rc outcome_write(struct ctx *ctx, const struct dmn_model *model, struct sv decision, struct feel_value inputs,
	struct feel_value result, struct json_out *out);

#endif
