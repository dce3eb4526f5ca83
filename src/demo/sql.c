#include "demo/sql.h"

#include <inttypes.h>
#include <string.h>

void leat_demo_sql_append(leat_buffer *out, const char *statement, uint64_t first, uint64_t second)
{
    for (const char *at = statement; *at != '\0';) {
        size_t plain = strcspn(at, "$");
        leat_buffer_append(out, at, plain);
        at += plain;
        bool number = strncmp(at, "$1", 2) == 0 || strncmp(at, "$2", 2) == 0;
        if (number)
            leat_buffer_printf(out, "%" PRIu64, at[1] == '1' ? first : second);
        else if (*at == '$')
            leat_buffer_append_byte(out, '$');
        at += number ? 2 : *at == '$';
    }
}

leat_status leat_demo_sql_run(const leat_demo_kind *kind, leat_demo_client *client, const char *statement,
                              uint64_t first, uint64_t second, uint64_t *rows, uint64_t *value,
                              leat_error *error)
{
    leat_buffer sql = {0};
    leat_demo_sql_append(&sql, statement, first, second);
    leat_status status = kind->query(client, leat_buffer_string(&sql), rows, value, error);
    leat_buffer_free(&sql);
    return status;
}
