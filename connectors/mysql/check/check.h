/* Looks at everything that a pipeline needs of its server, before it runs: one finding for each thing.
 *
 * The room: check.c asks the parts in turn, each of which is a file about one subject (check_internal.h);
 * read_server.c reads beforehand what they judge. It uses catalog/ and server/; nothing but source.c uses
 * it. */
#ifndef LEAT_MYSQL_CHECK_CHECK_H
#define LEAT_MYSQL_CHECK_CHECK_H

#include "base/error.h"
#include "leat/finding.h"
#include "leat/source.h"

/* leat_source_ops.check: that the server cannot be reached is a finding too. */
leat_status leat_mysql_check(const leat_source_options *options, leat_findings *findings, leat_error *error);

#endif
