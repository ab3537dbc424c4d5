/* Private to the room's pages: folders with their rules read, and tables put into a view. */
#ifndef DOMAIN_DESIGNER_DESIGNER_PAGES_INT_H
#define DOMAIN_DESIGNER_DESIGNER_PAGES_INT_H

#include "domain/designer/designer.h"
#include "domain/designer/designer_html.h"
#include "engine/dmn/dmn.h"
#include "http/module.h"

struct designer_rules_file {
	struct sv path;
	const struct dmn_model *model;
	const struct dmn_problem *problems; /* when they were asked for */
	size_t problem_count;
};
struct designer_folder {
	const struct service_file *files;
	size_t count;
	struct designer_rules_file *rules;
	size_t rules_count;
};

/* Reads the rules of a folder; `check`: analysed too. */
[[nodiscard]] enum rc designer_folder_open(struct ctx *ctx, const struct service_file *files, size_t count, bool check,
	struct designer_folder *ret);
/* Fills tables, others and files of the view. Without `before` nothing is compared; `changed_only` leaves out what is the same
 * and adds the other files line by line; `problems` puts what the analysis found at its rules; path: of the page. */
void designer_rules_show(struct ctx *ctx, const struct designer_folder *before, const struct designer_folder *after, bool changed_only,
	bool problems, struct sv path, struct html_designer_rules *view);

/* designer_replay_pages.c */
extern const struct input designer_replay_input;
[[nodiscard]] enum rc designer_replay_page(struct ctx *ctx, const struct request *request, struct response *response);
/* How far a replay is and what it found, in a sentence. */
struct sv designer_replay_words(struct ctx *ctx, bool ended, int64_t cases, int64_t changed);

#endif
