/* Inside of a charset: for this room, and for the encoders of types/ alone. */
#ifndef LEAT_MYSQL_CHARSET_CHARSET_H
#define LEAT_MYSQL_CHARSET_CHARSET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/cursor.h"
#include "mysql/charset/collations.h"

typedef enum leat_mysql_charset_kind {
    LEAT_MYSQL_CHARSET_BINARY,
    LEAT_MYSQL_CHARSET_UTF8,
    LEAT_MYSQL_CHARSET_ASCII,
    LEAT_MYSQL_CHARSET_UCS2,
    LEAT_MYSQL_CHARSET_UTF16,
    LEAT_MYSQL_CHARSET_UTF16LE,
    LEAT_MYSQL_CHARSET_UTF32,
    LEAT_MYSQL_CHARSET_TABLE,   /* of one to four bytes a character, by `table` */
    LEAT_MYSQL_CHARSET_UNKNOWN, /* nobody can say what its bytes mean */
} leat_mysql_charset_kind;

/* What no character has: a surrogate. */
enum { LEAT_MYSQL_NO_CHARACTER = 0xd800 };

/* The second (of three: the last) byte of a character in a table, whose row begins here: no charset's lie
 * below. */
enum { LEAT_MYSQL_FIRST_TRAIL = 0x40, LEAT_MYSQL_TRAILS = 0x100 - LEAT_MYSQL_FIRST_TRAIL };

/* GB18030's characters of four bytes: those of the basic plane, counted in the order of their bytes. */
enum { LEAT_MYSQL_QUADRUPLES = 39420 };

/* Code points by bytes; all of the basic plane. */
typedef struct leat_mysql_charset_table {
    bool ascii;                 /* bytes below 0x80 are ASCII */
    uint16_t single[256];       /* LEAT_MYSQL_NO_CHARACTER for what begins a longer one, too */
    const uint16_t **pairs;     /* by first byte: a row by second byte; NULL for none, and for none at all */
    const uint16_t **triples;   /* behind 0x8f (SS3 of the EUCs), by second byte: a row by third */
    const uint16_t *quadruples; /* GB18030's, else NULL */
} leat_mysql_charset_table;

struct leat_mysql_charset {
    const char *name;
    unsigned longest;
    leat_mysql_charset_kind kind;
    leat_mysql_charset_table *table;
};

/* Whether its text can become UTF-8: it is not binary, nor unknown to this program. */
bool leat_mysql_charset_is_readable(const leat_mysql_charset *charset);

/* Whether `text` is, as it stands, the UTF-8 of what it means. */
bool leat_mysql_charset_is_utf8(const leat_mysql_charset *charset, leat_slice text);

/* Takes one character off: its code point, or a failed cursor. */
uint32_t leat_mysql_charset_table_next(const leat_mysql_charset_table *table, leat_cursor *cursor);

/* An empty table. */
leat_mysql_charset_table *leat_mysql_charset_table_new(unsigned longest, leat_arena *arena);

/* Whether a charset that this program does not know otherwise can be told by a table. The server is then
 * asked for it. */
bool leat_mysql_charset_wants_table(const char *charset, unsigned longest);

/* How many questions there are; none but for a charset with a table. */
size_t leat_mysql_charset_questions(const leat_mysql_charset *charset);

/* Appends them, as expressions with a comma before each: every one converts characters of `charset`, with a
 * line feed behind each, to UCS-2 in hex. */
void leat_mysql_charset_ask(const leat_mysql_charset *charset, leat_buffer *sql);

/* Takes in the answer to question number `place` ("0041000A…"; empty where the server had none). */
void leat_mysql_charset_answer(const leat_mysql_charset *charset, size_t place, leat_slice hex,
                               leat_arena *arena);

/* All questions are answered: what follows from the rest. */
void leat_mysql_charset_complete(const leat_mysql_charset *charset, leat_arena *arena);

#endif
