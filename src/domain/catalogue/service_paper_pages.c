/* The result templates of a service folder, parsed as they will be when the first licence is shown: a fault is told before
 * anything is published. */
#include "domain/catalogue/catalogue_int.h"
#include "http/template.h"

#include "base/banned.h"

void service_papers_check(struct ctx *ctx, const struct service *service, struct service_problems *problems)
{
	struct template *template;

	for (size_t i = 0; i < service->result_count; i++) {
		const struct service_result *result = &service->results[i];
		if (template_parse(ctx, result->template_path, result->template, NULL, &template) != RC_OK)
			service_problem_take(ctx, problems, result->template_path);
	}
}
