/* The text of binary JSON, as the server prints it. For the files that read it. */
#ifndef LEAT_MYSQL_VALUE_JSON_TEXT_H
#define LEAT_MYSQL_VALUE_JSON_TEXT_H

#include "base/buffer.h"
#include "mysql/value/json_value.h"

/* A text being made. No two values of a document share bytes, so that all of them together cannot cost more
 * than it has: what does is no document, whose text might have no end. */
typedef struct leat_mysql_json_printer {
    leat_buffer *out;
    size_t budget; /* bytes that may still be read */
} leat_mysql_json_printer;

/* Appends a value that lies so deep in its document; false, with anything appended, for what is none. */
bool leat_mysql_json_print(leat_mysql_json_printer *printer, const leat_mysql_json_value *value,
                           unsigned depth);

/* Takes from the budget; false when there is not as much. */
bool leat_mysql_json_spend(leat_mysql_json_printer *printer, size_t cost);

/* Appends a member's key and the colon behind it. */
bool leat_mysql_json_print_key(leat_mysql_json_printer *printer, leat_slice key);

/* Appends a value of a column type that JSON has not: dates, decimals, bytes. */
bool leat_mysql_json_print_opaque(leat_buffer *out, uint8_t column_type, leat_slice data);

/* Appends a finite double with the fewest digits that tell it from all others, as the server lays them out
 * (my_gcvt, then ".0" where it would look like an integer). */
void leat_mysql_json_print_double(leat_buffer *out, double value);

#endif
