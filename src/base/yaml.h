/* YAML 1.1 by libyaml into a JSON tree with lines (base/json.h). Core schema scalars: plain true/false/null, ~ and
 * nothing (null) and JSON numbers are typed, everything else and everything quoted is a string. Keys are scalars. Anchors,
 * aliases, tags, several documents and duplicate keys are refused. */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include "base/json.h"

[[nodiscard]] enum rc yaml_parse(struct ctx *ctx, struct sv name, struct sv text, const struct json_limits *limits,
	const struct json **ret);

#endif
