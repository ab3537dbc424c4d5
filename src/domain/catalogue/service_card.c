/* The item card: service.yaml as a tree of scalars into struct service. Every key is in a table, so that a key nobody
 * knows is a fault and not a silence; every fault carries the card's line. Reading goes on after a fault. */
#include <assert.h>
#include <stdlib.h>

#include "domain/catalogue/catalogue_int.h"

#include "base/banned.h"

enum { MAX_LIST = 200 };

struct card {
	struct ctx *ctx;
	struct service_problems *problems;
};

static const struct sv card_file = SV_INIT("service.yaml");

void service_problem_copy(struct ctx *ctx, struct service_problems *problems, const struct service_problem *problem)
{
	size_t count = 0;

	if (problems->len >= SERVICE_MAX_PROBLEMS)
		return;
	while (problem->args && problem->args[count].name)
		count++;
	assert(problem->msgid);
	struct text_arg *copy = ARENA_ARRAY(ctx->arena, struct text_arg, count + 1);
	for (size_t i = 0; i < count; i++)
		copy[i] = (struct text_arg){ problem->args[i].name, arena_copy(ctx->arena, problem->args[i].value) };
	struct service_problem *kept = VEC_PUSH(ctx->arena, problems);
	*kept = *problem;
	kept->file = arena_copy(ctx->arena, problem->file);
	kept->element = sv_is_absent(problem->element) ? problem->element : arena_copy(ctx->arena, problem->element);
	kept->args = count ? copy : NULL;
}

void service_problem_add(struct ctx *ctx, struct service_problems *problems, struct sv file, uint32_t line,
	const char *msgid, const struct text_arg *args)
{
	service_problem_copy(ctx, problems, &(struct service_problem){ .file = file, .line = line, .msgid = msgid, .args = args });
}

void service_problem_take(struct ctx *ctx, struct service_problems *problems, struct sv file)
{
	const struct error *err = ctx->err;

	assert(err->msgid);
	service_problem_add(ctx, problems, sv_is_empty(err->file) ? file : err->file, err->line, err->msgid, err->args);
	error_clear(ctx);
}

static void fault(struct card *card, const struct json *at, const char *msgid, struct sv name)
{
	service_problem_add(card->ctx, card->problems, card_file, at ? at->line : 1, msgid, ARGS({ "name", name }));
}

/* Faults for keys of `map` that are not in the NULL-ended list. */
static void known_keys(struct card *card, const struct json *map, const char *const *keys)
{
	for (const struct json *v = json_first(map); v; v = json_next(map, v)) {
		const char *const *key = keys;
		while (*key && !sv_equal_z(json_key(v), *key))
			key++;
		if (!*key)
			fault(card, v, N_("The key “{name}” is not known here. Take it out or correct its spelling."), json_key(v));
	}
}

static const struct json *need(struct card *card, const struct json *map, const char *key, enum json_type type)
{
	const struct json *v = json_get(map, sv_of(key));

	if (!v) {
		fault(card, map, N_("“{name}” is missing."), sv_of(key));
		return NULL;
	}
	if (v->type != type) {
		fault(card, v, N_("“{name}” has the wrong form; see the book on service folders."), sv_of(key));
		return NULL;
	}
	return v;
}

static struct sv text(struct card *card, const struct json *map, const char *key, bool required)
{
	const struct json *v = json_get(map, sv_of(key));

	if (!v && !required)
		return SV("");
	if (!v || sv_is_empty(json_scalar(v))) {
		fault(card, v ? v : map, N_("“{name}” is missing."), sv_of(key));
		return SV("");
	}
	return json_scalar(v);
}

static struct bitext bitext(struct card *card, const struct json *map, const char *key, bool required)
{
	const struct json *v = json_get(map, sv_of(key));
	struct bitext result = { SV(""), SV("") };

	if (!v && !required)
		return result;
	if (!json_is(v, JSON_OBJECT)) {
		fault(card, v ? v : map, N_("“{name}” needs a text in both languages, zh and en."), sv_of(key));
		return result;
	}
	known_keys(card, v, (const char *const[]){ "zh", "en", NULL });
	result.zh = json_scalar(json_get(v, SV("zh")));
	result.en = json_scalar(json_get(v, SV("en")));
	if (sv_is_empty(result.zh))
		fault(card, v, N_("The Chinese text of “{name}” is missing."), sv_of(key));
	if (sv_is_empty(result.en))
		fault(card, v, N_("The English text of “{name}” is missing."), sv_of(key));
	return result;
}

