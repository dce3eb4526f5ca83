#include "config/assignment.h"

#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "config/bind.h"

/* No honest value is longer, and regular expressions need not see what is. */
enum {
    MOST_TEXT_BYTES = 4096,
    MOST_MAPPED_BYTES = 65536, /* a map may hold whole certificates */
    MOST_SHOWN_BYTES = 60,
};

void *leat_assignment_field(const leat_assignment *value)
{
    return (unsigned char *)value->filled + value->setting->offset;
}

/* The value as messages show it: without passwords, on one line, not too long. */
static void append_shown(const char *text, leat_arena *arena, leat_buffer *out)
{
    char *redacted = leat_config_redact(text);
    char *copy = leat_arena_string(arena, redacted);
    leat_release(redacted);
    size_t length = strnlen(copy, MOST_SHOWN_BYTES);
    bool cut = copy[length] != '\0';
    length = leat_utf8_valid_length(leat_slice_of(copy, length));
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)copy[i] < 0x20 || copy[i] == 0x7f)
            copy[i] = ' ';
    leat_buffer_printf(out, "`%.*s%s`", (int)length, copy, cut ? "…" : "");
}

bool leat_assignment_refuse(const leat_assignment *value, const char *must_be, const char *hint)
{
    leat_buffer sentence = {0};
    leat_buffer_printf(&sentence, "`%s` must be %s", value->setting->path, must_be);
    if (value->hidden) {
        leat_buffer_append_string(&sentence, "; what it is cannot be shown here");
    } else {
        leat_buffer_append_string(&sentence, ", not ");
        append_shown(value->text, value->substitution->arena, &sentence);
    }
    leat_buffer_append_string(&sentence, hint != NULL ? hint : "");
    leat_mistakes_add(value->mistakes, value->place, "%s", leat_buffer_string(&sentence));
    leat_buffer_free(&sentence);
    return false;
}

const leat_choice *leat_assignment_find_choice(const leat_setting *setting, const char *name)
{
    for (size_t i = 0; i < setting->choice_count; i++)
        if (strcmp(setting->choices[i].name, name) == 0)
            return &setting->choices[i];
    return NULL;
}

bool leat_assignment_check_text(const leat_assignment *value, const regex_t *form)
{
    if (value->text[0] == '\0') {
        leat_mistakes_add(value->mistakes, value->place, "`%s` is empty", value->setting->path);
        return false;
    }
    size_t most = value->setting->type == LEAT_SETTING_MAP ? MOST_MAPPED_BYTES : MOST_TEXT_BYTES;
    if (strnlen(value->text, most + 1) > most) {
        leat_mistakes_add(value->mistakes, value->place, "`%s` is longer than %zu bytes",
                          value->setting->path, most);
        return false;
    }
    if (form != NULL && regexec(form, value->text, 0, NULL, 0) != 0)
        return leat_assignment_refuse(value, value->setting->form_words, NULL);
    return true;
}

const regex_t *leat_assignment_form(const leat_setting *setting, regex_t *form)
{
    if (setting->form == NULL)
        return NULL;
    return regcomp(form, setting->form, REG_EXTENDED | REG_NOSUB) == 0 ? form : NULL;
}

bool leat_assignment_refuse_kind(const leat_assignment *value, const char *must_be, const leat_node *node)
{
    static const char *const kinds[] = {"a single value", "a list", "a group of settings"};
    leat_mistakes_add(value->mistakes, value->place, "`%s` must be %s, not %s. For example `%s: %s`",
                      value->setting->path, must_be, kinds[node->kind],
                      leat_setting_key(value->setting->path), value->setting->example);
    return false;
}

bool leat_assignment_refuse_null(const leat_assignment *value)
{
    leat_mistakes_add(value->mistakes, value->place,
                      "`%s` has no value. Give it one, for example `%s: %s`, or take it out",
                      value->setting->path, leat_setting_key(value->setting->path), value->setting->example);
    return false;
}

bool leat_assignment_take_scalar(leat_assignment *value, const leat_node *node)
{
    if (node->mistaken)
        return false;
    value->place = node->place;
    if (node->kind != LEAT_NODE_SCALAR)
        return leat_assignment_refuse_kind(value, "a single value", node);
    /* `null` without quotes is a text where it is one of the choices. */
    if (leat_node_is_null(node) && leat_assignment_find_choice(value->setting, node->text) == NULL)
        return leat_assignment_refuse_null(value);
    leat_error error;
    bool substituted;
    if (leat_substitute(value->substitution, node->text, &value->text, &substituted, &error) != LEAT_OK) {
        leat_mistakes_add(value->mistakes, node->place, "`%s`: %s%s%s", value->setting->path, error.message,
                          error.mend[0] != '\0' ? ". " : "", error.mend);
        return false;
    }
    value->hidden = substituted || value->setting->secret;
    bool bare = value->setting->type == LEAT_SETTING_BOOLEAN || value->setting->type == LEAT_SETTING_INTEGER;
    if (bare && !node->plain && !substituted) {
        leat_mistakes_add(value->mistakes, node->place, "`%s` must stand without quotes",
                          value->setting->path);
        return false;
    }
    return true;
}
