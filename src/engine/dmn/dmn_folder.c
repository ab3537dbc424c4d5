/* Imported models that lie in the same folder, for commands and test suites. */
#include <dirent.h>

#include "base/file.h"
#include "engine/dmn/dmn_int.h"

#include "base/banned.h"

enum rc dmn_find_in_folder(struct ctx *ctx, void *user, struct sv ns, struct sv location, struct sv *ret_name, struct sv *ret_text)
{
	struct sv dir = sv_of(user);
	DIR *entries = opendir(user);
	struct dirent *entry;
	bool found = false;

	(void)location; /* the namespace tells */
	while (entries && !found && (entry = readdir(entries))) {
		struct sv name = sv_of(entry->d_name), path;
		struct xml *root;
		if (!sv_has_suffix(name, SV(".dmn")))
			continue;
		path = arena_printf(ctx->arena, "%.*s/%.*s", SV_FMT(dir), SV_FMT(name));
		if (file_read(ctx, path.ptr, DMN_MAX_TEXT, ret_text) != RC_OK || xml_parse(ctx, path, *ret_text, &root) != RC_OK) {
			error_clear(ctx);
			continue;
		}
		*ret_name = path;
		found = sv_equal(xml_attr(root, "namespace"), ns);
	}
	if (entries)
		closedir(entries);
	if (found)
		return RC_OK;
	return fail(ctx, RC_NOT_FOUND, N_("The model imports \"{ns}\", which is not here. Put the imported file beside it."),
		ARGS({ "ns", ns }));
}
