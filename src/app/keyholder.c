/* The key holder's two sides: the child's loop, and the functions of struct signer that ask it over a socket pair with one
 * message a question. See keyholder.h. */
#include "app/keyholder.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/sandbox.h"
#include "base/file.h"

#include "base/banned.h"

enum { CHILD_MEMORY = 4 << 20, PATH_BYTES = 4096, HEAD_MAX = 256, ANSWER_S = 5, INHERITED_MAX = 1024 };
enum question_kind { ASK_HEAD, ASK_SIGN, ASK_TEXT };

struct question {
	enum question_kind kind;
	struct signer_request request;
	size_t len;
	char text[SIGNER_MAX_TEXT];
};

struct answer {
	enum rc rc;
	enum signer_verdict verdict;
	struct signer_head head;
	uint8_t signature[NOTE_SIGNATURE_SIZE];
};

/* --- the child --- */

struct holder {
	struct arena arena;
	struct error err;
	struct ctx ctx;
	struct note_secret secret;
	struct signer_head last;
	int lock;         /* DATA/keys/lock: a command may have a holder of its own beside the server's */
	char folder[PATH_BYTES];
};

/* "SIZE HEXROOT\n"; no file means that nothing was signed yet. */
static enum rc read_head(struct holder *holder)
{
	char path[PATH_BYTES + 16];
	struct sv text, root;
	int64_t size;

	snprintf(path, sizeof(path), "%s/head", holder->folder);
	holder->last = (struct signer_head){ 0 };
	if (access(path, F_OK) != 0)
		return RC_OK;
	TRY(file_read(&holder->ctx, path, HEAD_MAX, &text));
	struct sv rest = sv_trim(text);
	if (!sv_parse_i64(sv_cut(&rest, ' '), &size) || !hex_decode(&holder->arena, rest, &root) || root.len != 32)
		return fail_internal(&holder->ctx, "the key holder's head is damaged");
	holder->last.size = (uint64_t)size;
	memcpy(holder->last.root.bytes, root.ptr, 32);
	return RC_OK;
}

/* Written beside, synced, renamed, folder synced: after a crash it is the old head or the new one. */
static bool write_head(struct holder *holder, const struct signer_head *head)
{
	char path[PATH_BYTES + 16], beside[PATH_BYTES + 16];
	struct buf text;

	snprintf(path, sizeof(path), "%s/head", holder->folder);
	snprintf(beside, sizeof(beside), "%s/head.new", holder->folder);
	buf_init(&text, &holder->arena, HEAD_MAX);
	buf_printf(&text, "%llu ", (unsigned long long)head->size);
	buf_hex(&text, head->root.bytes, 32);
	buf_byte(&text, '\n');
	int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), folder;
	bool is_written = fd >= 0 && write(fd, text.ptr, text.len) == (ssize_t)text.len && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	if (!is_written || rename(beside, path) != 0)
		return false;
	folder = open(holder->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	is_written = folder >= 0 && fsync(folder) == 0;
	if (folder >= 0)
		close(folder);
	return is_written;
}

static void sign_checkpoint(struct holder *holder, const struct question *question, struct answer *answer)
{
	const struct signer_request *request = &question->request;

	if (request->proof.len > TLOG_MAX_LEVELS) {
		answer->rc = RC_INVALID;
		return;
	}
	answer->verdict = signer_decide(&holder->last, request);
	if (answer->verdict != SIGNER_GRANTED)
		return;
	if (request->head.size != holder->last.size && !write_head(holder, &request->head)) {
		answer->rc = RC_UNAVAILABLE;
		return;
	}
	holder->last = request->head;
	note_sign_bytes(&holder->secret, signer_checkpoint_text(&holder->arena, &holder->secret.key, &request->head),
		answer->signature);
}

