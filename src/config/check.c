#include "config/check.h"

#include <inttypes.h>
#include <string.h>

#include "config/assign.h"
#include "config/settings.h"

typedef struct whole_check {
    const leat_config *config;
    const leat_binding *binding;
    const bool *right;
    leat_mistakes *mistakes;
} whole_check;

/* Where what is missing should have been: the innermost section that is in the file. */
static leat_place place_of_missing(const whole_check *checking, const leat_setting *setting)
{
    leat_place place = {.line = 1, .column = 1};
    for (size_t i = 0; i < leat_section_count; i++)
        if (leat_setting_is_member(setting->path, leat_sections[i].path) &&
            checking->binding->sections[i].line != 0)
            place = checking->binding->sections[i];
    return place;
}

static void refuse_for_type(const whole_check *checking, const leat_setting *setting, leat_place place,
                            const char *type)
{
    leat_buffer types = {0};
    leat_setting_append_types(&types, setting->only_for);
    leat_mistakes_add(checking->mistakes, place,
                      "`%s` makes no sense with `type: %s`, only with %s. Take it out", setting->path, type,
                      leat_buffer_string(&types));
    leat_buffer_free(&types);
}

/* Whether the setting has to be there, given this `type`, which may be NULL. */
static bool is_wanted(const whole_check *checking, const leat_setting *setting, bool applies)
{
    size_t section = leat_setting_section(setting->path);
    bool left_out = leat_sections[section].optional && checking->binding->sections[section].line == 0;
    return setting->required && applies && !left_out;
}

static void check_presence(const whole_check *checking, size_t index)
{
    const leat_setting *setting = &leat_settings[index];
    const leat_node *node = checking->binding->nodes[index];
    const char *type =
        setting->only_for == NULL ? NULL : leat_assigned_type(checking->config, setting, checking->right);
    bool applies =
        setting->only_for == NULL || (type != NULL && leat_setting_is_for(setting->only_for, type));
    if (node == NULL && is_wanted(checking, setting, applies))
        leat_mistakes_add(checking->mistakes, place_of_missing(checking, setting),
                          "`%s` is missing. For example `%s: %s`", setting->path,
                          leat_setting_key(setting->path), setting->example);
    if (node != NULL && type != NULL && !applies)
        refuse_for_type(checking, setting, node->place, type);
}

/* Whether both settings hold values, so that they can be compared. */
static bool both_right(const whole_check *checking, const char *left, const char *right)
{
    return checking->right[leat_setting_find(left)] && checking->right[leat_setting_find(right)];
}

static bool is_given(const whole_check *checking, const char *path)
{
    return checking->binding->nodes[leat_setting_find(path)] != NULL;
}

/* The place of the first of the two that is in the file. */
static leat_place place_of_either(const whole_check *checking, const char *first, const char *second)
{
    const leat_node *node = checking->binding->nodes[leat_setting_find(first)];
    if (node == NULL)
        node = checking->binding->nodes[leat_setting_find(second)];
    return node != NULL ? node->place : (leat_place){0};
}

static int64_t most_level(leat_codec_kind codec)
{
    switch (codec) {
    case LEAT_CODEC_NULL:
    case LEAT_CODEC_SNAPPY:
        return 0;
    case LEAT_CODEC_DEFLATE:
        return 12;
    case LEAT_CODEC_ZSTANDARD:
        return 19;
    }
    return 0;
}

static void check_codec_level(const whole_check *checking)
{
    if (!both_right(checking, "sink.codec", "sink.codec_level"))
        return;
    int64_t most = most_level(checking->config->sink.codec);
    if (checking->config->sink.codec_level <= most)
        return;
    leat_place place = place_of_either(checking, "sink.codec_level", "sink.codec");
    const char *codec =
        leat_assigned_choice(checking->config, &leat_settings[leat_setting_find("sink.codec")]);
    if (most == 0)
        leat_mistakes_add(
            checking->mistakes, place,
            "`sink.codec_level` makes no sense with the codec `%s`, which has no levels. Take it "
            "out",
            codec);
    else
        leat_mistakes_add(checking->mistakes, place,
                          "`sink.codec_level` must be from 1 to %" PRId64
                          " (or 0 for the default) with the codec `%s`",
                          most, codec);
}

static bool begins_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Both families can be told by the scheme; only libpq has a form without one. */
static void check_url(const whole_check *checking)
{
    if (!both_right(checking, "source.type", "source.url") || checking->config->source.url == NULL)
        return;
    const char *type = checking->config->source.type;
    const char *url = checking->config->source.url;
    bool is_mysql = begins_with(url, "mysql://") || begins_with(url, "mariadb://");
    bool wants_mysql = strcmp(type, "postgres") != 0;
    if (is_mysql == wants_mysql)
        return;
    leat_mistakes_add(checking->mistakes, place_of_either(checking, "source.url", "source.type"),
                      "`source.url` is none for `type: %s`, whose urls begin with `%s`", type,
                      wants_mysql ? "mysql://` or `mariadb://" : "postgresql://");
}

static void check_delays(const whole_check *checking)
{
    if (both_right(checking, "retry.first_delay", "retry.longest_delay") &&
        checking->config->retry.first_delay > checking->config->retry.longest_delay)
        leat_mistakes_add(checking->mistakes,
                          place_of_either(checking, "retry.first_delay", "retry.longest_delay"),
                          "`retry.first_delay` must not be longer than `retry.longest_delay`");
}

/* Neither of the two can be used without the other. */
static void check_together(const whole_check *checking, const char *one, const char *other)
{
    if (is_given(checking, one) == is_given(checking, other))
        return;
    bool first = is_given(checking, one);
    leat_mistakes_add(checking->mistakes, place_of_either(checking, one, other),
                      "`%s` is of no use without `%s`. Add that, or take it out", first ? one : other,
                      first ? other : one);
}

static void check_apart(const whole_check *checking, const char *one, const char *other)
{
    if (is_given(checking, one) && is_given(checking, other))
        leat_mistakes_add(checking->mistakes, place_of_either(checking, one, other),
                          "`%s` and `%s` exclude each other. Take one of them out", one, other);
}

static void check_registry(const whole_check *checking)
{
    check_together(checking, "sink.registry.user", "sink.registry.password");
    check_together(checking, "sink.registry.certificate", "sink.registry.key");
    check_apart(checking, "sink.registry.user", "sink.registry.token");
}

static void check_spilling(const whole_check *checking)
{
    if (!checking->right[leat_setting_find("sink.large")])
        return;
    bool spills = checking->config->sink.large == LEAT_LARGE_SPILL;
    if (spills == is_given(checking, "sink.spill_path"))
        return;
    leat_mistakes_add(checking->mistakes, place_of_either(checking, "sink.large", "sink.spill_path"),
                      spills
                          ? "`sink.large: spill` needs a folder. Add `spill_path` to `sink`"
                          : "`sink.spill_path` is of no use without `sink.large: spill`. Add that, or take "
                            "it out");
}

void leat_check(const leat_config *config, const leat_binding *binding, const bool *right,
                leat_mistakes *mistakes)
{
    whole_check checking = {.config = config, .binding = binding, .right = right, .mistakes = mistakes};
    for (size_t i = 0; i < leat_setting_count; i++)
        check_presence(&checking, i);
    check_codec_level(&checking);
    check_url(&checking);
    check_delays(&checking);
    check_registry(&checking);
    check_spilling(&checking);
}
