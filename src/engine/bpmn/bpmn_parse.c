/* From XML to the model: processes, sub-processes, lanes, nodes and flows.
 *
 * Elements of the BPMN namespace are either understood, known to be mere description (documentation, artifacts, shapes),
 * or refused. Elements and attributes of other namespaces are hints of other tools and are passed over, except ours.
 * References are resolved afterwards (bpmn_link.c), since BPMN lets them point forward.
 */
#include "engine/bpmn/bpmn_int.h"

#include "base/banned.h"

static const char *const kind_names[] = {
#define X(kind, name) [kind] = name,
	BPMN_KIND_TABLE(X)
#undef X
};

const char *bpmn_kind_name(enum bpmn_kind kind)
{
	return kind_names[kind];
}

enum rc bpmn_refuse(struct builder *b, const struct xml *at, const char *msgid, const struct text_arg *args)
{
	return fail_at(b->ctx, RC_INVALID, b->file, at->line, msgid, args);
}

bool bpmn_xml_flag(const struct xml *element, const char *name, bool otherwise)
{
	struct sv value = xml_attr(element, name);

	return sv_is_absent(value) ? otherwise : sv_equal_z(value, "true") || sv_equal_z(value, "1");
}

/* Attributes of the tb namespace; the list is in the arena. */
static size_t tb_attributes(struct builder *b, const struct xml *element, const struct bpmn_attribute **ret)
{
	struct { VEC(struct bpmn_attribute); } list = { 0 };

	for (size_t i = 0; i < element->attribute_count; i++) {
		const struct xml_attribute *attribute = &element->attributes[i];
		if (sv_equal_z(attribute->ns, BPMN_TB_NS))
			*VEC_PUSH(b->ctx->arena, &list) = (struct bpmn_attribute){
				arena_copy(b->ctx->arena, attribute->name), arena_copy(b->ctx->arena, attribute->value) };
	}
	*ret = list.at;
	return list.len;
}

static struct sv copied(struct builder *b, struct sv text)
{
	return sv_is_absent(text) ? text : arena_copy(b->ctx->arena, text);
}

static bool is_one_of(struct sv name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (sv_equal_z(name, names[i]))
			return true;
	return false;
}

/* Elements that describe and don't execute. */
static bool is_description(struct sv name)
{
	static const char *const names[] = {
		"documentation", "extensionElements", "textAnnotation", "group", "association", "category", "incoming", "outgoing",
		"auditing", "monitoring", "property", "dataObject", "dataObjectReference", "dataStoreReference", "ioSpecification",
		"dataInputAssociation", "dataOutputAssociation", "dataOutput", "dataInput", "outputSet", "inputSet", "potentialOwner",
		"humanPerformer", "performer", "resourceRole", "supportedInterfaceRef", "ioBinding", "correlationSubscription",
		"laneSet", "rendering",
	};

	return is_one_of(name, names, sizeof(names) / sizeof(names[0]));
}

static bool find_kind(struct sv name, enum bpmn_kind *ret)
{
	for (size_t i = 0; i < sizeof(kind_names) / sizeof(kind_names[0]); i++)
		if (sv_equal_z(name, kind_names[i])) {
			*ret = (enum bpmn_kind)i;
			return true;
		}
	return false;
}

/* ---- flows and nodes ---- */

static enum rc parse_flow(struct builder *b, const struct xml *xml)
{
	struct arena *arena = b->ctx->arena;
	struct flow *flow = ARENA_NEW(arena, struct flow);
	struct sv id = xml_attr(xml, "id"), source = xml_attr(xml, "sourceRef"), target = xml_attr(xml, "targetRef");
	const struct xml *condition = xml_child(xml, BPMN_NS, "conditionExpression");
	struct sv key = sv_is_empty(id) ? arena_printf(arena, "%.*s->%.*s", SV_FMT(source), SV_FMT(target)) : copied(b, id);

