/* Running a draft's example cases: the same trial as `tongban service test`, on the departments, registers (their descriptions, no
 * rows) and purposes of this installation. It takes a fifth of a second and a database of its own, so it runs on a slow
 * thread, before the request goes to the writer, which only keeps what came out. See trial.h. */
#include "app/rehearse.h"

#include "app/trial.h"
#include "base/site.h"
#include "domain/designer/designer.h"
#include "domain/exchange/exchange.h"
#include "domain/identity/identity.h"
#include "domain/registry/registry.h"

#include "base/banned.h"

enum { STAGE_MAX = 4 << 20 };

struct asked {
	struct sv code;
	struct id draft;
};
static const struct input_field asked_fields[] = {
	INPUT(struct asked, code, TEXT, .required = true, .max = 64),
	INPUT(struct asked, draft, ID, .required = true),
};
static const struct input asked_input = INPUT_OF(struct asked, asked_fields);

struct rehearsal {
	struct hash folder; /* that was tried */
	struct service_outcome *outcomes;
	size_t count;
};

/* --- the stage, as texts that the rooms load (JSON is YAML) --- */

/* Without their posts: the program itself does the steps of example cases. */
static enum rc print_departments(struct ctx *ctx, struct json_out *out)
{
	struct department *list;
	size_t count;

	TRY(identity_department_list(ctx, &list, &count));
	json_out_object(out);
	json_out_key(out, SV("posts"));
	json_out_array(out);
	json_out_array_end(out);
	json_out_key(out, SV("departments"));
	json_out_array(out);
	for (size_t i = 0; i < count; i++) {
		json_out_object(out);
		json_out_member(out, SV("code"), list[i].code);
		bitext_print(out, SV("name"), list[i].name);
		json_out_object_end(out);
	}
	json_out_array_end(out);
	json_out_object_end(out);
	return RC_OK;
}

static enum rc printed(struct ctx *ctx, enum rc (*print)(struct ctx *ctx, struct json_out *out), struct sv *ret)
{
	struct buf buf;

	buf_init(&buf, ctx->arena, STAGE_MAX);
	struct json_out out = json_out_to(&buf);
	TRY(print(ctx, &out));
	*ret = buf_view(&buf);
	return RC_OK;
}

/* --- the route --- */

static struct sv draft_href(struct ctx *ctx, const struct asked *in)
{
	return arena_printf(ctx->arena, "/admin/services/%.*s/drafts/%s", SV_FMT(in->code), id_text(ctx->arena, in->draft).ptr);
}

static enum rc open_draft(struct ctx *ctx, const struct asked *in, struct designer_draft *ret)
{
	TRY(designer_draft_find(ctx, in->draft, ret));
	if (ret->state != DRAFT_OPEN)
		return fail(ctx, RC_CONFLICT, N_("This draft is closed. Begin a new one."), NULL);
	return RC_OK;
}

static enum rc rehearse(struct ctx *ctx, const struct request *request, void **ret_prepared)
{
	struct trial_stage stage = { .calendar = ctx->site->calendar };
	struct rehearsal *rehearsal = ARENA_NEW(ctx->arena, struct rehearsal);
	struct service_problems problems = { 0 };
	struct trial *trial = NULL;
	struct designer_draft draft;
	struct service_file *files;
	size_t count;

	TRY(open_draft(ctx, request->input, &draft));
	TRY(designer_files(ctx, &draft, &files, &count));
	TRY(printed(ctx, registry_print, &stage.registers));
	TRY(printed(ctx, exchange_print, &stage.purposes));
	TRY(printed(ctx, print_departments, &stage.departments));
	rehearsal->folder = draft.hash;
	enum rc rc = trial_open(ctx, arena_printf(ctx->arena, "%.*s/tmp", SV_FMT(ctx->site->data_dir)), (struct sv){ NULL, 0 }, &stage,
		&trial);
	if (rc == RC_OK)
		rc = trial_run(ctx, trial, files, count, &problems, &rehearsal->outcomes, &rehearsal->count);
	trial_close(trial);
	if (problems.len) {
		error_clear(ctx);
		return fail(ctx, RC_INVALID, N_("The draft has faults, which its page lists. Correct them, then run the example cases."), NULL);
	}
	*ret_prepared = rehearsal;
	return rc;
}

static enum rc rehearse_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct rehearsal *rehearsal = request->prepared;
	const struct asked *in = request->input;
	struct designer_draft draft;

	TRY(open_draft(ctx, in, &draft));
	TRY(designer_test_put(ctx, in->draft, rehearsal->folder, rehearsal->outcomes, rehearsal->count));
	return response_redirect(ctx, response, draft_href(ctx, in), N_("The example cases were run."));
}

static const struct route rehearse_routes[] = {
	{ "POST", "/admin/services/{code}/drafts/{draft}/test", NEEDS(PERMISSION_SERVICE_PUBLISH), &asked_input, rehearse_act,
		.prepare = rehearse, .body = BODY_FORM, .summary = N_("Run the example cases on a draft") },
};

const struct module rehearse_module = { .name = "rehearse", MODULE_LIST(route, rehearse_routes) };
