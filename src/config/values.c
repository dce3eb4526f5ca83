#include "config/values.h"

#include <inttypes.h>
#include <string.h>

const leat_unit leat_size_units[] = {
    {"B", 1},           {"kB", 1000},        {"KiB", 1024},         {"MB", 1000000},        {"MiB", 1048576},
    {"GB", 1000000000}, {"GiB", 1073741824}, {"TB", 1000000000000}, {"TiB", 1099511627776},
};
const size_t leat_size_unit_count = sizeof leat_size_units / sizeof *leat_size_units;

const leat_unit leat_duration_units[] = {
    {"us", 1},
    {"ms", 1000},
    {"s", 1000000},
    {"m", UINT64_C(60) * 1000000},
    {"h", UINT64_C(3600) * 1000000},
    {"d", UINT64_C(86400) * 1000000},
};
const size_t leat_duration_unit_count = sizeof leat_duration_units / sizeof *leat_duration_units;

/* Reads the digits at the start and gives what follows them; NULL when there are none, or when a leading zero
 * could be taken for octal. */
static const char *parse_digits(const char *text, uint64_t *value)
{
    if (*text < '0' || *text > '9' || (text[0] == '0' && text[1] >= '0' && text[1] <= '9'))
        return NULL;
    bool too_large = false;
    *value = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        too_large = too_large || __builtin_mul_overflow(*value, 10u, value) ||
                    __builtin_add_overflow(*value, (uint64_t)(*text - '0'), value);
    if (too_large)
        *value = UINT64_MAX;
    return text;
}

static bool multiply(const char *unit, const leat_unit *units, size_t unit_count, uint64_t *value)
{
    for (size_t i = 0; i < unit_count; i++) {
        if (strcmp(unit, units[i].name) != 0)
            continue;
        if (__builtin_mul_overflow(*value, units[i].factor, value))
            *value = UINT64_MAX;
        return true;
    }
    return false;
}

bool leat_value_parse_integer(const char *text, uint64_t *value)
{
    const char *rest = parse_digits(text, value);
    return rest != NULL && *rest == '\0';
}

bool leat_value_parse_size(const char *text, uint64_t *bytes)
{
    const char *rest = parse_digits(text, bytes);
    if (rest == NULL)
        return false;
    return *rest == '\0' || multiply(rest, leat_size_units, leat_size_unit_count, bytes);
}

bool leat_value_parse_duration(const char *text, uint64_t *microseconds)
{
    const char *rest = parse_digits(text, microseconds);
    if (rest == NULL)
        return false;
    if (*rest == '\0')
        return *microseconds == 0; /* nothing is nothing in every unit */
    return multiply(rest, leat_duration_units, leat_duration_unit_count, microseconds);
}

static void format(leat_buffer *out, uint64_t value, const leat_unit *units, size_t unit_count)
{
    size_t best = 0;
    for (size_t i = 1; i < unit_count; i++)
        if (value % units[i].factor == 0)
            best = i;
    leat_buffer_printf(out, "%" PRIu64 "%s", value / units[best].factor, units[best].name);
}

void leat_value_format_size(leat_buffer *out, uint64_t bytes)
{
    if (bytes == 0)
        leat_buffer_append_string(out, "0");
    else
        format(out, bytes, leat_size_units, leat_size_unit_count);
}

void leat_value_format_duration(leat_buffer *out, uint64_t microseconds)
{
    if (microseconds == 0)
        leat_buffer_append_string(out, "0");
    else
        format(out, microseconds, leat_duration_units, leat_duration_unit_count);
}
