/* What no single setting can know: what is missing, and what does not go together. */
#ifndef LEAT_CONFIG_CHECK_H
#define LEAT_CONFIG_CHECK_H

#include "config/assign.h"
#include "config/bind.h"

/* Of a config whose fields are filled; mistakes go to filling->mistakes. */
void leat_check(const leat_filling *filling, const leat_binding *binding);

#endif
