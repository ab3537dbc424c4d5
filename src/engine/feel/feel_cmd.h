/* The command line of FEEL; the table of commands is in app/. */
#ifndef FEEL_CMD_H
#define FEEL_CMD_H

#include "base/ctx.h"

/* feel EXPR [--context FILE]: prints the value (and on stderr why it is null). Without EXPR: reads expressions from
 * standard input, one a line, until its end; "name = expression" keeps a value. Returns an exit code. */
int feel_command(struct ctx *ctx, int argc, char **argv);

#endif
