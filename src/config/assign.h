/* A value of the file, or a default, into its field of the config. */
#ifndef LEAT_CONFIG_ASSIGN_H
#define LEAT_CONFIG_ASSIGN_H

#include <stdbool.h>

#include "config/config.h"
#include "config/document.h"
#include "config/mistakes.h"
#include "config/settings.h"
#include "config/substitute.h"

/* Reads the node as this setting's type, with what ${…} puts in, checks it, and fills the field. False: it
 * was mistaken, and is reported. */
bool leat_assign(leat_config *config, const leat_setting *setting, const leat_node *node,
                 leat_substitution *substitution, leat_mistakes *mistakes);

/* Fills the field with the setting's default, if it has one. The pipeline's name comes first: other defaults
 * are made from it; so does the `type` that some depend on. `right` is as in leat_check. False: there is
 * none.
 */
bool leat_assign_default(leat_config *config, const leat_setting *setting, const bool *right,
                         leat_substitution *substitution, leat_mistakes *mistakes);

/* The name of the choice that the field of a setting with choices holds. */
const char *leat_assigned_choice(const leat_config *config, const leat_setting *setting);

/* The name behind `type` in the setting's top-level section; NULL when it is missing or mistaken. */
const char *leat_assigned_type(const leat_config *config, const leat_setting *setting, const bool *right);

#endif
