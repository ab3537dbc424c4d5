/* What activities carry: scripts, multi-instance and loop markers, calls, quantities, our own attributes (section 10.2). */
#include "engine/bpmn/bpmn_int.h"

#include <assert.h>

#include "base/banned.h"

static bool is_activity(enum bpmn_kind kind)
{
	return kind >= BPMN_TASK && kind <= BPMN_CALL_ACTIVITY;
}

static bool is_feel_format(struct sv format)
{
	return sv_is_empty(format) || sv_equal_z(format, "feel") || sv_equal_z(format, "FEEL")
		|| sv_find(format, SV("/FEEL"), 0) != SIZE_MAX;
}

static enum rc parse_script(struct builder *b, struct node *node)
{
	const struct xml *script = xml_child(node->xml, BPMN_NS, "script");
	struct sv replaced = bpmn_expr_replacement(b, node->pub.id, "#script");
	const char *language = sv_equal_z(node->xml->name, "globalScriptTask") ? "scriptLanguage" : "scriptFormat";

	if (sv_is_absent(replaced) && !is_feel_format(xml_attr(node->xml, language)))
		return bpmn_refuse(b, node->xml, N_("Script task {element} is not in FEEL; write a FEEL context."),
			ARGS({ "element", node->pub.id }));
	if (sv_is_absent(replaced) && !script)
		return bpmn_refuse(b, node->xml, N_("Script task {element} has no script; write a FEEL context."),
			ARGS({ "element", node->pub.id }));
	return bpmn_expr_compile(b, node->pub.id, script ? script : node->xml, sv_is_absent(replaced) ? script->text : replaced,
		&node->script);
}

static bool read_count(struct sv text, int64_t most, int64_t *ret)
{
	return sv_parse_i64(text, ret) && *ret >= 0 && *ret <= most;
}

static enum rc parse_loop(struct builder *b, struct node *node, const struct xml *xml)
{
	struct loop *loop = ARENA_NEW(b->ctx->arena, struct loop);
	struct sv maximum = xml_attr(xml, "loopMaximum");

	assert(!node->multi && !node->loop);
	loop->test_before = bpmn_xml_flag(xml, "testBefore", false);
	loop->maximum = -1;
	if (!sv_is_absent(maximum) && !read_count(maximum, BPMN_MAX_INSTANCES, &loop->maximum))
		return bpmn_refuse(b, xml, N_("loopMaximum of {element} must be a number from 0 to 5000; correct it."),
			ARGS({ "element", node->pub.id }));
	TRY(bpmn_expr_of(b, node->pub.id, "#loop", xml_child(xml, BPMN_NS, "loopCondition"), &loop->condition));
	if (!loop->condition && loop->maximum < 0)
		return bpmn_refuse(b, xml, N_("Loop {element} has neither loopCondition nor loopMaximum; give one."),
			ARGS({ "element", node->pub.id }));
	node->loop = loop;
	return RC_OK;
}

static enum rc parse_behavior(struct builder *b, struct node *node, const struct xml *xml, struct multi *multi)
{
	static const char *const names[] = { "All", "None", "One", "Complex" };
	struct sv behavior = xml_attr(xml, "behavior");
	struct { VEC(struct complex_behavior); } list = { 0 };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (sv_equal_z(behavior, names[i]))
			multi->behavior = (enum behavior)i;
	struct { const char *attribute; struct event_def *def; } refs[] = {
		{ "noneBehaviorEventRef", &multi->none }, { "oneBehaviorEventRef", &multi->one } };
	for (size_t i = 0; i < 2; i++) {
		const struct xml *definition = map_get(&b->globals, xml_attr(xml, refs[i].attribute));
		if (definition && bpmn_event_is_definition(definition))
			TRY(bpmn_event_def_parse(b, node->pub.id, definition, refs[i].def));
	}
	for (const struct xml *c = xml_child(xml, BPMN_NS, "complexBehaviorDefinition"); c;
		c = xml_next(c, BPMN_NS, "complexBehaviorDefinition")) {
		struct complex_behavior *one = VEC_PUSH(b->ctx->arena, &list);
		TRY(bpmn_expr_of(b, node->pub.id, "#behavior", xml_child(c, BPMN_NS, "condition"), &one->condition));
		const struct xml *event = xml_child(c, BPMN_NS, "event");
		const struct xml *definition = event ? xml_child(event, BPMN_NS, NULL) : NULL;
		if (!one->condition || !definition || !bpmn_event_is_definition(definition))
			return bpmn_refuse(b, c, N_("The behaviour of {element} needs a condition and an event; complete it."),
				ARGS({ "element", node->pub.id }));
		TRY(bpmn_event_def_parse(b, node->pub.id, definition, &one->event));
	}
	multi->complex = list.at;
	multi->complex_count = list.len;
	return RC_OK;
}

