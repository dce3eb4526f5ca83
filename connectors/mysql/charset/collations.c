#include <stdlib.h>
#include <strings.h>

#include "base/list.h"
#include "base/memory.h"
#include "mysql/charset/collations_build.h"

struct leat_mysql_collations {
    leat_arena arena;
    const leat_mysql_charset **charsets;
    size_t charset_count;
    size_t charset_capacity;
    leat_mysql_collation *items; /* by identifier, once sealed */
    size_t count;
    size_t capacity;
};

leat_mysql_collations *leat_mysql_collations_new(void)
{
    return leat_allocate(sizeof(leat_mysql_collations));
}

void leat_mysql_collations_free(leat_mysql_collations *collations)
{
    if (collations == NULL)
        return;
    leat_release(collations->charsets);
    leat_release(collations->items);
    leat_arena_free(&collations->arena);
    leat_release(collations);
}

leat_arena *leat_mysql_collations_arena(leat_mysql_collations *collations)
{
    return &collations->arena;
}

size_t leat_mysql_collations_charset_count(const leat_mysql_collations *collations)
{
    return collations->charset_count;
}

const leat_mysql_charset *leat_mysql_collations_charset(const leat_mysql_collations *collations, size_t place)
{
    return collations->charsets[place];
}

/* Those that are what they are without a table. */
static const struct {
    const char *name;
    leat_mysql_charset_kind kind;
} known_charsets[] = {
    {"binary", LEAT_MYSQL_CHARSET_BINARY}, {"utf8mb4", LEAT_MYSQL_CHARSET_UTF8},
    {"utf8mb3", LEAT_MYSQL_CHARSET_UTF8},  {"utf8", LEAT_MYSQL_CHARSET_UTF8},
    {"ascii", LEAT_MYSQL_CHARSET_ASCII},   {"ucs2", LEAT_MYSQL_CHARSET_UCS2},
    {"utf16", LEAT_MYSQL_CHARSET_UTF16},   {"utf16le", LEAT_MYSQL_CHARSET_UTF16LE},
    {"utf32", LEAT_MYSQL_CHARSET_UTF32},
};

static leat_mysql_charset_kind kind_of(const char *name, unsigned longest)
{
    for (size_t i = 0; i < sizeof known_charsets / sizeof *known_charsets; i++)
        if (strcmp(known_charsets[i].name, name) == 0)
            return known_charsets[i].kind;
    return leat_mysql_charset_wants_table(name, longest) ? LEAT_MYSQL_CHARSET_TABLE
                                                         : LEAT_MYSQL_CHARSET_UNKNOWN;
}

const leat_mysql_charset *leat_mysql_collations_add_charset(leat_mysql_collations *collations,
                                                            const char *name, unsigned longest)
{
    leat_mysql_charset *charset = leat_arena_allocate(&collations->arena, sizeof *charset);
    charset->name = leat_arena_string(&collations->arena, name);
    charset->longest = longest;
    charset->kind = kind_of(name, longest);
    if (charset->kind == LEAT_MYSQL_CHARSET_TABLE)
        charset->table = leat_mysql_charset_table_new(longest, &collations->arena);
    collations->charsets = leat_list_room(collations->charsets, collations->charset_count,
                                          &collations->charset_capacity, sizeof *collations->charsets);
    collations->charsets[collations->charset_count++] = charset;
    return charset;
}

/* "utf8" was the name of utf8mb3, in those of its collations too, until MySQL 8.0.30 and MariaDB 10.6. */
static const char *without_utf8(const char *name)
{
    if (strncasecmp(name, "utf8mb3", 7) == 0)
        return name + 7;
    return strncasecmp(name, "utf8", 4) == 0 && (name[4] == '_' || name[4] == '\0') ? name + 4 : NULL;
}

static bool same_name(const char *left, const char *right)
{
    const char *left_rest = without_utf8(left);
    const char *right_rest = without_utf8(right);
    if (left_rest == NULL || right_rest == NULL)
        return strcasecmp(left, right) == 0;
    return strcasecmp(left_rest, right_rest) == 0;
}

static const leat_mysql_charset *find_charset(const leat_mysql_collations *collations, const char *name)
{
    for (size_t i = 0; i < collations->charset_count; i++)
        if (same_name(collations->charsets[i]->name, name))
            return collations->charsets[i];
    return NULL;
}

