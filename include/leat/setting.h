/* Contract: settings. Whoever has some (the pipeline, a kind of source, a kind of sink) describes them in a group,
 * with the struct that they fill; src/config puts all groups together, reads the file, and makes the reference. */
#ifndef LEAT_SETTING_H
#define LEAT_SETTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
    size_t offset;            /* of the field in the group's struct */
    size_t count_offset;      /* of a list's or map's count */
    const char *default_text; /* as in the file; "NAME" becomes the pipeline's name; NULL: there is none */
    const char *default_note; /* said of the default in the reference; may be NULL */
    uint64_t least;           /* of a number, size or duration */
    uint64_t most;
    const leat_choice *choices;
    size_t choice_count;
    const char *form;       /* extended regular expression that a text, every text of a list, or every key
                               of a map fits */
    const char *form_words; /* the same for people: "must be …" */
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

/* What a kind of source or sink has in place of the default of a setting that all kinds have. */
typedef struct leat_setting_default {
    const char *path;
    const char *text;
} leat_setting_default;

/* What a group's review may ask of the file that was read, and how it refuses. Valid during the call. */
typedef struct leat_setting_review {
    void *context;
    bool (*is_given)(void *context, const char *path); /* it stands in the file */
    bool (*is_right)(void *context, const char *path); /* its field holds a value, given or by default */
    /* Adds a mistake at the first of the two that stands in the file. A sentence that names the setting, and
     * the mend, without a full stop; must hold no secret. */
    void (*refuse)(void *context, const char *first, const char *second, const char *format, ...)
        __attribute__((format(printf, 4, 5)));
} leat_setting_review;

/* Constant. Sections stand before those inside them. */
typedef struct leat_setting_group {
    size_t size; /* of the struct that these settings fill, which is of zeros before */
    const leat_setting *settings;
    size_t setting_count;
    const leat_section *sections;
    size_t section_count;
    const leat_setting_default *defaults;
    size_t default_count;
    /* What no single setting can know: what does not go together. NULL: nothing. */
    void (*review)(const void *filled, const leat_setting_review *review);
} leat_setting_group;

/* ---- To describe them with ---- */

#define LEAT_COUNT_OF(array)   (sizeof(array) / sizeof *(array))
#define LEAT_CHOICES_OF(array) .choices = (array), .choice_count = LEAT_COUNT_OF(array)

#define LEAT_MILLISECOND UINT64_C(1000)
#define LEAT_SECOND      (1000 * LEAT_MILLISECOND)
#define LEAT_MINUTE      (60 * LEAT_SECOND)
#define LEAT_HOUR        (60 * LEAT_MINUTE)
#define LEAT_DAY         (24 * LEAT_HOUR)
#define LEAT_KIBIBYTE    UINT64_C(1024)
#define LEAT_TEBIBYTE    (LEAT_KIBIBYTE * LEAT_KIBIBYTE * LEAT_KIBIBYTE * LEAT_KIBIBYTE)

#endif
