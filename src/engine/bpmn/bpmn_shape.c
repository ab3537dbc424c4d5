/* What a file says twice must agree, and what it refers to must be of the right kind: the lists of incoming and outgoing flows,
 * gateway directions, message flows between pools, input and output sets, references of descriptive elements (chapters 8
 * to 10). None of it changes the execution, so a contradiction shows that the author meant something else than what would run. */
#include "engine/bpmn/bpmn_int.h"

#include "base/banned.h"

/* ---- flows named by their nodes ---- */

static struct sv local_name(struct sv ref)
{
	size_t colon = sv_find_byte(ref, ':', 0);

	return sv_trim(colon == SIZE_MAX ? ref : sv_slice(ref, colon + 1, ref.len));
}

static bool uses_lists(const struct bpmn_model *model)
{
	for (size_t i = 0; i < model->nodes.len; i++)
		if (xml_child(model->nodes.at[i]->xml, BPMN_NS, "incoming") || xml_child(model->nodes.at[i]->xml, BPMN_NS, "outgoing"))
			return true;
	return false;
}

/* `list` is "incoming" or "outgoing". Editors write both lists for every node, or none at all. */
static enum rc check_list(struct builder *b, const struct node *node, const char *list, struct flow *const *flows, size_t count)
{
	size_t named = 0;

	for (const struct xml *ref = xml_child(node->xml, BPMN_NS, list); ref; ref = xml_next(ref, BPMN_NS, list)) {
		bool found = false;
		for (size_t i = 0; i < count; i++)
			found |= sv_equal(flows[i]->pub.id, local_name(ref->text));
		if (!found)
			return bpmn_refuse(b, ref, N_("{element} names the flow {flow} as {list}, which it is not; correct the list."),
				ARGS({ "element", node->pub.id }, { "flow", sv_trim(ref->text) }, { "list", sv_of(list) }));
		named++;
	}
	if (named < count)
		return bpmn_refuse(b, node->xml, N_("{element} does not name all its flows as {list}; add the missing ones."),
			ARGS({ "element", node->pub.id }, { "list", sv_of(list) }));
	return RC_OK;
}

static enum rc check_direction(struct builder *b, const struct node *node)
{
	struct sv direction = xml_attr(node->xml, "gatewayDirection");
	bool good = true;

	if (sv_equal_z(direction, "Diverging"))
		good = node->in.len <= 1 && node->out.len > 1;
	else if (sv_equal_z(direction, "Converging"))
		good = node->in.len > 1 && node->out.len <= 1;
	else if (sv_equal_z(direction, "Mixed"))
		good = node->in.len > 1 && node->out.len > 1;
	if (good)
		return RC_OK;
	return bpmn_refuse(b, node->xml, N_("The flows of gateway {element} are not {direction} as it says; correct gatewayDirection."),
		ARGS({ "element", node->pub.id }, { "direction", direction }));
}

/* ---- message flows ---- */

/* What a message flow's end lies in: a process, or a pool without one; NULL: it is neither a pool nor a node. */
static const void *pool_of(struct builder *b, const struct map *ids, struct sv id)
{
	const struct node *node = map_get(&b->model->node_ids, local_name(id));
	const struct xml *xml = map_get(ids, local_name(id));

	if (node)
		return node->in_body->process;
	if (!xml || !xml_is(xml, BPMN_NS, "participant"))
		return NULL;
	const struct process *process = map_get(&b->model->process_ids, local_name(xml_attr(xml, "processRef")));
	return process ? (const void *)process : xml;
}

static bool has_message(const struct node *node)
{
	for (size_t i = 0; i < node->def_count; i++)
		if (node->defs[i].trigger == BPMN_MESSAGE)
			return true;
	return false;
}

/* A start event takes messages only, an end event sends them only, and either must be made for messages. */
static bool end_may(const struct node *node, enum bpmn_kind never, enum bpmn_kind if_message)
{
	return !node || (node->pub.kind != never && (node->pub.kind != if_message || has_message(node)));
}

