/* Proof files and receipts; see receipt.h. */
#include "engine/tlog/receipt.h"

#include <assert.h>

#include "base/civil.h"

#include "base/banned.h"

static const char proof_first_line[] = "c2sp.org/tlog-proof@v1";
static const char receipt_format[] = "tongban-receipt/1";

const struct receipt_step_text receipt_step_texts[RECEIPT_STEP_COUNT] = {
#define X(name, code, text) [name] = { code, text },
	RECEIPT_STEPS(X)
#undef X
};

/* --- proof files --- */

struct sv proof_file_text(struct arena *arena, const struct proof_file *file)
{
	struct buf buf;

	assert(file->proof.len <= TLOG_MAX_LEVELS);
	buf_init(&buf, arena, NOTE_MAX_BYTES + TLOG_MAX_LEVELS * 45 + 64);
	buf_printf(&buf, "%s\nindex %llu\n", proof_first_line, (unsigned long long)file->index);
	for (size_t i = 0; i < file->proof.len; i++) {
		buf_base64(&buf, file->proof.at[i].bytes, sizeof(file->proof.at[i].bytes));
		buf_byte(&buf, '\n');
	}
	buf_byte(&buf, '\n');
	buf_sv(&buf, file->checkpoint);
	return buf_view(&buf);
}

static enum rc bad_proof(struct ctx *ctx)
{
	return fail(ctx, RC_MALFORMED, N_("The proof is not of the form c2sp.org/tlog-proof@v1. Check that it was copied whole."),
		NULL);
}

static bool decode_hash(struct ctx *ctx, struct sv line, struct hash *ret)
{
	struct sv bytes;

	if (!note_base64(ctx->arena, line, &bytes) || bytes.len != sizeof(ret->bytes))
		return false;
	memcpy(ret->bytes, bytes.ptr, bytes.len);
	return true;
}

enum rc proof_file_parse(struct ctx *ctx, struct sv text, struct proof_file *ret)
{
	struct proof_file file = { 0 };
	struct sv rest = text, ignored, line;

	if (text.len > NOTE_MAX_BYTES * 2 || !sv_equal_z(sv_cut(&rest, '\n'), proof_first_line))
		return bad_proof(ctx);
	line = sv_cut(&rest, '\n');
	if (sv_has_prefix(line, SV("extra "))) {
		if (!note_base64(ctx->arena, sv_slice(line, 6, line.len), &ignored))
			return bad_proof(ctx);
		line = sv_cut(&rest, '\n');
	}
	if (!sv_has_prefix(line, SV("index ")) || !checkpoint_number(sv_slice(line, 6, line.len), &file.index))
		return bad_proof(ctx);
	for (line = sv_cut(&rest, '\n'); line.len; line = sv_cut(&rest, '\n')) {
		if (file.proof.len == TLOG_MAX_LEVELS || !decode_hash(ctx, line, &file.proof.at[file.proof.len++]))
			return bad_proof(ctx);
	}
	if (sv_is_absent(rest))
		return bad_proof(ctx);
	file.checkpoint = rest;
	*ret = file;
	return RC_OK;
}

/* --- receipts --- */

enum rc receipt_text(struct ctx *ctx, struct sv record, struct sv salt, struct sv leaf, struct sv proof, struct sv *ret)
{
	const struct json *tree;
	struct sv canonical;
	struct buf buf, base64;

	assert(salt.len == LEAF_SALT_SIZE);
	TRY(json_parse(ctx, SV("record"), record, &json_limits_file, &tree));
	TRY(record_canonical(ctx, tree, &canonical));
	buf_init(&buf, ctx->arena, RECEIPT_MAX_BYTES);
	struct json_out out = json_out_to(&buf);
	out.indent = 2;
	json_out_object(&out);
	json_out_member(&out, SV("format"), sv_of(receipt_format));
	json_out_key(&out, SV("record"));
	json_out_value(&out, tree);
	buf_init(&base64, ctx->arena, 1024);
	buf_base64(&base64, salt.ptr, salt.len);
	json_out_member(&out, SV("salt"), buf_view(&base64));
	buf_init(&base64, ctx->arena, 1024);
	buf_base64(&base64, leaf.ptr, leaf.len);
	json_out_member(&out, SV("leaf"), buf_view(&base64));
	json_out_member(&out, SV("proof"), proof);
	json_out_object_end(&out);
	buf_byte(&buf, '\n');
	if (buf.overflow)
		return fail(ctx, RC_TOO_LARGE, N_("The receipt is too large."), NULL);
	*ret = buf_view(&buf);
	return RC_OK;
}

struct parts {
	const struct json *record;
	struct sv salt, leaf_bytes;
	struct proof_file proof;
	struct note note;
};

static enum rc bad_receipt(struct ctx *ctx)
{
	return fail(ctx, RC_MALFORMED, N_("This is not a receipt of this kind. Use the file as it was downloaded."), NULL);
}

static enum rc read_step(struct ctx *ctx, struct sv text, struct parts *parts, struct receipt_check *check)
{
	const struct json *root;

