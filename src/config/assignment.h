/* The inside of assigning: what assign.c (single values) and assign_many.c (lists and maps) share. */
#ifndef LEAT_CONFIG_ASSIGNMENT_H
#define LEAT_CONFIG_ASSIGNMENT_H

#include <regex.h>

#include "config/assign.h"

/* One value on its way into its field. */
typedef struct leat_assignment {
    leat_config *config;
    const leat_setting *setting;
    void *filled; /* the struct that the setting's field is in */
    leat_substitution *substitution;
    leat_mistakes *mistakes;
    leat_place place;
    const char *text;
    bool hidden; /* must not be shown */
} leat_assignment;

void *leat_assignment_field(const leat_assignment *value);

/* Each reports what is wrong, and gives false. `hint`, which may be NULL, follows. */
bool leat_assignment_refuse(const leat_assignment *value, const char *must_be, const char *hint);
bool leat_assignment_refuse_kind(const leat_assignment *value, const char *must_be, const leat_node *node);
bool leat_assignment_refuse_null(const leat_assignment *value);

/* The choice of that name; NULL where the setting has none. */
const leat_choice *leat_assignment_find_choice(const leat_setting *setting, const char *name);

/* Fills the value's text from a scalar node; false: there is none, and it is reported. */
bool leat_assignment_take_scalar(leat_assignment *value, const leat_node *node);

/* The setting's form, compiled into `form`, which the caller then frees; NULL: it has none. */
const regex_t *leat_assignment_form(const leat_setting *setting, regex_t *form);

/* Whether the text may stand where a text is wanted; `form` may be NULL. */
bool leat_assignment_check_text(const leat_assignment *value, const regex_t *form);

/* ---- assign_many.c ---- */
bool leat_assign_list(leat_assignment *value, const leat_node *node);
bool leat_assign_joined_list(leat_assignment *value, const leat_node *node);
bool leat_assign_joined_text(const leat_assignment *value);
bool leat_assign_map(leat_assignment *value, const leat_node *node);

#endif