static enum rc check_message_flow(struct builder *b, const struct map *ids, const struct xml *flow)
{
	struct sv source = xml_attr(flow, "sourceRef"), target = xml_attr(flow, "targetRef"), message = xml_attr(flow, "messageRef");
	const void *from = pool_of(b, ids, source), *to = pool_of(b, ids, target);
	const struct xml *sent = map_get(ids, local_name(message));

	if (!from || !to || from == to)
		return bpmn_refuse(b, flow, N_("Message flow {element} must lead from one pool to another; correct its ends."),
			ARGS({ "element", xml_attr(flow, "id") }));
	if (!end_may(map_get(&b->model->node_ids, local_name(source)), BPMN_START_EVENT, BPMN_END_EVENT)
		|| !end_may(map_get(&b->model->node_ids, local_name(target)), BPMN_END_EVENT, BPMN_START_EVENT))
		return bpmn_refuse(b, flow, N_("Message flow {element} starts or ends at an event without a message; correct its ends."),
			ARGS({ "element", xml_attr(flow, "id") }));
	if (!sv_is_absent(message) && (!sent || !xml_is(sent, BPMN_NS, "message")))
		return bpmn_refuse(b, flow, N_("Message flow {element} carries {target}, which is no message; correct messageRef."),
			ARGS({ "element", xml_attr(flow, "id") }, { "target", message }));
	return RC_OK;
}

/* ---- input and output sets ---- */

static bool set_has(const struct xml *set, const char *refs, struct sv id)
{
	for (const struct xml *ref = xml_child(set, BPMN_NS, refs); ref; ref = xml_next(ref, BPMN_NS, refs))
		if (sv_equal(local_name(ref->text), id))
			return true;
	return false;
}

static bool some_set_has(const struct xml *spec, const char *set_name, const char *refs, struct sv id)
{
	for (const struct xml *set = xml_child(spec, BPMN_NS, set_name); set; set = xml_next(set, BPMN_NS, set_name))
		if (set_has(set, refs, id))
			return true;
	return false;
}

struct side {
	const char *data, *set, *refs, *optional, *executing;
};

static enum rc check_side(struct builder *b, const struct map *ids, const struct xml *spec, const struct side *side)
{
	for (const struct xml *data = xml_child(spec, BPMN_NS, side->data); data; data = xml_next(data, BPMN_NS, side->data))
		if (!some_set_has(spec, side->set, side->refs, xml_attr(data, "id")))
			return bpmn_refuse(b, data, N_("{element} is in no set of its specification; add it to one."),
				ARGS({ "element", xml_attr(data, "id") }));
	for (const struct xml *set = xml_child(spec, BPMN_NS, side->set); set; set = xml_next(set, BPMN_NS, side->set))
		for (const struct xml *ref = xml_child(set, BPMN_NS, NULL); ref; ref = xml_next(ref, BPMN_NS, NULL)) {
			const struct xml *target = map_get(ids, local_name(ref->text));
			bool part = xml_is(ref, BPMN_NS, side->optional) || xml_is(ref, BPMN_NS, side->executing);
			bool named = xml_is(ref, BPMN_NS, side->refs) && (!target || !xml_is(target, BPMN_NS, side->data));
			if (named || (part && !set_has(set, side->refs, local_name(ref->text))))
				return bpmn_refuse(b, ref, N_("{element} does not belong to this set; correct the set."),
					ARGS({ "element", sv_trim(ref->text) }));
		}
	return RC_OK;
}

static enum rc check_io(struct builder *b, const struct map *ids, const struct xml *spec)
{
	static const struct side input = { "dataInput", "inputSet", "dataInputRefs", "optionalInputRefs", "whileExecutingInputRefs" };
	static const struct side output = { "dataOutput", "outputSet", "dataOutputRefs", "optionalOutputRefs",
		"whileExecutingOutputRefs" };

	TRY(check_side(b, ids, spec, &input));
	return check_side(b, ids, spec, &output);
}

/* ---- references by kind ---- */

static enum rc check_reference(struct builder *b, const struct map *ids, const struct xml *at, struct sv ref, const char *kind)
{
	const struct xml *target = map_get(ids, local_name(ref));

