#include "cli/cat.h"

#include "base/signals.h"
#include "terminal/output.h"

enum { WRITE_AT = 64 * 1024 };

void leat_cat_flush(leat_cat_run *run)
{
    int exit_code;
    if (run->out.length > 0 && !leat_output_write(&run->out, &exit_code)) {
        run->over = true;
        if (exit_code != 0)
            run->exit_code = exit_code;
    }
    leat_buffer_reset(&run->out);
}

void leat_cat_count(leat_cat_run *run)
{
    run->shown++;
    if (run->out.length >= WRITE_AT)
        leat_cat_flush(run);
    run->over = run->over || run->shown >= run->settings->limit || leat_signals_stopping();
}
