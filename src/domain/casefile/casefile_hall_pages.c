/* The hall: home, finding a service, and the guide that is made from the service's folder. All public. */
#include "base/cache.h"
#include "base/site.h"
#include "domain/casefile/casefile_html.h"
#include "domain/casefile/casefile_pages_int.h"
#include "domain/casefile/casefile_sql.h"
#include "engine/bpmn/bpmn.h"
#include "engine/feel/feel.h"
#include "engine/form/form.h"
#include "http/module.h"

#include "base/banned.h"

enum { MOST_USED = 6, MAX_OWN_LINKS = 5 };

static struct sv service_href(struct ctx *ctx, struct sv code)
{
	return arena_printf(ctx->arena, "/services/%.*s", SV_FMT(code));
}

/* Life situations in the order of the catalogue, each once. */
static struct html_links life_events(struct ctx *ctx, const struct catalogue_item *items, size_t count)
{
	struct html_link *links = ARENA_ARRAY(ctx->arena, struct html_link, count);
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		struct sv label = bitext_pick(ctx, items[i].life_event);
		size_t j = 0;
		while (j < used && !sv_equal(links[j].label, label))
			j++;
		if (j < used)
			continue;
		links[used++] = (struct html_link){
			.href = arena_printf(ctx->arena, "/services?event=%.*s", SV_FMT(items[i].life_event.en)),
			.label = label,
		};
	}
	return (struct html_links){ links, used };
}

/* The newest own cases in this state. */
static enum rc own_links(struct ctx *ctx, enum casefile_state state, struct html_links *ret)
{
	struct sql_cases_of_party_in_rows cases;

	*ret = (struct html_links){ 0 };
	if (ctx->who->kind != PRINCIPAL_PERSON)
		return RC_OK;
	TRY(sql_cases_of_party_in(ctx, ctx->who->subject, state, MAX_OWN_LINKS, &cases));
	struct html_link *links = ARENA_ARRAY(ctx->arena, struct html_link, cases.len);
	for (size_t i = 0; i < cases.len; i++) {
		const struct service *service;
		TRY(catalogue_current(ctx, cases.at[i].service_code, &service));
		links[i] = (struct html_link){
			.href = arena_printf(ctx->arena, "/cases/%s", id_text(ctx->arena, cases.at[i].id).ptr),
			.label = bitext_pick(ctx, service->name),
		};
	}
	*ret = (struct html_links){ links, cases.len };
	return RC_OK;
}

static enum rc most_used(struct ctx *ctx, const struct catalogue_item *items, size_t count, struct html_links *ret)
{
	struct sql_stats_most_used_rows rows;

	TRY(sql_stats_most_used(ctx, MOST_USED, &rows));
	struct html_link *links = ARENA_ARRAY(ctx->arena, struct html_link, rows.len);
	size_t used = 0;
	for (size_t i = 0; i < rows.len; i++)
		for (size_t j = 0; j < count; j++)
			if (sv_equal(items[j].code, rows.at[i].service_code))
				links[used++] = (struct html_link){ .href = service_href(ctx, items[j].code),
					.label = bitext_pick(ctx, items[j].name) };
	*ret = (struct html_links){ links, used };
	return RC_OK;
}

static enum rc home_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	struct catalogue_item *items;
	struct sql_stats_month_row month;
	size_t count;

	(void)request; /* takes no input */
	TRY(catalogue_list(ctx, &items, &count));
	TRY(sql_stats_month(ctx, &month));
	struct html_casefile_home view = {
		.month_share = month.decided ? month.kept * 100 / month.decided : 0,
		.city = bitext_pick(ctx, (struct bitext){ ctx->site->city_zh, ctx->site->city_en }),
		.situations = life_events(ctx, items, count),
		.month_decided = month.decided,
		.month_kept = month.kept,
	};
	TRY(own_links(ctx, CASE_SUPPLEMENT, &view.wanted));
	TRY(own_links(ctx, CASE_DRAFT, &view.drafts));
	TRY(most_used(ctx, items, count, &view.most_used));
	return response_page(ctx, response, &html_casefile_home_view, &view);
}

