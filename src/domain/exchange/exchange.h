/* Exchange: every read of a base register goes through here (数据共享), so that the record of who read what, for which
 * purpose, on which legal basis and for which case is complete by construction.
 *
 * A read without purpose, basis or case is refused before the register is touched; so is a field that the purpose does not
 * grant. Only the fields asked for leave the register. The access record and its ledger leaf are written in the caller's
 * transaction: reads happen on the writer.
 */
#ifndef DOMAIN_EXCHANGE_EXCHANGE_H
#define DOMAIN_EXCHANGE_EXCHANGE_H

#include "base/ctx.h"
#include "http/module.h"

extern const struct module exchange_module;

struct exchange_request {
	struct sv register_name;     /* "population" (city/registers.yaml) */
	const struct sv *fields;     /* wanted, at least one */
	size_t field_count;
	struct sv subject_code;      /* identity number or unified social credit code of whom the record is about */
	struct sv purpose;           /* code of city/purposes.yaml */
	struct sv basis;             /* law and article in words, as shown to the person */
	struct id case_id;
	struct sv case_number;       /* absent while the case is a draft: then the id stands for it */
	struct sv department;        /* that asks: the lead department of the case */
};

/* One field that left. */
struct exchange_value {
	struct sv field, value;      /* value absent: the register has none */
	struct bitext label;
};

struct exchange_answer {
	bool found;                  /* the register has a record of the subject */
	struct exchange_value *values; /* in the order asked for */
	size_t count;
	struct bitext source;        /* the register's name for people */
	struct id leaf;              /* of the ledger */
};

/* RC_INVALID: unknown register, field or purpose, or something is missing (a fault of the service folder); RC_FORBIDDEN:
 * the purpose does not grant a field. Nothing was read then. */
[[nodiscard]] enum rc exchange_read(struct ctx *ctx, const struct exchange_request *request, struct exchange_answer *ret);

/* Checks of a service folder's reads, for the lint: does the register have the field, does the purpose grant it?
 * Pure look-ups in what `tongban city build` or the import loaded. */
[[nodiscard]] enum rc exchange_may_read(struct ctx *ctx, struct sv register_name, struct sv field, struct sv purpose);

/* Names for people in the ctx's language; the code itself when it is unknown. */
struct sv exchange_register_name(struct ctx *ctx, struct sv register_name);
struct sv exchange_field_name(struct ctx *ctx, struct sv register_name, struct sv field);

#endif
