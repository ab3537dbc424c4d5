/* OpenAPI 3.1 from the route table: paths, permissions, inputs as JSON Schema, and answers as the view's shape. What the
 * document says is what the guard does, because both read the same descriptions. */
#include "base/locale.h"
#include "base/site.h"
#include "http/server_int.h"

#include "base/banned.h"

enum { MAX_SHAPE_DEPTH = 8 };

struct doc {
	struct ctx *ctx;
	const struct server_config *config;
	struct json_out out;
};

static void member(struct doc *doc, const char *key, const char *text)
{
	json_out_member(&doc->out, sv_of(key), sv_of(text));
}

static void open_member(struct doc *doc, const char *key)
{
	json_out_key(&doc->out, sv_of(key));
	json_out_object(&doc->out);
}

static void end(struct doc *doc)
{
	json_out_object_end(&doc->out);
}

/* --- inputs --- */

static const char *kind_type(enum input_kind kind)
{
	switch (kind) {
#define X(name, type, schema, format) case INPUT_##name: return schema;
		INPUT_KINDS(X)
#undef X
	}
	return "string";
}

static const char *kind_format(enum input_kind kind)
{
	switch (kind) {
#define X(name, type, schema, format) case INPUT_##name: return format;
		INPUT_KINDS(X)
#undef X
	}
	return NULL;
}

static void limits(struct doc *doc, const struct input_field *field)
{
	bool is_text = field->kind == INPUT_TEXT || field->kind == INPUT_LONG_TEXT || field->kind == INPUT_SECRET;
	bool is_list = field->kind == INPUT_TEXTS || field->kind == INPUT_FILES;
	bool is_number = field->kind == INPUT_INT;

	if (!is_text && !is_list && !is_number)
		return;
	const char *low = is_text ? "minLength" : is_list ? "minItems" : "minimum";
	const char *high = is_text ? "maxLength" : is_list ? "maxItems" : "maximum";
	if (field->min)
		json_out_member_i64(&doc->out, sv_of(low), field->min);
	if (field->max)
		json_out_member_i64(&doc->out, sv_of(high), field->max);
}

static void choices(struct doc *doc, const struct input_field *field)
{
	bool is_text = field->kind == INPUT_CHOICE || field->kind == INPUT_TEXTS || field->kind == INPUT_TEXT;

	if (!field->choices || !is_text)
		return;
	json_out_key(&doc->out, SV("enum"));
	json_out_array(&doc->out);
	for (const char *const *choice = field->choices; *choice; choice++)
		json_out_string(&doc->out, sv_of(*choice));
	json_out_array_end(&doc->out);
}

static void input_schema(struct doc *doc, const struct input_field *field)
{
	json_out_object(&doc->out);
	if (field->kind != INPUT_JSON)
		member(doc, "type", kind_type(field->kind));
	if (field->kind == INPUT_TEXTS || field->kind == INPUT_FILES) {
		open_member(doc, "items");
		member(doc, "type", "string");
		choices(doc, field);
		end(doc);
	} else {
		if (kind_format(field->kind))
			member(doc, "format", kind_format(field->kind));
		choices(doc, field);
	}
	limits(doc, field);
	end(doc);
}

static void parameters(struct doc *doc, const struct route *route)
{
	json_out_key(&doc->out, SV("parameters"));
	json_out_array(&doc->out);
	for (size_t i = 0; i < route->input->count; i++) {
		const struct input_field *field = &route->input->fields[i];
		enum input_source source = input_source_of(route, field);
		if (source == FROM_BODY)
			continue;
		json_out_object(&doc->out);
		member(doc, "name", field->name);
		member(doc, "in", source == FROM_PATH ? "path" : "query");
		json_out_key(&doc->out, SV("required"));
		json_out_bool(&doc->out, source == FROM_PATH || field->required);
		json_out_key(&doc->out, SV("schema"));
		input_schema(doc, field);
		end(doc);
	}
	json_out_array_end(&doc->out);
}

