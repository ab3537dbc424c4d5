/* Inside the ledger: what its pages and its commands share. */
#ifndef DOMAIN_LEDGER_LEDGER_PAGES_INT_H
#define DOMAIN_LEDGER_LEDGER_PAGES_INT_H

#include "domain/ledger/ledger_int.h"
#include "http/module.h"

enum { LEDGER_COMMAND_COUNT = 3 };
extern const struct command ledger_commands[LEDGER_COMMAND_COUNT];

#endif
