/* Pages: who read my data, disputes and their proofs for the person; the data auditor's list. */
#include "base/seal.h"
#include "domain/exchange/exchange_html.h"
#include "domain/exchange/exchange_pages_int.h"
#include "domain/exchange/exchange_sql.h"
#include "domain/identity/identity.h"
#include "domain/ledger/ledger.h"

#include "base/banned.h"

enum { READS_A_PAGE = 30 };

static enum rc my_code(struct ctx *ctx, struct sv *ret)
{
	struct party party;
	enum rc rc = identity_party_find(ctx, ctx->who->subject, &party);

	if (rc == RC_NOT_FOUND)
		return fail(ctx, RC_FORBIDDEN, N_("Only people and firms have a page of who read their data."), NULL);
	TRY(rc);
	*ret = party.code;
	return RC_OK;
}

static struct sv read_href(struct ctx *ctx, struct id id, const char *tail)
{
	return arena_printf(ctx->arena, "/data/%s%s", id_text(ctx->arena, id).ptr, tail);
}

/* --- the list --- */

struct mine {
	struct sv department;
	struct id before;
};
static const struct input_field mine_fields[] = {
	INPUT(struct mine, department, TEXT, .max = 64),
	INPUT(struct mine, before, ID),
};
static const struct input mine_input = INPUT_OF(struct mine, mine_fields);

/* All, then each department that read. The names in the address are codes: letters, digits and hyphens. */
static enum rc department_links(struct ctx *ctx, struct sv code, struct sv chosen, struct html_links *ret)
{
	struct sql_exchange_departments_of_rows rows;

	TRY(sql_exchange_departments_of(ctx, exchange_subject(ctx, code), &rows));
	struct html_link *links = ARENA_ARRAY(ctx->arena, struct html_link, rows.len + 1);
	links[0] = (struct html_link){ SV("/data"), tr(ctx, N_("All departments")), sv_is_empty(chosen) };
	for (size_t i = 0; i < rows.len; i++) {
		struct department department;
		struct sv name = rows.at[i].department;
		enum rc rc = identity_department_find(ctx, name, &department);
		if (rc != RC_OK && rc != RC_NOT_FOUND)
			return rc;
		links[i + 1] = (struct html_link){
			.href = arena_printf(ctx->arena, "/data?department=%.*s", SV_FMT(name)),
			.label = rc == RC_OK ? bitext_pick(ctx, department.name) : name,
			.current = sv_equal(name, chosen),
		};
	}
	*ret = (struct html_links){ links, rows.len > 1 ? rows.len + 1 : 0 };
	return RC_OK;
}

static enum rc show_read(struct ctx *ctx, const struct exchange_access *read, struct html_exchange_mine_reads *ret)
{
	*ret = (struct html_exchange_mine_reads){
		.id = read->id,
		.at = read->at,
		.basis = bitext_pick(ctx, read->basis),
		.not_found = !read->found,
		.disputed = read->disputed_at != 0,
		.answer = read->answer,
		.answered_at = { read->answered_at != 0, read->answered_at },
		.dispute_href = read_href(ctx, read->id, "/dispute"),
		.receipt_href = read_href(ctx, read->id, "/receipt"),
	};
	return exchange_sentence(ctx, read, true, &ret->sentence);
}

static enum rc mine_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct mine *in = request->input;
	struct html_exchange_mine view = { 0 };
	struct exchange_access *reads;
	size_t count;
	struct sv code;

	TRY(my_code(ctx, &code));
	TRY(exchange_accesses(ctx, &(struct exchange_query){ .code = code, .department = in->department, .before = in->before,
		.limit = READS_A_PAGE + 1 }, &reads, &count));
	TRY(department_links(ctx, code, in->department, &view.departments));
	size_t shown = count > READS_A_PAGE ? READS_A_PAGE : count;
	struct html_exchange_mine_reads *list = ARENA_ARRAY(ctx->arena, struct html_exchange_mine_reads, shown);
	for (size_t i = 0; i < shown; i++)
		TRY(show_read(ctx, &reads[i], &list[i]));
	view.reads.at = list;
	view.reads.len = shown;
	if (count > shown)
		view.older = arena_printf(ctx->arena, "/data?before=%s%s%.*s", id_text(ctx->arena, reads[shown - 1].id).ptr,
			sv_is_empty(in->department) ? "" : "&department=", SV_FMT(in->department));
	return response_page(ctx, response, &html_exchange_mine_view, &view);
}

/* --- one read --- */

struct one {
	struct id read;
	struct sv text;
};
static const struct input_field one_fields[] = { INPUT(struct one, read, ID, .required = true) };
static const struct input one_input = INPUT_OF(struct one, one_fields);
static const struct input_field dispute_fields[] = {
	INPUT(struct one, read, ID, .required = true),
	INPUT(struct one, text, LONG_TEXT, .required = true, .max = EXCHANGE_MAX_TEXT, .label = N_("What is not right about it?")),
};
static const struct input dispute_input = INPUT_OF(struct one, dispute_fields);

static enum rc dispute_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct one *in = request->input;
	struct html_problems problems = html_problems_of(ctx, request->problem);
	struct html_exchange_dispute view = {
		.errors = problems,
		.text = request_typed(request, "text"),
		.text_error = html_problem_of(problems, SV("text")),
		.action = read_href(ctx, in->read, "/dispute"),
	};
	struct exchange_access read;
	struct sv code;

	TRY(my_code(ctx, &code));
	TRY(exchange_access_find(ctx, code, in->read, &read));
	TRY(exchange_sentence(ctx, &read, true, &view.sentence));
	view.basis = bitext_pick(ctx, read.basis);
	return response_page(ctx, response, &html_exchange_dispute_view, &view);
}

