/* Settings of many values: lists and maps. */
#include <string.h>

#include "base/pair.h"
#include "config/assignment.h"
#include "config/bind.h"

static size_t count_items(const leat_node *list)
{
    size_t count = 0;
    for (const leat_node *item = list->first; item != NULL; item = item->next)
        count++;
    return count;
}

static bool refuse_empty(const leat_assignment *value, const char *kind)
{
    leat_mistakes_add(value->mistakes, value->place, "`%s` is an empty %s. For example `%s: %s`",
                      value->setting->path, kind, leat_setting_key(value->setting->path),
                      value->setting->example);
    return false;
}

static void set_many(const leat_assignment *value, const void *items, size_t count)
{
    memcpy(leat_assignment_field(value), &items, sizeof items);
    memcpy((unsigned char *)value->filled + value->setting->count_offset, &count, sizeof count);
}

/* ---- Lists of texts ---- */

static bool take_items(leat_assignment *value, const leat_node *list, const char **texts)
{
    regex_t compiled;
    const regex_t *form = leat_assignment_form(value->setting, &compiled);
    bool all_right = true;
    size_t count = 0;
    for (const leat_node *item = list->first; item != NULL; item = item->next) {
        bool right = leat_assignment_take_scalar(value, item) && leat_assignment_check_text(value, form);
        if (right)
            texts[count++] = leat_arena_string(&value->config->arena, value->text);
        all_right = all_right && right;
    }
    if (form != NULL)
        regfree(&compiled);
    return all_right;
}

bool leat_assign_list(leat_assignment *value, const leat_node *node)
{
    if (node->kind != LEAT_NODE_LIST)
        return leat_node_is_null(node) ? leat_assignment_refuse_null(value)
                                       : leat_assignment_refuse_kind(value, "a list of texts", node);
    size_t count = count_items(node);
    if (count == 0)
        return refuse_empty(value, "list");
    const char **texts = leat_arena_allocate_array(&value->config->arena, count, sizeof *texts);
    set_many(value, texts, count);
    return take_items(value, node, texts);
}

/* ---- Texts with commas between them ---- */

static void set_joined(const leat_assignment *value, leat_buffer *joined)
{
    const char *text = leat_arena_slice_string(&value->config->arena, leat_buffer_slice(joined));
    memcpy(leat_assignment_field(value), &text, sizeof text);
}

bool leat_assign_joined_list(leat_assignment *value, const leat_node *node)
{
    size_t count = count_items(node);
    if (count == 0)
        return refuse_empty(value, "list");
    const char **texts = leat_arena_allocate_array(value->substitution->arena, count, sizeof *texts);
    if (!take_items(value, node, texts))
        return false;
    leat_buffer joined = {0};
    for (size_t i = 0; i < count; i++)
        leat_buffer_printf(&joined, "%s%s", i > 0 ? "," : "", texts[i]);
    set_joined(value, &joined);
    leat_buffer_free(&joined);
    return true;
}

/* The next piece, without the blanks around it; `rest` moves on, NULL behind the last. */
static const char *next_piece(const char **rest, leat_arena *arena)
{
    const char *start = *rest + strspn(*rest, " \t\n");
    size_t length = strcspn(start, ",");
    *rest = start[length] == ',' ? start + length + 1 : NULL;
    while (length > 0 && strchr(" \t\n", start[length - 1]) != NULL)
        length--;
    return leat_arena_slice_string(arena, leat_slice_of(start, length));
}

bool leat_assign_joined_text(const leat_assignment *value)
{
    leat_assignment piece = *value;
    regex_t compiled;
    const regex_t *form = leat_assignment_form(value->setting, &compiled);
    leat_buffer joined = {0};
    bool all_right = true;
    const char *rest = value->text;
    while (rest != NULL) {
        piece.text = next_piece(&rest, value->substitution->arena);
        all_right = leat_assignment_check_text(&piece, form) && all_right;
        leat_buffer_printf(&joined, "%s%s", joined.length > 0 ? "," : "", piece.text);
    }
    if (form != NULL)
        regfree(&compiled);
    if (all_right)
        set_joined(value, &joined);
    leat_buffer_free(&joined);
    return all_right;
}