	flow->pub.id = key;
	flow->pub.name = copied(b, xml_attr(xml, "name"));
	flow->pub.line = xml->line;
	flow->pub.attribute_count = tb_attributes(b, xml, &flow->pub.attributes);
	flow->index = (uint32_t)b->model->flows.len;
	flow->source = map_get(&b->model->node_ids, source);
	flow->target = map_get(&b->model->node_ids, target);
	if (!flow->source || !flow->target)
		return bpmn_refuse(b, xml, N_("Flow {element} leads from or to an element that is not there; correct its ends."),
			ARGS({ "element", key }));
	if (flow->source->in_body != flow->target->in_body)
		return bpmn_refuse(b, xml, N_("Flow {element} crosses the border of a sub-process; end it inside."),
			ARGS({ "element", key }));
	TRY(bpmn_expr_of(b, key, "", condition, &flow->pub.condition));
	flow->pub.source = &flow->source->pub;
	flow->pub.target = &flow->target->pub;
	*VEC_PUSH(arena, &flow->source->out) = flow;
	*VEC_PUSH(arena, &flow->target->in) = flow;
	*VEC_PUSH(arena, &b->model->flows) = flow;
	return RC_OK;
}

static enum rc parse_body(struct builder *b, struct body *body, const struct xml *xml);

static bool has_body(enum bpmn_kind kind)
{
	return kind == BPMN_SUB_PROCESS || kind == BPMN_TRANSACTION || kind == BPMN_AD_HOC;
}

static enum rc parse_sub_process(struct builder *b, struct node *node)
{
	node->body = ARENA_NEW(b->ctx->arena, struct body);
	node->body->process = node->in_body->process;
	node->body->owner = node;
	node->pub.event_sub_process = bpmn_xml_flag(node->xml, "triggeredByEvent", false);
	return parse_body(b, node->body, node->xml);
}

static enum rc parse_node(struct builder *b, struct body *body, const struct xml *xml, enum bpmn_kind kind)
{
	struct arena *arena = b->ctx->arena;
	struct node *node = ARENA_NEW(arena, struct node);
	struct sv id = xml_attr(xml, "id");

	if (sv_is_empty(id))
		return bpmn_refuse(b, xml, N_("This {kind} has no id; give it one."), ARGS({ "kind", xml->name }));
	if (b->model->nodes.len == BPMN_MAX_NODES)
		return bpmn_refuse(b, xml, N_("The model has too many elements; split it with call activities."), NULL);
	node->xml = xml;
	node->in_body = body;
	node->index = (uint32_t)b->model->nodes.len;
	node->pub = (struct bpmn_node){
		.kind = kind,
		.id = copied(b, id),
		.name = copied(b, xml_attr(xml, "name")),
		.parent = body->owner ? &body->owner->pub : NULL,
		.interrupting = true,
		.line = xml->line,
	};
	node->pub.attribute_count = tb_attributes(b, xml, &node->pub.attributes);
	node->start_quantity = node->completion_quantity = 1;
	*VEC_PUSH(arena, &b->model->nodes) = node;
	*VEC_PUSH(arena, &body->nodes) = node;
	if (!map_put(arena, &b->model->node_ids, node->pub.id, node))
		return bpmn_refuse(b, xml, N_("The id {element} is used twice; ids must be unique."), ARGS({ "element", id }));
	return has_body(kind) ? parse_sub_process(b, node) : RC_OK;
}

/* Children of a node that node itself or its sub-process doesn't take; anything else is not executed, so refused. */
static bool is_part_of_node(const struct node *node, const struct xml *child)
{
	static const char *const parts[] = {
		"multiInstanceLoopCharacteristics", "standardLoopCharacteristics", "script", "eventDefinitionRef",
		"activationCondition", "completionCondition",
	};

	if (bpmn_event_is_definition(child) || is_one_of(child->name, parts, sizeof(parts) / sizeof(parts[0])))
		return true;
	enum bpmn_kind kind;
	return node->body && (find_kind(child->name, &kind) || sv_equal_z(child->name, "sequenceFlow"));
}

static enum rc check_children(struct builder *b, const struct node *node)
{
	for (const struct xml *child = xml_child(node->xml, BPMN_NS, NULL); child; child = xml_next(child, BPMN_NS, NULL))
		if (!is_description(child->name) && !is_part_of_node(node, child))
			return bpmn_refuse(b, child, N_("{element} holds a {kind}, which is not executed here; remove it."),
				ARGS({ "element", node->pub.id }, { "kind", child->name }));
	return RC_OK;
}

static enum rc parse_body(struct builder *b, struct body *body, const struct xml *xml)
{
	enum bpmn_kind kind;

	for (const struct xml *child = xml_child(xml, BPMN_NS, NULL); child; child = xml_next(child, BPMN_NS, NULL)) {
		if (find_kind(child->name, &kind))
			TRY(parse_node(b, body, child, kind));
		else if (sv_equal_z(child->name, "association"))
			*VEC_PUSH(b->ctx->arena, &b->associations) = child;
	}
	for (const struct xml *child = xml_child(xml, BPMN_NS, "sequenceFlow"); child; child = xml_next(child, BPMN_NS, "sequenceFlow"))
		TRY(parse_flow(b, child));
	return RC_OK;
}

