/* Exchange: every read of a base register goes through here (数据共享), so that the record of who read what, for which
 * purpose, on which legal basis and for which case is complete by construction (调用日志).
 *
 * A read without purpose, basis or case is refused before the register is touched; so is a field that the purpose does not
 * grant, and a department that the purpose does not name. Only the fields asked for leave the register. The access record
 * and its ledger leaf ("read") are written in the caller's transaction: reads happen on the writer. Whom a record is about
 * is kept as a keyed hash, so that the log itself lists nobody.
 */
#ifndef DOMAIN_EXCHANGE_EXCHANGE_H
#define DOMAIN_EXCHANGE_EXCHANGE_H

#include "base/json.h"
#include "base/locale.h"

struct module; /* http/module.h */
extern const struct module exchange_module;

struct exchange_request {
	struct sv register_name;     /* "population" (city/registers.yaml) */
	const struct sv *fields;     /* wanted, at least one, at most EXCHANGE_MAX_FIELDS */
	size_t field_count;
	struct sv subject_code;      /* identity number or unified social credit code of whom the record is about */
	struct sv purpose;           /* code of city/purposes.yaml */
	struct bitext basis;         /* law and article in words, as shown to the person */
	struct id case_id;
	struct sv case_number;       /* absent while the case is a draft: then the id stands for it */
	struct sv department;        /* that asks: the lead department of the case */
};

/* One field that left. */
struct exchange_value {
	struct sv field, value;      /* value absent: the register has none */
	struct sv json;              /* the same as a JSON value: text, number, list or null */
	struct bitext label;
};

struct exchange_answer {
	bool found;                  /* the register has a record of the subject; if not, every value is absent */
	struct exchange_value *values; /* in the order asked for */
	size_t count;
	struct bitext source;        /* the register's name for people */
	struct id leaf;              /* of the ledger */
};

enum { EXCHANGE_MAX_FIELDS = 64, EXCHANGE_MAX_TEXT = 2000 /* characters of a dispute or its answer */ };

/* RC_INVALID: unknown register, field or purpose, or something is missing (a fault of the service folder); RC_FORBIDDEN:
 * the purpose does not grant a field, or not to this department. Nothing was read then. */
[[nodiscard]] enum rc exchange_read(struct ctx *ctx, const struct exchange_request *request, struct exchange_answer *ret);

/* An officer opens a case: what the applicant told is read, not a register, but it stands in the same list. */
struct exchange_case_read {
	struct sv subject_code, case_number;
	struct bitext basis;
	struct id case_id;
};
extern const struct sv exchange_case_register; /* stands for the register in such records */
[[nodiscard]] enum rc exchange_record_case(struct ctx *ctx, const struct exchange_case_read *read, struct id *ret_leaf);

/* The legal basis that a purpose has by itself. RC_INVALID when there is no such purpose. */
[[nodiscard]] enum rc exchange_purpose_basis(struct ctx *ctx, struct sv purpose, struct bitext *ret);

/* Purposes from the text of a purposes.yaml, in place of those before. The registers must be loaded. RC_INVALID with file
 * and line when it grants what no register has. */
[[nodiscard]] enum rc exchange_load(struct ctx *ctx, struct sv file, struct sv yaml);

/* All purposes, as a text that exchange_load reads (JSON, which is YAML): the same stage for a trial of a service. */
[[nodiscard]] enum rc exchange_print(struct ctx *ctx, struct json_out *out);

/* One read, as the person it was about sees it. */
struct exchange_access {
	struct id id, leaf, case_id;
	int64_t at;
	struct sv register_name, fields, purpose, case_number, department, reader_code;
	struct bitext basis;
	enum principal_kind reader;  /* PRINCIPAL_SYSTEM: by the program */
	bool found;
	int64_t disputed_at, answered_at; /* 0 = not */
	struct sv answer;            /* absent: none yet */
};
/* Which records: about a code, of one department or (absent) of all, behind the given one (zero: from the newest). */
struct exchange_query {
	struct sv code, department;
	struct id before;
	int64_t limit;
};
/* Newest first. */
[[nodiscard]] enum rc exchange_accesses(struct ctx *ctx, const struct exchange_query *query, struct exchange_access **ret,
	size_t *ret_count);
/* RC_NOT_FOUND when there is none, or it is about somebody else. */
[[nodiscard]] enum rc exchange_access_find(struct ctx *ctx, struct sv code, struct id id, struct exchange_access *ret);

/* The person says the read was not right. RC_CONFLICT when it was said before. */
[[nodiscard]] enum rc exchange_dispute_open(struct ctx *ctx, struct sv code, struct id access, struct sv text);
/* The data bureau answers (PERMISSION_ACCESS_AUDIT), once; RC_CONFLICT when somebody did already. */
[[nodiscard]] enum rc exchange_dispute_answer(struct ctx *ctx, struct id dispute, struct sv text);

#endif
