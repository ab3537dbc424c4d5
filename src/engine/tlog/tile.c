/* Tile names, widths and hashes; see tile.h. */
#include "engine/tlog/tile.h"

#include <assert.h>

#include "base/banned.h"

/* Decimal without leading zeros, at most `max`. */
static bool cut_number(struct sv text, int64_t max, int64_t *ret)
{
	int64_t number;

	if (text.len == 0 || text.len > 3 || text.ptr[0] == '-' || (text.len > 1 && text.ptr[0] == '0'))
		return false;
	if (!sv_parse_i64(text, &number) || number > max)
		return false;
	*ret = number;
	return true;
}

/* "x001/234/067": groups of three digits, all but the last with an x, no group of zeros in front. */
static bool parse_index(struct sv text, uint64_t *ret)
{
	uint64_t index = 0;
	unsigned groups = 0;
	bool is_last = false;

	while (!is_last) {
		struct sv group = sv_cut(&text, '/');
		is_last = sv_is_absent(text);
		if (!is_last) {
			if (group.len != 4 || group.ptr[0] != 'x')
				return false;
			group = sv_slice(group, 1, 3);
		}
		if (group.len != 3 || ++groups > 6)
			return false;
		for (size_t i = 0; i < 3; i++) {
			if (group.ptr[i] < '0' || group.ptr[i] > '9')
				return false;
			index = index * 10 + (uint64_t)(group.ptr[i] - '0');
		}
		if (groups == 1 && !is_last && index == 0)
			return false;
	}
	*ret = index;
	return true;
}

bool tile_parse(struct sv path, struct tile *ret)
{
	struct tile tile = { .width = TILE_WIDTH };
	struct sv rest = path;
	int64_t number;

	if (!sv_equal(sv_cut(&rest, '/'), SV("tile")) || sv_is_absent(rest))
		return false;
	struct sv level = sv_cut(&rest, '/');
	if (sv_equal(level, SV("entries")))
		tile.is_entries = true;
	else if (cut_number(level, TILE_MAX_LEVEL, &number))
		tile.level = (unsigned)number;
	else
		return false;
	if (sv_is_absent(rest))
		return false;
	size_t partial = sv_find(rest, SV(".p/"), 0);
	if (partial != SIZE_MAX) {
		if (!cut_number(sv_slice(rest, partial + 3, rest.len), TILE_WIDTH - 1, &number) || number == 0)
			return false;
		tile.width = (unsigned)number;
		rest = sv_slice(rest, 0, partial);
	}
	if (!parse_index(rest, &tile.index))
		return false;
	*ret = tile;
	return true;
}

struct sv tile_path(struct arena *arena, struct tile tile)
{
	struct buf buf;
	unsigned groups[7], count = 0;
	uint64_t index = tile.index;

	assert(tile.level <= TILE_MAX_LEVEL && tile.width >= 1 && tile.width <= TILE_WIDTH);
	do {
		groups[count++] = (unsigned)(index % 1000);
		index /= 1000;
	} while (index);
	buf_init(&buf, arena, 128);
	if (tile.is_entries)
		buf_sv(&buf, SV("tile/entries"));
	else
		buf_printf(&buf, "tile/%u", tile.level);
	while (count--)
		buf_printf(&buf, count ? "/x%03u" : "/%03u", groups[count]);
	if (tile.width < TILE_WIDTH)
		buf_printf(&buf, ".p/%u", tile.width);
	assert(!buf.overflow);
	return buf_view(&buf);
}

unsigned tile_width(uint64_t size, unsigned level, uint64_t index)
{
	uint64_t hashes = level <= TILE_MAX_LEVEL ? size >> (TILE_HEIGHT * level) : 0;

	if (index > (hashes >> TILE_HEIGHT))
		return 0;
	uint64_t left = hashes - (index << TILE_HEIGHT);
	return left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH;
}