/* ---- lanes ---- */

static enum rc parse_lane_set(struct builder *b, const struct xml *set, const struct bpmn_lane *parent);

static enum rc parse_lane(struct builder *b, const struct xml *xml, const struct bpmn_lane *parent)
{
	struct bpmn_lane *lane = ARENA_NEW(b->ctx->arena, struct bpmn_lane);

	*lane = (struct bpmn_lane){
		.id = copied(b, xml_attr(xml, "id")), .name = copied(b, xml_attr(xml, "name")), .parent = parent, .line = xml->line };
	lane->attribute_count = tb_attributes(b, xml, &lane->attributes);
	*VEC_PUSH(b->ctx->arena, &b->model->lanes) = lane;
	for (const struct xml *ref = xml_child(xml, BPMN_NS, "flowNodeRef"); ref; ref = xml_next(ref, BPMN_NS, "flowNodeRef")) {
		struct node *node = map_get(&b->model->node_ids, sv_trim(ref->text));
		if (!node)
			return bpmn_refuse(b, ref, N_("Lane {lane} names {element}, which is not there; correct the lane."),
				ARGS({ "lane", lane->name }, { "element", sv_trim(ref->text) }));
		node->pub.lane = lane;
	}
	const struct xml *inner = xml_child(xml, BPMN_NS, "childLaneSet");
	return inner ? parse_lane_set(b, inner, lane) : RC_OK;
}

static enum rc parse_lane_set(struct builder *b, const struct xml *set, const struct bpmn_lane *parent)
{
	for (const struct xml *lane = xml_child(set, BPMN_NS, "lane"); lane; lane = xml_next(lane, BPMN_NS, "lane"))
		TRY(parse_lane(b, lane, parent));
	return RC_OK;
}

/* ---- processes ---- */

static enum rc check_process_children(struct builder *b, const struct xml *xml)
{
	enum bpmn_kind kind;

	for (const struct xml *child = xml_child(xml, BPMN_NS, NULL); child; child = xml_next(child, BPMN_NS, NULL))
		if (!find_kind(child->name, &kind) && !is_description(child->name) && !sv_equal_z(child->name, "sequenceFlow"))
			return bpmn_refuse(b, child, N_("A process can't hold a {kind} here; remove it."), ARGS({ "kind", child->name }));
	return RC_OK;
}

static enum rc parse_process(struct builder *b, const struct xml *xml)
{
	struct process *process = ARENA_NEW(b->ctx->arena, struct process);
	struct sv id = xml_attr(xml, "id");

	if (sv_is_empty(id))
		return bpmn_refuse(b, xml, N_("This process has no id; give it one."), NULL);
	*process = (struct process){
		.id = copied(b, id),
		.name = copied(b, xml_attr(xml, "name")),
		.file = b->model->file,
		.line = xml->line,
		.executable = bpmn_xml_flag(xml, "isExecutable", true),
		.model = b->model,
	};
	process->body.process = process;
	if (!map_put(b->ctx->arena, &b->model->process_ids, process->id, process))
		return bpmn_refuse(b, xml, N_("The id {element} is used twice; ids must be unique."), ARGS({ "element", id }));
	*VEC_PUSH(b->ctx->arena, &b->model->processes) = process;
	TRY(check_process_children(b, xml));
	TRY(parse_body(b, &process->body, xml));
	for (const struct xml *set = xml_child(xml, BPMN_NS, "laneSet"); set; set = xml_next(set, BPMN_NS, "laneSet"))
		TRY(parse_lane_set(b, set, NULL));
	return RC_OK;
}

/* A global script task is a process of one task, so that a call activity may call it (section 10.2.6). */
static enum rc parse_global_script(struct builder *b, const struct xml *xml)
{
	struct process *process = ARENA_NEW(b->ctx->arena, struct process);
	struct sv id = copied(b, xml_attr(xml, "id"));

	*process = (struct process){ .id = id, .file = b->model->file, .line = xml->line, .model = b->model };
	process->body.process = process;
	if (!map_put(b->ctx->arena, &b->model->process_ids, id, process))
		return bpmn_refuse(b, xml, N_("The id {element} is used twice; ids must be unique."), ARGS({ "element", id }));
	*VEC_PUSH(b->ctx->arena, &b->model->processes) = process;
	return parse_node(b, &process->body, xml, BPMN_SCRIPT_TASK);
}

