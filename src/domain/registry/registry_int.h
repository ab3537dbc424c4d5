/* Private to the room: the typed tables behind the registers. */
#ifndef DOMAIN_REGISTRY_REGISTRY_INT_H
#define DOMAIN_REGISTRY_REGISTRY_INT_H

#include "domain/registry/registry.h"

/* One field of a typed table: where it stands in the row that a look-up gives and in the parameters of a put. */
struct registry_column {
	const char *name;
	enum registry_type type;
	uint16_t in_row, in_params; /* offsets: struct sv for texts, struct opt_i64 for the rest, nothing for lists */
};

struct registry_table {
	const char *name;
	const struct registry_column *columns;
	size_t count;
	enum rc (*find)(struct ctx *ctx, struct sv key, const void **ret_row);
	enum rc (*put)(struct ctx *ctx, const void *params);
	/* The table's one list field, or NULL. */
	enum rc (*find_list)(struct ctx *ctx, struct sv key, struct json_out *out);
	enum rc (*put_list)(struct ctx *ctx, struct sv key, const struct json *list);
};

enum { REGISTRY_PARAMS_MAX = 512 }; /* bytes of the largest parameter struct */

extern const struct registry_table registry_tables[];
extern const size_t registry_table_count;
const struct registry_table *registry_table_find(struct sv name);
const struct registry_column *registry_column_find(const struct registry_table *table, struct sv name);

/* The column the table is looked up by: its first. */
static inline const struct registry_column *registry_key_column(const struct registry_table *table)
{
	return &table->columns[0];
}


#endif
