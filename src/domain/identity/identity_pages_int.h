/* Inside identity: what its pages and its commands share. */
#ifndef DOMAIN_IDENTITY_IDENTITY_PAGES_INT_H
#define DOMAIN_IDENTITY_IDENTITY_PAGES_INT_H

#include "domain/identity/identity_int.h"
#include "http/module.h"

enum { IDENTITY_COMMAND_COUNT = 5 };
extern const struct command identity_commands[IDENTITY_COMMAND_COUNT];

#endif
