#include "leat/finding.h"

#include <stdarg.h>

#include "base/buffer.h"
#include "base/list.h"
#include "base/memory.h"

void leat_findings_add(leat_findings *findings, leat_finding_level level, const char *code,
                       const char *object, const char *mend, const char *message_format, ...)
{
    findings->items =
        leat_list_room(findings->items, findings->count, &findings->capacity, sizeof *findings->items);
    leat_buffer message = {0};
    va_list arguments;
    va_start(arguments, message_format);
    leat_buffer_vprintf(&message, message_format, arguments);
    va_end(arguments);
    findings->items[findings->count++] = (leat_finding){
        .level = level,
        .code = code,
        .object = leat_arena_string(&findings->arena, object),
        .message = leat_arena_string(&findings->arena, leat_buffer_string(&message)),
        .mend = leat_arena_string(&findings->arena, mend),
    };
    leat_buffer_free(&message);
}

void leat_findings_add_error(leat_findings *findings, leat_finding_level level, const char *code,
                             const char *object, const leat_error *error)
{
    leat_findings_add(findings, level, code, object, error->mend[0] == '\0' ? NULL : error->mend, "%s",
                      error->message);
}

size_t leat_findings_count(const leat_findings *findings, leat_finding_level level)
{
    size_t count = 0;
    for (size_t i = 0; i < findings->count; i++)
        count += findings->items[i].level == level;
    return count;
}

void leat_findings_free(leat_findings *findings)
{
    leat_arena_free(&findings->arena);
    leat_release(findings->items);
    *findings = (leat_findings){0};
}
