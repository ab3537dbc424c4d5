/* Receipts: the proof of one act, for whom the case concerns. The page shows it; the file is for taking home. */
#include "domain/casefile/casefile_show_int.h"
#include "domain/ledger/ledger.h"

#include "base/banned.h"

struct one {
	struct id leaf;
};
static const struct input_field one_fields[] = { INPUT(struct one, leaf, ID, .required = true) };
static const struct input one_input = INPUT_OF(struct one, one_fields);

static enum rc find_leaf(struct ctx *ctx, struct id id, struct ledger_leaf *leaf, struct casefile *c)
{
	enum rc rc = ledger_leaf_find(ctx, id, leaf);

	if (rc == RC_NOT_FOUND || (rc == RC_OK && id_is_zero(leaf->case_id)))
		return fail(ctx, RC_NOT_FOUND, N_("There is no such receipt, or it is not yours to see."), NULL);
	TRY(rc);
	TRY(case_open(ctx, leaf->case_id, c));
	return casefile_may_see(ctx, c);
}

/* The title of an act by its code. */
static struct sv act_words(struct ctx *ctx, struct sv code)
{
	for (int i = 0; i < ACT_COUNT; i++)
		if (sv_equal_z(code, casefile_act_rules[i].code))
			return tr(ctx, casefile_act_rules[i].text);
	return sv_equal(code, SV("read")) ? tr(ctx, N_("Data read")) : code;
}

static enum rc receipt_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct one *in = request->input;
	struct ledger_leaf leaf;
	struct casefile c;
	struct department department = { 0 };

	TRY(find_leaf(ctx, in->leaf, &leaf, &c));
	if (!sv_is_empty(leaf.department))
		TRY(identity_department_find(ctx, leaf.department, &department));
	struct html_casefile_receipt view = {
		.title = act_words(ctx, leaf.type),
		.number = c.number,
		.service = bitext_pick(ctx, c.service->name),
		.at = leaf.at,
		.department = bitext_pick(ctx, department.name),
		.index = leaf.index,
		.sealed = leaf.is_sealed,
		.file = arena_printf(ctx->arena, "/receipts/%s/file", id_text(ctx->arena, leaf.id).ptr),
		.back = casefile_href(ctx, leaf.case_id, ""),
	};
	if (ctx->who->kind == PRINCIPAL_OFFICER)
		view.back = arena_printf(ctx->arena, "/desk/cases/%s", id_text(ctx->arena, leaf.case_id).ptr);
	return response_page(ctx, response, &html_casefile_receipt_view, &view);
}

static enum rc receipt_file(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct one *in = request->input;
	struct ledger_leaf leaf;
	struct casefile c;
	struct sv receipt;

	TRY(find_leaf(ctx, in->leaf, &leaf, &c));
	TRY(ledger_receipt(ctx, leaf.id, c.key, &receipt));
	response_download(ctx, response, arena_printf(ctx->arena, "receipt-%.*s-%lld.json", SV_FMT(c.number), (long long)leaf.index));
	return response_bytes(ctx, response, "application/json", receipt);
}

static const struct route casefile_receipt_routes[] = {
	{ "GET", "/receipts/{leaf}", NEEDS(PERMISSION_SIGNED_IN), &one_input, receipt_page, .view = &html_casefile_receipt_view,
		.summary = N_("Receipt of an act") },
	{ "GET", "/receipts/{leaf}/file", NEEDS(PERMISSION_SIGNED_IN), &one_input, receipt_file,
		.summary = N_("Receipt as a file that can be checked without us") },
};

const struct module casefile_receipt_module = { .name = "casefile.receipt", MODULE_LIST(route, casefile_receipt_routes) };