/* --- finding --- */

struct find {
	struct sv q, event;
};
static const struct input_field find_fields[] = {
	INPUT(struct find, q, TEXT, .max = 100),
	INPUT(struct find, event, TEXT, .max = 100),
};
static const struct input find_input = INPUT_OF(struct find, find_fields);

static enum rc find_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct find *in = request->input;
	struct catalogue_item *items;
	size_t count, used = 0;

	if (sv_is_empty(in->q))
		TRY(catalogue_list(ctx, &items, &count));
	else
		TRY(catalogue_search(ctx, in->q, &items, &count));
	struct html_casefile_find_services *rows = ARENA_ARRAY(ctx->arena, struct html_casefile_find_services, count);
	for (size_t i = 0; i < count; i++) {
		if (!sv_is_empty(in->event) && !sv_equal(items[i].life_event.en, in->event))
			continue;
		rows[used++] = (struct html_casefile_find_services){
			.name = bitext_pick(ctx, items[i].name),
			.summary = bitext_pick(ctx, items[i].summary),
			.href = service_href(ctx, items[i].code),
			.instant = items[i].handling != HANDLING_PROMISED,
			.days = items[i].promised_days,
		};
	}
	struct html_casefile_find view = { .query = in->q, .count = (int64_t)used, .services = { rows, used } };
	return response_page(ctx, response, &html_casefile_find_view, &view);
}

/* --- the guide --- */

struct guide {
	struct sv code;
	struct input_tree answer;
};
static const struct input_field guide_fields[] = {
	INPUT(struct guide, code, TEXT, .required = true, .max = 64),
	INPUT(struct guide, answer, TREE),
};
static const struct input guide_input = INPUT_OF(struct guide, guide_fields);

static struct sv answer_of(const struct input_tree *answers, struct sv id)
{
	for (size_t i = 0; i < answers->len; i++)
		if (sv_equal(answers->at[i].name, id))
			return answers->at[i].value;
	return (struct sv){ NULL, 0 };
}

static struct feel_value situation_context(struct ctx *ctx, const struct service *service, const struct input_tree *answers)
{
	struct feel_entry *entries = ARENA_ARRAY(ctx->arena, struct feel_entry, service->situation_count + 1);
	struct feel_entry *outer = ARENA_NEW(ctx->arena, struct feel_entry);

	for (size_t i = 0; i < service->situation_count; i++) {
		struct sv value = answer_of(answers, service->situations[i].id);
		entries[i] = (struct feel_entry){ service->situations[i].id, sv_is_absent(value) ? feel_null() : feel_text(value) };
	}
	*outer = (struct feel_entry){ SV("situation"), feel_context(entries, service->situation_count) };
	return feel_context(outer, 1);
}

static struct sv basis_words(struct ctx *ctx, const struct service *service, struct sv id)
{
	const struct service_basis *basis = service_basis_find(service, id);

	if (!basis)
		return SV("");
	return tr_args(ctx, N_("{law} {article}"), ARGS({ "law", bitext_pick(ctx, basis->law) },
		{ "article", bitext_pick(ctx, basis->article) }));
}

/* A material is asked unless its condition is surely false; while a question is open it is shown as "may be asked". */
static enum rc guide_materials(struct ctx *ctx, const struct service *service, struct feel_value answers,
	struct html_casefile_guide *view)
{
	struct html_casefile_guide_materials *rows =
		ARENA_ARRAY(ctx->arena, struct html_casefile_guide_materials, service->material_count);
	size_t used = 0;

