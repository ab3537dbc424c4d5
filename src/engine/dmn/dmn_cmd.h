/* The command line of DMN; the table of commands is in app/. */
#ifndef DMN_CMD_H
#define DMN_CMD_H

#include "base/ctx.h"

/* dmn eval FILE --decision NAME [--input FILE] [--explain]   prints the result, or the record of why, as JSON
 * dmn test DIR                                               runs a conformance suite, CSV and a total
 * dmn check FILE                                             lists problems: file:line: element: rule: message
 * Returns an exit code; check and test return 2 when something is wrong. */
int dmn_command(struct ctx *ctx, int argc, char **argv);

#endif
