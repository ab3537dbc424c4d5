/* Private to the pages and commands of the room. */
#ifndef DOMAIN_EXCHANGE_EXCHANGE_PAGES_INT_H
#define DOMAIN_EXCHANGE_EXCHANGE_PAGES_INT_H

#include "domain/exchange/exchange_int.h"
#include "http/module.h"

enum { EXCHANGE_COMMAND_COUNT = 1 };
extern const struct command exchange_commands[EXCHANGE_COMMAND_COUNT];

#endif
