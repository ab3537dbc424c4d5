/* What the pages and the commands of catalogue share. */
#ifndef DOMAIN_CATALOGUE_PAGES_INT_H
#define DOMAIN_CATALOGUE_PAGES_INT_H

#include "http/module.h"

enum { CATALOGUE_COMMANDS = 3 };
extern const struct command catalogue_commands[CATALOGUE_COMMANDS];

#endif
