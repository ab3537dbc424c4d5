/* Leaves and commitments; see leaf.h. */
#include "engine/tlog/leaf.h"

#include <assert.h>

#include "base/buf.h"

#include "base/banned.h"

enum { LEAF_VERSION = 1 };

static const char commitment_domain[] = "tongban-record/1\n";

bool leaf_name_is_valid(struct sv name)
{
	if (name.len > LEAF_MAX_NAME)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.'))
			return false;
	}
	return true;
}

static void put_u64(struct buf *buf, uint64_t number)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		buf_byte(buf, (char)(number >> shift));
}

static void put_short(struct buf *buf, struct sv bytes)
{
	buf_byte(buf, (char)bytes.len);
	buf_sv(buf, bytes);
}

struct sv leaf_encode(struct arena *arena, const struct leaf *leaf)
{
	struct buf buf;

	assert(leaf->type.len && leaf_name_is_valid(leaf->type) && leaf_name_is_valid(leaf->department) && leaf->at >= 0
		&& leaf->at <= LEAF_MAX_TIME);
	buf_init(&buf, arena, LEAF_MAX_BYTES);
	buf_byte(&buf, LEAF_VERSION);
	put_short(&buf, leaf->type);
	put_short(&buf, leaf->department);
	put_u64(&buf, (uint64_t)leaf->at);
	buf_add(&buf, leaf->record.bytes, sizeof(leaf->record.bytes));
	buf_add(&buf, leaf->commitment.bytes, sizeof(leaf->commitment.bytes));
	put_u64(&buf, leaf->previous == LEAF_NO_PREVIOUS ? 0 : leaf->previous + 1);
	put_short(&buf, (struct sv){ (const char *)leaf->rules.bytes, leaf->has_rules ? sizeof(leaf->rules.bytes) : 0 });
	assert(!buf.overflow);
	return buf_view(&buf);
}

/* Cuts `len` bytes off the front; false when there are fewer. */
static bool cut(struct sv *rest, size_t len, struct sv *ret)
{
	if (rest->len < len)
		return false;
	*ret = sv_slice(*rest, 0, len);
	*rest = sv_slice(*rest, len, rest->len);
	return true;
}

static bool cut_short(struct sv *rest, struct sv *ret)
{
	struct sv len;

	return cut(rest, 1, &len) && cut(rest, (uint8_t)len.ptr[0], ret);
}

static bool cut_u64(struct sv *rest, uint64_t *ret)
{
	struct sv bytes;
	uint64_t number = 0;

	if (!cut(rest, 8, &bytes))
		return false;
	for (size_t i = 0; i < 8; i++)
		number = number << 8 | (uint8_t)bytes.ptr[i];
	*ret = number;
	return true;
}

/* The parts of a leaf as they stand. */
struct parts {
	struct sv version, type, department, record, commitment, rules;
	uint64_t at, previous;
};

static bool cut_parts(struct sv bytes, struct parts *ret)
{
	struct sv rest = bytes;

	return cut(&rest, 1, &ret->version) && cut_short(&rest, &ret->type) && cut_short(&rest, &ret->department)
		&& cut_u64(&rest, &ret->at) && cut(&rest, sizeof(struct id), &ret->record)
		&& cut(&rest, sizeof(struct hash), &ret->commitment) && cut_u64(&rest, &ret->previous)
		&& cut_short(&rest, &ret->rules) && rest.len == 0;
}

static bool decode(struct sv bytes, struct leaf *ret)
{
	struct parts parts;

	if (!cut_parts(bytes, &parts) || parts.version.ptr[0] != LEAF_VERSION)
		return false;
	if (parts.type.len == 0 || !leaf_name_is_valid(parts.type) || !leaf_name_is_valid(parts.department)
		|| parts.at > LEAF_MAX_TIME || parts.previous > INT64_MAX
		|| (parts.rules.len && parts.rules.len != sizeof(ret->rules.bytes)))
		return false;
	*ret = (struct leaf){ .type = parts.type, .department = parts.department, .at = (int64_t)parts.at,
		.previous = parts.previous ? parts.previous - 1 : LEAF_NO_PREVIOUS, .has_rules = parts.rules.len != 0 };
	memcpy(ret->record.bytes, parts.record.ptr, parts.record.len);
	memcpy(ret->commitment.bytes, parts.commitment.ptr, parts.commitment.len);
	memcpy(ret->rules.bytes, parts.rules.ptr, parts.rules.len);
	return true;
}

enum rc leaf_decode(struct ctx *ctx, struct sv bytes, struct leaf *ret)
{
	struct leaf leaf = { 0 };

	if (!decode(bytes, &leaf))
		return fail(ctx, RC_MALFORMED, N_("This is not a ledger entry that this program knows."), NULL);
	*ret = leaf;
	return RC_OK;
}

/* -?(0|[1-9][0-9]{0,14}), but not -0: what JavaScript prints as it is written. */
static bool is_plain_integer(struct sv text)
{
	struct sv digits = text.len && text.ptr[0] == '-' ? sv_slice(text, 1, text.len) : text;

	if (digits.len == 0 || digits.len > 15 || (digits.ptr[0] == '0' && text.len > 1))
		return false;
	for (size_t i = 0; i < digits.len; i++)
		if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
			return false;
	return true;
}

enum rc record_canonical(struct ctx *ctx, const struct json *record, struct sv *ret)
{
	struct buf buf;

	if (!json_is(record, JSON_OBJECT))
		return fail(ctx, RC_INVALID, N_("The record of an act is not an object."), NULL);
	for (uint32_t i = 0; i < record->span; i++)
		if (record[i].type == JSON_NUMBER && !is_plain_integer(record[i].text))
			return fail(ctx, RC_INVALID,
				N_("The record holds the number {number}; only integers of up to 15 digits can be sealed. Write it as text."),
				ARGS({ "number", record[i].text }));
	buf_init(&buf, ctx->arena, (size_t)16 << 20);
	json_out_canonical(&buf, record);
	if (buf.overflow)
		return fail(ctx, RC_TOO_LARGE, N_("The record of the act is too large."), NULL);
	*ret = buf_view(&buf);
	return RC_OK;
}

struct hash record_commitment(struct arena *arena, struct sv salt, struct sv canonical)
{
	struct buf buf;

	buf_init(&buf, arena, sizeof(commitment_domain) + canonical.len);
	buf_sv(&buf, sv_of(commitment_domain));
	buf_sv(&buf, canonical);
	return hash_hmac_sha256(salt, buf_view(&buf));
}
