#include "postgres/objects/identity.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "postgres/server/result.h"

/* The timeline of the last checkpoint lags behind a promotion; the name of the file now written does not. */
static const char server_sql[] =
    "SELECT (SELECT system_identifier FROM pg_control_system()),"
    " CASE WHEN pg_is_in_recovery() THEN (SELECT timeline_id FROM pg_control_checkpoint())"
    " ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int END,"
    " oid FROM pg_database WHERE datname = current_database()";

static void gather_tables(const leat_postgres_publication *publication, leat_postgres_identity *identity)
{
    leat_postgres_recorded_table *tables =
        leat_arena_allocate_array(&identity->arena, publication->count + 1, sizeof *tables);
    leat_buffer name = {0};
    for (size_t i = 0; i < publication->count; i++) {
        const leat_postgres_published *table = &publication->tables[i];
        name.length = 0;
        leat_buffer_printf(&name, "%s.%s", table->schema, table->name);
        tables[i].identifier = table->identifier;
        tables[i].name = leat_arena_string(&identity->arena, leat_buffer_string(&name));
        tables[i].membership = table->membership;
    }
    leat_buffer_free(&name);
    identity->tables = tables;
    identity->table_count = publication->count;
}

leat_status leat_postgres_identity_gather(leat_postgres_session *session, const leat_postgres_names *names,
                                          const leat_postgres_publication *publication,
                                          leat_postgres_identity *identity, leat_error *error)
{
    PGresult *rows = NULL;
    leat_status status = leat_postgres_query(session, server_sql, &rows, error);
    if (status != LEAT_OK)
        return leat_error_context(error, status, "cannot tell which server this is");
    identity->system = leat_arena_string(&identity->arena, leat_postgres_result_text(rows, 0, 0));
    identity->timeline = leat_postgres_result_number(rows, 0, 1, 0);
    identity->database = leat_postgres_result_oid(rows, 0, 2);
    PQclear(rows);
    identity->publication = publication->identifier;
    identity->publication_name = leat_arena_string(&identity->arena, names->publication);
    identity->slot = leat_arena_string(&identity->arena, names->slot);
    gather_tables(publication, identity);
    return LEAT_OK;
}

static bool has_name(const leat_postgres_identity *identity, const char *name)
{
    for (size_t i = 0; i < identity->table_count; i++)
        if (strcmp(identity->tables[i].name, name) == 0)
            return true;
    return false;
}

void leat_postgres_identity_remember(leat_postgres_identity *identity, const leat_postgres_identity *earlier)
{
    size_t room = identity->table_count + earlier->table_count + 1;
    leat_postgres_recorded_table *tables = leat_arena_allocate_array(&identity->arena, room, sizeof *tables);
    size_t count = 0;
    for (; count < identity->table_count; count++)
        tables[count] = identity->tables[count];
    for (size_t i = 0; i < earlier->table_count; i++)
        if (!has_name(identity, earlier->tables[i].name))
            tables[count++].name = leat_arena_string(&identity->arena, earlier->tables[i].name);
    identity->tables = tables;
    identity->table_count = count;
}

static void append_hex(leat_buffer *text, const char *value)
{
    for (size_t i = 0; value[i] != '\0'; i++)
        leat_buffer_printf(text, "%02x", (unsigned)(uint8_t)value[i]);
}

/* One "key=value" a line. A name may hold any character, so names come as hexadecimal bytes. */
static void append_name(leat_buffer *text, const char *key, const char *value)
{
    leat_buffer_printf(text, "%s=", key);
    append_hex(text, value);
    leat_buffer_append_byte(text, '\n');
}

/* "identifier.membership:name", with commas between. */
static void append_tables(leat_buffer *text, const leat_postgres_identity *identity)
{
    leat_buffer_append_string(text, "tables=");
    for (size_t i = 0; i < identity->table_count; i++) {
        const leat_postgres_recorded_table *table = &identity->tables[i];
        leat_buffer_printf(text, "%s%u.%u:", i == 0 ? "" : ",", table->identifier, table->membership);
        append_hex(text, identity->tables[i].name);
    }
    leat_buffer_append_byte(text, '\n');
}

char *leat_postgres_identity_format(const leat_postgres_identity *identity)
{
    leat_buffer text = {0};
    leat_buffer_printf(&text, "system=%s\ntimeline=%lld\ndatabase=%u\npublication=%u\n", identity->system,
                       (long long)identity->timeline, identity->database, identity->publication);
    append_name(&text, "publication_name", identity->publication_name);
    append_name(&text, "slot", identity->slot);
    append_tables(&text, identity);
    return leat_buffer_detach_string(&text);
}

