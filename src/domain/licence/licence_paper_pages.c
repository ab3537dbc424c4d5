/* The paper of a licence: the service's result template over the data kept with it. */
#include "domain/licence/licence_int.h"
#include "http/template.h"

#include "base/banned.h"

/* A paper is in the language of the state, whoever looks at it: dates and numbers too. Its words are the template's. */
static const struct locale paper_locale = { .tag = "zh-Hans", .code = "zh", .self = "中文" };

static enum rc render(struct ctx *ctx, struct sv path, struct sv text, struct sv data, struct html_safe *ret)
{
	struct ctx paper = *ctx;
	struct template *template;
	const struct json *json;

	paper.locale = &paper_locale;
	TRY(template_parse(&paper, path, text, NULL, &template));
	TRY(json_parse(&paper, SV("licence data"), data, &json_limits_request, &json));
	return template_render_json(&paper, template, json, ret);
}

enum rc licence_paper_check(struct ctx *ctx, struct sv path, struct sv text, struct sv data)
{
	struct html_safe page;

	return render(ctx, path, text, data, &page);
}

enum rc licence_content(struct ctx *ctx, struct id id, struct html_safe *ret)
{
	struct sql_licence_template_by_hash_row template;
	struct sql_licence_content_row row;
	struct seal_key key;
	struct sv data;

	TRY(sql_licence_content(ctx, id, &row));
	TRY(licence_open_key(ctx, row.department, row.sealed_key, &key));
	TRY(seal_open(ctx, &key, licence_about(&id), row.data, &data));
	TRY(sql_licence_template_by_hash(ctx, row.template, &template));
	return render(ctx, template.path, template.text, data, ret);
}
