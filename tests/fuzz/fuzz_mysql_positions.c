/* What MySQL's connector keeps as text and reads again: the first byte picks what, the rest is the text. What
 * can be read prints, and the print reads and prints the same. */
#include <stdlib.h>

#include "base/memory.h"
#include "mysql/follow/definition_history.h"
#include "mysql/gtid/position.h"

/* Stops the run: what the fuzzer reports is the input that led here. */
static void require(bool condition)
{
    if (!condition)
        abort();
}

/* Reads `text` and appends what it prints as; false when it cannot be read. */
typedef bool (*normalise)(leat_slice text, leat_buffer *out);

static bool is_empty(const leat_mysql_gtid_set *set)
{
    leat_buffer text = {0};
    leat_mysql_gtid_set_format(set, &text);
    bool empty = text.length == 0;
    leat_buffer_free(&text);
    return empty;
}

static bool normalise_set(leat_slice text, leat_buffer *out)
{
    leat_error error;
    leat_mysql_gtid_set *set = leat_mysql_gtid_set_new();
    bool read = leat_mysql_gtid_set_parse(set, text, &error) == LEAT_OK;
    if (read) {
        leat_mysql_gtid_set *copy = leat_mysql_gtid_set_copy(set);
        require(leat_mysql_gtid_set_contains(set, copy));
        leat_mysql_gtid_set_subtract(copy, set);
        require(is_empty(copy));
        leat_mysql_gtid_set_union(copy, set);
        leat_mysql_gtid_set_format(copy, out);
        leat_mysql_gtid_set_free(copy);
    }
    require(read || is_empty(set));
    leat_mysql_gtid_set_free(set);
    return read;
}

static bool normalise_state(leat_slice text, leat_buffer *out)
{
    leat_error error;
    leat_mariadb_gtid_state *state = leat_mariadb_gtid_state_new();
    bool read = leat_mariadb_gtid_state_parse(state, text, &error) == LEAT_OK;
    leat_mariadb_gtid_state_format(state, out);
    require(read || out->length == 0);
    require(leat_mariadb_gtid_state_contains(state, state));
    leat_mariadb_gtid_state_free(state);
    return read;
}

static bool normalise_position(leat_slice text, bool mariadb, leat_buffer *out)
{
    leat_error error;
    leat_mysql_position position = {0};
    char *terminated = leat_duplicate_bytes(text.data, text.length);
    bool read = leat_mysql_position_parse(terminated, mariadb, &position, &error) == LEAT_OK;
    leat_release(terminated);
    int order = 1;
    if (read) {
        leat_mysql_position_format(&position, out);
        /* By file only where its name ends in a number. */
        leat_status status = leat_mysql_position_compare(&position, &position, &order, &error);
        require(status == LEAT_OK ? order == 0 : position.set == NULL && position.state == NULL);
    }
    leat_mysql_position_clear(&position);
    return read;
}

static bool normalise_mysql_position(leat_slice text, leat_buffer *out)
{
    return normalise_position(text, false, out);
}

static bool normalise_mariadb_position(leat_slice text, leat_buffer *out)
{
    return normalise_position(text, true, out);
}

static bool normalise_definition(leat_slice text, leat_buffer *out)
{
    leat_error error;
    leat_mysql_definition *definition;
    if (leat_mysql_definition_read(text, &definition, &error) != LEAT_OK)
        return false;
    leat_mysql_definition *copy = leat_mysql_definition_copy(definition);
    require(leat_mysql_definition_equal(copy, definition));
    leat_arena arena = {0};
    size_t count;
    const size_t *key = leat_mysql_definition_key(copy, &arena, &count);
    for (size_t i = 0; i < count; i++)
        require(key[i] < copy->column_count);
    leat_arena_free(&arena);
    leat_mysql_definition_free(definition);
    leat_mysql_definition_write(copy, out);
    leat_mysql_definition_free(copy);
    return true;
}

static bool normalise_history(leat_slice text, leat_buffer *out)
{
    leat_error error;
    leat_mysql_definition_history history = {0};
    bool read = leat_mysql_definition_history_read(text, &history, &error) == LEAT_OK;
    if (read)
        leat_mysql_definition_history_write(&history, out);
    leat_mysql_definition_history_clear(&history);
    return read;
}

static const normalise kinds[] = {
    normalise_set,        normalise_state,   normalise_mysql_position, normalise_mariadb_position,
    normalise_definition, normalise_history,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    normalise function = kinds[data[0] % (sizeof kinds / sizeof *kinds)];
    leat_buffer once = {0};
    leat_buffer twice = {0};
    if (function(leat_slice_of(&data[1], size - 1), &once)) {
        require(function(leat_buffer_slice(&once), &twice));
        require(leat_slice_equal(leat_buffer_slice(&once), leat_buffer_slice(&twice)));
    }
    leat_buffer_free(&once);
    leat_buffer_free(&twice);
    return 0;
}
