/* Reads of base registers and the purposes they need; see exchange.h. The order in exchange_read is the invariant of the
 * room: (1) the request is complete, (2) the purpose grants it, (3) the register is read, (4) the access and its ledger leaf
 * are written, (5) the values leave. A failure in (4) undoes the request, so no value leaves without its record. */
#include "domain/exchange/exchange.h"

#include "base/json.h"
#include "base/site.h"
#include "base/yaml.h"
#include "domain/exchange/exchange_int.h"
#include "domain/exchange/exchange_sql.h"
#include "domain/identity/identity.h"
#include "domain/ledger/ledger.h"
#include "domain/registry/registry.h"

#include "base/banned.h"

enum { MAX_RECORD = 16 * 1024 };

/* --- what is granted --- */

static bool is_granted(const struct sql_exchange_grants_of_rows *grants, struct sv field)
{
	for (size_t i = 0; i < grants->len; i++)
		if (sv_equal(grants->at[i].field, field))
			return true;
	return false;
}

static enum rc find_register(struct ctx *ctx, struct sv name, struct registry *ret)
{
	enum rc rc = registry_describe(ctx, name, ret);

	if (rc == RC_NOT_FOUND)
		return fail(ctx, RC_INVALID, N_("There is no register “{name}”. Correct the service folder."), ARGS({ "name", name }));
	return rc;
}

static enum rc check_fields(struct ctx *ctx, const struct registry *registry, struct sv purpose, const struct sv *fields,
	size_t count)
{
	struct sql_exchange_grants_of_rows grants;

	TRY(sql_exchange_grants_of(ctx, purpose, registry->name, &grants));
	for (size_t i = 0; i < count; i++) {
		if (!registry_field_find(registry, fields[i]))
			return fail(ctx, RC_INVALID, N_("The register “{name}” has no field “{field}”. Correct the service folder."),
				ARGS({ "name", registry->name }, { "field", fields[i] }));
		if (!is_granted(&grants, fields[i]))
			return fail(ctx, RC_FORBIDDEN,
				N_("The purpose “{purpose}” does not allow reading “{field}” of the register “{name}”."),
				ARGS({ "purpose", purpose }, { "field", fields[i] }, { "name", registry->name }));
	}
	return RC_OK;
}

enum rc exchange_purpose_basis(struct ctx *ctx, struct sv purpose, struct bitext *ret)
{
	struct sql_exchange_purpose_by_code_row row;
	enum rc rc = sql_exchange_purpose_by_code(ctx, purpose, &row);

	if (rc == RC_NOT_FOUND)
		return fail(ctx, RC_INVALID, N_("There is no purpose “{name}” for reading registers. Correct the service folder."),
			ARGS({ "name", purpose }));
	TRY(rc);
	*ret = (struct bitext){ row.basis_zh, row.basis_en };
	return RC_OK;
}

static enum rc check_complete(struct ctx *ctx, const struct exchange_request *request)
{
	static const char *const missing = N_("A register is read only with purpose, legal basis and case; {name} is missing.");
	const struct {
		const char *name;
		bool is_there;
	} needed[] = {
		{ "purpose", !sv_is_empty(request->purpose) },
		{ "basis", !sv_is_empty(request->basis.zh) || !sv_is_empty(request->basis.en) },
		{ "case", !id_is_zero(request->case_id) },
		{ "department", !sv_is_empty(request->department) },
		{ "subject", !sv_is_empty(request->subject_code) },
		{ "fields", request->field_count > 0 && request->field_count <= EXCHANGE_MAX_FIELDS },
	};

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!needed[i].is_there)
			return fail(ctx, RC_INVALID, missing, ARGS({ "name", sv_of(needed[i].name) }));
	return RC_OK;
}

static enum rc check_request(struct ctx *ctx, const struct exchange_request *request, struct registry *ret)
{
	struct sql_exchange_readers_count_row readers;
	struct bitext basis; /* the purpose is known */

	TRY(check_complete(ctx, request));
	TRY(exchange_purpose_basis(ctx, request->purpose, &basis));
	TRY(sql_exchange_readers_count(ctx, request->purpose, request->department, &readers));
	if (!readers.count)
		return fail(ctx, RC_FORBIDDEN, N_("The department “{department}” may not read registers for the purpose “{purpose}”."),
			ARGS({ "department", request->department }, { "purpose", request->purpose }));
	TRY(find_register(ctx, request->register_name, ret));
	return check_fields(ctx, ret, request->purpose, request->fields, request->field_count);
}

/* --- the record --- */

struct sv exchange_subject(struct ctx *ctx, struct sv code)
{
	const struct seal_key *master = &ctx->site->seal_master;
	struct seal_key key = seal_key_derive(master, SV("exchange subject"));
	struct hash hash = hash_hmac_sha256((struct sv){ (const char *)key.bytes, sizeof(key.bytes) }, code);

	return arena_copy(ctx->arena, (struct sv){ (const char *)hash.bytes, sizeof(hash.bytes) });
}

