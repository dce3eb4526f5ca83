#include "mysql/value/json_binary.h"

#include "base/cursor.h"
#include "mysql/value/json_text.h"
#include "mysql/value/json_tree.h"

/* What INSERT IGNORE and ALTER TABLE leave in a column that may not be null. */
static const uint8_t json_null[] = {LEAT_MYSQL_JSON_LITERAL, 0};

static leat_slice whole_document(leat_slice document)
{
    return document.length > 0 ? document : leat_slice_of(json_null, sizeof json_null);
}

bool leat_mysql_json_append(leat_slice document, leat_buffer *out)
{
    size_t before = out->length;
    leat_slice whole = whole_document(document);
    leat_mysql_json_printer printer = {.out = out, .budget = whole.length};
    leat_mysql_json_value value;
    if (leat_mysql_json_open(whole, &value) && leat_mysql_json_print(&printer, &value, 0))
        return true;
    out->length = before;
    return false;
}

/* Lengths as the protocol has them; the null and the error of its first byte are none. */
static leat_slice read_counted(leat_cursor *cursor)
{
    uint8_t first = leat_cursor_u8(cursor);
    uint64_t length = first;
    if (first == 0xfb || first == 0xff)
        leat_cursor_fail(cursor);
    else if (first >= 0xfc)
        length = leat_cursor_little_endian(cursor, first == 0xfc ? 2 : first == 0xfd ? 3 : 8);
    if (leat_cursor_failed(cursor) || length > leat_cursor_remaining(cursor)) {
        leat_cursor_fail(cursor);
        return leat_slice_of(NULL, 0);
    }
    return leat_cursor_bytes(cursor, (size_t)length);
}

/* One change: what to do, the path, and but for a removal the value (sql/json_diff.cc). */
static bool apply_diff(leat_mysql_json_tree *tree, leat_cursor *diffs)
{
    enum { REPLACE, INSERT, REMOVE };
    uint8_t operation = leat_cursor_u8(diffs);
    leat_slice path = read_counted(diffs);
    leat_slice value = operation == REMOVE ? leat_slice_of(NULL, 0) : read_counted(diffs);
    if (leat_cursor_failed(diffs) || operation > REMOVE)
        return false;
    if (operation == REMOVE)
        return leat_mysql_json_tree_remove(tree, path);
    leat_mysql_json_node *node = leat_mysql_json_node_new(tree, value);
    if (node == NULL)
        return false;
    return operation == REPLACE ? leat_mysql_json_tree_replace(tree, path, node)
                                : leat_mysql_json_tree_insert(tree, path, node);
}

/* Neither the document nor a difference is copied: printing reads both in place. */
static bool patch_document(leat_arena *arena, leat_slice document, leat_slice diffs, leat_buffer *out)
{
    leat_mysql_json_tree tree = {.arena = arena, .budget = document.length + diffs.length};
    leat_mysql_json_printer printer = {.out = out, .budget = document.length + diffs.length};
    leat_cursor cursor = leat_cursor_open(diffs);
    tree.root = leat_mysql_json_node_new(&tree, document);
    if (tree.root == NULL)
        return false;
    while (leat_cursor_remaining(&cursor) > 0)
        if (!apply_diff(&tree, &cursor))
            return false;
    return leat_mysql_json_tree_print(&printer, tree.root, 0);
}

bool leat_mysql_json_patch(leat_slice document, leat_slice diffs, leat_buffer *out)
{
    size_t before = out->length;
    leat_arena arena = {0};
    bool fits = patch_document(&arena, whole_document(document), diffs, out);
    leat_arena_free(&arena);
    if (!fits)
        out->length = before;
    return fits;
}
