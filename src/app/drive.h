/* Driving cases through the rooms without a browser: example cases of service folders, the history of the sample city.
 *
 * Everything goes through the same functions as the pages do; only who asks and the clock are set by the driver. Needs a
 * writing transaction (the caller's).
 */
#ifndef APP_DRIVE_H
#define APP_DRIVE_H

#include "base/json.h"
#include "domain/casefile/casefile.h"

/* What every made-up file of a driven case holds: a PDF of one page. */
extern const struct sv drive_paper;

struct drive_filing {
	struct sv service;
	struct id party, account;
	const struct json *form, *situation; /* objects, or NULL */
	const struct sv *materials;          /* ids; each gets a made-up file */
	size_t material_count;
};

/* Opens a draft, fills it in and submits it, as the applicant. What the form finds wrong is RC_INVALID with fields. */
[[nodiscard]] enum rc drive_file(struct ctx *ctx, const struct drive_filing *filing, struct id *ret);
/* Fills in again and answers the supplement notice. NULL form: the answers stay. */
[[nodiscard]] enum rc drive_supplement(struct ctx *ctx, struct id id, const struct drive_filing *filing);

struct drive_step {
	struct sv act, department;  /* of the open task; department absent = any */
	struct sv outcome, reasons;
	const struct casefile_defect *defects;
	size_t defect_count;
	const struct principal *officer; /* NULL: the program itself */
};
/* Does the first open task of that kind; RC_NOT_FOUND with a message when there is none. */
[[nodiscard]] enum rc drive_step(struct ctx *ctx, struct id id, const struct drive_step *step);
/* Moves the virtual clock to `until` and fires what falls due for this case on the way, in order. */
[[nodiscard]] enum rc drive_advance(struct ctx *ctx, struct id id, int64_t until);

#endif
