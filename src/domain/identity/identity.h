/* Identity: who is there. People and firms (parties), accounts that sign in, departments, posts and sessions.
 *
 * Words: account 账户, party 申请主体 (natural person 自然人, legal person 法人), department 部门, post 岗位, session 会话.
 * An account of kind person acts for itself or for a legal person it represents; an officer acts for posts.
 * Passwords are Argon2id (libsodium, moderate limits); a session token is 32 random bytes of which only the SHA-256 is
 * stored; it lasts 30 idle minutes for officers, 12 idle hours for people, 7 days at most.
 */
#ifndef DOMAIN_IDENTITY_IDENTITY_H
#define DOMAIN_IDENTITY_IDENTITY_H

#include "base/ctx.h"
#include "domain/identity/permission.h"

struct module; /* http/module.h */
extern const struct module identity_module, identity_system_module;

enum party_kind { PARTY_NATURAL = 1, PARTY_LEGAL = 2 };

struct party {
	struct id id;
	enum party_kind kind;
	struct sv code; /* identity number (GB 11643) or unified social credit code (GB 32100) */
	struct sv name;
	struct sv phone;
};

struct department {
	struct id id;
	struct sv code; /* as service folders name it */
	struct bitext name;
};

struct post {
	struct id id;
	struct sv department, code; /* "window", "reviewer", ... */
	struct bitext name;
	uint64_t permissions;
};

/* Finders give RC_NOT_FOUND without a message of their own when there is none. */
[[nodiscard]] enum rc identity_party_find(struct ctx *ctx, struct id id, struct party *ret);
[[nodiscard]] enum rc identity_party_by_code(struct ctx *ctx, struct sv code, struct party *ret);
[[nodiscard]] enum rc identity_department_find(struct ctx *ctx, struct sv code, struct department *ret);
[[nodiscard]] enum rc identity_department_list(struct ctx *ctx, struct department **ret, size_t *ret_count);
/* Department code of an officer principal, from the session. */
struct sv identity_department_code(const struct ctx *ctx);
/* true when the officer's posts include it. */
bool identity_holds_post(const struct ctx *ctx, struct sv department, struct sv post);
/* The parties the signed-in account may act for, itself first. */
[[nodiscard]] enum rc identity_acting_list(struct ctx *ctx, struct party **ret, size_t *ret_count);

/* Making (import, city, tests): the id is given back; RC_CONFLICT when the code or login is taken. */
[[nodiscard]] enum rc identity_party_open(struct ctx *ctx, const struct party *party, struct id *ret);
struct account_new {
	enum principal_kind kind;
	struct sv login, password_hash, name, officer_code, department;
	struct id party;             /* the person, PRINCIPAL_PERSON only */
	const struct id *posts;      /* PRINCIPAL_OFFICER only */
	size_t post_count;
	bool is_once;                /* the password opens nothing but the choice of another */
};
[[nodiscard]] enum rc identity_account_open(struct ctx *ctx, const struct account_new *account, struct id *ret);
/* The account may act for this legal person (as its legal representative). */
[[nodiscard]] enum rc identity_represent(struct ctx *ctx, struct id account, struct id legal_party);

/* Departments, posts and officers from the text of a YAML file (docs/operator/staff.md). What the file names is made, or
 * changed to what it says; nothing else is touched, so loading it again changes nothing. RC_INVALID with file and line.
 * New officers get `password_hash`, or, when that is absent, a password for one time each. */
struct identity_newcomer {
	struct sv login, password;
};
struct identity_loaded {
	size_t departments, posts, officers; /* in the file */
	struct identity_newcomer *newcomers; /* with a password for one time */
	size_t newcomer_count;
};
[[nodiscard]] enum rc identity_load(struct ctx *ctx, struct sv file, struct sv text, struct sv password_hash,
	struct identity_loaded *ret);
/* Gives an account a password for one time in place of the one it had and ends its sessions. RC_NOT_FOUND. */
[[nodiscard]] enum rc identity_password_reset(struct ctx *ctx, struct sv login, struct sv *ret_password);
/* Officers who may sign in, by department and number, each as a new session of theirs would be. */
[[nodiscard]] enum rc identity_officer_list(struct ctx *ctx, struct principal **ret, size_t *ret_count);

/* Systems: programs of departments that call this one with a bearer token (identity_system.c). A token begins with "tbs_"; it
 * is given back once, and only its SHA-256 is kept. */
enum { SYSTEM_MAX_DAYS = 1095, SYSTEM_MAX_NAME = 100 };
struct system_account {
	struct id id;
	struct sv department, name;
	uint64_t permissions;        /* bits: PERMISSION_DECISION_EVALUATE, PERMISSION_DECISION_EVALUATE_ALL */
	int64_t opened_at, expires_at, revoked_at; /* ms; revoked_at 0 = not */
};
/* `days` from now it expires. RC_INVALID with the field, RC_CONFLICT when one of that name is in use. */
[[nodiscard]] enum rc identity_system_open(struct ctx *ctx, struct sv department, struct sv name, uint64_t permissions, int64_t days,
	struct sv *ret_token);
[[nodiscard]] enum rc identity_system_list(struct ctx *ctx, struct system_account **ret, size_t *ret_count);
[[nodiscard]] enum rc identity_system_revoke(struct ctx *ctx, struct id id);

/* Argon2id; slow (about 0.1 s) and pure: run it in the slow pool. */
struct sv identity_password_hash(struct ctx *ctx, struct sv password);
bool identity_password_is(struct sv hash, struct sv password);

/* Sign-in in three steps, since hashing is slow: allowed and find (reading), identity_password_is (slow pool), done
 * (writer). A wrong password gives RC_OK with an absent token, so that the failure is counted and committed; so does a
 * right one for one time (login.is_once), which opens nothing but identity_password_change. */
struct identity_login {
	struct id account;           /* zero: nobody has this name; the hash then fits no password */
	struct sv hash;
	bool is_once;
};
[[nodiscard]] enum rc identity_sign_in_allowed(struct ctx *ctx, struct sv login);
[[nodiscard]] enum rc identity_sign_in_find(struct ctx *ctx, struct sv login, struct identity_login *ret);
[[nodiscard]] enum rc identity_sign_in_done(struct ctx *ctx, struct sv login, const struct identity_login *found, bool right,
	struct sv *ret_token);
/* The third step of choosing a password: keeps it, ends all sessions of the account and opens a new one. */
[[nodiscard]] enum rc identity_password_change(struct ctx *ctx, struct sv login, const struct identity_login *found, bool right,
	struct sv new_hash, struct sv *ret_token);

/* Sessions. The token is what the cookie holds. */
/* Fills the principal (arena memory) for a token of a session or of a system; RC_UNAUTHENTICATED when unknown, expired or revoked.
 * Reads only. */
[[nodiscard]] enum rc identity_session_find(struct ctx *ctx, struct sv token, struct principal *ret);
/* true when it is a minute since it was written that the principal's session is in use. */
bool identity_session_is_stale(const struct principal *who, int64_t now);
/* Writes that the session is in use now. */
[[nodiscard]] enum rc identity_session_touch(struct ctx *ctx, struct id session);
/* The session acts for this person or firm from now on; RC_FORBIDDEN when it may not. */
[[nodiscard]] enum rc identity_session_act_for(struct ctx *ctx, struct id party);
[[nodiscard]] enum rc identity_session_close(struct ctx *ctx, struct id session);
/* Sign-out everywhere: every session of the account. */
[[nodiscard]] enum rc identity_session_close_all(struct ctx *ctx, struct id account);

#endif
