/* Event definitions: what an event waits for or throws (section 10.4). */
#include "engine/bpmn/bpmn_int.h"

#include "base/banned.h"

static const struct {
	const char *element;
	enum bpmn_trigger trigger;
} definitions[] = {
	{ "timerEventDefinition", BPMN_TIMER }, { "messageEventDefinition", BPMN_MESSAGE },
	{ "signalEventDefinition", BPMN_SIGNAL }, { "errorEventDefinition", BPMN_ERROR },
	{ "escalationEventDefinition", BPMN_ESCALATION }, { "conditionalEventDefinition", BPMN_CONDITION },
	{ "compensateEventDefinition", BPMN_COMPENSATION }, { "cancelEventDefinition", BPMN_CANCEL_TRIGGER },
	{ "terminateEventDefinition", BPMN_TERMINATE }, { "linkEventDefinition", BPMN_LINK },
};

static bool find_trigger(struct sv name, enum bpmn_trigger *ret)
{
	for (size_t i = 0; i < sizeof(definitions) / sizeof(definitions[0]); i++)
		if (sv_equal_z(name, definitions[i].element)) {
			*ret = definitions[i].trigger;
			return true;
		}
	return false;
}

bool bpmn_event_is_definition(const struct xml *element)
{
	enum bpmn_trigger trigger;

	return find_trigger(element->name, &trigger);
}

/* A reference may carry a namespace prefix ("tns:signal1"). */
static const struct xml *global(struct builder *b, struct sv ref, const char *kind)
{
	const struct xml *found = map_get(&b->globals, ref);
	size_t colon = sv_find_byte(ref, ':', 0);

	if (!found && colon != SIZE_MAX)
		found = map_get(&b->globals, sv_slice(ref, colon + 1, ref.len));
	return found && xml_is(found, BPMN_NS, kind) ? found : NULL;
}

/* The name by which the outside knows a message, signal, error or escalation. */
static enum rc named_ref(struct builder *b, struct sv id, const struct xml *at, const char *attribute, const char *kind,
	const char *name, struct sv *ret)
{
	struct sv ref = xml_attr(at, attribute);
	const struct xml *target = global(b, ref, kind);

	if (!target)
		return bpmn_refuse(b, at, N_("{element} refers to {target}, which the file does not define as a {kind}; define it."),
			ARGS({ "element", id }, { "target", ref }, { "kind", sv_of(kind) }));
	struct sv text = xml_attr(target, name);
	if (sv_is_absent(text) && (sv_equal_z(sv_of(kind), "message") || sv_equal_z(sv_of(kind), "signal")))
		text = xml_attr(target, "id");
	*ret = sv_is_absent(text) ? SV("") : arena_copy(b->ctx->arena, text);
	return RC_OK;
}

static enum rc parse_reference(struct builder *b, struct sv id, const struct xml *xml, struct event_def *def)
{
	static const struct {
		enum bpmn_trigger trigger;
		const char *attribute, *kind, *name;
		bool needed;
	} refs[] = {
		{ BPMN_MESSAGE, "messageRef", "message", "name", true },
		{ BPMN_SIGNAL, "signalRef", "signal", "name", true },
		{ BPMN_ERROR, "errorRef", "error", "errorCode", false },
		{ BPMN_ESCALATION, "escalationRef", "escalation", "escalationCode", false },
	};

	for (size_t i = 0; i < sizeof(refs) / sizeof(refs[0]); i++) {
		if (def->trigger != refs[i].trigger || (sv_is_empty(xml_attr(xml, refs[i].attribute)) && !refs[i].needed))
			continue;
		return named_ref(b, id, xml, refs[i].attribute, refs[i].kind, refs[i].name, &def->name);
	}
	return RC_OK;
}

enum rc bpmn_event_def_parse(struct builder *b, struct sv id, const struct xml *xml, struct event_def *ret)
{
	struct event_def def = { .line = xml->line, .name = SV("") };

	if (!find_trigger(xml->name, &def.trigger))
		return bpmn_refuse(b, xml, N_("{element} has an unknown trigger; correct it."), ARGS({ "element", id }));
	TRY(parse_reference(b, id, xml, &def));
	if (def.trigger == BPMN_TIMER)
		TRY(bpmn_timing_parse(b, id, xml, &def.timing));
	if (def.trigger == BPMN_LINK)
		def.name = arena_copy(b->ctx->arena, xml_attr(xml, "name"));
	if (def.trigger == BPMN_COMPENSATION)
		def.activity_id = xml_attr(xml, "activityRef");
	if (def.trigger == BPMN_CONDITION) {
		const struct xml *condition = xml_child(xml, BPMN_NS, "condition");
		TRY(bpmn_expr_of(b, id, "", condition, &def.condition));
		b->model->has_conditions = true;
		if (!def.condition)
			return bpmn_refuse(b, xml, N_("Event {element} has no condition; write it."), ARGS({ "element", id }));
	}
	*ret = def;
	return RC_OK;
}

static bool is_event(enum bpmn_kind kind)
{
	return kind <= BPMN_BOUNDARY_EVENT;
}

static enum rc add_def(struct builder *b, struct node *node, const struct xml *xml, size_t *cap)
{
	if (node->def_count == *cap)
		node->defs = vec_grow(b->ctx->arena, node->defs, cap, sizeof(*node->defs));
	TRY(bpmn_event_def_parse(b, node->pub.id, xml, &node->defs[node->def_count]));
	node->def_count++;
	return RC_OK;
}

enum rc bpmn_events_parse(struct builder *b, struct node *node)
{
	size_t cap = 0;

	if (!is_event(node->pub.kind))
		return RC_OK;
	for (const struct xml *child = xml_child(node->xml, BPMN_NS, NULL); child; child = xml_next(child, BPMN_NS, NULL)) {
		const struct xml *definition = child;
		if (sv_equal_z(child->name, "eventDefinitionRef")) {
			definition = map_get(&b->globals, sv_trim(child->text));
			if (!definition || !bpmn_event_is_definition(definition))
				return bpmn_refuse(b, child, N_("{element} refers to {target}, which is no event definition; define it."),
					ARGS({ "element", node->pub.id }, { "target", sv_trim(child->text) }));
		}
		if (bpmn_event_is_definition(definition))
			TRY(add_def(b, node, definition, &cap));
	}
	if (node->def_count > 0)
		node->pub.trigger = node->def_count > 1 ? BPMN_MULTIPLE : node->defs[0].trigger;
	node->parallel_multiple = bpmn_xml_flag(node->xml, "parallelMultiple", false);
	node->pub.interrupting = bpmn_xml_flag(node->xml, node->pub.kind == BPMN_BOUNDARY_EVENT ? "cancelActivity" : "isInterrupting", true);
	return RC_OK;
}
