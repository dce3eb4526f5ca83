#include "common/reach.h"

leat_status leat_findings_add_unreachable(leat_findings *findings, const leat_error *failure,
                                          leat_error *error)
{
    if (failure->status == LEAT_STOPPED || failure->status == LEAT_USAGE) {
        if (error != NULL)
            *error = *failure;
        return failure->status;
    }
    leat_findings_add(findings, LEAT_FINDING_ERROR, "connection", "server",
                      failure->mend[0] == '\0' ? NULL : failure->mend, "%s", failure->message);
    return LEAT_OK;
}
