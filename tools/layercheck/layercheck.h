/* Checks that the rooms under src/ see only what the house allows.
 *
 * A room is a folder: base, store, http, app, engine/<name>, domain/<name>. Its meson.build declares in `room_deps` which
 * rooms it may include. The direction is app -> domain -> engine, store, http -> base; engine, store and http do not see
 * each other; engines may see engines without a cycle; domain rooms see only rooms to their left in layercheck_order.
 * Headers that end in _int.h, _sql.h or _html.h belong to their room alone. Of a domain room only *_pages*, *_cmd* and
 * test files see http/. Test, fuzz and kit files may also include test/, what room_deps does not list, and _sql.h of
 * other rooms, to set up and look at their tables.
 */
#ifndef TOOLS_LAYERCHECK_H
#define TOOLS_LAYERCHECK_H

#include "base/buf.h"

/* The domain rooms from left to right, NULL at the end. */
extern const char *const layercheck_order[];

/* Checks <root>/src. Appends "src/file:line: what is wrong; what to do" lines, sorted by file, to *report and returns how
 * many there are. A folder that cannot be read is a fault, too. */
unsigned layercheck_tree(struct arena *arena, const char *root, struct buf *report);

#endif