static struct sv join_fields(struct ctx *ctx, const struct exchange_request *request)
{
	struct buf buf;

	buf_init(&buf, ctx->arena, MAX_RECORD);
	for (size_t i = 0; i < request->field_count; i++) {
		if (i)
			buf_byte(&buf, ' ');
		buf_sv(&buf, request->fields[i]);
	}
	return buf_view(&buf);
}

static enum rc append_leaf(struct ctx *ctx, const struct exchange_request *request, struct sv fields, struct id *ret)
{
	struct party party = { 0 };
	struct buf buf;
	enum rc rc = identity_party_by_code(ctx, request->subject_code, &party);

	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	buf_init(&buf, ctx->arena, MAX_RECORD);
	struct json_out out = json_out_to(&buf);
	json_out_object(&out);
	json_out_member(&out, SV("register"), request->register_name);
	json_out_member(&out, SV("fields"), fields);
	json_out_member(&out, SV("purpose"), request->purpose);
	json_out_member(&out, SV("basis"), sv_is_empty(request->basis.zh) ? request->basis.en : request->basis.zh);
	if (!sv_is_empty(request->basis.zh) && !sv_is_empty(request->basis.en))
		json_out_member(&out, SV("basis_en"), request->basis.en);
	json_out_object_end(&out);
	struct ledger_act act = {
		.type = SV("read"),
		.case_id = request->case_id,
		.case_number = request->case_number,
		.department = request->department,
		.subject = party.id,
		.record = buf_view(&buf),
	};
	if (ctx->who->kind == PRINCIPAL_OFFICER)
		act.actor = arena_printf(ctx->arena, "officer %.*s", SV_FMT(ctx->who->code));
	return ledger_append(ctx, &act, ret);
}

static enum rc write_record(struct ctx *ctx, const struct exchange_request *request, bool found, struct id *ret_leaf)
{
	struct store_unlock auto_lock lock = store_unprotect(ctx, "exchange_access");
	struct sv fields = join_fields(ctx, request);

	(void)lock; /* holds until the end of the scope */
	TRY(append_leaf(ctx, request, fields, ret_leaf));
	return sql_exchange_access_add(ctx, &(struct sql_exchange_access_add_params){
		.id = id_new(ctx),
		.subject = exchange_subject(ctx, request->subject_code),
		.at = clock_now(ctx->clock),
		.register_name = request->register_name,
		.fields = fields,
		.purpose = request->purpose,
		.basis = sv_is_absent(request->basis.zh) ? SV("") : request->basis.zh,
		.basis_en = sv_is_absent(request->basis.en) ? SV("") : request->basis.en,
		.case_id = request->case_id,
		.case_number = request->case_number,
		.department = request->department,
		.reader = ctx->who->kind,
		.reader_code = ctx->who->kind == PRINCIPAL_OFFICER ? ctx->who->code : SV(""),
		.account = ctx->who->account,
		.found = found,
		.leaf = *ret_leaf,
	});
}

enum rc exchange_read(struct ctx *ctx, const struct exchange_request *request, struct exchange_answer *ret)
{
	struct registry registry;
	struct exchange_answer answer = { 0 };

	TRY(check_request(ctx, request, &registry));
	struct registry_value *values = ARENA_ARRAY(ctx->arena, struct registry_value, request->field_count);
	enum rc rc = registry_find(ctx, registry.name, request->subject_code, request->fields, request->field_count, values);
	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	answer.found = rc == RC_OK;
	TRY(write_record(ctx, request, answer.found, &answer.leaf));
	answer.source = registry.title;
	answer.count = request->field_count;
	answer.values = ARENA_ARRAY(ctx->arena, struct exchange_value, answer.count);
	for (size_t i = 0; i < answer.count; i++)
		answer.values[i] = (struct exchange_value){
			.field = request->fields[i],
			.value = values[i].text,
			.json = answer.found ? values[i].json : SV("null"),
			.label = registry_field_find(&registry, request->fields[i])->label,
		};
	*ret = answer;
	return RC_OK;
}

/* --- loading purposes --- */

enum rc exchange_record_case(struct ctx *ctx, const struct exchange_case_read *read, struct id *ret_leaf)
{
	static const struct sv what = SV_INIT("answers");
	struct exchange_request request = {
		.register_name = exchange_case_register,
		.fields = &what,
		.field_count = 1,
		.subject_code = read->subject_code,
		.purpose = SV("case-work"),
		.basis = read->basis,
		.case_id = read->case_id,
		.case_number = read->case_number,
		.department = ctx->who->department_code,
	};

	return write_record(ctx, &request, true, ret_leaf);
}

static enum rc load_fault(struct ctx *ctx, struct sv file, const struct json *at, const char *msgid, struct sv name)
{
	return fail_at(ctx, RC_INVALID, file, at ? at->line : 1, msgid, ARGS({ "name", name }));
}

