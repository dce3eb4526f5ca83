/* Times as people give them on a command line. */
#ifndef LEAT_CLI_INSTANT_H
#define LEAT_CLI_INSTANT_H

#include <stdbool.h>
#include <stdint.h>

/* "2026-03-10", "2026-03-10T08:00", "2026-03-10T08:00:00", "…:00.250", each of those with a time ended by "Z"
 * or "+01:00" if wanted; UTC without. Milliseconds since 1970 UTC. False for anything else. */
bool leat_instant_parse(const char *text, int64_t *milliseconds);

#endif
