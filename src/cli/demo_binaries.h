/* Which PostgreSQL is installed. */
#ifndef LEAT_CLI_DEMO_BINARIES_H
#define LEAT_CLI_DEMO_BINARIES_H

#include "base/error.h"

/* The folder of the newest PostgreSQL's server binaries (in PATH, where Debian and Red Hat put them, or where
 * pg_config says) and its version, "15.4". Both heap. LEAT_FAILED, with the mend, when there is none that is
 * new enough. */
leat_status leat_demo_binaries_find(char **folder, char **version, leat_error *error);

#endif
