/* Who signs for this installation, seen from the program: requests that a key holder may grant or refuse.
 *
 * The rule that makes a fork impossible: a checkpoint is signed only if it is proved to continue the last one signed.
 * The key holder keeps that head itself, apart from the database, so that a database restored from an old backup gets
 * no signature until it has caught up. Signatures over other texts are given only for texts that begin with a line of
 * their own kind, which no checkpoint can have.
 *
 * signer_decide is the rule, pure; app/keyholder.c runs it in a process of its own, and signer_local in this one
 * (tests, cities built in one go).
 */
#ifndef ENGINE_TLOG_SIGNER_H
#define ENGINE_TLOG_SIGNER_H

#include "engine/tlog/note.h"
#include "engine/tlog/tlog.h"

enum { SIGNER_MAX_TEXT = 2048 };

/* First line of every text that is signed besides checkpoints. */
#define SIGNER_LICENCE_LINE "tongban-licence/1\n"

/* The last head signed; size 0 = none yet. */
struct signer_head {
	uint64_t size;
	struct hash root;
};

/* A checkpoint that continues `proof_from`, the size for which the proof was made. */
struct signer_request {
	uint64_t proof_from;
	struct signer_head head; /* to be signed */
	struct tlog_proof proof;
};

enum signer_verdict {
	SIGNER_GRANTED,
	SIGNER_BEHIND, /* the request is for a smaller tree, or its proof starts elsewhere: see the head that was signed */
	SIGNER_FORKED, /* the proof fails: this tree does not continue the one signed before */
};

/* Does `request` continue `last`? The same head again is granted. */
enum signer_verdict signer_decide(const struct signer_head *last, const struct signer_request *request);
/* Is it a text that may be signed besides checkpoints? */
bool signer_may_sign_text(struct sv text);

struct signer {
	struct note_key key; /* its name is the origin of the checkpoints */
	/* The last head signed. RC_UNAVAILABLE when the key holder does not answer. */
	enum rc (*head)(struct ctx *ctx, struct signer *signer, struct signer_head *ret);
	/* The signature over the checkpoint. RC_CONFLICT when behind (ask for the head and prove from there),
	 * RC_INTERNAL when forked. */
	enum rc (*sign)(struct ctx *ctx, struct signer *signer, const struct signer_request *request,
		uint8_t ret[NOTE_SIGNATURE_SIZE]);
	enum rc (*sign_text)(struct ctx *ctx, struct signer *signer, struct sv text, uint8_t ret[NOTE_SIGNATURE_SIZE]);
};

/* The text that a checkpoint signature covers. */
struct sv signer_checkpoint_text(struct arena *arena, const struct note_key *key, const struct signer_head *head);
/* The error for a verdict other than granted. */
enum rc signer_refuse(struct ctx *ctx, enum signer_verdict verdict, const struct signer_head *last);

/* Signs in this process with the key in memory. */
struct signer_local {
	struct signer signer;
	struct note_secret secret;
	struct signer_head last;
};
void signer_local_init(struct signer_local *local, struct note_secret secret);

#endif
