/* The near side of a check: the state store. */
#ifndef LEAT_CLI_CHECK_STORAGE_H
#define LEAT_CLI_CHECK_STORAGE_H

#include "config/config.h"
#include "leat/finding.h"

/* Adds what a run would meet on this machine. Changes nothing. */
void leat_check_storage(const leat_config *config, leat_findings *findings);

#endif