	for (size_t i = 0; i < service->material_count; i++) {
		const struct service_material *material = &service->materials[i];
		struct feel_value asked = feel_boolean(true);
		enum rc rc = material->when ? feel_eval(ctx, material->when, answers, &asked) : RC_OK;
		if (rc == RC_UNAVAILABLE) { /* it may be asked, as while a question is open */
			error_clear(ctx);
			asked = feel_null();
			rc = RC_OK;
		}
		TRY(rc);
		if (asked.kind == FEEL_BOOLEAN && !asked.boolean)
			continue;
		rows[used++] = (struct html_casefile_guide_materials){
			.name = bitext_pick(ctx, material->name),
			.why = bitext_pick(ctx, material->why),
			.we_have_it = material->source == MATERIAL_REGISTRY,
			.maybe = !feel_is_true(asked),
			.minor = !material->main,
			.basis = basis_words(ctx, service, material->basis),
		};
	}
	view->materials.at = rows;
	view->materials.len = used;
	return RC_OK;
}

static void guide_questions(struct ctx *ctx, const struct service *service, const struct input_tree *answers,
	struct html_casefile_guide *view)
{
	struct html_casefile_guide_questions *rows =
		ARENA_ARRAY(ctx->arena, struct html_casefile_guide_questions, service->situation_count);

	for (size_t i = 0; i < service->situation_count; i++) {
		const struct service_situation *situation = &service->situations[i];
		struct html_option *options = ARENA_ARRAY(ctx->arena, struct html_option, situation->option_count);
		struct sv given = answer_of(answers, situation->id);
		for (size_t j = 0; j < situation->option_count; j++)
			options[j] = (struct html_option){ .value = situation->options[j].value,
				.label = bitext_pick(ctx, situation->options[j].label),
				.selected = sv_equal(given, situation->options[j].value) };
		rows[i] = (struct html_casefile_guide_questions){
			.name = arena_printf(ctx->arena, "answer.%.*s", SV_FMT(situation->id)),
			.question = bitext_pick(ctx, situation->question),
			.options = { options, situation->option_count },
		};
	}
	view->questions.at = rows;
	view->questions.len = service->situation_count;
}

static void guide_bases(struct ctx *ctx, const struct service *service, struct html_casefile_guide *view)
{
	struct html_casefile_guide_bases *rows = ARENA_ARRAY(ctx->arena, struct html_casefile_guide_bases, service->basis_count);
	struct html_casefile_guide_conditions *conditions =
		ARENA_ARRAY(ctx->arena, struct html_casefile_guide_conditions, service->condition_count);

	for (size_t i = 0; i < service->basis_count; i++)
		rows[i] = (struct html_casefile_guide_bases){
			.law = bitext_pick(ctx, service->bases[i].law),
			.article = bitext_pick(ctx, service->bases[i].article),
			.text = bitext_pick(ctx, service->bases[i].text),
			.checked = service->bases[i].checked,
		};
	for (size_t i = 0; i < service->condition_count; i++)
		conditions[i] = (struct html_casefile_guide_conditions){
			.text = bitext_pick(ctx, service->conditions[i].text),
			.basis = basis_words(ctx, service, service->conditions[i].basis),
		};
	view->bases.at = rows;
	view->bases.len = service->basis_count;
	view->conditions.at = conditions;
	view->conditions.len = service->condition_count;
}

/* What of a guide takes long to make. A version never changes, so the thread keeps it, for each language. */
struct guide_text {
	struct html_safe text;
	struct html_options steps;
};

static const struct guide_text *guide_text_make(struct ctx *ctx, const struct service *service)
{
	struct guide_text *made = ARENA_NEW(ctx->arena, struct guide_text);
	struct html_options steps = casefile_process_steps(ctx, service);
	struct html_option *own = ARENA_ARRAY(ctx->arena, struct html_option, steps.len);

	for (size_t i = 0; i < steps.len; i++) { /* copies: the thread may drop the service before this */
		own[i] = steps.at[i];
		own[i].label = arena_copy(ctx->arena, own[i].label);
		own[i].hint = arena_copy(ctx->arena, own[i].hint);
	}
	made->text = html_safe_markdown(ctx, bitext_pick(ctx, service->guide));
	made->steps = (struct html_options){ own, steps.len };
	return made;
}