static int64_t whole(struct card *card, const struct json *map, const char *key, int64_t otherwise, int64_t max)
{
	const struct json *v = json_get(map, sv_of(key));
	int64_t number;

	if (!v)
		return otherwise;
	if (!json_i64(v, &number) || number < 0 || number > max) {
		fault(card, v, N_("“{name}” must be a whole number in a sensible range."), sv_of(key));
		return otherwise;
	}
	return number;
}

static bool truth(struct card *card, const struct json *map, const char *key, bool otherwise)
{
	const struct json *v = json_get(map, sv_of(key));

	if (v && v->type != JSON_TRUE && v->type != JSON_FALSE)
		fault(card, v, N_("“{name}” must be true or false."), sv_of(key));
	return json_bool(v, otherwise);
}

/* Index of the text in a NULL-ended list of words, plus 1; 0 with a fault when it is none of them. */
static unsigned choice(struct card *card, const struct json *map, const char *key, const char *const *words)
{
	struct sv word = text(card, map, key, true);

	for (unsigned i = 0; words[i]; i++)
		if (sv_equal_z(word, words[i]))
			return i + 1;
	if (!sv_is_empty(word))
		fault(card, json_get(map, sv_of(key)), N_("“{name}” is not one of the words the book on service folders lists."), word);
	return 0;
}

static size_t list_length(struct card *card, const struct json *list)
{
	size_t count = json_count(list);

	if (count > MAX_LIST) {
		fault(card, list, N_("This list is too long."), SV(""));
		return MAX_LIST;
	}
	return count;
}

/* for each map element of an optional list; allocates `out` of `type` */
#define READ_LIST(card, map, key, element, out, out_count, read)                                                        \
	do {                                                                                                           \
		const struct json *list_ = json_get((map), SV(key));                                                   \
		if (list_ && list_->type != JSON_ARRAY && list_->type != JSON_NULL) {                                  \
			fault((card), list_, N_("“{name}” must be a list."), SV(key));                                 \
			break;                                                                                         \
		}                                                                                                      \
		size_t count_ = json_is(list_, JSON_ARRAY) ? list_length((card), list_) : 0;                           \
		(out) = ARENA_ARRAY((card)->ctx->arena, element, count_);                                                \
		for (size_t i_ = 0; i_ < count_; i_++)                                                                 \
			(read)((card), json_at(list_, i_), &(out)[i_]);                                                \
		(out_count) = count_;                                                                                  \
	} while (0)

static void read_basis(struct card *card, const struct json *map, struct service_basis *basis)
{
	known_keys(card, map, (const char *const[]){ "id", "law", "article", "text", "checked", "note", NULL });
	basis->id = text(card, map, "id", true);
	basis->law = bitext(card, map, "law", true);
	basis->article = bitext(card, map, "article", true);
	basis->text = bitext(card, map, "text", false);
	basis->checked = truth(card, map, "checked", false);
}

static void read_condition(struct card *card, const struct json *map, struct service_condition *condition)
{
	known_keys(card, map, (const char *const[]){ "zh", "en", "basis", NULL });
	condition->text = (struct bitext){ text(card, map, "zh", true), text(card, map, "en", true) };
	condition->basis = text(card, map, "basis", true);
}

static void read_procedure(struct card *card, const struct json *map, struct service_procedure *procedure)
{
	known_keys(card, map, (const char *const[]){ "id", "name", "days", "counted", "basis", NULL });
	procedure->id = text(card, map, "id", true);
	procedure->name = bitext(card, map, "name", true);
	procedure->days = whole(card, map, "days", 0, 1000);
	procedure->counted = truth(card, map, "counted", true);
	procedure->basis = text(card, map, "basis", true);
}

static unsigned read_accept(struct card *card, const struct json *list)
{
	static const char *const words[] = { "pdf", "jpeg", "png", "ofd" };
	unsigned set = 0;

	for (const struct json *v = json_first(list); v; v = json_next(list, v)) {
		unsigned i = 0;
		while (i < 4 && !sv_equal_z(json_string(v), words[i]))
			i++;
		if (i == 4)
			fault(card, v, N_("“{name}” is not a kind of file we take (pdf, jpeg, png, ofd)."), json_scalar(v));
		else
			set |= 1u << i;
	}
	return set;
}

