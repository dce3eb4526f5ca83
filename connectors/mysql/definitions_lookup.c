#include "mysql/catalog.h"
#include "mysql/definitions_parts.h"

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