static enum rc load_grants(struct ctx *ctx, struct sv file, struct sv purpose, const struct json *fields)
{
	struct sv name = json_key(fields);
	struct registry registry;
	enum rc rc = registry_describe(ctx, name, &registry);

	if (rc == RC_NOT_FOUND)
		return load_fault(ctx, file, fields, N_("There is no register “{name}” in this program."), name);
	TRY(rc);
	for (const struct json *v = json_first(fields); v; v = json_next(fields, v)) {
		if (!registry_field_find(&registry, json_string(v)))
			return load_fault(ctx, file, v, N_("The register has no field “{name}”. Take it out or correct its spelling."),
				json_scalar(v));
		TRY(sql_exchange_grant_open(ctx, purpose, name, json_string(v)));
	}
	return RC_OK;
}

static enum rc load_purpose(struct ctx *ctx, struct sv file, const struct json *map)
{
	struct sql_exchange_purpose_open_params purpose = {
		.code = json_string(json_get(map, SV("code"))),
		.name_zh = json_string(json_path(map, SV("name.zh"))),
		.name_en = json_string(json_path(map, SV("name.en"))),
		.basis_zh = json_string(json_path(map, SV("basis.zh"))),
		.basis_en = json_string(json_path(map, SV("basis.en"))),
	};
	const struct json *departments = json_get(map, SV("departments")), *grants = json_get(map, SV("grants"));

	if (sv_is_empty(purpose.code) || sv_is_empty(purpose.name_zh) || sv_is_empty(purpose.name_en)
		|| sv_is_empty(purpose.basis_zh) || sv_is_empty(purpose.basis_en) || !json_count(departments) || !json_count(grants))
		return load_fault(ctx, file, map, N_("A purpose needs code, name, basis, departments and grants."), purpose.code);
	TRY(sql_exchange_purpose_open(ctx, &purpose));
	for (const struct json *v = json_first(departments); v; v = json_next(departments, v))
		TRY(sql_exchange_reader_open(ctx, purpose.code, json_scalar(v)));
	for (const struct json *v = json_first(grants); v; v = json_next(grants, v))
		TRY(load_grants(ctx, file, purpose.code, v));
	return RC_OK;
}

enum rc exchange_load(struct ctx *ctx, struct sv file, struct sv yaml)
{
	const struct json *map;

	TRY(yaml_parse(ctx, file, yaml, &json_limits_file, &map));
	const struct json *list = json_get(map, SV("purposes"));
	if (!json_count(list))
		return load_fault(ctx, file, map, N_("“{name}” is missing here."), SV("purposes"));
	TRY(sql_exchange_grants_clear(ctx));
	TRY(sql_exchange_readers_clear(ctx));
	TRY(sql_exchange_purposes_clear(ctx));
	for (const struct json *v = json_first(list); v; v = json_next(list, v))
		TRY(load_purpose(ctx, file, v));
	return RC_OK;
}

/* --- printing purposes --- */

/* {"register": [fields]} of rows in the order of registers. */
static void print_grants(struct json_out *out, const struct sql_exchange_grants_by_purpose_rows *grants)
{
	json_out_key(out, SV("grants"));
	json_out_object(out);
	for (size_t i = 0; i < grants->len; i++) {
		bool first = i == 0 || !sv_equal(grants->at[i - 1].register_name, grants->at[i].register_name);
		bool last = i + 1 == grants->len || !sv_equal(grants->at[i + 1].register_name, grants->at[i].register_name);
		if (first) {
			json_out_key(out, grants->at[i].register_name);
			json_out_array(out);
		}
		json_out_string(out, grants->at[i].field);
		if (last)
			json_out_array_end(out);
	}
	json_out_object_end(out);
}

enum rc exchange_print(struct ctx *ctx, struct json_out *out)
{
	struct sql_exchange_purpose_by_code_rows purposes;

	TRY(sql_exchange_purposes_all(ctx, &purposes));
	json_out_object(out);
	json_out_key(out, SV("purposes"));
	json_out_array(out);
	for (size_t i = 0; i < purposes.len; i++) {
		struct sql_exchange_readers_of_rows readers;
		struct sql_exchange_grants_by_purpose_rows grants;
		TRY(sql_exchange_readers_of(ctx, purposes.at[i].code, &readers));
		TRY(sql_exchange_grants_by_purpose(ctx, purposes.at[i].code, &grants));
		json_out_object(out);
		json_out_member(out, SV("code"), purposes.at[i].code);
		bitext_print(out, SV("name"), (struct bitext){ purposes.at[i].name_zh, purposes.at[i].name_en });
		bitext_print(out, SV("basis"), (struct bitext){ purposes.at[i].basis_zh, purposes.at[i].basis_en });
		json_out_key(out, SV("departments"));
		json_out_array(out);
		for (size_t r = 0; r < readers.len; r++)
			json_out_string(out, readers.at[r].department);
		json_out_array_end(out);
		print_grants(out, &grants);
		json_out_object_end(out);
	}
	json_out_array_end(out);
	json_out_object_end(out);
	return RC_OK;
}
