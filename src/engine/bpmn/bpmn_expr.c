/* Expressions of a model: FEEL, compiled once when the model is parsed, and the timing of timers. */
#include "engine/bpmn/bpmn_int.h"

#include "base/banned.h"

/* FEEL by any of the names its editors write; absent means the model's language, which must be FEEL as well. */
static bool is_feel(struct sv language)
{
	return sv_is_empty(language) || sv_equal_z(language, "feel") || sv_equal_z(language, "FEEL")
		|| sv_find(language, SV("/FEEL"), 0) != SIZE_MAX;
}

struct sv bpmn_expr_replacement(struct builder *b, struct sv id, const char *suffix)
{
	if (!b->replace)
		return (struct sv){ 0 };
	return json_string(json_get(b->replace, arena_printf(b->ctx->arena, "%.*s%s", SV_FMT(id), suffix)));
}

enum rc bpmn_expr_compile(struct builder *b, struct sv id, const struct xml *at, struct sv text, const struct feel_expr **ret)
{
	struct arena *arena = b->ctx->arena;
	struct feel_scope scope = { .file = b->file, .line = at->line };
	struct sv source = arena_copy(arena, sv_trim(text));

	if (source.len > 0 && source.ptr[0] == '=') /* as Camunda Modeler writes it */
		source = sv_trim(sv_slice(source, 1, source.len));
	if (sv_is_empty(source))
		return bpmn_refuse(b, at, N_("{element} has an empty expression; write it or remove it."), ARGS({ "element", id }));
	TRY(feel_compile(b->ctx, &scope, source, ret));
	*VEC_PUSH(arena, &b->model->expressions) = (struct bpmn_expression){ *ret, arena_copy(arena, id), source, at->line };
	return RC_OK;
}

enum rc bpmn_expr_of(struct builder *b, struct sv id, const char *suffix, const struct xml *at, const struct feel_expr **ret)
{
	struct sv text = bpmn_expr_replacement(b, id, suffix);

	if (!sv_is_absent(text))
		return bpmn_expr_compile(b, id, at ? at : b->root, text, ret);
	if (!at)
		return RC_OK;
	struct sv language = xml_attr(at, "language");
	if (sv_is_empty(language) && !b->foreign) /* editors write XPath, the default of BPMN, without anybody meaning it */
		language = xml_attr(b->root, "expressionLanguage");
	if (!is_feel(language))
		return bpmn_refuse(b, at, N_("{element} has an expression that is not FEEL; write it in FEEL."),
			ARGS({ "element", id }));
	return bpmn_expr_compile(b, id, at, at->text, ret);
}

enum rc bpmn_timing_parse(struct builder *b, struct sv id, const struct xml *definition, struct timing *ret)
{
	static const struct {
		const char *name;
		enum timing_kind kind;
	} forms[] = { { "timeDuration", TIMING_DURATION }, { "timeDate", TIMING_DATE }, { "timeCycle", TIMING_CYCLE } };
	struct sv replaced = bpmn_expr_replacement(b, id, "#timer");
	struct timing timing = { 0 };
	const struct xml *at = NULL;
	struct iso_time iso;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const struct xml *form = xml_child(definition, BPMN_NS, forms[i].name);
		if (form && at)
			return bpmn_refuse(b, form, N_("Timer {element} has two times; keep one."), ARGS({ "element", id }));
		if (form) {
			at = form;
			timing.kind = forms[i].kind;
		}
	}
	if (!at)
		return bpmn_refuse(b, definition, N_("Timer {element} has no time; give timeDuration, timeDate or timeCycle."),
			ARGS({ "element", id }));
	timing.calendar = xml_attr_ns(at, BPMN_TB_NS, "calendar");
	if (!sv_is_absent(timing.calendar) && !sv_equal_z(timing.calendar, "working"))
		return bpmn_refuse(b, at, N_("Timer {element} has an unknown calendar; the one there is: working."),
			ARGS({ "element", id }));
	timing.calendar = sv_is_absent(timing.calendar) ? timing.calendar : arena_copy(b->ctx->arena, timing.calendar);
	struct sv text = sv_is_absent(replaced) ? sv_trim(at->text) : sv_trim(replaced);
	if (bpmn_iso_parse(text, &iso)) {
		if (iso.kind != timing.kind)
			return bpmn_refuse(b, at, N_("Timer {element} has a time of another form than its element says; correct it."),
				ARGS({ "element", id }));
		timing.literal = arena_copy(b->ctx->arena, text);
	} else {
		TRY(bpmn_expr_of(b, id, "#timer", at, &timing.feel));
	}
	*ret = timing;
	return RC_OK;
}
