#include "config/assign.h"

#include <regex.h>
#include <string.h>

#include "base/memory.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "config/bind.h"
#include "config/values.h"

/* No honest value is longer, and regular expressions need not see what is. */
enum { MOST_TEXT_BYTES = 4096, MOST_SHOWN_BYTES = 60 };

_Static_assert(sizeof(leat_sink_type) == sizeof(unsigned) && sizeof(leat_codec_kind) == sizeof(unsigned) &&
                   sizeof(leat_envelope_kind) == sizeof(unsigned) &&
                   sizeof(leat_log_level) == sizeof(unsigned) && sizeof(leat_log_format) == sizeof(unsigned),
               "choices are stored as unsigned");

/* One value on its way into its field. */
typedef struct assignment {
    leat_config *config;
    const leat_setting *setting;
    leat_substitution *substitution;
    leat_mistakes *mistakes;
    leat_place place;
    const char *text;
    bool hidden; /* must not be shown */
} assignment;

static void *field_of(const assignment *value)
{
    return (unsigned char *)value->config + value->setting->offset;
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

/* Reports that the value is not what it must be; `hint`, which may be NULL, follows. Gives false. */
static bool refuse(const assignment *value, const char *must_be, const char *hint)
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

static const leat_choice *find_choice(const leat_setting *setting, const char *name)
{
    for (size_t i = 0; i < setting->choice_count; i++)
        if (strcmp(setting->choices[i].name, name) == 0)
            return &setting->choices[i];
    return NULL;
}

static bool refuse_choice(const assignment *value)
{
    const leat_setting *setting = value->setting;
    leat_arena *arena = value->substitution->arena;
    const char **names = leat_arena_allocate_array(arena, setting->choice_count, sizeof *names);
    for (size_t i = 0; i < setting->choice_count; i++)
        names[i] = setting->choices[i].name;
    const char *nearest = value->hidden || setting->choice_count < 2
                              ? NULL
                              : leat_nearest(value->text, names, setting->choice_count);
    leat_buffer must_be = {0};
    leat_setting_describe_type(setting, &must_be);
    const char *hint = nearest == NULL ? NULL : leat_arena_printf(arena, "; did you mean `%s`?", nearest);
    refuse(value, leat_buffer_string(&must_be), hint);
    leat_buffer_free(&must_be);
    return false;
}

static bool assign_choice(const assignment *value)
{
    const leat_choice *choice = find_choice(value->setting, value->text);
    if (choice == NULL)
        return refuse_choice(value);
    memcpy(field_of(value), &choice->value, sizeof choice->value);
    return true;
}

static bool assign_boolean(const assignment *value)
{
    bool yes = strcmp(value->text, "true") == 0;
    if (!yes && strcmp(value->text, "false") != 0)
        return refuse(value, "`true` or `false`", NULL);
    memcpy(field_of(value), &yes, sizeof yes);
    return true;
}

static void append_units(const leat_unit *units, size_t count, leat_buffer *out)
{
    for (size_t i = 0; i < count; i++)
        leat_buffer_printf(out, "%s%s", i > 0 ? ", " : "", units[i].name);
}

/* "a duration such as `60s` (a whole number and one of us, ms, s, m, h, d)" */
static bool refuse_number(const assignment *value)
{
    leat_buffer must_be = {0};
    leat_buffer_append_string(&must_be, "a ");
    leat_setting_describe_type(value->setting, &must_be);
    if (value->setting->type != LEAT_SETTING_INTEGER) {
        leat_buffer_append_string(&must_be, " (a whole number and one of ");
        if (value->setting->type == LEAT_SETTING_SIZE)
            append_units(leat_size_units, leat_size_unit_count, &must_be);
        else
            append_units(leat_duration_units, leat_duration_unit_count, &must_be);
        leat_buffer_append_string(&must_be, ")");
    }
    refuse(value, leat_buffer_string(&must_be), NULL);
    leat_buffer_free(&must_be);
    return false;
}

static bool refuse_range(const assignment *value)
{
    leat_buffer must_be = {0};
    leat_setting_describe_range(value->setting, &must_be);
    refuse(value, leat_buffer_string(&must_be), NULL);
    leat_buffer_free(&must_be);
    return false;
}

static bool assign_number(const assignment *value)
{
    uint64_t number;
    bool understood = value->setting->type == LEAT_SETTING_SIZE ? leat_value_parse_size(value->text, &number)
                      : value->setting->type == LEAT_SETTING_DURATION
                          ? leat_value_parse_duration(value->text, &number)
                          : leat_value_parse_integer(value->text, &number);
    if (!understood)
        return refuse_number(value);
    if (number < value->setting->least || number > value->setting->most)
        return refuse_range(value);
    memcpy(field_of(value), &number, sizeof number);
    return true;
}

/* Whether a text may stand where a text is wanted; `form` is the setting's, compiled, or NULL. */
static bool check_text(const assignment *value, const regex_t *form)
{
    if (value->text[0] == '\0') {
        leat_mistakes_add(value->mistakes, value->place, "`%s` is empty", value->setting->path);
        return false;
    }
    if (strnlen(value->text, MOST_TEXT_BYTES + 1) > MOST_TEXT_BYTES) {
        leat_mistakes_add(value->mistakes, value->place, "`%s` is longer than %d bytes", value->setting->path,
                          MOST_TEXT_BYTES);
        return false;
    }
    if (form != NULL && regexec(form, value->text, 0, NULL, 0) != 0)
        return refuse(value, value->setting->form_words, NULL);
    return true;
}

static const regex_t *compile_form(const leat_setting *setting, regex_t *form)
{
    if (setting->form == NULL)
        return NULL;
    return regcomp(form, setting->form, REG_EXTENDED | REG_NOSUB) == 0 ? form : NULL;
}

static bool assign_text(const assignment *value)
{
    if (value->setting->choice_count > 0 && find_choice(value->setting, value->text) == NULL)
        return refuse_choice(value);
    regex_t compiled;
    const regex_t *form = compile_form(value->setting, &compiled);
    bool right = check_text(value, form);
    if (form != NULL)
        regfree(&compiled);
    if (!right)
        return false;
    const char *text = value->setting->type == LEAT_SETTING_PATH
                           ? leat_path_from(&value->config->arena, value->substitution->folder, value->text)
                           : leat_arena_string(&value->config->arena, value->text);
    memcpy(field_of(value), &text, sizeof text);
    return true;
}

static bool assign_one(const assignment *value)
{
    switch (value->setting->type) {
    case LEAT_SETTING_TEXT:
    case LEAT_SETTING_PATH:
        return assign_text(value);
    case LEAT_SETTING_CHOICE:
        return assign_choice(value);
    case LEAT_SETTING_BOOLEAN:
        return assign_boolean(value);
    case LEAT_SETTING_INTEGER:
    case LEAT_SETTING_SIZE:
    case LEAT_SETTING_DURATION:
        return assign_number(value);
    case LEAT_SETTING_TEXT_LIST:
        break;
    }
    return false;
}

static bool refuse_kind(const assignment *value, const char *must_be, const leat_node *node)
{
    static const char *const kinds[] = {"a single value", "a list", "a group of settings"};
    leat_mistakes_add(value->mistakes, value->place, "`%s` must be %s, not %s. For example `%s: %s`",
                      value->setting->path, must_be, kinds[node->kind],
                      leat_setting_key(value->setting->path), value->setting->example);
    return false;
}

static bool refuse_null(const assignment *value)
{
    leat_mistakes_add(value->mistakes, value->place,
                      "`%s` has no value. Give it one, for example `%s: %s`, or take it out",
                      value->setting->path, leat_setting_key(value->setting->path), value->setting->example);
    return false;
}

/* Fills the value's text from a scalar node; false: there is none, and it is reported. */
static bool take_scalar(assignment *value, const leat_node *node)
{
    if (node->mistaken)
        return false;
    value->place = node->place;
    if (node->kind != LEAT_NODE_SCALAR)
        return refuse_kind(value, "a single value", node);
    /* `null` without quotes is a text where it is one of the choices. */
    if (leat_node_is_null(node) && find_choice(value->setting, node->text) == NULL)
        return refuse_null(value);
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

static size_t count_items(const leat_node *list)
{
    size_t count = 0;
    for (const leat_node *item = list->first; item != NULL; item = item->next)
        count++;
    return count;
}

static bool assign_items(assignment *value, const leat_node *list, const char **texts)
{
    regex_t compiled;
    const regex_t *form = compile_form(value->setting, &compiled);
    bool all_right = true;
    size_t count = 0;
    for (const leat_node *item = list->first; item != NULL; item = item->next) {
        bool right = take_scalar(value, item) && check_text(value, form);
        if (right)
            texts[count++] = leat_arena_string(&value->config->arena, value->text);
        all_right = all_right && right;
    }
    if (form != NULL)
        regfree(&compiled);
    return all_right;
}

static bool assign_list(assignment *value, const leat_node *node)
{
    if (node->kind != LEAT_NODE_LIST)
        return leat_node_is_null(node) ? refuse_null(value) : refuse_kind(value, "a list of texts", node);
    size_t count = count_items(node);
    if (count == 0) {
        leat_mistakes_add(value->mistakes, value->place, "`%s` is an empty list. For example `%s: %s`",
                          value->setting->path, leat_setting_key(value->setting->path),
                          value->setting->example);
        return false;
    }
    const char **texts = leat_arena_allocate_array(&value->config->arena, count, sizeof *texts);
    memcpy(field_of(value), &texts, sizeof texts);
    memcpy((unsigned char *)value->config + value->setting->count_offset, &count, sizeof count);
    return assign_items(value, node, texts);
}

bool leat_assign(leat_config *config, const leat_setting *setting, const leat_node *node,
                 leat_substitution *substitution, leat_mistakes *mistakes)
{
    if (node->mistaken)
        return false;
    assignment value = {.config = config,
                        .setting = setting,
                        .substitution = substitution,
                        .mistakes = mistakes,
                        .place = node->place};
    if (setting->type == LEAT_SETTING_TEXT_LIST)
        return assign_list(&value, node);
    return take_scalar(&value, node) && assign_one(&value);
}

/* The default's text with the pipeline's name in it; NULL when it needs a name that is not known. */
static const char *default_text_of(const leat_config *config, const leat_setting *setting, leat_arena *arena)
{
    static const char mark[] = "NAME";
    const char *at = strstr(setting->default_text, mark);
    if (at == NULL)
        return setting->default_text;
    if (config->name == NULL)
        return NULL;
    return leat_arena_printf(arena, "%.*s%s%s", (int)(at - setting->default_text), setting->default_text,
                             config->name, at + sizeof mark - 1);
}

bool leat_assign_default(leat_config *config, const leat_setting *setting, leat_substitution *substitution,
                         leat_mistakes *mistakes)
{
    if (setting->default_text == NULL)
        return false;
    const char *text = default_text_of(config, setting, substitution->arena);
    assignment value = {.config = config,
                        .setting = setting,
                        .substitution = substitution,
                        .mistakes = mistakes,
                        .text = text};
    return text != NULL && assign_one(&value);
}

const char *leat_assigned_choice(const leat_config *config, const leat_setting *setting)
{
    const unsigned char *field = (const unsigned char *)config + setting->offset;
    if (setting->type == LEAT_SETTING_TEXT) {
        const char *text;
        memcpy(&text, field, sizeof text);
        return text;
    }
    unsigned number;
    memcpy(&number, field, sizeof number);
    for (size_t i = 0; i < setting->choice_count; i++)
        if (setting->choices[i].value == number)
            return setting->choices[i].name;
    return NULL;
}
