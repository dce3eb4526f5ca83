/* Names of tables and databases, as the server tells them apart. */
#include "mysql/follow/tracker_internal.h"

const char *leat_mysql_tracker_fold(leat_mysql_tracker *tracker, const char *text)
{
    if (!tracker->fold)
        return text;
    char *folded = leat_arena_string(&tracker->scratch, text);
    for (char *at = folded; *at != '\0'; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at + ('a' - 'A'));
    return folded;
}
