/* Granted cases become licences: the room on the right of cases is told through the outbox. */
#ifndef APP_ISSUE_H
#define APP_ISSUE_H

#include "http/module.h"

extern const struct module issue_module;

#endif