static void body_schema(struct doc *doc, const struct route *route)
{
	open_member(doc, "schema");
	member(doc, "type", "object");
	open_member(doc, "properties");
	for (size_t i = 0; i < route->input->count; i++) {
		const struct input_field *field = &route->input->fields[i];
		if (input_source_of(route, field) != FROM_BODY || field->name[0] == '\0')
			continue;
		json_out_key(&doc->out, sv_of(field->name));
		input_schema(doc, field);
	}
	end(doc);
	json_out_key(&doc->out, SV("required"));
	json_out_array(&doc->out);
	for (size_t i = 0; i < route->input->count; i++)
		if (route->input->fields[i].required && input_source_of(route, &route->input->fields[i]) == FROM_BODY
			&& route->input->fields[i].name[0])
			json_out_string(&doc->out, sv_of(route->input->fields[i].name));
	json_out_array_end(&doc->out);
	end(doc);
}

static void request_body(struct doc *doc, const struct route *route)
{
	static const char *const types[] = { "application/json", "application/x-www-form-urlencoded", "multipart/form-data" };
	size_t first = route->body == BODY_UPLOAD ? 2 : 0, last = route->body == BODY_JSON ? 1 : route->body == BODY_FORM ? 2 : 3;

	if (route->body == BODY_NONE)
		return;
	open_member(doc, "requestBody");
	open_member(doc, "content");
	for (size_t i = first; i < last; i++) {
		open_member(doc, types[i]);
		body_schema(doc, route);
		end(doc);
	}
	end(doc);
	end(doc);
}

/* --- answers --- */

static void shape_schema(struct doc *doc, const struct html_shape *shape, unsigned depth);

static void type_schema(struct doc *doc, enum html_type type, const struct html_shape *shape, unsigned depth)
{
	static const char *const names[] = {
		[HTML_TEXT] = "string", [HTML_URL] = "string", [HTML_DECIMAL] = "string", [HTML_INT] = "integer",
		[HTML_BOOL] = "boolean", [HTML_DAY] = "string", [HTML_TIME] = "string", [HTML_MONEY] = "integer",
		[HTML_ID] = "string", [HTML_SAFE] = "string", [HTML_LIST] = "array", [HTML_OBJECT] = "object",
	};

	if (type == HTML_OBJECT && shape && depth < MAX_SHAPE_DEPTH) {
		shape_schema(doc, shape, depth + 1);
		return;
	}
	json_out_object(&doc->out);
	member(doc, "type", names[type]);
	if (type == HTML_DAY || type == HTML_TIME)
		member(doc, "format", type == HTML_DAY ? "date" : "date-time");
	end(doc);
}

static void shape_schema(struct doc *doc, const struct html_shape *shape, unsigned depth)
{
	json_out_object(&doc->out);
	member(doc, "type", "object");
	open_member(doc, "properties");
	for (size_t i = 0; i < shape->count; i++) {
		const struct html_member *m = &shape->members[i];
		json_out_key(&doc->out, sv_of(m->name));
		if (m->type != HTML_LIST) {
			type_schema(doc, m->type, m->shape, depth);
			continue;
		}
		json_out_object(&doc->out);
		member(doc, "type", "array");
		json_out_key(&doc->out, SV("items"));
		type_schema(doc, m->element, m->shape, depth);
		end(doc);
	}
	end(doc);
	end(doc);
}

static void responses(struct doc *doc, const struct route *route)
{
	bool is_get = strcmp(route->method, "GET") == 0;

	open_member(doc, "responses");
	open_member(doc, is_get || route->view || (route->flags & ROUTE_READS) ? "200" : "303");
	member(doc, "description", is_get ? "The page, or its data" : "Done; Location says where to look");
	if (route->view) {
		open_member(doc, "content");
		open_member(doc, "application/json");
		json_out_key(&doc->out, SV("schema"));
		shape_schema(doc, route->view->shape, 0);
		end(doc);
		end(doc);
	}
	end(doc);
	open_member(doc, "default");
	member(doc, "description", "What went wrong");
	open_member(doc, "content");
	open_member(doc, "application/problem+json");
	open_member(doc, "schema");
	member(doc, "$ref", "#/components/schemas/problem");
	for (int i = 0; i < 5; i++)
		end(doc);
}

