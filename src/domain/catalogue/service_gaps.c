/* Gaps of decision tables and who answers for them. A case that no rule takes goes to an officer without a reason, so a table
 * with a gap is published only when somebody said in writing why the gap may stay: acceptances.yaml, one entry a gap, named
 * by file, table and the example that the analysis prints. An entry whose gap is gone is a fault too: it would
 * hide the gap if it came back for another reason. */
#include "base/utf8.h"
#include "base/yaml.h"
#include "domain/catalogue/catalogue_int.h"
#include "engine/dmn/dmn.h"

#include "base/banned.h"

enum { MAX_ENTRY = 64 << 10 };

static const struct sv acceptances_file = SV_INIT("acceptances.yaml");

/* --- reading --- */

struct reading {
	struct ctx *ctx;
	struct service_problems *problems;
};

static void fault(struct reading *r, const struct json *at, const char *msgid, struct sv name)
{
	service_problem_add(r->ctx, r->problems, acceptances_file, at ? at->line : 1, msgid, ARGS({ "name", name }));
}

static struct sv word(struct reading *r, const struct json *entry, const char *key)
{
	struct sv text = json_scalar(json_get(entry, sv_of(key)));

	if (sv_is_empty(text))
		fault(r, entry, N_("“{name}” is missing."), sv_of(key));
	return text;
}

static struct sv reason_text(struct reading *r, const struct json *reason, const char *language)
{
	const struct json *v = json_get(reason, sv_of(language));
	struct sv text = json_scalar(v);

	if (!sv_is_empty(text) && utf8_count(text) < SERVICE_MIN_REASON)
		service_problem_add(r->ctx, r->problems, acceptances_file, v->line,
			N_("The reason is too short. Say in at least {count} characters why the gap may stay."),
			ARGS({ "count", arena_printf(r->ctx->arena, "%d", SERVICE_MIN_REASON) }));
	return sv_is_absent(text) ? SV("") : text;
}

static void read_entry(struct reading *r, const struct json *entry, struct service_acceptance *ret)
{
	static const char *const keys[] = { "file", "table", "gap", "reason", "accepted_by" };
	const struct json *reason = json_get(entry, SV("reason"));

	for (const struct json *v = json_first(entry); v; v = json_next(entry, v)) {
		size_t i = 0;
		while (i < sizeof(keys) / sizeof(*keys) && !sv_equal_z(json_key(v), keys[i]))
			i++;
		if (i == sizeof(keys) / sizeof(*keys))
			fault(r, v, N_("The key “{name}” is not known here. Take it out or correct its spelling."), json_key(v));
	}
	*ret = (struct service_acceptance){
		.file = word(r, entry, "file"),
		.table = word(r, entry, "table"),
		.gap = word(r, entry, "gap"),
		.accepted_by = word(r, entry, "accepted_by"),
		.reason = { reason_text(r, reason, "zh"), reason_text(r, reason, "en") },
		.line = entry->line,
	};
	if (sv_is_empty(ret->reason.zh) && sv_is_empty(ret->reason.en))
		fault(r, entry, N_("“{name}” is missing."), SV("reason"));
}

void service_acceptances_read(struct ctx *ctx, struct sv text, struct service_problems *problems, struct service *service)
{
	struct reading r = { ctx, problems };
	const struct json *list;

	if (sv_is_absent(text))
		return;
	if (yaml_parse(ctx, acceptances_file, text, &json_limits_request, &list) != RC_OK) {
		service_problem_take(ctx, problems, acceptances_file);
		return;
	}
	if (list->type != JSON_ARRAY || json_count(list) > SERVICE_MAX_ACCEPTANCES) {
		fault(&r, list, N_("“{name}” has the wrong form; see the book on service folders."), acceptances_file);
		return;
	}
	service->acceptances = ARENA_ARRAY(ctx->arena, struct service_acceptance, json_count(list));
	for (const struct json *v = json_first(list); v; v = json_next(list, v))
		read_entry(&r, v, &service->acceptances[service->acceptance_count++]);
}

/* --- writing --- */

struct sv service_acceptance_text(struct ctx *ctx, const struct service_acceptance *acceptance)
{
	const struct {
		const char *before;
		struct sv text;
	} lines[] = {
		{ "- file: ", acceptance->file }, { "\n  table: ", acceptance->table }, { "\n  gap: ", acceptance->gap },
		{ "\n  reason: {zh: ", acceptance->reason.zh }, { ", en: ", acceptance->reason.en },
		{ "}\n  accepted_by: ", acceptance->accepted_by },
	};
	struct buf buf;

	buf_init(&buf, ctx->arena, MAX_ENTRY);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct json_out out = json_out_to(&buf); /* a JSON string is a YAML string */
		buf_sv(&buf, sv_of(lines[i].before));
		json_out_string(&out, sv_is_absent(lines[i].text) ? SV("") : lines[i].text);
	}
	buf_byte(&buf, '\n');
	return buf_view(&buf);
}

/* --- comparing --- */

static bool is_of(const struct service_acceptance *acceptance, const struct dmn_problem *gap)
{
	return sv_equal(acceptance->file, gap->file) && sv_equal(acceptance->table, gap->element)
		&& sv_equal(acceptance->gap, gap->example);
}

static void not_accepted(struct ctx *ctx, const struct dmn_problem *gap, struct service_problems *problems)
{
	const struct service_acceptance entry = { .file = gap->file, .table = gap->element, .gap = gap->example };

	service_problem_copy(ctx, problems, &(struct service_problem){ gap->file, gap->line, gap->element, gap->rule,
		N_("No rule matches when {example}. Add a rule or a default output; or, if the gap may stay, say why in acceptances.yaml:\n{entry}"),
		ARGS({ "example", gap->example }, { "entry", service_acceptance_text(ctx, &entry) }) });
}

void service_gaps_check(struct ctx *ctx, const struct service *service, const struct dmn_problem *const *gaps, size_t count,
	struct service_problems *problems)
{
	for (size_t i = 0; i < count; i++) {
		size_t a = 0;
		while (a < service->acceptance_count && !is_of(&service->acceptances[a], gaps[i]))
			a++;
		if (a == service->acceptance_count)
			not_accepted(ctx, gaps[i], problems);
	}
	for (size_t a = 0; a < service->acceptance_count; a++) {
		const struct service_acceptance *acceptance = &service->acceptances[a];
		size_t i = 0;
		while (i < count && !is_of(acceptance, gaps[i]))
			i++;
		if (i == count)
			service_problem_add(ctx, problems, acceptances_file, acceptance->line,
				N_("“{table}” in {file} has no gap where {gap}. Take this acceptance out, or correct its text."),
				ARGS({ "table", acceptance->table }, { "file", acceptance->file }, { "gap", acceptance->gap }));
	}
}
