/* The server's collations and charsets, from the server. */
#include "base/number.h"
#include "mysql/charset/collations_build.h"

/* MariaDB's uca1400 collations are one for several charsets; only this view tells their numbers. */
enum { FULL_NAMES_SINCE = 101000 };

/* "utf8mb4", 4 */
static leat_status load_charsets(leat_mysql_session *session, leat_mysql_collations *collations,
                                 leat_error *error)
{
    MYSQL_RES *result = NULL;
    leat_status status = leat_mysql_query(
        session, "select character_set_name, maxlen from information_schema.character_sets", &result, error);
    if (status != LEAT_OK)
        return status;
    for (MYSQL_ROW row = mysql_fetch_row(result); row != NULL; row = mysql_fetch_row(result)) {
        int64_t longest = 0;
        if (row[0] != NULL && row[1] != NULL &&
            leat_number_parse_integer(leat_slice_of_string(row[1]), &longest))
            (void)leat_mysql_collations_add_charset(collations, row[0], (unsigned)longest);
    }
    mysql_free_result(result);
    return LEAT_OK;
}

/* What a charset's own line says is its default is what counts: MariaDB 11 has it in a variable, too, and the
 * views follow that. */
static leat_status load_names(leat_mysql_session *session, leat_mysql_collations *collations,
                              leat_error *error)
{
    const leat_mysql_server *server = leat_mysql_session_server(session);
    bool full_names = server->mariadb && server->version >= FULL_NAMES_SINCE;
    MYSQL_RES *result = NULL;
    leat_status status =
        leat_mysql_query(session,
                         full_names ? "select id, full_collation_name, character_set_name, is_default"
                                      " from information_schema.collation_character_set_applicability"
                                    : "select id, collation_name, character_set_name, is_default"
                                      " from information_schema.collations",
                         &result, error);
    if (status != LEAT_OK)
        return status;
    for (MYSQL_ROW row = mysql_fetch_row(result); row != NULL; row = mysql_fetch_row(result)) {
        int64_t identifier = 0;
        if (row[0] != NULL && row[1] != NULL && row[2] != NULL &&
            leat_number_parse_integer(leat_slice_of_string(row[0]), &identifier))
            (void)leat_mysql_collations_add(collations, (unsigned)identifier, row[1], row[2],
                                            row[3] != NULL && strcmp(row[3], "Yes") == 0);
    }
    mysql_free_result(result);
    return LEAT_OK;
}

/* Charsets that are asked about in one statement. */
typedef struct batch {
    size_t first;
    size_t end;
    leat_buffer sql;
} batch;

/* Well under the smallest max_allowed_packet that anybody sets. */
enum { ENOUGH_TEXT = 256 * 1024 };

/* The next charsets, as many as make a statement; false when none is left. */
static bool fill_batch(const leat_mysql_collations *collations, batch *next)
{
    next->first = next->end;
    leat_buffer_reset(&next->sql);
    leat_buffer_append_string(&next->sql, "select 0");
    for (; next->end < leat_mysql_collations_charset_count(collations) && next->sql.length < ENOUGH_TEXT;
         next->end++)
        (void)leat_mysql_charset_ask(leat_mysql_collations_charset(collations, next->end), &next->sql);
    return next->end > next->first;
}

static void take_answers(leat_mysql_collations *collations, const batch *asked, char **row,
                         const unsigned long *lengths)
{
    leat_arena *arena = leat_mysql_collations_arena(collations);
    size_t column = 1;
    for (size_t i = asked->first; i < asked->end; i++) {
        const leat_mysql_charset *charset = leat_mysql_collations_charset(collations, i);
        size_t count = leat_mysql_charset_questions(charset);
        for (size_t place = 0; place < count; place++, column++)
            leat_mysql_charset_answer(
                charset, place, leat_slice_of(row[column], row[column] == NULL ? 0 : lengths[column]), arena);
        leat_mysql_charset_complete(charset, arena);
    }
}

static leat_status load_batch(leat_mysql_session *session, leat_mysql_collations *collations, batch *asked,
                              leat_error *error)
{
    MYSQL_RES *result = NULL;
    leat_status status = leat_mysql_query(session, leat_buffer_string(&asked->sql), &result, error);
    if (status != LEAT_OK)
        return status;
    MYSQL_ROW row = mysql_fetch_row(result);
    if (row == NULL)
        status = leat_error_set(error, LEAT_RETRY, "the server does not tell what its charsets are");
    else
        take_answers(collations, asked, row, mysql_fetch_lengths(result));
    mysql_free_result(result);
    return status;
}

static leat_status load_tables(leat_mysql_session *session, leat_mysql_collations *collations,
                               leat_error *error)
{
    batch asked = {0};
    leat_status status = LEAT_OK;
    while (status == LEAT_OK && fill_batch(collations, &asked))
        status = load_batch(session, collations, &asked, error);
    leat_buffer_free(&asked.sql);
    return status;
}

leat_status leat_mysql_collations_load(leat_mysql_session *session, leat_mysql_collations **collations,
                                       leat_error *error)
{
    leat_mysql_collations *loaded = leat_mysql_collations_new();
    leat_status status = load_charsets(session, loaded, error);
    if (status == LEAT_OK)
        status = load_names(session, loaded, error);
    if (status == LEAT_OK)
        status = load_tables(session, loaded, error);
    if (status != LEAT_OK) {
        leat_mysql_collations_free(loaded);
        return status;
    }
    leat_mysql_collations_seal(loaded);
    *collations = loaded;
    return LEAT_OK;
}
