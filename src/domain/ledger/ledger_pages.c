/* The ledger to the public: its page, the check of a receipt, and the static interface of c2sp.org/tlog-tiles; and its inner
 * state to the administrator. */
#include "domain/ledger/ledger_pages_int.h"

#include "base/locale.h"
#include "base/site.h"
#include "domain/identity/identity.h"
#include "domain/ledger/ledger_html.h"
#include "engine/tlog/receipt.h"
#include "engine/tlog/signer.h"

#include "base/banned.h"

enum { CHECKPOINTS_SHOWN = 20, RECENT_SECONDS = 2, FOREVER_SECONDS = 365 * 86400, LATE_MS = 60000, SIGN_EVERY_MS = 1000 };

static struct sv hash_text(struct arena *arena, struct hash hash)
{
	struct buf buf;

	buf_init(&buf, arena, 64);
	buf_base64(&buf, hash.bytes, sizeof(hash.bytes));
	return buf_view(&buf);
}

/* The public key; absent without a key holder. */
static struct sv key_text(const struct ctx *ctx)
{
	const struct signer *signer = ctx->site ? ctx->site->signer : NULL;

	return signer ? note_key_text(ctx->arena, &signer->key) : (struct sv){ NULL, 0 };
}

static enum rc no_key(struct ctx *ctx)
{
	return fail(ctx, RC_UNAVAILABLE, N_("The ledger's key is not at hand just now. Please come back in a minute."), NULL);
}

/* --- pages --- */

static enum rc show_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	struct ledger_state state;
	struct ledger_checkpoint *list;
	size_t count;

	(void)request; /* takes nothing */
	TRY(ledger_state(ctx, &state));
	TRY(ledger_checkpoints(ctx, CHECKPOINTS_SHOWN, &list, &count));
	struct html_ledger_show_checkpoints *rows = ARENA_ARRAY(ctx->arena, struct html_ledger_show_checkpoints, count);
	for (size_t i = 0; i < count; i++)
		rows[i] = (struct html_ledger_show_checkpoints){ .size = list[i].size, .at = list[i].at,
			.root = hash_text(ctx->arena, list[i].root) };
	struct html_ledger_show view = {
		.size = state.size,
		.root = hash_text(ctx->arena, state.root),
		.signed_size = state.checkpoint.size,
		.key = key_text(ctx),
		.origin = ctx->site->signer ? ctx->site->signer->key.name : (struct sv){ NULL, 0 },
		.checkpoints = { rows, count },
	};
	if (state.checkpoint.size)
		view.signed_at = HTML_SOME(state.checkpoint.at);
	return response_page(ctx, response, &html_ledger_show_view, &view);
}

static enum rc check_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	struct html_problems problems = html_problems_of(ctx, request->problem);
	struct html_ledger_check view = {
		.errors = problems,
		.key = key_text(ctx),
		.receipt = request_typed(request, "receipt"),
		.receipt_error = html_problem_of(problems, SV("receipt")),
	};

	if (sv_is_absent(view.key))
		return no_key(ctx);
	return response_page(ctx, response, &html_ledger_check_view, &view);
}

struct check_in {
	struct sv receipt;
};

/* Its name, or the code where the department is not (or no longer) known here. */
static struct sv department_name(struct ctx *ctx, struct sv code)
{
	struct department department;

	if (code.len && identity_department_find(ctx, code, &department) == RC_OK)
		return bitext_pick(ctx, department.name);
	error_clear(ctx);
	return code.len ? code : (struct sv){ NULL, 0 };
}

static enum rc check_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct check_in *in = request->input;
	struct html_ledger_check_result_steps steps[RECEIPT_STEP_COUNT];
	struct html_ledger_check_result result = { .steps = { steps, RECEIPT_STEP_COUNT } };
	struct html_ledger_check view = { .key = key_text(ctx), .receipt = in->receipt, .result = &result };
	struct receipt_check check;

	if (sv_is_absent(view.key))
		return no_key(ctx);
	TRY(receipt_verify(ctx, in->receipt, view.key, &check));
	for (int i = 0; i < RECEIPT_STEP_COUNT; i++)
		steps[i] = (struct html_ledger_check_result_steps){ .code = sv_of(receipt_step_texts[i].code),
			.words = tr(ctx, receipt_step_texts[i].text), .passed = check.steps[i] == RECEIPT_PASSED,
			.failed = check.steps[i] == RECEIPT_FAILED };
	result.verified = check.is_verified;
	result.problem = check.problem;
	if (check.is_verified) {
		result.act = check.leaf.type;
		result.department = department_name(ctx, check.leaf.department);
		result.at = HTML_SOME(check.leaf.at);
		result.index = (int64_t)check.index;
		result.size = (int64_t)check.checkpoint.size;
	}
	return response_page(ctx, response, &html_ledger_check_view, &view);
}

static enum rc admin_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	struct signer *signer = ctx->site->signer;
	struct signer_head last;
	struct ledger_state state;

	(void)request; /* takes nothing */
	TRY(ledger_state(ctx, &state));
	struct html_ledger_admin view = {
		.size = state.size,
		.signed_size = state.checkpoint.size,
		.waiting = state.size - state.checkpoint.size,
		.root = hash_text(ctx->arena, state.root),
		.holder = SV(""),
	};
	if (state.checkpoint.size)
		view.signed_at = HTML_SOME(state.checkpoint.at);
	view.late = view.waiting > 0 && clock_now(ctx->clock) - state.checkpoint.at > LATE_MS;
	if (signer && signer->head(ctx, signer, &last) == RC_OK) {
		view.holder_size = HTML_SOME((int64_t)last.size);
		view.late = view.late || (int64_t)last.size > state.size;
		view.holder = tr(ctx, (int64_t)last.size > state.size
			? N_("The key holder has signed more entries than this database has: it is an older copy. Nothing is sealed until the newest one is back.")
			: N_("Entries have been waiting for their seal for more than a minute. See the log."));
	} else {
		error_clear(ctx);
		view.late = true;
		view.holder = tr(ctx, N_("The key holder does not answer: acts are recorded, but not sealed. Start the program again."));
	}
	return response_page(ctx, response, &html_ledger_admin_view, &view);
}

