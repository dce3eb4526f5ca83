/* Names of tables and databases, as the server tells them apart. */
#include "mysql/follow/definitions_parts.h"

const char *leat_definitions_fold(leat_mysql_definitions *definitions, const char *text)
{
    if (!definitions->fold)
        return text;
    char *folded = leat_arena_string(&definitions->scratch, text);
    for (char *at = folded; *at != '\0'; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at + ('a' - 'A'));
    return folded;
}