static enum rc parse_multi(struct builder *b, struct node *node, const struct xml *xml)
{
	struct arena *arena = b->ctx->arena;
	struct multi *multi = ARENA_NEW(arena, struct multi);
	struct sv collection = xml_attr_ns(xml, BPMN_TB_NS, "collection"), id = node->pub.id;
	struct sv element = xml_attr_ns(xml, BPMN_TB_NS, "element"), replaced = bpmn_expr_replacement(b, id, "#element");
	const struct xml *input = xml_child(xml, BPMN_NS, "loopDataInputRef");
	const struct xml *item = xml_child(xml, BPMN_NS, "inputDataItem");

	assert(!node->multi && !node->loop);
	multi->sequential = node->pub.sequential = bpmn_xml_flag(xml, "isSequential", false);
	node->pub.multi_instance = true;
	TRY(bpmn_expr_of(b, id, "#cardinality", xml_child(xml, BPMN_NS, "loopCardinality"), &multi->cardinality));
	if (!sv_is_absent(collection))
		TRY(bpmn_expr_compile(b, id, xml, collection, &multi->collection));
	else
		TRY(bpmn_expr_of(b, id, "#collection", input, &multi->collection));
	TRY(bpmn_expr_of(b, id, "#completion", xml_child(xml, BPMN_NS, "completionCondition"), &multi->completion));
	if (sv_is_absent(element))
		element = !sv_is_absent(replaced) ? replaced : item ? xml_attr(item, "name") : element;
	multi->votes = !sv_is_absent(collection);
	multi->element = sv_is_empty(element) ? SV("") : arena_copy(arena, element);
	const struct xml *cardinality = xml_child(xml, BPMN_NS, "loopCardinality");
	int64_t number;
	if (cardinality && sv_parse_i64(sv_trim(cardinality->text), &number) && number < 0)
		return bpmn_refuse(b, cardinality, N_("{element} can't have fewer than no instances; correct loopCardinality."),
			ARGS({ "element", id }));
	if (!multi->cardinality == !multi->collection)
		return bpmn_refuse(b, xml, N_("Multi-instance {element} needs either loopCardinality or a collection; give one of them."),
			ARGS({ "element", id }));
	node->multi = multi;
	return parse_behavior(b, node, xml, multi);
}

static enum rc parse_quantity(struct builder *b, struct node *node, const char *name, int *ret)
{
	struct sv text = xml_attr(node->xml, name);
	int64_t number;

	if (sv_is_absent(text))
		return RC_OK;
	if (!read_count(text, 1000, &number) || number < 1)
		return bpmn_refuse(b, node->xml, N_("{attribute} of {element} must be a number from 1 to 1000; correct it."),
			ARGS({ "attribute", sv_of(name) }, { "element", node->pub.id }));
	assert(*ret == 1);
	*ret = (int)number;
	return RC_OK;
}

/* tb:in and tb:out: name and FEEL; or from the replacements "id#in:name". */
static enum rc parse_mappings(struct builder *b, struct node *node, const char *kind, const struct mapping **ret, size_t *ret_count)
{
	struct arena *arena = b->ctx->arena;
	struct { VEC(struct mapping); } list = { 0 };
	const struct xml *extension = xml_child(node->xml, BPMN_NS, "extensionElements");
	struct sv prefix = arena_printf(arena, "%.*s#%s:", SV_FMT(node->pub.id), kind);

	for (const struct xml *m = extension ? xml_child(extension, BPMN_TB_NS, kind) : NULL; m; m = xml_next(m, BPMN_TB_NS, kind)) {
		struct mapping *mapping = VEC_PUSH(arena, &list);
		mapping->name = arena_copy(arena, xml_attr(m, "name"));
		TRY(bpmn_expr_compile(b, node->pub.id, m, xml_attr(m, "value"), &mapping->value));
	}
	for (const struct json *r = json_first(b->replace); r; r = json_next(b->replace, r)) {
		struct sv key = json_key(r);
		if (!sv_has_prefix(key, prefix))
			continue;
		struct mapping *mapping = VEC_PUSH(arena, &list);
		mapping->name = arena_copy(arena, sv_slice(key, prefix.len, key.len));
		TRY(bpmn_expr_compile(b, node->pub.id, node->xml, json_string(r), &mapping->value));
	}
	*ret = list.at;
	*ret_count = list.len;
	return RC_OK;
}

static enum rc parse_call(struct builder *b, struct node *node)
{
	struct sv called = xml_attr(node->xml, "calledElement");
	size_t colon = sv_find_byte(called, ':', 0);