/* The head on disk is the one that counts: read, decided upon and written while no other holder can. */
static void answer_head(struct holder *holder, const struct question *question, struct answer *answer)
{
	if (flock(holder->lock, LOCK_EX) != 0 || read_head(holder) != RC_OK)
		answer->rc = RC_UNAVAILABLE;
	else if (question->kind == ASK_SIGN)
		sign_checkpoint(holder, question, answer);
	answer->head = holder->last;
	flock(holder->lock, LOCK_UN);
}

static void sign_text(struct holder *holder, const struct question *question, struct answer *answer)
{
	struct sv text = { question->text, question->len };

	if (question->len > SIGNER_MAX_TEXT || !signer_may_sign_text(text))
		answer->rc = RC_INVALID;
	else
		note_sign_bytes(&holder->secret, text, answer->signature);
}

/* What the program had open is none of the holder's business, and would stay open with it. */
static void close_others(int fd, int lock)
{
	for (int other = STDERR_FILENO + 1; other < INHERITED_MAX; other++)
		if (other != fd && other != lock)
			close(other);
}

static _Noreturn void holder_main(struct holder *holder, int fd)
{
	struct question question;

	/* The terminal's Ctrl-C is for the program; the holder ends when the program has closed its end. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	close_others(fd, holder->lock);
	sandbox_holder(holder->folder);
	while (recv(fd, &question, sizeof(question), 0) == (ssize_t)sizeof(question)) {
		struct arena_mark mark = arena_mark(&holder->arena);
		struct answer answer = { .rc = RC_OK, .verdict = SIGNER_GRANTED };
		if (question.kind == ASK_TEXT)
			sign_text(holder, &question, &answer);
		else
			answer_head(holder, &question, &answer);
		arena_rewind(&holder->arena, mark);
		if (send(fd, &answer, sizeof(answer), MSG_NOSIGNAL) != (ssize_t)sizeof(answer))
			break;
	}
	_exit(0);
}

/* --- the program's side --- */

struct remote {
	struct signer signer; /* first */
	int fd;
	pthread_mutex_t lock;
};

static enum rc ask(struct ctx *ctx, struct signer *signer, const struct question *question, struct answer *ret)
{
	struct remote *remote = (struct remote *)(void *)signer;

	pthread_mutex_lock(&remote->lock);
	bool is_answered = send(remote->fd, question, sizeof(*question), MSG_NOSIGNAL) == (ssize_t)sizeof(*question)
		&& recv(remote->fd, ret, sizeof(*ret), 0) == (ssize_t)sizeof(*ret);
	pthread_mutex_unlock(&remote->lock);
	if (!is_answered)
		return fail(ctx, RC_UNAVAILABLE, N_("The key holder does not answer. Start the program again."), NULL);
	if (ret->rc != RC_OK)
		return fail_internal(ctx, "the key holder refuses: %s", rc_problem_type(ret->rc));
	return RC_OK;
}

static enum rc remote_head(struct ctx *ctx, struct signer *signer, struct signer_head *ret)
{
	struct question *question = ARENA_NEW(ctx->arena, struct question);
	struct answer answer;

	question->kind = ASK_HEAD;
	TRY(ask(ctx, signer, question, &answer));
	*ret = answer.head;
	return RC_OK;
}

static enum rc remote_sign(struct ctx *ctx, struct signer *signer, const struct signer_request *request,
	uint8_t ret[NOTE_SIGNATURE_SIZE])
{
	struct question *question = ARENA_NEW(ctx->arena, struct question);
	struct answer answer;

	question->kind = ASK_SIGN;
	question->request = *request;
	TRY(ask(ctx, signer, question, &answer));
	if (answer.verdict != SIGNER_GRANTED)
		return signer_refuse(ctx, answer.verdict, &answer.head);
	memcpy(ret, answer.signature, NOTE_SIGNATURE_SIZE);
	return RC_OK;
}

static enum rc remote_sign_text(struct ctx *ctx, struct signer *signer, struct sv text, uint8_t ret[NOTE_SIGNATURE_SIZE])
{
	struct question *question = ARENA_NEW(ctx->arena, struct question);
	struct answer answer;

	if (!signer_may_sign_text(text))
		return fail_internal(ctx, "the text is not of a kind that is signed");
	question->kind = ASK_TEXT;
	question->len = text.len;
	memcpy(question->text, text.ptr, text.len);
	TRY(ask(ctx, signer, question, &answer));
	memcpy(ret, answer.signature, NOTE_SIGNATURE_SIZE);
	return RC_OK;
}

bool keyholder_is_alive(const struct site *site)
{
	const struct remote *remote = (const struct remote *)(const void *)site->signer;
	char byte;

	assert(remote && remote->fd >= 0);
	/* Nothing to read, or an answer on its way to another thread: alive. The end of the stream: gone. */
	ssize_t got = recv(remote->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
	return got > 0 || (got < 0 && errno == EAGAIN);
}

/* 32 random bytes, made on first use. */
static enum rc read_seed(struct holder *holder, uint8_t seed[NOTE_SEED_SIZE])
{
	char path[PATH_BYTES + 16];
	struct sv bytes;

	snprintf(path, sizeof(path), "%s/ledger", holder->folder);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0) {
		random_bytes(holder->ctx.random, seed, NOTE_SEED_SIZE);
		bool is_written = write(fd, seed, NOTE_SEED_SIZE) == NOTE_SEED_SIZE && fsync(fd) == 0;
		close(fd);
		if (!is_written) {
			unlink(path);
			return fail_internal(&holder->ctx, "the ledger's key cannot be written");
		}
	}
	TRY(file_read(&holder->ctx, path, NOTE_SEED_SIZE, &bytes));
	if (bytes.len != NOTE_SEED_SIZE)
		return fail_internal(&holder->ctx, "the ledger's key is damaged");
	memcpy(seed, bytes.ptr, NOTE_SEED_SIZE);
	return RC_OK;
}

static enum rc holder_prepare(struct ctx *ctx, const struct site *site, struct holder *holder)
{
	uint8_t seed[NOTE_SEED_SIZE];
	char path[PATH_BYTES + 16];

	arena_init(&holder->arena, CHILD_MEMORY);
	holder->ctx = *ctx;
	holder->ctx.arena = &holder->arena;
	holder->ctx.err = ctx->err;
	snprintf(holder->folder, sizeof(holder->folder), "%.*s/keys", SV_FMT(site->data_dir));
	TRY(read_seed(holder, seed));
	holder->secret = note_secret_from_seed(site->origin, seed);
	explicit_bzero(seed, sizeof(seed));
	snprintf(path, sizeof(path), "%s/lock", holder->folder);
	holder->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	return holder->lock < 0 ? fail_internal(ctx, "%s cannot be opened", path) : read_head(holder);
}

enum rc keyholder_start(struct ctx *ctx, struct site *site)
{
	struct holder *holder = ARENA_NEW(ctx->arena, struct holder);
	struct remote *remote = ARENA_NEW(ctx->arena, struct remote);
	struct timeval limit = { ANSWER_S, 0 };
	int ends[2];

	TRY(holder_prepare(ctx, site, holder));
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return fail_internal(ctx, "no socket pair for the key holder");
	pid_t pid = fork();
	if (pid < 0)
		return fail_internal(ctx, "no process for the key holder");
	if (pid == 0) {
		close(ends[0]);
		holder_main(holder, ends[1]);
	}
	close(ends[1]);
	close(holder->lock);
	setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	remote->fd = ends[0];
	pthread_mutex_init(&remote->lock, NULL);
	remote->signer = (struct signer){ holder->secret.key, remote_head, remote_sign, remote_sign_text };
	/* From here on the key is in the holder's memory only; the public half stays. */
	explicit_bzero(holder->secret.bytes, sizeof(holder->secret.bytes));
	arena_release(&holder->arena);
	site->signer = &remote->signer;
	return RC_OK;
}
