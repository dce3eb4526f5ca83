#include "base/memory.h"
#include "mysql/catalog/catalog.h"
#include "mysql/follow/definitions_parts.h"
#include "mysql/server/result.h"

leat_status leat_definitions_ask_catalog(void *context, const char *database, const char *name,
                                         leat_mysql_definition **definition, leat_error *error)
{
    const leat_mysql_definitions *definitions = context;
    leat_mysql_session *session = NULL;
    *definition = NULL;
    leat_status status = leat_mysql_session_open(definitions->options, &session, error);
    if (status == LEAT_OK)
        status = leat_mysql_catalog_definition(session, definitions->collations, database, name, definition,
                                               error);
    leat_mysql_session_close(session);
    return status;
}

static leat_status read_collation(leat_mysql_session *session, const char *database, char **collation,
                                  leat_error *error)
{
    leat_buffer sql = {0};
    MYSQL_RES *rows = NULL;
    leat_buffer_append_string(
        &sql, "SELECT default_collation_name FROM information_schema.schemata WHERE schema_name = ");
    leat_mysql_append_literal(&sql, database);
    leat_status status = leat_mysql_query(session, leat_buffer_string(&sql), &rows, error);
    leat_buffer_free(&sql);
    if (status != LEAT_OK)
        return status;
    const char *const *row = leat_mysql_next_row(rows);
    if (row != NULL && row[0] != NULL)
        *collation = leat_duplicate_string(row[0]);
    mysql_free_result(rows);
    return LEAT_OK;
}

leat_status leat_definitions_ask_database(void *context, const char *database, char **collation,
                                          leat_error *error)
{
    const leat_mysql_definitions *definitions = context;
    leat_mysql_session *session = NULL;
    *collation = NULL;
    leat_status status = leat_mysql_session_open(definitions->options, &session, error);
    if (status == LEAT_OK)
        status = read_collation(session, database, collation, error);
    leat_mysql_session_close(session);
    return status;
}
