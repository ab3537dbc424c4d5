/* The example cases of a draft, run from the administrators' desk: a trial on a copy of this installation's stage. */
#ifndef APP_REHEARSE_H
#define APP_REHEARSE_H

#include "http/module.h"

extern const struct module rehearse_module;

#endif
