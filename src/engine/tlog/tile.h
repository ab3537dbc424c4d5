/* Tiles: a log's hashes in files or rows of up to 256, and its entries in bundles of up to 256 (c2sp.org/tlog-tiles).
 *
 * Tile `index` of `level` holds the roots of 256 consecutive perfect subtrees of height 8 * level, 32 bytes each. Only
 * the right edge has partial tiles; these are not hashed upward. The hashes between tile levels are recomputed.
 */
#ifndef ENGINE_TLOG_TILE_H
#define ENGINE_TLOG_TILE_H

#include "base/buf.h"
#include "engine/tlog/tlog.h"

enum { TILE_HEIGHT = 8, TILE_WIDTH = 256, TILE_MAX_LEVEL = 7, TILE_MAX_ENTRY = 65535 /* bytes of one entry */ };

struct tile {
	bool is_entries; /* an entry bundle; level is 0 */
	unsigned level;  /* 0 to TILE_MAX_LEVEL */
	uint64_t index;
	unsigned width;  /* 1 to 256; below 256 the tile is partial */
};

/* "tile/1/x001/234/067", "tile/entries/000.p/12"; false on anything that is not exactly the one right spelling. */
bool tile_parse(struct sv path, struct tile *ret);
struct sv tile_path(struct arena *arena, struct tile tile);
/* How wide that tile is in a log of `size` entries; 0 = it does not exist. */
unsigned tile_width(uint64_t size, unsigned level, uint64_t index);

/* Hash of a perfect subtree of 2^height leaves (height < 8) inside a tile's bytes, by its index within the tile. The
 * bytes reach that far. */
struct hash tile_hash(struct sv bytes, unsigned height, unsigned index);

/* Appends one entry to a bundle: uint16 big-endian length, bytes. */
void tile_add_entry(struct buf *buf, struct sv entry);
/* Cuts the next entry off a bundle; false at its end and when the rest is not one (then *bundle is not empty). */
bool tile_next_entry(struct sv *bundle, struct sv *ret);

/* A reader of hashes over a reader of tiles. `read` gives at least width * 32 bytes (a wider tile is fine: tiles only
 * grow). Each tile is read once. Set read, owner and size; then hand &tiles->reader to tlog.h after tile_reader_init. */
struct tile_reader {
	struct tlog_reader reader;
	enum rc (*read)(struct ctx *ctx, void *owner, struct tile tile, struct sv *ret);
	void *owner;
	uint64_t size;
	struct tile_kept *kept;
};
void tile_reader_init(struct tile_reader *tiles);

#endif