	if (text.len > RECEIPT_MAX_BYTES)
		return fail(ctx, RC_TOO_LARGE, N_("The receipt is too large."), NULL);
	TRY(json_parse(ctx, SV("receipt"), text, &json_limits_request, &root));
	if (!json_is(root, JSON_OBJECT) || !sv_equal_z(json_string(json_get(root, SV("format"))), receipt_format))
		return bad_receipt(ctx);
	parts->record = json_get(root, SV("record"));
	if (json_count(root) != 5 || !json_is(parts->record, JSON_OBJECT)
		|| !note_base64(ctx->arena, json_string(json_get(root, SV("salt"))), &parts->salt)
		|| parts->salt.len != LEAF_SALT_SIZE
		|| !note_base64(ctx->arena, json_string(json_get(root, SV("leaf"))), &parts->leaf_bytes))
		return bad_receipt(ctx);
	TRY(record_canonical(ctx, parts->record, &check->record));
	TRY(leaf_decode(ctx, parts->leaf_bytes, &check->leaf));
	TRY(proof_file_parse(ctx, json_string(json_get(root, SV("proof"))), &parts->proof));
	TRY(note_parse(ctx, parts->proof.checkpoint, &parts->note));
	TRY(checkpoint_parse(ctx, parts->note.text, &check->checkpoint));
	check->index = parts->proof.index;
	check->leaf_hash = tlog_leaf_hash(parts->leaf_bytes);
	return RC_OK;
}

static enum rc commitment_step(struct ctx *ctx, const struct parts *parts, struct receipt_check *check)
{
	struct hash commitment = record_commitment(ctx->arena, parts->salt, check->record);

	if (!hash_equal(commitment, check->leaf.commitment))
		return fail(ctx, RC_INVALID, N_("The record was changed after it was sealed, or belongs to another receipt."), NULL);
	return RC_OK;
}

/* An absent member says the empty text. */
static bool says(const struct json *record, const char *key, struct sv value)
{
	return sv_equal(json_string(json_get(record, sv_of(key))), value);
}

static enum rc leaf_step(struct ctx *ctx, const struct parts *parts, const struct receipt_check *check)
{
	char instant[25];
	struct buf rules;

	buf_init(&rules, ctx->arena, 64);
	if (check->leaf.has_rules)
		buf_hex(&rules, check->leaf.rules.bytes, sizeof(check->leaf.rules.bytes));
	if (!says(parts->record, "id", id_text(ctx->arena, check->leaf.record)) || !says(parts->record, "type", check->leaf.type)
		|| !says(parts->record, "department", check->leaf.department)
		|| !says(parts->record, "time", civil_instant_text(check->leaf.at, instant))
		|| !says(parts->record, "rules", buf_view(&rules)))
		return fail(ctx, RC_INVALID, N_("The ledger entry speaks of another act than the record."), NULL);
	return RC_OK;
}

static enum rc inclusion_step(struct ctx *ctx, const struct parts *parts, const struct receipt_check *check)
{
	if (!tlog_check_inclusion(check->leaf_hash, check->index, check->checkpoint.size, parts->proof.proof.at,
		    parts->proof.proof.len, check->checkpoint.root))
		return fail(ctx, RC_INVALID, N_("The proof does not lead from this entry to the root of the ledger."), NULL);
	return RC_OK;
}

static enum rc signature_step(struct ctx *ctx, const struct parts *parts, const struct receipt_check *check,
	const struct note_key *key)
{
	if (!sv_equal(check->checkpoint.origin, key->name))
		return fail(ctx, RC_INVALID, N_("The receipt is of the ledger {origin}; the key is of {name}."),
			ARGS({ "origin", check->checkpoint.origin }, { "name", key->name }));
	return note_verify(ctx, &parts->note, key, 1);
}

static enum rc run_step(struct ctx *ctx, enum receipt_step step, struct sv text, const struct note_key *key,
	struct parts *parts, struct receipt_check *check)
{
	switch (step) {
	case RECEIPT_READ:
		return read_step(ctx, text, parts, check);
	case RECEIPT_COMMITMENT:
		return commitment_step(ctx, parts, check);
	case RECEIPT_LEAF:
		return leaf_step(ctx, parts, check);
	case RECEIPT_INCLUSION:
		return inclusion_step(ctx, parts, check);
	case RECEIPT_SIGNATURE:
		return signature_step(ctx, parts, check, key);
	case RECEIPT_STEP_COUNT:
		break;
	}
	assert(!"a step");
	return RC_INTERNAL;
}

enum rc receipt_verify(struct ctx *ctx, struct sv receipt, struct sv public_key, struct receipt_check *ret)
{
	struct receipt_check check = { 0 };
	struct parts parts = { 0 };
	struct note_key key;

	TRY(note_key_parse(ctx, public_key, &key));
	check.is_verified = true;
	for (int step = 0; step < RECEIPT_STEP_COUNT; step++) {
		if (run_step(ctx, (enum receipt_step)step, receipt, &key, &parts, &check) == RC_OK) {
			check.steps[step] = RECEIPT_PASSED;
			continue;
		}
		check.steps[step] = RECEIPT_FAILED;
		check.is_verified = false;
		if (sv_is_absent(check.problem))
			check.problem = tr_args(ctx, ctx->err->msgid, ctx->err->args);
		error_clear(ctx);
		if (step == RECEIPT_READ)
			break; /* nothing else can be tried */
	}
	*ret = check;
	return RC_OK;
}