struct hash tile_hash(struct sv bytes, unsigned height, unsigned index)
{
	struct hash hashes[TILE_WIDTH / 2];
	unsigned count = 1u << height, first = index << height;
	struct hash one;

	assert(height < TILE_HEIGHT && (first + count) * sizeof(one.bytes) <= bytes.len);
	if (height == 0) {
		memcpy(one.bytes, bytes.ptr + first * sizeof(one.bytes), sizeof(one.bytes));
		return one;
	}
	memcpy(hashes, bytes.ptr + first * sizeof(one.bytes), count * sizeof(one.bytes));
	for (; count > 1; count /= 2)
		for (unsigned i = 0; i < count / 2; i++)
			hashes[i] = tlog_node_hash(hashes[2 * i], hashes[2 * i + 1]);
	return hashes[0];
}

void tile_add_entry(struct buf *buf, struct sv entry)
{
	assert(entry.len <= TILE_MAX_ENTRY);
	buf_byte(buf, (char)(entry.len >> 8));
	buf_byte(buf, (char)(entry.len & 0xff));
	buf_sv(buf, entry);
}

bool tile_next_entry(struct sv *bundle, struct sv *ret)
{
	if (bundle->len < 2)
		return false;
	size_t len = (size_t)(uint8_t)bundle->ptr[0] << 8 | (uint8_t)bundle->ptr[1];
	if (bundle->len - 2 < len)
		return false;
	*ret = sv_slice(*bundle, 2, len);
	*bundle = sv_slice(*bundle, 2 + len, bundle->len);
	return true;
}

struct tile_kept {
	struct tile_kept *next;
	struct tile tile;
	struct sv bytes;
};

static enum rc find_tile(struct ctx *ctx, struct tile_reader *tiles, unsigned level, uint64_t index, struct sv *ret)
{
	struct tile_kept *kept;

	for (kept = tiles->kept; kept; kept = kept->next)
		if (kept->tile.level == level && kept->tile.index == index) {
			*ret = kept->bytes;
			return RC_OK;
		}
	struct tile tile = { .level = level, .index = index, .width = tile_width(tiles->size, level, index) };
	if (tile.width == 0)
		return fail_internal(ctx, "no tile %u/%llu in a log of %llu", level, (unsigned long long)index,
			(unsigned long long)tiles->size);
	struct sv bytes;
	TRY(tiles->read(ctx, tiles->owner, tile, &bytes));
	if (bytes.len < tile.width * sizeof(struct hash))
		return fail_internal(ctx, "tile %u/%llu is cut off: %zu bytes", level, (unsigned long long)index, bytes.len);
	kept = ARENA_NEW(ctx->arena, struct tile_kept);
	*kept = (struct tile_kept){ .next = tiles->kept, .tile = tile, .bytes = bytes };
	tiles->kept = kept;
	*ret = bytes;
	return RC_OK;
}

static enum rc read_hashes(struct ctx *ctx, const struct tlog_reader *reader, const struct tlog_at *at, size_t count,
	struct hash *ret)
{
	struct tile_reader *tiles = reader->owner;

	for (size_t i = 0; i < count; i++) {
		unsigned height = at[i].level % TILE_HEIGHT;
		uint64_t tile_index = at[i].index >> (TILE_HEIGHT - height);
		unsigned within = (unsigned)(at[i].index & ((1u << (TILE_HEIGHT - height)) - 1));
		struct sv bytes;
		TRY(find_tile(ctx, tiles, at[i].level / TILE_HEIGHT, tile_index, &bytes));
		if (((size_t)(within + 1) << height) * sizeof(struct hash) > bytes.len)
			return fail_internal(ctx, "hash %u/%llu is outside the log", at[i].level,
				(unsigned long long)at[i].index);
		ret[i] = tile_hash(bytes, height, within);
	}
	return RC_OK;
}

void tile_reader_init(struct tile_reader *tiles)
{
	tiles->reader = (struct tlog_reader){ .read = read_hashes, .owner = tiles };
	tiles->kept = NULL;
}
