/* Fields of a result's row, by kind. */
#ifndef LEAT_MYSQL_SERVER_RESULT_H
#define LEAT_MYSQL_SERVER_RESULT_H

#include <mysql.h>
#include <stdint.h>
#include <stdlib.h>

/* The text; "" for SQL null. Lives as long as the result. */
static inline const char *leat_mysql_row_text(const char *const *row, unsigned column)
{
    return row[column] == NULL ? "" : row[column];
}

/* An integer as the server prints it; `otherwise` for SQL null. */
static inline int64_t leat_mysql_row_number(const char *const *row, unsigned column, int64_t otherwise)
{
    return row[column] == NULL ? otherwise : strtoll(row[column], NULL, 10);
}

/* The next row of a result, NULL at the end. */
static inline const char *const *leat_mysql_next_row(MYSQL_RES *result)
{
    return (const char *const *)mysql_fetch_row(result);
}

#endif