bool leat_mysql_collations_add(leat_mysql_collations *collations, unsigned identifier, const char *name,
                               const char *charset, bool is_default)
{
    const leat_mysql_charset *found = find_charset(collations, charset);
    if (found == NULL)
        return false;
    collations->items = leat_list_room(collations->items, collations->count, &collations->capacity,
                                       sizeof *collations->items);
    collations->items[collations->count++] =
        (leat_mysql_collation){.identifier = identifier,
                               .name = leat_arena_string(&collations->arena, name),
                               .charset = found,
                               .is_default = is_default};
    return true;
}

static int compare_identifiers(const void *left, const void *right)
{
    unsigned first = ((const leat_mysql_collation *)left)->identifier;
    unsigned second = ((const leat_mysql_collation *)right)->identifier;
    return (first > second) - (first < second);
}

void leat_mysql_collations_seal(leat_mysql_collations *collations)
{
    if (collations->count > 0)
        qsort(collations->items, collations->count, sizeof *collations->items, compare_identifiers);
}

const leat_mysql_collation *leat_mysql_collation_by_id(const leat_mysql_collations *collations,
                                                       unsigned identifier)
{
    leat_mysql_collation wanted = {.identifier = identifier};
    if (collations->count == 0)
        return NULL;
    return bsearch(&wanted, collations->items, collations->count, sizeof wanted, compare_identifiers);
}

const leat_mysql_collation *leat_mysql_collation_by_name(const leat_mysql_collations *collations,
                                                         const char *name)
{
    for (size_t i = 0; i < collations->count; i++)
        if (same_name(collations->items[i].name, name))
            return &collations->items[i];
    return NULL;
}

const leat_mysql_collation *leat_mysql_collation_of_charset(const leat_mysql_collations *collations,
                                                            const char *charset)
{
    for (size_t i = 0; i < collations->count; i++)
        if (collations->items[i].is_default && same_name(collations->items[i].charset->name, charset))
            return &collations->items[i];
    return NULL;
}

static const struct {
    const char *name;
    unsigned longest;
} usual_charsets[] = {{"binary", 1},  {"ascii", 1}, {"latin1", 1}, {"utf8mb3", 3},
                      {"utf8mb4", 4}, {"ucs2", 2},  {"utf16", 4}};

static const struct {
    const char *name;
    const char *charset;
    unsigned identifier;
    bool is_default;
} usual_collations[] = {
    {"binary", "binary", 63, true},
    {"ascii_general_ci", "ascii", 11, true},
    {"ascii_bin", "ascii", 65, false},
    {"latin1_swedish_ci", "latin1", 8, true},
    {"latin1_bin", "latin1", 47, false},
    {"utf8mb3_general_ci", "utf8mb3", 33, true},
    {"utf8mb3_bin", "utf8mb3", 83, false},
    {"utf8mb3_unicode_ci", "utf8mb3", 192, false},
    {"utf8mb4_general_ci", "utf8mb4", 45, false},
    {"utf8mb4_bin", "utf8mb4", 46, false},
    {"utf8mb4_unicode_ci", "utf8mb4", 224, false},
    {"utf8mb4_0900_ai_ci", "utf8mb4", 255, true},
    {"ucs2_general_ci", "ucs2", 35, true},
    {"ucs2_bin", "ucs2", 90, false},
    {"utf16_general_ci", "utf16", 54, true},
    {"utf16_bin", "utf16", 55, false},
};

/* The servers' latin1 is Windows' 1252, whose holes are the control characters of ISO 8859-1. */
static void fill_latin1(leat_mysql_charset_table *table)
{
    static const uint16_t windows[32] = {0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                         0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008d, 0x017d, 0x008f,
                                         0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                         0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178};
    table->ascii = true;
    for (uint16_t byte = 0; byte < 256; byte++)
        table->single[byte] = byte >= 0x80 && byte < 0xa0 ? windows[byte - 0x80] : byte;
}

leat_mysql_collations *leat_mysql_collations_usual(void)
{
    leat_mysql_collations *collations = leat_mysql_collations_new();
    for (size_t i = 0; i < sizeof usual_charsets / sizeof *usual_charsets; i++) {
        const leat_mysql_charset *charset =
            leat_mysql_collations_add_charset(collations, usual_charsets[i].name, usual_charsets[i].longest);
        if (charset->kind == LEAT_MYSQL_CHARSET_TABLE)
            fill_latin1(charset->table);
    }
    for (size_t i = 0; i < sizeof usual_collations / sizeof *usual_collations; i++)
        (void)leat_mysql_collations_add(collations, usual_collations[i].identifier, usual_collations[i].name,
                                        usual_collations[i].charset, usual_collations[i].is_default);
    leat_mysql_collations_seal(collations);
    return collations;
}