static enum rc parse_root_element(struct builder *b, const struct xml *xml)
{
	static const char *const known[] = {
		"message", "signal", "error", "escalation", "itemDefinition", "interface", "collaboration", "dataStore", "category",
		"documentation", "extensionElements", "import", "resource", "relationship", "extension", "endPoint",
	};
	struct sv id = xml_attr(xml, "id");

	if (!sv_is_empty(id) && !map_put(b->ctx->arena, &b->globals, id, (void *)xml))
		return bpmn_refuse(b, xml, N_("The id {element} is used twice; ids must be unique."), ARGS({ "element", id }));
	if (sv_equal_z(xml->name, "process"))
		return parse_process(b, xml);
	if (sv_equal_z(xml->name, "globalScriptTask"))
		return parse_global_script(b, xml);
	if (bpmn_event_is_definition(xml) || is_one_of(xml->name, known, sizeof(known) / sizeof(known[0])))
		return RC_OK;
	return bpmn_refuse(b, xml, N_("{kind} is not executed here; remove it from the model."), ARGS({ "kind", xml->name }));
}

static enum rc build(struct builder *b)
{
	if (!xml_is(b->root, BPMN_NS, "definitions"))
		return bpmn_refuse(b, b->root, N_("This is not a BPMN 2.0 file: its root is not \"definitions\" of the BPMN namespace."),
			NULL);
	for (const struct xml *child = xml_child(b->root, BPMN_NS, NULL); child; child = xml_next(child, BPMN_NS, NULL))
		TRY(parse_root_element(b, child));
	if (b->model->processes.len == 0)
		return bpmn_refuse(b, b->root, N_("The file has no process; draw one."), NULL);
	for (size_t i = 0; i < b->model->nodes.len; i++) {
		struct node *node = b->model->nodes.at[i];
		if (!sv_equal_z(node->xml->name, "globalScriptTask"))
			TRY(check_children(b, node));
		TRY(bpmn_events_parse(b, node));
		TRY(bpmn_activity_parse(b, node));
	}
	TRY(bpmn_link_model(b));
	return bpmn_check_shape(b);
}

enum rc bpmn_parse_foreign(struct ctx *ctx, struct sv name, struct sv text, const struct json *replace,
	const struct bpmn_model **ret)
{
	struct bpmn_model *model = ARENA_NEW(ctx->arena, struct bpmn_model);
	struct builder b = { .ctx = ctx, .file = arena_copy(ctx->arena, name), .replace = replace, .foreign = replace != NULL, .model = model };
	struct xml *root;

	model->file = b.file;
	TRY(xml_parse(ctx, name, text, &root));
	b.root = root;
	TRY(build(&b));
	*ret = model;
	return RC_OK;
}

enum rc bpmn_parse(struct ctx *ctx, struct sv name, struct sv text, const struct bpmn_model **ret)
{
	return bpmn_parse_foreign(ctx, name, text, NULL, ret);
}

enum rc bpmn_join(struct ctx *ctx, const struct bpmn_model *const *models, size_t count, const struct bpmn_model **ret)
{
	struct bpmn_model *joined = ARENA_NEW(ctx->arena, struct bpmn_model);

	for (size_t i = 0; i < count; i++) {
		for (size_t p = 0; p < models[i]->processes.len; p++) {
			struct process *process = models[i]->processes.at[p];
			if (!map_put(ctx->arena, &joined->process_ids, process->id, process))
				return fail_at(ctx, RC_CONFLICT, process->file, process->line,
					N_("The process id {element} is in two files; rename one."), ARGS({ "element", process->id }));
			*VEC_PUSH(ctx->arena, &joined->processes) = process;
		}
		for (size_t n = 0; n < models[i]->nodes.len; n++) {
			*VEC_PUSH(ctx->arena, &joined->nodes) = models[i]->nodes.at[n];
			map_put(ctx->arena, &joined->node_ids, models[i]->nodes.at[n]->pub.id, models[i]->nodes.at[n]);
		}
	}
	for (size_t i = 0; i < count; i++)
		joined->has_conditions |= models[i]->has_conditions;
	if (count > 0)
		joined->file = models[0]->file;
	*ret = joined;
	return RC_OK;
}
