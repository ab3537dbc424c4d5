/* Small trees of files in a temporary folder, for tests of tools that read folders. */
#ifndef TEST_KIT_TREE_H
#define TEST_KIT_TREE_H

#include "test/kit/kit.h"

struct tree_file {
	const char *path, *text; /* path below the root; folders are made */
};

/* A new folder; its path is in the kit's arena. Remove it with tree_remove at the end of the test. */
const char *tree_make(struct kit *kit, const struct tree_file *files, size_t count);
/* Adds or replaces one file. */
void tree_put(struct kit *kit, const char *root, const char *path, const char *text);
void tree_remove(const char *root);

#endif