/* --- the static interface --- */

static enum rc checkpoint_text_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	struct ledger_state state;

	(void)request; /* takes nothing */
	TRY(ledger_state(ctx, &state));
	if (sv_is_absent(state.checkpoint.note))
		return fail(ctx, RC_NOT_FOUND, N_("No checkpoint has been signed yet."), NULL);
	response_cache(response, RECENT_SECONDS);
	return response_bytes(ctx, response, "text/plain; charset=utf-8", state.checkpoint.note);
}

static enum rc key_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	struct sv key = key_text(ctx);

	(void)request; /* takes nothing */
	if (sv_is_absent(key))
		return no_key(ctx);
	return response_bytes(ctx, response, "text/plain; charset=utf-8", arena_printf(ctx->arena, "%.*s\n", SV_FMT(key)));
}

/* Entries [index * 256, + width) as one bundle. */
static enum rc read_bundle(struct ctx *ctx, struct tile tile, struct sv *ret)
{
	int64_t first = (int64_t)(tile.index * TILE_WIDTH);
	struct sql_leaf_entries_rows rows;
	struct buf buf;

	TRY(sql_leaf_entries(ctx, first, first + tile.width, &rows));
	buf_init(&buf, ctx->arena, (size_t)TILE_WIDTH * (TILE_MAX_ENTRY + 2));
	for (size_t i = 0; i < rows.len; i++)
		tile_add_entry(&buf, rows.at[i].entry);
	*ret = buf_view(&buf);
	return RC_OK;
}

struct tile_in {
	struct sv path;
};

static enum rc tile_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct tile_in *in = request->input;
	struct ledger_state state;
	struct tile tile;
	struct sv bytes;

	TRY(ledger_state(ctx, &state));
	if (!tile_parse(arena_printf(ctx->arena, "tile/%.*s", SV_FMT(in->path)), &tile) || tile.index > INT64_MAX / TILE_WIDTH
		|| tile.width > tile_width((uint64_t)state.checkpoint.size, tile.level, tile.index))
		return fail(ctx, RC_NOT_FOUND, N_("The ledger has no such tile."), NULL);
	if (tile.is_entries) {
		TRY(read_bundle(ctx, tile, &bytes));
	} else {
		TRY(ledger_tile_read(ctx, tile, &bytes));
		bytes = sv_slice(bytes, 0, tile.width * sizeof(struct hash));
	}
	response_cache(response, FOREVER_SECONDS);
	return response_bytes(ctx, response, "application/octet-stream", bytes);
}

/* --- the table --- */

static enum rc sign_job(struct ctx *ctx, bool *ret_more)
{
	*ret_more = false;
	return ledger_sign(ctx);
}

static const struct input_field check_fields[] = {
	INPUT(struct check_in, receipt, LONG_TEXT, .required = true, .max = RECEIPT_MAX_BYTES, .label = N_("Text of the receipt file")),
};
static const struct input check_input = INPUT_OF(struct check_in, check_fields);
static const struct input_field tile_fields[] = { INPUT(struct tile_in, path, TEXT, .required = true) };
static const struct input tile_input = INPUT_OF(struct tile_in, tile_fields);

static const struct route ledger_routes[] = {
	{ "GET", "/ledger", NEEDS(PERMISSION_PUBLIC), &input_none, show_page, .view = &html_ledger_show_view,
		.summary = N_("The public ledger: size, root, checkpoints") },
	{ "GET", "/ledger/check", NEEDS(PERMISSION_PUBLIC), &input_none, check_page, .view = &html_ledger_check_view,
		.summary = N_("Form for checking a receipt") },
	{ "POST", "/ledger/check", NEEDS(PERMISSION_PUBLIC), &check_input, check_act, .on_invalid = check_page,
		.view = &html_ledger_check_view, .summary = N_("Check a receipt"), .body = BODY_FORM,
		.body_max = 4 * RECEIPT_MAX_BYTES, .flags = ROUTE_READS },
	{ "GET", "/ledger/checkpoint", NEEDS(PERMISSION_PUBLIC), &input_none, checkpoint_text_page,
		.summary = N_("The newest checkpoint, signed (c2sp.org/tlog-checkpoint)") },
	{ "GET", "/ledger/key", NEEDS(PERMISSION_PUBLIC), &input_none, key_page, .summary = N_("The ledger's public key") },
	{ "GET", "/ledger/tile/{path...}", NEEDS(PERMISSION_PUBLIC), &tile_input, tile_page,
		.summary = N_("Hash tiles and entry bundles (c2sp.org/tlog-tiles)") },
	{ "GET", "/admin/ledger", NEEDS(PERMISSION_LEDGER_ADMIN), &input_none, admin_page, .view = &html_ledger_admin_view,
		.summary = N_("Inner state of the ledger") },
};

static const struct job ledger_jobs[] = {
	{ "ledger.sign", SIGN_EVERY_MS, sign_job, N_("Seals new entries of the ledger with a signature.") },
};

const struct module ledger_module = {
	.name = "ledger",
	MODULE_LIST(route, ledger_routes),
	MODULE_LIST(command, ledger_commands),
	MODULE_LIST(job, ledger_jobs),
	.tables = &sql_room_ledger,
};
