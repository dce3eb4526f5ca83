/* What no single setting can know: what is missing, and what does not go together. */
#ifndef LEAT_CONFIG_CHECK_H
#define LEAT_CONFIG_CHECK_H

#include <stdbool.h>

#include "config/bind.h"
#include "config/config.h"

/* `right` says of each setting, by index in leat_settings, whether its field holds a value. */
void leat_check(const leat_config *config, const leat_binding *binding, const bool *right,
                leat_mistakes *mistakes);

#endif