static void read_material(struct card *card, const struct json *map, struct service_material *material)
{
	known_keys(card, map, (const char *const[]){ "id", "name", "why", "main", "source", "accept", "max_mb", "when",
		"basis", "copies", NULL });
	material->id = text(card, map, "id", true);
	material->name = bitext(card, map, "name", true);
	material->why = bitext(card, map, "why", true);
	material->main = truth(card, map, "main", true);
	material->basis = text(card, map, "basis", true);
	material->line = map->line;
	const struct json *source = json_get(map, SV("source"));
	if (json_is(source, JSON_OBJECT)) {
		material->source = MATERIAL_REGISTRY;
		material->registry = text(card, source, "registry", true);
		return;
	}
	struct sv word = json_string(source);
	if (sv_has_prefix(word, SV("registry:"))) {
		material->source = MATERIAL_REGISTRY;
		material->registry = sv_trim(sv_slice(word, 9, word.len));
		return;
	}
	if (!sv_equal(word, SV("upload")))
		fault(card, source ? source : map, N_("“{name}” must be upload or registry: a register's field."), SV("source"));
	material->source = MATERIAL_UPLOAD;
	material->accept = read_accept(card, json_get(map, SV("accept")));
	if (!material->accept)
		material->accept = 1u << MATERIAL_PDF | 1u << MATERIAL_JPEG | 1u << MATERIAL_PNG;
	material->max_bytes = whole(card, map, "max_mb", 10, 200) << 20;
}

static void read_option(struct card *card, const struct json *map, struct service_option *option)
{
	known_keys(card, map, (const char *const[]){ "value", "label", NULL });
	option->value = text(card, map, "value", true);
	option->label = bitext(card, map, "label", true);
}

static void read_situation(struct card *card, const struct json *map, struct service_situation *situation)
{
	known_keys(card, map, (const char *const[]){ "id", "question", "options", NULL });
	situation->id = text(card, map, "id", true);
	situation->question = bitext(card, map, "question", true);
	READ_LIST(card, map, "options", struct service_option, situation->options, situation->option_count, read_option);
}

static void read_fee(struct card *card, const struct json *map, struct service_fee *fee)
{
	known_keys(card, map, (const char *const[]){ "name", "amount_fen", "basis", NULL });
	fee->name = bitext(card, map, "name", true);
	fee->fen = whole(card, map, "amount_fen", 0, INT64_MAX / 2);
	fee->basis = text(card, map, "basis", true);
}

static void read_result(struct card *card, const struct json *map, struct service_result *result)
{
	known_keys(card, map, (const char *const[]){ "id", "name", "template", "years", "number_prefix", "kind", NULL });
	result->id = text(card, map, "id", true);
	result->name = bitext(card, map, "name", true);
	result->template_path = text(card, map, "template", true);
	result->years = whole(card, map, "years", 0, 100);
	result->number_prefix = text(card, map, "number_prefix", false);
}

static void read_limit(struct card *card, const struct json *limits, const char *key, struct service_limit *limit)
{
	const struct json *map = json_get(limits, sv_of(key));

	if (!map)
		return;
	if (map->type != JSON_OBJECT) {
		fault(card, map, N_("“{name}” has the wrong form; see the book on service folders."), sv_of(key));
		return;
	}
	known_keys(card, map, (const char *const[]){ "days", "basis", "approver", "unit", NULL });
	limit->days = whole(card, map, "days", 0, 1000);
	limit->basis = text(card, map, "basis", false);
	limit->approver = bitext(card, map, "approver", false);
}

static void read_limits(struct card *card, const struct json *map, struct service *service)
{
	const struct json *limits = json_get(map, SV("limits"));

	if (!limits) {
		if (service->handling == HANDLING_PROMISED)
			fault(card, map, N_("“{name}” is missing."), SV("limits"));
		return;
	}
	if (limits->type != JSON_OBJECT) {
		fault(card, limits, N_("“{name}” has the wrong form; see the book on service folders."), SV("limits"));
		return;
	}
	known_keys(card, limits, (const char *const[]){ "acceptance", "statutory", "promised", "extension", "delivery", NULL });
	read_limit(card, limits, "acceptance", &service->acceptance);
	read_limit(card, limits, "statutory", &service->statutory);
	read_limit(card, limits, "promised", &service->promised);
	read_limit(card, limits, "extension", &service->extension);
	read_limit(card, limits, "delivery", &service->delivery);
	if (service->statutory.days && service->promised.days > service->statutory.days)
		fault(card, json_get(limits, SV("promised")), N_("The promised limit is longer than the statutory one."), SV(""));
}

static void read_applicants(struct card *card, const struct json *map, struct service *service)
{
	const struct json *list = need(card, map, "applicants", JSON_ARRAY);

	for (const struct json *v = json_first(list); v; v = json_next(list, v)) {
		if (sv_equal(json_string(v), SV("natural")))
			service->for_natural = true;
		else if (sv_equal(json_string(v), SV("legal")))
			service->for_legal = true;
		else
			fault(card, v, N_("“{name}” is not one of the words the book on service folders lists."), json_scalar(v));
	}
}

