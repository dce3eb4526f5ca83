#include "mysql/check/grants.h"

#include <ctype.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cursor.h"
#include "base/list.h"
#include "mysql/catalog/sql_words.h"
#include "mysql/server/session.h"

/* ---- Reading a line ---- */

/* The columns of a grant on some columns alone, which is none on the table. */
static void pass_columns(leat_cursor *line)
{
    while (leat_cursor_remaining(line) > 0 && leat_cursor_u8(line) != ')')
        continue;
}

/* "SELECT, INSERT (`a`), LOCK TABLES ON " as ",SELECT,,LOCK TABLES,": up to the object. */
static void read_privileges(leat_cursor *line, const char *end, leat_buffer *privileges)
{
    size_t start = 1;
    leat_buffer_append_byte(privileges, ',');
    while (!leat_cursor_failed(line) && !leat_mysql_take_word(line, end)) {
        uint8_t byte = leat_cursor_u8(line);
        if (byte == '(') {
            pass_columns(line);
            privileges->length = start;
        } else if (byte == ',') {
            leat_buffer_append_byte(privileges, ',');
            start = privileges->length;
        } else if (byte != ' ' || privileges->length > start) {
            leat_buffer_append_byte(privileges, (uint8_t)toupper(byte));
        }
    }
    leat_buffer_append_byte(privileges, ',');
}

static void keep(leat_mysql_grants *grants, leat_mysql_grant grant)
{
    grants->items = leat_arena_list_room(&grants->arena, grants->items, grants->count, &grants->capacity,
                                         sizeof *grants->items);
    grants->items[grants->count++] = grant;
}

void leat_mysql_grants_add(leat_mysql_grants *grants, const char *line)
{
    leat_buffer privileges = {0};
    leat_mysql_grant grant = {0};
    leat_cursor rest = leat_cursor_open(leat_slice_of_string(line));
    grant.revoked = leat_mysql_take_word(&rest, "REVOKE ");
    if (grant.revoked || leat_mysql_take_word(&rest, "GRANT ")) {
        read_privileges(&rest, " ON ", &privileges);
        grant.database = leat_mysql_take_name(&rest, &grants->arena);
        bool has_table = leat_mysql_take_word(&rest, ".");
        grant.table = leat_mysql_take_name(&rest, &grants->arena);
        grant.privileges = leat_arena_string(&grants->arena, leat_buffer_string(&privileges));
        if (has_table && !leat_cursor_failed(&rest))
            keep(grants, grant);
    }
    leat_buffer_free(&privileges);
}

void leat_mysql_grants_free(leat_mysql_grants *grants)
{
    leat_arena_free(&grants->arena);
    *grants = (leat_mysql_grants){0};
}

/* ---- Asking ---- */

/* LIKE as grants use it: % any run, _ one character, a backslash before either makes it plain. The classic
 * two places: on a mismatch the last % takes one character more. */
static bool is_like(const char *pattern, const char *text)
{
    size_t at = 0;
    size_t place = 0;
    size_t star = SIZE_MAX;
    size_t star_place = 0;
    while (text[place] != '\0') {
        bool plain = pattern[at] == '\\' && pattern[at + 1] != '\0';
        char wanted = pattern[at + plain];
        if (!plain && wanted == '%') {
            star = at++;
            star_place = place;
        } else if (wanted == text[place] || (!plain && wanted == '_')) {
            at += (size_t)plain + 1;
            place++;
        } else if (star != SIZE_MAX) {
            at = star + 1;
            place = ++star_place;
        } else {
            return false;
        }
    }
    while (pattern[at] == '%')
        at++;
    return pattern[at] == '\0';
}

static bool has_privilege(const leat_mysql_grant *grant, const char *privilege)
{
    leat_buffer wanted = {0};
    leat_buffer_printf(&wanted, ",%s,", privilege);
    bool has = strstr(grant->privileges, leat_buffer_string(&wanted)) != NULL ||
               strstr(grant->privileges, ",ALL PRIVILEGES,") != NULL;
    leat_buffer_free(&wanted);
    return has;
}

static bool is_everywhere(const leat_mysql_grant *grant)
{
    return strcmp(grant->database, "*") == 0 && strcmp(grant->table, "*") == 0;
}

bool leat_mysql_grants_global(const leat_mysql_grants *grants, const char *privilege)
{
    for (size_t i = 0; i < grants->count; i++)
        if (!grants->items[i].revoked && is_everywhere(&grants->items[i]) &&
            has_privilege(&grants->items[i], privilege))
            return true;
    return false;
}

static bool is_on_database(const leat_mysql_grant *grant, const char *database)
{
    return strcmp(grant->table, "*") == 0 && strcmp(grant->database, "*") != 0 &&
           is_like(grant->database, database);
}

bool leat_mysql_grants_database(const leat_mysql_grants *grants, const char *privilege, const char *database)
{
    bool granted = leat_mysql_grants_global(grants, privilege);
    for (size_t i = 0; i < grants->count; i++)
        if (is_on_database(&grants->items[i], database) && has_privilege(&grants->items[i], privilege)) {
            if (grants->items[i].revoked)
                return false;
            granted = true;
        }
    return granted;
}

const char *leat_mysql_account_quote(const char *account, leat_arena *arena)
{
    leat_buffer quoted = {0};
    const char *at = strrchr(account, '@');
    leat_arena scratch = {0};
    size_t user = at == NULL ? strlen(account) : (size_t)(at - account);
    leat_mysql_append_literal(&quoted, leat_arena_slice_string(&scratch, leat_slice_of(account, user)));
    leat_buffer_append_byte(&quoted, '@');
    leat_mysql_append_literal(&quoted, at == NULL ? "%" : &at[1]);
    const char *kept = leat_arena_string(arena, leat_buffer_string(&quoted));
    leat_buffer_free(&quoted);
    leat_arena_free(&scratch);
    return kept;
}