/* --- operations --- */

static void operation(struct doc *doc, const struct module *module, const struct route *route)
{
	char method[8];
	unsigned permission = route->permission - 1;
	const char *code = permission >= PERMISSION_FIRST ? doc->config->hooks.permission_code(permission) : NULL;

	for (size_t i = 0; i < sizeof(method); i++) {
		method[i] = route->method[i] ? (char)(route->method[i] | 32) : '\0';
		if (!method[i])
			break;
	}
	open_member(doc, method);
	if (route->summary)
		json_out_member(&doc->out, SV("summary"), tr(doc->ctx, route->summary));
	json_out_key(&doc->out, SV("tags"));
	json_out_array(&doc->out);
	json_out_string(&doc->out, sv_of(module->name));
	json_out_array_end(&doc->out);
	if (code)
		member(doc, "x-permission", code);
	json_out_key(&doc->out, SV("security"));
	json_out_array(&doc->out);
	if (permission != PERMISSION_PUBLIC) {
		json_out_object(&doc->out);
		json_out_key(&doc->out, SV("session"));
		json_out_array(&doc->out);
		json_out_array_end(&doc->out);
		json_out_object_end(&doc->out);
	}
	json_out_array_end(&doc->out);
	parameters(doc, route);
	request_body(doc, route);
	responses(doc, route);
	end(doc);
}

/* Has an earlier route the same path? Then its methods were printed there. */
static bool is_first_of_path(const struct server_config *config, const struct route *route)
{
	for (size_t m = 0; m < config->module_count; m++)
		for (size_t i = 0; i < config->modules[m]->route_count; i++) {
			const struct route *other = &config->modules[m]->routes[i];
			if (other == route)
				return true;
			if (strcmp(other->path, route->path) == 0)
				return false;
		}
	return true;
}

static void path_item(struct doc *doc, const char *path)
{
	json_out_key(&doc->out, sv_of(path));
	json_out_object(&doc->out);
	for (size_t m = 0; m < doc->config->module_count; m++)
		for (size_t i = 0; i < doc->config->modules[m]->route_count; i++)
			if (strcmp(doc->config->modules[m]->routes[i].path, path) == 0)
				operation(doc, doc->config->modules[m], &doc->config->modules[m]->routes[i]);
	end(doc);
}

static void components(struct doc *doc)
{
	static const char *const texts[] = { "type", "title", "detail", "instance", "trace" };

	open_member(doc, "components");
	open_member(doc, "securitySchemes");
	open_member(doc, "session");
	member(doc, "type", "http");
	member(doc, "scheme", "bearer");
	end(doc);
	end(doc);
	open_member(doc, "schemas");
	open_member(doc, "problem");
	member(doc, "description", "RFC 9457");
	member(doc, "type", "object");
	open_member(doc, "properties");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		open_member(doc, texts[i]);
		member(doc, "type", "string");
		end(doc);
	}
	open_member(doc, "status");
	member(doc, "type", "integer");
	for (int i = 0; i < 5; i++)
		end(doc);
}

void routes_print_openapi(struct ctx *ctx, const struct server_config *config, struct buf *out)
{
	struct doc doc = { ctx, config, json_out_to(out) };

	json_out_object(&doc.out);
	member(&doc, "openapi", "3.1.0");
	open_member(&doc, "info");
	member(&doc, "title", "Tongban");
	member(&doc, "version", "0.1.0");
	member(&doc, "description", "Every page is also a document: ask for application/json.");
	end(&doc);
	open_member(&doc, "paths");
	for (size_t m = 0; m < config->module_count; m++)
		for (size_t i = 0; i < config->modules[m]->route_count; i++)
			if (is_first_of_path(config, &config->modules[m]->routes[i]))
				path_item(&doc, config->modules[m]->routes[i].path);
	end(&doc);
	components(&doc);
	end(&doc);
}
