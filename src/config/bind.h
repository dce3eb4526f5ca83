/* Which value of the file belongs to which setting. */
#ifndef LEAT_CONFIG_BIND_H
#define LEAT_CONFIG_BIND_H

#include "base/arena.h"
#include "config/document.h"
#include "config/mistakes.h"
#include "config/settings.h"

/* What the file holds, by setting and by section. Lives in the arena of leat_bind. */
typedef struct leat_binding {
    const leat_node **nodes; /* by index of the table's entries; NULL: not in the file */
    leat_place *sections;    /* by index of its sections: where its key stands; line 0: not in the file */
} leat_binding;

/* Walks the tree by the table of settings. Unknown and repeated keys, and sections that are none, become
 * mistakes. */
leat_binding leat_bind(leat_arena *arena, const leat_setting_table *table, const leat_node *root,
                       leat_mistakes *mistakes);

/* Whether a scalar is YAML's null: nothing, `~` or `null` without quotes. */
bool leat_node_is_null(const leat_node *node);

#endif