/* ---- Maps ---- */

/* One of a map's pairs on its way: what is said of it names its key. */
typedef struct pair_walk {
    const leat_assignment *map;
    const regex_t *form; /* of keys; may be NULL */
    leat_pair *pairs;
    size_t count;
} pair_walk;

static bool check_key(const pair_walk *walk, const leat_node *key)
{
    const leat_assignment *map = walk->map;
    if (key->mistaken)
        return false;
    bool formed = key->kind == LEAT_NODE_SCALAR &&
                  (walk->form == NULL || regexec(walk->form, key->text, 0, NULL, 0) == 0);
    if (!formed)
        leat_mistakes_add(map->mistakes, key->place, "a key of `%s` must be %s", map->setting->path,
                          map->setting->form_words);
    for (size_t i = 0; formed && i < walk->count; i++) {
        if (strcmp(walk->pairs[i].name, key->text) != 0)
            continue;
        leat_mistakes_add(map->mistakes, key->place,
                          "`%s` stands in `%s` for the second time. Take one of them out", key->text,
                          map->setting->path);
        return false;
    }
    return formed;
}

/* A group inside is most often a name with dots that was taken apart. */
static bool refuse_group(const pair_walk *walk, const leat_node *key, const leat_node *node)
{
    const leat_assignment *map = walk->map;
    leat_mistakes_add(map->mistakes, node->place,
                      "`%s` in `%s` must be a single value, not a %s. Names are written out, with their dots",
                      key->text, map->setting->path, node->kind == LEAT_NODE_LIST ? "list" : "group");
    return false;
}

static bool refuse_no_value(const pair_walk *walk, const leat_node *key, const leat_node *node)
{
    leat_mistakes_add(walk->map->mistakes, node->place,
                      "`%s` in `%s` has no value. Give it one, or take it out", key->text,
                      walk->map->setting->path);
    return false;
}

static bool take_pair(pair_walk *walk, const leat_node *key, const leat_node *node)
{
    if (!check_key(walk, key))
        return false;
    if (!node->mistaken && node->kind != LEAT_NODE_SCALAR)
        return refuse_group(walk, key, node);
    if (!node->mistaken && leat_node_is_null(node))
        return refuse_no_value(walk, key, node);
    leat_arena *arena = &walk->map->config->arena;
    leat_setting setting = *walk->map->setting;
    setting.path = leat_arena_printf(arena, "%s: %s", setting.path, key->text);
    leat_assignment value = *walk->map;
    value.setting = &setting;
    if (!leat_assignment_take_scalar(&value, node) || !leat_assignment_check_text(&value, NULL))
        return false;
    walk->pairs[walk->count++] = (leat_pair){.name = leat_arena_string(arena, key->text),
                                             .value = leat_arena_string(arena, value.text)};
    return true;
}

static bool take_pairs(pair_walk *walk, const leat_node *node)
{
    bool all_right = true;
    for (const leat_node *key = node->first; key != NULL && key->next != NULL; key = key->next->next)
        all_right = take_pair(walk, key, key->next) && all_right;
    return all_right;
}

bool leat_assign_map(leat_assignment *value, const leat_node *node)
{
    if (leat_node_is_null(node))
        return true; /* all of its lines may be commented out */
    if (node->kind != LEAT_NODE_MAPPING)
        return leat_assignment_refuse_kind(value, "a group of names and values", node);
    regex_t compiled;
    pair_walk walk = {
        .map = value,
        .form = leat_assignment_form(value->setting, &compiled),
        .pairs =
            leat_arena_allocate_array(&value->config->arena, count_items(node) / 2 + 1, sizeof *walk.pairs),
    };
    bool all_right = take_pairs(&walk, node);
    if (walk.form != NULL)
        regfree(&compiled);
    set_many(value, walk.pairs, walk.count);
    return all_right;
}
