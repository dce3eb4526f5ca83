/* The one table of settings: what drives parsing, checking, defaults, the reference and the JSON schema. */
#ifndef LEAT_CONFIG_SETTINGS_H
#define LEAT_CONFIG_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

typedef enum leat_setting_type {
    LEAT_SETTING_TEXT,      /* const char * */
    LEAT_SETTING_PATH,      /* const char *, relative ones taken from the config's folder */
    LEAT_SETTING_CHOICE,    /* an enum */
    LEAT_SETTING_BOOLEAN,   /* bool */
    LEAT_SETTING_INTEGER,   /* 64 bits */
    LEAT_SETTING_SIZE,      /* 64 bits, bytes */
    LEAT_SETTING_DURATION,  /* 64 bits, microseconds */
    LEAT_SETTING_TEXT_LIST, /* const char *const *, and a size_t */
    LEAT_SETTING_JOINED,    /* const char *, texts with commas between; in the file one text or a list */
    LEAT_SETTING_MAP,       /* const leat_pair *, and a size_t; the values are never shown */
} leat_setting_type;

typedef struct leat_choice {
    const char *name;
    unsigned value; /* of the enum; unused where the field keeps the text */
    const char *meaning;
} leat_choice;

typedef struct leat_setting {
    const char *path; /* "sink.roll.rows" */
    leat_setting_type type;
    bool required;
    bool secret;              /* its value is never shown */
    size_t offset;            /* of the field in leat_config */
    size_t count_offset;      /* of a list's or map's count */
    const char *default_text; /* as in the file; "NAME" becomes the pipeline's name; NULL: there is none */
    const char *default_note; /* said of the default in the reference; may be NULL */
    const char *special_type; /* the `type` beside it with which the default is another; NULL: none */
    const char *special_default;
    uint64_t least; /* of a number, size or duration */
    uint64_t most;
    const leat_choice *choices;
    size_t choice_count;
    const char *form;       /* extended regular expression that a text, every text of a list, or every key
                               of a map fits */
    const char *form_words; /* the same for people: "must be …" */
    const char *only_for;   /* makes sense only with these `type`s, with a blank between them, in the same
                               top-level section; NULL: always */
    const char *purpose;    /* what it is for: whole sentences, Markdown */
    const char *example;    /* a value as it would stand in the file */
} leat_setting;

/* A mapping that holds settings; the file itself has the path "". */
typedef struct leat_section {
    const char *path;
    const char *title;   /* in the reference */
    const char *purpose; /* whole sentences, Markdown */
    bool optional;       /* what is required in it is required only where something of it is given */
} leat_section;

/* Whether `type` is one of `types`, which is as in only_for. */
bool leat_setting_is_for(const char *types, const char *type);

/* "`type: mysql` or `type: mariadb`", of `types` as in only_for. */
void leat_setting_append_types(leat_buffer *out, const char *types);

/* In the order of the reference; a section stands before those inside it, and a `type` before what depends on
 * it. */
extern const leat_setting leat_settings[];
extern const size_t leat_setting_count;
extern const leat_section leat_sections[];
extern const size_t leat_section_count;

/* A whole config file, for the reference. */
extern const char leat_settings_example[];

/* What is behind the last dot of a path. */
const char *leat_setting_key(const char *path);

/* Whether `path` is a direct member of the section: "sink.roll" and "sink.path" of "sink". */
bool leat_setting_is_member(const char *path, const char *section);

/* Index of the section that this setting is a member of. */
size_t leat_setting_section(const char *path);

/* Index of the setting or section of this path, or SIZE_MAX. */
size_t leat_setting_find(const char *path);
size_t leat_section_find(const char *path);

/* Appends what kind of value it takes: "a size such as 256MiB", "`true` or `false`". */
void leat_setting_describe_type(const leat_setting *setting, leat_buffer *out);

/* Appends the range "from 1s to 10m" of a number, size or duration. */
void leat_setting_describe_range(const leat_setting *setting, leat_buffer *out);

#endif