	if (sv_is_empty(called))
		return bpmn_refuse(b, node->xml, N_("Call activity {element} does not say what it calls; give calledElement."),
			ARGS({ "element", node->pub.id }));
	node->called = arena_copy(b->ctx->arena, colon == SIZE_MAX ? called : sv_slice(called, colon + 1, called.len));
	TRY(parse_mappings(b, node, "in", &node->in_map, &node->in_count));
	return parse_mappings(b, node, "out", &node->out_map, &node->out_count);
}

/* Receive and send tasks name their message directly or by their operation. */
static enum rc parse_message(struct builder *b, struct node *node)
{
	struct sv ref = xml_attr(node->xml, "messageRef");
	const struct xml *message = map_get(&b->globals, ref);

	node->instantiate = bpmn_xml_flag(node->xml, "instantiate", false);
	if (sv_is_empty(ref))
		return RC_OK;
	if (!message || !xml_is(message, BPMN_NS, "message"))
		return bpmn_refuse(b, node->xml, N_("{element} refers to {target}, which the file does not define as a {kind}; define it."),
			ARGS({ "element", node->pub.id }, { "target", ref }, { "kind", SV("message") }));
	struct sv name = xml_attr(message, "name");
	node->message = arena_copy(b->ctx->arena, sv_is_absent(name) ? ref : name);
	return RC_OK;
}

static enum rc parse_own(struct builder *b, struct node *node)
{
	struct sv days = bpmn_attr(&node->pub, "days"), silence = bpmn_attr(&node->pub, "silence");
	int64_t number;

	if (!sv_is_absent(days)) {
		if (!read_count(days, 1000, &number) || number < 1)
			return bpmn_refuse(b, node->xml, N_("tb:days of {element} must be a number of working days from 1; correct it."),
				ARGS({ "element", node->pub.id }));
		node->days = (int)number;
	}
	node->silence = sv_is_absent(silence) ? SV("none") : silence;
	if (!sv_equal_z(node->silence, "consent") && !sv_equal_z(node->silence, "objection") && !sv_equal_z(node->silence, "none"))
		return bpmn_refuse(b, node->xml, N_("tb:silence of {element} must be consent, objection or none; correct it."),
			ARGS({ "element", node->pub.id }));
	if (!sv_equal_z(node->silence, "none") && (!node->days || node->pub.kind != BPMN_USER_TASK))
		return bpmn_refuse(b, node->xml, N_("tb:silence of {element} needs tb:days on a user task; add it."),
			ARGS({ "element", node->pub.id }));
	return RC_OK;
}

static enum rc parse_markers(struct builder *b, struct node *node)
{
	const struct xml *multi = xml_child(node->xml, BPMN_NS, "multiInstanceLoopCharacteristics");
	const struct xml *loop = xml_child(node->xml, BPMN_NS, "standardLoopCharacteristics");

	if (multi && loop)
		return bpmn_refuse(b, loop, N_("{element} is both a loop and multi-instance; keep one."), ARGS({ "element", node->pub.id }));
	if (multi)
		TRY(parse_multi(b, node, multi));
	if (loop)
		TRY(parse_loop(b, node, loop));
	TRY(parse_quantity(b, node, "startQuantity", &node->start_quantity));
	return parse_quantity(b, node, "completionQuantity", &node->completion_quantity);
}

enum rc bpmn_activity_parse(struct builder *b, struct node *node)
{
	const struct xml *xml = node->xml;

	if (node->pub.kind == BPMN_COMPLEX_GATEWAY)
		TRY(bpmn_expr_of(b, node->pub.id, "#activation", xml_child(xml, BPMN_NS, "activationCondition"), &node->activation));
	if (node->pub.kind == BPMN_EVENT_GATEWAY)
		node->instantiate = bpmn_xml_flag(xml, "instantiate", false);
	if (!is_activity(node->pub.kind))
		return RC_OK;
	node->for_compensation = bpmn_xml_flag(xml, "isForCompensation", false);
	TRY(parse_markers(b, node));
	TRY(parse_own(b, node));
	if (node->pub.kind == BPMN_SCRIPT_TASK)
		TRY(parse_script(b, node));
	if (node->pub.kind == BPMN_CALL_ACTIVITY)
		TRY(parse_call(b, node));
	if (node->pub.kind == BPMN_AD_HOC) {
		node->in_turn = sv_equal_z(xml_attr(xml, "ordering"), "Sequential");
		TRY(bpmn_expr_of(b, node->pub.id, "#completion", xml_child(xml, BPMN_NS, "completionCondition"), &node->done));
	}
	if (node->pub.kind == BPMN_RECEIVE_TASK || node->pub.kind == BPMN_SEND_TASK)
		TRY(parse_message(b, node));
	return RC_OK;
}
