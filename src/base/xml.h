/* XML 1.0 with namespaces by expat into a small tree. DOCTYPE is refused, so there are no entities beyond the five.
 * Text of mixed content is joined per element (all character data directly inside it). Limits: 64 MiB, depth 256,
 * 4,000,000 elements. */
#ifndef BASE_XML_H
#define BASE_XML_H

#include "base/buf.h"
#include "base/ctx.h"

struct xml_attribute {
	struct sv ns, name, value; /* ns absent when unprefixed */
};

struct xml {
	struct sv ns, name; /* namespace URI (absent if none), local name */
	struct sv text;     /* character data directly inside, joined, not trimmed */
	uint32_t line;
	struct xml_attribute *attributes;
	size_t attribute_count;
	struct xml *parent, *first, *next; /* element tree */
};

/* RC_MALFORMED with file, line and reason. */
[[nodiscard]] enum rc xml_parse(struct ctx *ctx, struct sv name, struct sv text, struct xml **ret_root);
/* Value of the unprefixed attribute, absent if not there. */
struct sv xml_attr(const struct xml *element, const char *name);
struct sv xml_attr_ns(const struct xml *element, const char *ns, const char *name);
/* First child with that local name (NULL name = any) and namespace (NULL = any); then the next such sibling. */
const struct xml *xml_child(const struct xml *element, const char *ns, const char *name);
const struct xml *xml_next(const struct xml *sibling, const char *ns, const char *name);
bool xml_is(const struct xml *element, const char *ns, const char *name);

#endif
