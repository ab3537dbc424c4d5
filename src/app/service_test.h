/* tongban service test DIR...: example cases of service folders through the real rooms, in a database of their own. */
#ifndef APP_SERVICE_TEST_H
#define APP_SERVICE_TEST_H

#include "base/ctx.h"

/* Prints a TAP line a case and, at the end, "N passed, N failed". With --db an empty database of that URL is used. RC_INVALID when one came out differently. The city's
 * departments, registers, purposes and calendar are read from city/ (or TONGBAN_CITY). */
enum rc service_test_command(struct ctx *ctx, int argc, char **argv);

#endif
