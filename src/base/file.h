/* Whole files into memory, for commands and imports. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/ctx.h"

/* The bytes of a file, in the arena. RC_NOT_FOUND with the system's reason when it cannot be read, RC_TOO_LARGE beyond `max`. */
[[nodiscard]] enum rc file_read(struct ctx *ctx, const char *path, size_t max, struct sv *ret);

#endif
