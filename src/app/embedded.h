/* Files of the source tree that the program carries with it (tools/embed.sh). */
#ifndef APP_EMBEDDED_H
#define APP_EMBEDDED_H

#include <stddef.h>

struct embedded {
	const char *path; /* from the source root: "docs/index.md" */
	const char *at, *end;
};

extern const struct embedded docs_files[]; /* docs/, all .md */
extern const size_t docs_files_count;

#endif
