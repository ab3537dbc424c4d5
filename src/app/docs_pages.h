/* The product's own books at /docs. */
#ifndef APP_DOCS_PAGES_H
#define APP_DOCS_PAGES_H

#include "http/module.h"

extern const struct module docs_module;

#endif