static enum rc dispute_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct one *in = request->input;
	struct sv code;

	TRY(my_code(ctx, &code));
	TRY(exchange_dispute_open(ctx, code, in->read, in->text));
	return response_redirect(ctx, response, SV("/data"), N_("Your dispute is recorded. The data bureau will answer here."));
}

static enum rc receipt_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct one *in = request->input;
	struct exchange_access read;
	struct sv code, receipt;

	TRY(my_code(ctx, &code));
	TRY(exchange_access_find(ctx, code, in->read, &read));
	TRY(ledger_receipt(ctx, read.leaf, NULL, &receipt));
	response_download(ctx, response, arena_printf(ctx->arena, "receipt-read-%s.json", id_text(ctx->arena, read.leaf).ptr));
	return response_bytes(ctx, response, "application/json", receipt);
}

/* --- the data auditor --- */

struct answer {
	struct id dispute;
	struct sv text;
};
static const struct input_field answer_fields[] = {
	INPUT(struct answer, dispute, ID, .required = true),
	INPUT(struct answer, text, LONG_TEXT, .required = true, .max = EXCHANGE_MAX_TEXT),
};
static const struct input answer_input = INPUT_OF(struct answer, answer_fields);

static enum rc open_sealed(struct ctx *ctx, struct sv sealed, struct sv *ret)
{
	struct seal_key key = exchange_key(ctx);

	return sv_is_absent(sealed) ? RC_OK : seal_open(ctx, &key, exchange_seal_about, sealed, ret);
}

static enum rc show_dispute(struct ctx *ctx, const struct sql_exchange_disputes_row *row, struct html_exchange_audit_disputes *ret)
{
	struct exchange_access read = {
		.at = row->read_at,
		.register_name = row->register_name,
		.fields = row->fields,
		.purpose = row->purpose,
		.case_number = row->case_number,
		.department = row->department,
		.reader_code = row->reader_code,
		.reader = (enum principal_kind)row->reader,
	};

	*ret = (struct html_exchange_audit_disputes){
		.id = row->id,
		.at = row->at,
		.basis = bitext_pick(ctx, (struct bitext){ row->basis, row->basis_en }),
		.answered_at = { row->answered_at != 0, row->answered_at },
		.action = arena_printf(ctx->arena, "/audit/disputes/%s", id_text(ctx->arena, row->id).ptr),
	};
	TRY(open_sealed(ctx, row->text, &ret->text));
	TRY(open_sealed(ctx, row->answer, &ret->answer));
	return exchange_sentence(ctx, &read, false, &ret->sentence);
}

static enum rc audit_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct answer *in = request->input; /* of an answer that was wrong; not for the GET */
	struct html_problems problems = html_problems_of(ctx, request->problem);
	struct sql_exchange_disputes_rows rows;

	TRY(sql_exchange_disputes(ctx, &rows));
	struct html_exchange_audit_disputes *list = ARENA_ARRAY(ctx->arena, struct html_exchange_audit_disputes, rows.len);
	struct html_exchange_audit view = { .errors = problems, .disputes = { list, rows.len } };
	for (size_t i = 0; i < rows.len; i++) {
		TRY(show_dispute(ctx, &rows.at[i], &list[i]));
		view.open += rows.at[i].answered_at == 0;
		if (problems.len && in && id_equal(in->dispute, rows.at[i].id)) {
			list[i].typed = request_typed(request, "text");
			list[i].error = html_problem_of(problems, SV("text"));
		}
	}
	return response_page(ctx, response, &html_exchange_audit_view, &view);
}

static enum rc answer_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct answer *in = request->input;

	TRY(exchange_dispute_answer(ctx, in->dispute, in->text));
	return response_redirect(ctx, response, SV("/audit/disputes"), N_("The answer is recorded and shown to the person."));
}

static const struct route exchange_routes[] = {
	{ "GET", "/data", NEEDS(PERMISSION_APPLY), &mine_input, mine_page, .view = &html_exchange_mine_view,
		.summary = N_("Who read one's data") },
	{ "GET", "/data/{read}/dispute", NEEDS(PERMISSION_APPLY), &one_input, dispute_page, .view = &html_exchange_dispute_view,
		.summary = N_("Form to dispute a read") },
	{ "POST", "/data/{read}/dispute", NEEDS(PERMISSION_APPLY), &dispute_input, dispute_act, .on_invalid = dispute_page,
		.body = BODY_FORM, .summary = N_("Dispute a read of one's data") },
	{ "GET", "/data/{read}/receipt", NEEDS(PERMISSION_APPLY), &one_input, receipt_page,
		.summary = N_("Receipt of a read, to check offline") },
	{ "GET", "/audit/disputes", NEEDS(PERMISSION_ACCESS_AUDIT), &input_none, audit_page, .view = &html_exchange_audit_view,
		.summary = N_("Disputed reads") },
	{ "POST", "/audit/disputes/{dispute}", NEEDS(PERMISSION_ACCESS_AUDIT), &answer_input, answer_act, .on_invalid = audit_page,
		.body = BODY_FORM, .summary = N_("Answer a disputed read") },
};

const struct module exchange_module = {
	.name = "exchange",
	MODULE_LIST(route, exchange_routes),
	.commands = exchange_commands,
	.command_count = EXCHANGE_COMMAND_COUNT,
	.tables = &sql_room_exchange,
};
