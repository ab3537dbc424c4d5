/* Private to the room. */
#ifndef DOMAIN_DESIGNER_DESIGNER_INT_H
#define DOMAIN_DESIGNER_DESIGNER_INT_H

#include "domain/designer/designer.h"

/* The hash as the database keeps it; a view of it. */
struct sv designer_hash_bytes(const struct hash *hash);
/* The bytes of a file by its path; absent when there is none. */
struct sv designer_file_bytes(const struct service_file *files, size_t count, struct sv path);

#endif
