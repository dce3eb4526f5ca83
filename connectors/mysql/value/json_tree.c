#include "mysql/value/json_tree.h"

#include "base/list.h"

leat_mysql_json_node *leat_mysql_json_node_new(leat_mysql_json_tree *tree, leat_slice document)
{
    leat_mysql_json_node *node = leat_arena_allocate(tree->arena, sizeof *node);
    return leat_mysql_json_open(document, &node->value) ? node : NULL;
}

/* The value's members as nodes of their own. */
static bool take_apart(leat_mysql_json_tree *tree, leat_mysql_json_node *node)
{
    bool is_object = leat_mysql_json_is_object(&node->value);
    if (node->apart)
        return true;
    if ((!is_object && !leat_mysql_json_is_array(&node->value)) ||
        !leat_mysql_json_count(&node->value, &node->count) || node->count > tree->budget)
        return false;
    tree->budget -= node->count;
    node->capacity = node->count;
    node->parts = leat_arena_allocate_array(tree->arena, node->capacity, sizeof *node->parts);
    for (size_t i = 0; i < node->count; i++) {
        leat_mysql_json_part *part = &node->parts[i];
        part->node = leat_arena_allocate(tree->arena, sizeof *part->node);
        if (!leat_mysql_json_member(&node->value, i, &part->node->value) ||
            (is_object && !leat_mysql_json_key(&node->value, i, &part->key)))
            return false;
    }
    node->apart = true;
    return true;
}

/* Where the member is, or would be. */
static bool find_member(const leat_mysql_json_node *node, leat_slice name, size_t *place)
{
    size_t low = 0;
    size_t high = node->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = leat_mysql_json_compare_keys(node->parts[middle].key, name);
        if (order == 0) {
            *place = middle;
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *place = low;
    return false;
}

static bool find_cell(const leat_mysql_json_node *node, const leat_mysql_json_leg *leg, size_t *place)
{
    uint64_t index = leg->index;
    if (leg->from_end) {
        *place = 0;
        if (index >= node->count)
            return false;
        index = node->count - 1 - index;
    }
    *place = index < node->count ? (size_t)index : node->count;
    return index < node->count;
}

/* Where a leg leads, or would. False also in a node of the other kind, which `fits` tells. */
static bool find_part(const leat_mysql_json_node *node, const leat_mysql_json_leg *leg, bool *fits,
                      size_t *place)
{
    *place = 0;
    *fits = leg->is_cell ? leat_mysql_json_is_array(&node->value) : leat_mysql_json_is_object(&node->value);
    if (!*fits)
        return false;
    return leg->is_cell ? find_cell(node, leg, place) : find_member(node, leg->name, place);
}

/* Walks to the node that holds the path's last leg. False where there is none, and for the root. */
static bool find_holder(leat_mysql_json_tree *tree, leat_slice path, leat_mysql_json_node **holder,
                        leat_mysql_json_leg *last)
{
    leat_cursor cursor = leat_cursor_open(path);
    leat_mysql_json_node *node = tree->root;
    if (!leat_mysql_json_path_begin(&cursor) || leat_cursor_remaining(&cursor) == 0)
        return false;
    for (;;) {
        size_t place = 0;
        bool fits = false;
        if (!leat_mysql_json_path_next(&cursor, tree->arena, last) || !take_apart(tree, node))
            return false;
        *holder = node;
        if (leat_cursor_remaining(&cursor) == 0)
            return true;
        if (!find_part(node, last, &fits, &place))
            return false;
        node = node->parts[place].node;
    }
}

bool leat_mysql_json_tree_replace(leat_mysql_json_tree *tree, leat_slice path, leat_mysql_json_node *by)
{
    leat_mysql_json_node *holder = NULL;
    leat_mysql_json_leg last;
    size_t place = 0;
    bool fits = false;
    if (leat_slice_equals_string(path, "$")) {
        tree->root = by;
        return true;
    }
    if (!find_holder(tree, path, &holder, &last) || !find_part(holder, &last, &fits, &place))
        return false;
    holder->parts[place].node = by;
    return true;
}

bool leat_mysql_json_tree_insert(leat_mysql_json_tree *tree, leat_slice path, leat_mysql_json_node *node)
{
    leat_mysql_json_node *holder = NULL;
    leat_mysql_json_leg last;
    size_t place = 0;
    bool fits = false;
    if (!find_holder(tree, path, &holder, &last))
        return false;
    bool found = find_part(holder, &last, &fits, &place);
    if (!fits || (found && !last.is_cell))
        return false;
    holder->parts = leat_arena_list_room(tree->arena, holder->parts, holder->count, &holder->capacity,
                                         sizeof *holder->parts);
    memmove(holder->parts + place + 1, holder->parts + place,
            (holder->count - place) * sizeof *holder->parts);
    holder->parts[place] = (leat_mysql_json_part){.key = last.name, .node = node};
    holder->count++;
    return true;
}

bool leat_mysql_json_tree_remove(leat_mysql_json_tree *tree, leat_slice path)
{
    leat_mysql_json_node *holder = NULL;
    leat_mysql_json_leg last;
    size_t place = 0;
    bool fits = false;
    if (!find_holder(tree, path, &holder, &last) || !find_part(holder, &last, &fits, &place))
        return false;
    holder->count--;
    memmove(holder->parts + place, holder->parts + place + 1,
            (holder->count - place) * sizeof *holder->parts);
    return true;
}

bool leat_mysql_json_tree_print(leat_mysql_json_printer *printer, const leat_mysql_json_node *node,
                                unsigned depth)
{
    bool is_object = leat_mysql_json_is_object(&node->value);
    if (!node->apart)
        return leat_mysql_json_print(printer, &node->value, depth);
    if (depth > LEAT_MYSQL_JSON_DEEPEST || !leat_mysql_json_spend(printer, 1))
        return false;
    leat_buffer_append_byte(printer->out, is_object ? '{' : '[');
    for (size_t i = 0; i < node->count; i++) {
        if (i > 0)
            leat_buffer_append_string(printer->out, ", ");
        if (is_object && !leat_mysql_json_print_key(printer, node->parts[i].key))
            return false;
        if (!leat_mysql_json_tree_print(printer, node->parts[i].node, depth + 1))
            return false;
    }
    leat_buffer_append_byte(printer->out, is_object ? '}' : ']');
    return true;
}