/* The value of the line that begins with "key=", copied into the arena; NULL when there is none. */
static char *find_value(const char *text, const char *key, leat_arena *arena)
{
    size_t length = strlen(key);
    for (const char *line = text; *line != '\0';) {
        size_t line_length = strcspn(line, "\n");
        if (line_length > length && strncmp(line, key, length) == 0 && line[length] == '=')
            return leat_arena_slice_string(arena, leat_slice_of(line + length + 1, line_length - length - 1));
        line = line[line_length] == '\0' ? line + line_length : line + line_length + 1;
    }
    return NULL;
}

static int hex_digit(char character)
{
    if (character >= '0' && character <= '9')
        return character - '0';
    return character >= 'a' && character <= 'f' ? character - 'a' + 10 : -1;
}

/* NULL in gives NULL out, and so does anything but pairs of hexadecimal digits. */
static const char *undo_hex(char *value)
{
    if (value == NULL || strlen(value) % 2 != 0)
        return NULL;
    size_t length = strlen(value) / 2;
    for (size_t i = 0; i < length; i++) {
        int high = hex_digit(value[2 * i]);
        int low = hex_digit(value[2 * i + 1]);
        if (high < 0 || low < 0)
            return NULL;
        value[i] = (char)(high * 16 + low);
    }
    value[length] = '\0';
    return value;
}

static bool read_number(const char *value, int64_t most, int64_t *number)
{
    if (value == NULL || *value < '0' || *value > '9')
        return false;
    char *end = NULL;
    *number = strtoll(value, &end, 10);
    return *end == '\0' && *number <= most;
}

static bool read_oid(const char *value, Oid *oid)
{
    int64_t number = 0;
    bool read = read_number(value, UINT32_MAX, &number);
    *oid = (Oid)number;
    return read;
}

/* One "identifier.membership:name" at `at`, up to `length` bytes of it. */
static bool read_table(const char *at, size_t length, leat_arena *arena, leat_postgres_recorded_table *table)
{
    char *item = leat_arena_slice_string(arena, leat_slice_of(at, length));
    char *colon = strchr(item, ':');
    char *point = strchr(item, '.');
    if (colon == NULL || point == NULL || point > colon)
        return false;
    *colon = *point = '\0';
    table->name = undo_hex(colon + 1);
    return read_oid(item, &table->identifier) && read_oid(point + 1, &table->membership) &&
           table->name != NULL;
}

static size_t count_items(const char *list)
{
    size_t count = 1;
    for (size_t i = 0; list[i] != '\0'; i++)
        count += list[i] == ',';
    return count;
}

static bool read_tables(const char *value, leat_postgres_identity *identity)
{
    if (value == NULL)
        return false;
    size_t count = *value == '\0' ? 0 : count_items(value);
    leat_postgres_recorded_table *tables =
        leat_arena_allocate_array(&identity->arena, count + 1, sizeof *tables);
    const char *at = value;
    for (size_t i = 0; i < count; i++) {
        size_t length = strcspn(at, ",");
        if (!read_table(at, length, &identity->arena, &tables[i]))
            return false;
        at = at[length] == ',' ? at + length + 1 : at + length;
    }
    identity->tables = tables;
    identity->table_count = count;
    return true;
}

leat_status leat_postgres_identity_parse(const char *text, leat_postgres_identity *identity,
                                         leat_error *error)
{
    leat_arena *arena = &identity->arena;
    identity->system = find_value(text, "system", arena);
    identity->publication_name = undo_hex(find_value(text, "publication_name", arena));
    identity->slot = undo_hex(find_value(text, "slot", arena));
    if (identity->system != NULL && identity->publication_name != NULL && identity->slot != NULL &&
        read_number(find_value(text, "timeline", arena), UINT32_MAX, &identity->timeline) &&
        read_oid(find_value(text, "database", arena), &identity->database) &&
        read_oid(find_value(text, "publication", arena), &identity->publication) &&
        read_tables(find_value(text, "tables", arena), identity))
        return LEAT_OK;
    return leat_error_set(
        error, LEAT_FAILED,
        "the state's record of server, publication and slot cannot be read (it begins \"%.*s\")",
        (int)strcspn(text, "\n"), text);
}

leat_status leat_postgres_identity_load(const leat_source_options *options, const char *key, bool *found,
                                        leat_postgres_identity *identity, leat_error *error)
{
    char *text = NULL;
    *found = false;
    if (options->notebook == NULL)
        return LEAT_OK;
    leat_status status = options->notebook->get(options->notebook->context, key, &text, error);
    if (status != LEAT_OK || text == NULL)
        return status;
    *found = true;
    status = leat_postgres_identity_parse(text, identity, error);
    leat_release(text);
    return status;
}

void leat_postgres_identity_free(leat_postgres_identity *identity)
{
    leat_arena_free(&identity->arena);
    *identity = (leat_postgres_identity){0};
}
