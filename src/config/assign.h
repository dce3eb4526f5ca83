/* A value of the file, or a default, into its field of the config. */
#ifndef LEAT_CONFIG_ASSIGN_H
#define LEAT_CONFIG_ASSIGN_H

#include <stdbool.h>

#include "config/config.h"
#include "config/document.h"
#include "config/mistakes.h"
#include "config/settings.h"
#include "config/substitute.h"

/* A config while it is filled. All of it lent. */
typedef struct leat_filling {
    leat_config *config;
    const leat_setting_table *table;
    void **filled; /* by index of the table's groups: the struct that the group's settings fill */
    bool *right;   /* by index of the table's entries: whether its field holds a value */
    leat_substitution *substitution;
    leat_mistakes *mistakes;
} leat_filling;

/* Reads the node as this setting's type, with what ${…} puts in, checks it, and fills the field. False: it
 * was mistaken, and is reported. */
bool leat_assign(const leat_filling *filling, const leat_setting_entry *entry, const leat_node *node);

/* Fills the field with the setting's default, if it has one. The pipeline's name comes first: other defaults
 * are made from it; so does the `type` that some depend on. False: there is none. */
bool leat_assign_default(const leat_filling *filling, const leat_setting_entry *entry);

/* The name behind `type` in the setting's top-level section; NULL when it is missing or mistaken. */
const char *leat_assigned_type(const leat_filling *filling, const char *path);

#endif
