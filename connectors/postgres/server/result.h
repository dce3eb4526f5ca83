/* Fields of a PGresult, by kind. */
#ifndef LEAT_POSTGRES_SERVER_RESULT_H
#define LEAT_POSTGRES_SERVER_RESULT_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* The text; "" for SQL null. Lives as long as the result. */
static inline const char *leat_postgres_result_text(const PGresult *result, int row, int column)
{
    return PQgetvalue(result, row, column);
}

static inline bool leat_postgres_result_true(const PGresult *result, int row, int column)
{
    return PQgetvalue(result, row, column)[0] == 't';
}

/* An integer as the server prints it; `otherwise` for SQL null. */
static inline int64_t leat_postgres_result_number(const PGresult *result, int row, int column,
                                                  int64_t otherwise)
{
    if (PQgetisnull(result, row, column))
        return otherwise;
    return strtoll(PQgetvalue(result, row, column), NULL, 10);
}

static inline Oid leat_postgres_result_oid(const PGresult *result, int row, int column)
{
    return (Oid)strtoul(PQgetvalue(result, row, column), NULL, 10);
}

#endif