static const struct guide_text *guide_text(struct ctx *ctx, const struct service *service)
{
	const char *kind = locale_is_zh(ctx->locale) ? "casefile.guide.zh" : "casefile.guide.en";
	const struct guide_text *text = ctx->cache ? cache_get(ctx->cache, kind, service->version) : NULL;
	struct ctx inner = *ctx;

	if (text)
		return text;
	if (!ctx->cache)
		return guide_text_make(ctx, service);
	inner.arena = cache_begin(ctx->cache);
	inner.arena->guard = ctx->arena->guard;
	text = guide_text_make(&inner, service);
	cache_put(ctx->cache, kind, service->version, text);
	return text;
}

static struct sv within(struct ctx *ctx, int64_t days)
{
	if (days == 0)
		return tr(ctx, N_("the same day"));
	if (days == 1)
		return tr(ctx, N_("within 1 working day"));
	return tr_args(ctx, N_("within {days} working days"), ARGS({ "days", arena_printf(ctx->arena, "%lld", (long long)days) }));
}

/* How long it really took, in words and as places on a line that is as long as the longest of the four. */
static void guide_times(struct ctx *ctx, const struct service *service, const struct sql_stat_of_row *stat,
	struct html_casefile_guide *view)
{
	int64_t longest = stat->p90_days > service->statutory.days ? stat->p90_days : service->statutory.days;

	view->decided = stat->decided;
	view->median = stat->median_days;
	view->p90 = stat->p90_days;
	view->median_words = within(ctx, stat->median_days);
	view->p90_words = within(ctx, stat->p90_days);
	if (service->handling == HANDLING_QUERY || stat->decided == 0 || longest == 0)
		return;
	view->has_line = true;
	view->median_at = stat->median_days * 100 / longest;
	view->p90_at = stat->p90_days * 100 / longest;
	view->promised_at = service->promised.days * 100 / longest;
}

static enum rc guide_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct guide *in = request->input;
	const struct service *service;
	struct sql_stat_of_row stat = { 0 };
	struct department body;

	TRY(catalogue_current(ctx, in->code, &service));
	enum rc rc = sql_stat_of(ctx, in->code, &stat);
	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	TRY(identity_department_find(ctx, service->body, &body));
	const struct guide_text *text = guide_text(ctx, service);
	struct html_casefile_guide view = {
		.code = service->code,
		.name = bitext_pick(ctx, service->name),
		.summary = bitext_pick(ctx, service->summary),
		.body = bitext_pick(ctx, body.name),
		.guide = text->text,
		.contact = bitext_pick(ctx, service->contact),
		.remedy = bitext_pick(ctx, service->remedy),
		.start = arena_printf(ctx->arena, "/services/%.*s/start", SV_FMT(service->code)),
		.this_page = service_href(ctx, service->code),
		.instant = service->handling != HANDLING_PROMISED,
		.query = service->handling == HANDLING_QUERY,
		.statutory = service->statutory.days,
		.promised = service->promised.days,
		.free = service->fee_count == 0,
		.version = service->version_number,
		.published = service->published_at,
		.steps = text->steps,
	};
	guide_times(ctx, service, &stat, &view);
	TRY(guide_materials(ctx, service, situation_context(ctx, service, &in->answer), &view));
	guide_questions(ctx, service, &in->answer, &view);
	guide_bases(ctx, service, &view);
	return response_page(ctx, response, &html_casefile_guide_view, &view);
}

static const struct route casefile_hall_routes[] = {
	{ "GET", "/", NEEDS(PERMISSION_PUBLIC), &input_none, home_page, .view = &html_casefile_home_view,
		.summary = N_("Home") },
	{ "GET", "/services", NEEDS(PERMISSION_PUBLIC), &find_input, find_page, .view = &html_casefile_find_view,
		.summary = N_("Services, by words or life situation") },
	{ "GET", "/services/{code}", NEEDS(PERMISSION_PUBLIC), &guide_input, guide_page, .view = &html_casefile_guide_view,
		.summary = N_("Guide of a service") },
};

const struct module casefile_hall_module = { .name = "casefile.hall", MODULE_LIST(route, casefile_hall_routes) };