static struct sv read_keywords(struct card *card, const struct json *map)
{
	const struct json *keywords = json_get(map, SV("keywords"));
	struct buf buf;

	buf_init(&buf, card->ctx->arena, 64 * 1024);
	if (keywords && keywords->type != JSON_OBJECT)
		fault(card, keywords, N_("“{name}” has the wrong form; see the book on service folders."), SV("keywords"));
	for (const struct json *list = json_first(keywords); list; list = json_next(keywords, list))
		for (const struct json *v = json_first(list); v; v = json_next(list, v)) {
			buf_sv(&buf, json_scalar(v));
			buf_byte(&buf, ' ');
		}
	return buf_view(&buf);
}

static void read_names(struct card *card, const struct json *map, struct service *service)
{
	const struct json *codes = json_get(map, SV("codes"));

	if (codes && codes->type != JSON_OBJECT)
		fault(card, codes, N_("“{name}” has the wrong form; see the book on service folders."), SV("codes"));
	service->code = text(card, map, "code", true);
	service->name = bitext(card, map, "name", true);
	service->summary = bitext(card, map, "summary", true);
	service->life_event = bitext(card, map, "life_event", true);
	service->remedy = bitext(card, map, "remedy", true);
	service->contact = bitext(card, map, "contact", false);
	service->keywords = read_keywords(card, map);
	service->body = text(card, map, "body", true);
	service->level = text(card, map, "level", true);
	service->basic_code = text(card, codes, "basic", false);
	service->implementation_code = text(card, codes, "implementation", false);
	static const char *const kinds[] = { "licence", "confirmation", "public-service", "filing", "benefit", NULL };
	if (choice(card, map, "kind", kinds))
		service->kind = text(card, map, "kind", true);
	static const char *const handlings[] = { "instant", "promised", "query", NULL };
	service->handling = (enum service_handling)choice(card, map, "handling", handlings);
}

static void check_basis(struct card *card, const struct service *service, struct sv id)
{
	if (!sv_is_empty(id) && !service_basis_find(service, id))
		service_problem_add(card->ctx, card->problems, card_file, 0,
			N_("The legal basis “{name}” is referred to but not listed under legal_basis."), ARGS({ "name", id }));
}

static void check_bases(struct card *card, const struct service *service)
{
	const struct service_limit *limits[] = { &service->acceptance, &service->statutory, &service->promised,
		&service->extension, &service->delivery };

	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++)
		check_basis(card, service, limits[i]->basis);
	for (size_t i = 0; i < service->condition_count; i++)
		check_basis(card, service, service->conditions[i].basis);
	for (size_t i = 0; i < service->procedure_count; i++)
		check_basis(card, service, service->procedures[i].basis);
	for (size_t i = 0; i < service->material_count; i++)
		check_basis(card, service, service->materials[i].basis);
	for (size_t i = 0; i < service->fee_count; i++)
		check_basis(card, service, service->fees[i].basis);
}

void service_card_read(struct ctx *ctx, const struct json *map, struct service_problems *problems, struct service *service)
{
	struct card card = { ctx, problems };

	if (!json_is(map, JSON_OBJECT)) {
		fault(&card, map, N_("The card must be a map of keys and values."), SV(""));
		return;
	}
	known_keys(&card, map, (const char *const[]){ "code", "name", "summary", "keywords", "life_event", "body", "kind", "level",
		"handling", "applicants", "codes", "legal_basis", "conditions", "limits", "special_procedures", "materials",
		"situations", "fees", "results", "remedy", "contact", NULL });
	read_names(&card, map, service);
	read_applicants(&card, map, service);
	READ_LIST(&card, map, "legal_basis", struct service_basis, service->bases, service->basis_count, read_basis);
	READ_LIST(&card, map, "conditions", struct service_condition, service->conditions, service->condition_count, read_condition);
	READ_LIST(&card, map, "special_procedures", struct service_procedure, service->procedures, service->procedure_count,
		read_procedure);
	READ_LIST(&card, map, "materials", struct service_material, service->materials, service->material_count, read_material);
	READ_LIST(&card, map, "situations", struct service_situation, service->situations, service->situation_count,
		read_situation);
	READ_LIST(&card, map, "fees", struct service_fee, service->fees, service->fee_count, read_fee);
	READ_LIST(&card, map, "results", struct service_result, service->results, service->result_count, read_result);
	read_limits(&card, map, service);
	check_bases(&card, service);
}
