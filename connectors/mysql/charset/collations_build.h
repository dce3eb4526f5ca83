/* How collations are put together: for collations.c, collations_load.c and their tests. */
#ifndef LEAT_MYSQL_CHARSET_COLLATIONS_BUILD_H
#define LEAT_MYSQL_CHARSET_COLLATIONS_BUILD_H

#include "base/arena.h"
#include "mysql/charset/charset.h"
#include "mysql/charset/collations.h"

/* Names are copied. */
leat_mysql_collations *leat_mysql_collations_new(void);
const leat_mysql_charset *leat_mysql_collations_add_charset(leat_mysql_collations *collations,
                                                            const char *name, unsigned longest);
/* False when the charset was not added before. */
bool leat_mysql_collations_add(leat_mysql_collations *collations, unsigned identifier, const char *name,
                               const char *charset, bool is_default);
/* Nothing will be added: now they can be looked up. */
void leat_mysql_collations_seal(leat_mysql_collations *collations);

size_t leat_mysql_collations_charset_count(const leat_mysql_collations *collations);
const leat_mysql_charset *leat_mysql_collations_charset(const leat_mysql_collations *collations,
                                                        size_t place);
leat_arena *leat_mysql_collations_arena(leat_mysql_collations *collations);

#endif