	/* A name of a type system elsewhere ("xsd:string", a structure) is not ours to check. */
	bool elsewhere = sv_find_byte(ref, ':', 0) != SIZE_MAX || sv_equal_z(sv_of(kind), "itemDefinition");
	if (sv_is_empty(ref) || (!target && elsewhere) || (target && xml_is(target, BPMN_NS, kind)))
		return RC_OK;
	return bpmn_refuse(b, at, N_("This {element} refers to {target}, which is no {kind}; correct the reference."),
		ARGS({ "element", at->name }, { "target", ref }, { "kind", sv_of(kind) }));
}

static enum rc check_references(struct builder *b, const struct map *ids, const struct xml *xml)
{
	static const struct {
		const char *element, *attribute, *child, *kind;
	} refs[] = {
		{ "message", "itemRef", NULL, "itemDefinition" }, { "property", "itemSubjectRef", NULL, "itemDefinition" },
		{ "dataObject", "itemSubjectRef", NULL, "itemDefinition" }, { "dataInput", "itemSubjectRef", NULL, "itemDefinition" },
		{ "dataOutput", "itemSubjectRef", NULL, "itemDefinition" }, { "process", "definitionalCollaborationRef", NULL, "collaboration" },
		{ "dataObjectReference", "dataObjectRef", NULL, "dataObject" }, { "participant", NULL, "interfaceRef", "interface" },
		{ "participant", "processRef", NULL, "process" }, { "operation", NULL, "inMessageRef", "message" },
		{ "operation", NULL, "outMessageRef", "message" }, { "operation", NULL, "errorRef", "error" },
		{ "error", "structureRef", NULL, "itemDefinition" }, { "signal", "structureRef", NULL, "itemDefinition" },
		{ "escalation", "structureRef", NULL, "itemDefinition" }, { "messageEventDefinition", NULL, "operationRef", "operation" },
	};

	for (size_t i = 0; i < sizeof(refs) / sizeof(refs[0]); i++) {
		if (!xml_is(xml, BPMN_NS, refs[i].element))
			continue;
		const struct xml *child = refs[i].child ? xml_child(xml, BPMN_NS, refs[i].child) : NULL;
		struct sv ref = refs[i].attribute ? xml_attr(xml, refs[i].attribute) : child ? sv_trim(child->text) : (struct sv){ 0 };
		TRY(check_reference(b, ids, child ? child : xml, ref, refs[i].kind));
	}
	return RC_OK;
}

/* ---- the walk ---- */

static void collect_ids(struct builder *b, struct map *ids, const struct xml *xml)
{
	struct sv id = xml_attr(xml, "id");

	if (!sv_is_empty(id) && !map_has(ids, id))
		map_put(b->ctx->arena, ids, id, (void *)xml);
	for (const struct xml *child = xml_child(xml, BPMN_NS, NULL); child; child = xml_next(child, BPMN_NS, NULL))
		collect_ids(b, ids, child);
}

static enum rc check_elements(struct builder *b, const struct map *ids, const struct xml *xml)
{
	TRY(check_references(b, ids, xml));
	if (xml_is(xml, BPMN_NS, "messageFlow"))
		TRY(check_message_flow(b, ids, xml));
	if (xml_is(xml, BPMN_NS, "ioSpecification"))
		TRY(check_io(b, ids, xml));
	for (const struct xml *child = xml_child(xml, BPMN_NS, NULL); child; child = xml_next(child, BPMN_NS, NULL))
		TRY(check_elements(b, ids, child));
	return RC_OK;
}

enum rc bpmn_check_shape(struct builder *b)
{
	bool lists = uses_lists(b->model);
	struct map ids = { 0 };

	for (size_t i = 0; i < b->model->nodes.len; i++) {
		const struct node *node = b->model->nodes.at[i];
		TRY(check_direction(b, node));
		if (!lists)
			continue;
		TRY(check_list(b, node, "incoming", node->in.at, node->in.len));
		TRY(check_list(b, node, "outgoing", node->out.at, node->out.len));
	}
	collect_ids(b, &ids, b->root);
	return check_elements(b, &ids, b->root);
}
