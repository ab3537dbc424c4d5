/* Temporary trees; see tree.h. */
#include "test/kit/tree.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"

void tree_put(struct kit *kit, const char *root, const char *path, const char *text)
{
	char *full = arena_z(&kit->arena, arena_printf(&kit->arena, "%s/%s", root, path));

	for (char *slash = full + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = 0;
		mkdir(full, 0777);
		*slash = '/';
	}
	FILE *out = fopen(full, "w");
	assert_non_null(out);
	fputs(text, out);
	assert_int_equal(fclose(out), 0);
}

const char *tree_make(struct kit *kit, const struct tree_file *files, size_t count)
{
	const char *tmp = getenv("TMPDIR");
	char *root = arena_z(&kit->arena, arena_printf(&kit->arena, "%s/tongban-tree-XXXXXX", tmp ? tmp : "/tmp"));

	assert_non_null(mkdtemp(root));
	for (size_t i = 0; i < count; i++)
		tree_put(kit, root, files[i].path, files[i].text);
	return root;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st, (void)kind, (void)ftw;
	return remove(path);
}

void tree_remove(const char *root)
{
	assert_int_equal(nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}
