/* `tongban form`: a form definition from the command line.
 *
 * check FILE reads it and prints how many pages and fields it has; schema FILE prints its JSON Schema 2020-12. Faults are
 * told with file and line. argv[0] is the first word behind `form`. */
#ifndef ENGINE_FORM_FORM_CMD_H
#define ENGINE_FORM_FORM_CMD_H

#include "base/ctx.h"

enum rc form_command(struct ctx *ctx, int argc, char **argv);

#endif
