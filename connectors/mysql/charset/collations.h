/* The server's collations and their charsets, and text in any of them as UTF-8.
 *
 * The room: this header is for everybody; charset.h is the inside of a charset. It uses server/, to ask for
 * the collations, and nothing else of the connector. */
#ifndef LEAT_MYSQL_CHARSET_COLLATIONS_H
#define LEAT_MYSQL_CHARSET_COLLATIONS_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "mysql/server/session.h"

enum { LEAT_MYSQL_COLLATION_BINARY = 63 };

/* A charset and how its text becomes UTF-8. Opaque. */
typedef struct leat_mysql_charset leat_mysql_charset;

typedef struct leat_mysql_collation {
    unsigned identifier;
    const char *name; /* "utf8mb4_0900_ai_ci" */
    const leat_mysql_charset *charset;
    bool is_default; /* of its charset */
} leat_mysql_collation;

/* Opaque; what a server knows. Pump thread. */
typedef struct leat_mysql_collations leat_mysql_collations;

/* Reads them from the server (information_schema.collations, MariaDB's
 * collation_character_set_applicability, character_sets), and the tables of its single-byte charsets, so that
 * text becomes what the server itself would make of it. */
leat_status leat_mysql_collations_load(leat_mysql_session *session, leat_mysql_collations **collations,
                                       leat_error *error);
void leat_mysql_collations_free(leat_mysql_collations *collations); /* NULL is fine */

/* For tests without a server: the usual charsets alone (binary, ascii, latin1, utf8mb3, utf8mb4, ucs2,
 * utf16). */
leat_mysql_collations *leat_mysql_collations_usual(void);

/* NULL when there is none. */
const leat_mysql_collation *leat_mysql_collation_by_id(const leat_mysql_collations *collations,
                                                       unsigned identifier);
const leat_mysql_collation *leat_mysql_collation_by_name(const leat_mysql_collations *collations,
                                                         const char *name);
/* The default collation of a charset ("utf8" is "utf8mb3"). */
const leat_mysql_collation *leat_mysql_collation_of_charset(const leat_mysql_collations *collations,
                                                            const char *charset);

const char *leat_mysql_charset_name(const leat_mysql_charset *charset);
unsigned leat_mysql_charset_longest(const leat_mysql_charset *charset); /* bytes a character may take */
bool leat_mysql_charset_is_binary(const leat_mysql_charset *charset);

/* Appends `text` as UTF-8; false, with `out` as it was, where a byte is no character of the charset. */
bool leat_mysql_charset_append(const leat_mysql_charset *charset, leat_slice text, leat_buffer *out);

#endif
