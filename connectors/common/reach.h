/* A check whose server cannot be reached. */
#ifndef LEAT_COMMON_REACH_H
#define LEAT_COMMON_REACH_H

#include "base/error.h"
#include "leat/finding.h"

/* Adds the failure of the first connection as the check's finding and gives LEAT_OK, for not getting in is what a check
 * is there to tell. Only a stop, or a url that is none, ends it: that failure is returned in `error`. */
leat_status leat_findings_add_unreachable(leat_findings *findings, const leat_error *failure,
                                          leat_error *error);

#endif
