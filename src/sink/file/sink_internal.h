/* The inside of the file sink, shared by the files that are its parts: sink.c (what the contract asks
 * for), list.c, open.c (files at work), commit.c (what a commit does), recover.c (what a crash left), search.c. */
#ifndef LEAT_SINK_FILE_SINK_INTERNAL_H
#define LEAT_SINK_FILE_SINK_INTERNAL_H

#include "avro/container.h"
#include "base/arena.h"
#include "base/folder.h"
#include "sink/file/sink.h"

typedef struct leat_file_table leat_file_table;

/* A data file on its way: grows (in leat_file_list `open`), is finished (closed and durable, in `finished`),
 * has its final name (in `published`), and is forgotten once the state knows that. */
typedef struct leat_data_file {
    leat_file_table *table;        /* NULL for a file that a run before began */
    leat_container_writer *writer; /* NULL once finished */
    leat_arena arena;              /* the texts */
    const char *working;           /* paths relative to the sink's */
    const char *final;             /* NULL while it grows */
    const char *table_name;        /* "schema.table" */
    unsigned version;
    const char *first; /* sequences */
    leat_buffer last;
    uint64_t length; /* of the file, once it is synced */
    uint64_t records;
    int64_t day_start;  /* commit times from here… */
    int64_t day_end;    /* …to before here belong into it */
    int64_t opened_at;  /* monotonic */
    uint64_t last_used; /* the sink's `ticks` at the newest append */
    bool unsaved;       /* the state does not know how it stands now */
} leat_data_file;

typedef struct leat_file_list {
    leat_data_file **items;
    size_t count;
    size_t capacity;
} leat_file_list;

struct leat_file_table {
    leat_sink_table base;
    char *part;              /* its part of a path */
    leat_data_file *current; /* took the newest record; NULL for none */
    bool schema_published;   /* its schema file is there, durably */
};

static inline leat_file_table *leat_file_table_of(leat_sink_table *table)
{
    return (leat_file_table *)(void *)table;
}

typedef struct leat_file_sink {
    leat_sink base;
    leat_sink_file_options options;
    leat_codec *codec;
    leat_file_list open;
    leat_file_list finished;
    leat_file_list published;
    leat_folder_set unsynced; /* folders with names that are not durable yet */
    size_t most_open;
    uint64_t ticks;
    size_t pending; /* plain bytes that wait in blocks */
    uint64_t bytes_since_commit;
    bool finishing;
    bool tidy; /* the state says that no working file is left */
} leat_file_sink;

/* ---- list.c ---- */
void leat_file_list_add(leat_file_list *list, leat_data_file *file);
void leat_file_list_remove(leat_file_list *list, const leat_data_file *file);
/* Moves all of `from` to the end of `to`. */
void leat_file_list_move(leat_file_list *to, leat_file_list *from);
/* Frees the files too; what was at work stays on the disk. */
void leat_file_list_free(leat_file_list *list);
void leat_data_file_free(leat_data_file *file);

/* ---- open.c ---- */

/* Makes `table->current` the file for records of this commit time; creates it for a first record named
 * `sequence`. */
leat_status leat_file_sink_choose(leat_file_sink *sink, leat_file_table *table, int64_t commit_time,
                                  leat_slice sequence, leat_error *error);

/* No more records: everything in the file is made durable, and it is closed and waits for its name. */
leat_status leat_file_sink_finish_file(leat_file_sink *sink, leat_data_file *file, leat_error *error);

/* Writes out the largest blocks until the plain bytes that wait are within bounds again. */
leat_status leat_file_sink_relieve(leat_file_sink *sink, leat_error *error);

/* ---- commit.c ---- */
leat_status leat_file_sink_commit(leat_file_sink *sink, const leat_position *position, leat_error *error);

/* Puts every finished file under its final name, durably; moves them to `published`. */
leat_status leat_file_sink_publish(leat_file_sink *sink, leat_error *error);

/* Tells the state how the file stands, in its unit of work. */
leat_status leat_file_sink_record(leat_file_sink *sink, const leat_data_file *file,
                                  leat_state_file_stage stage, leat_error *error);

/* Refuses when the schema file of this version is there with another content. `schema_path` is relative. */
leat_status leat_file_sink_check_schema(const leat_file_sink *sink, const char *schema_path,
                                        const char *schema, bool *exists, leat_error *error);

/* ---- recover.c ---- */
leat_status leat_file_sink_recover(leat_file_sink *sink, leat_position *position, leat_error *error);

/* ---- search.c: the sink's folder, looked through ---- */

/* Removes files at work that are this store's and unknown to it; adds their number to `removed`. `known` are
 * those it knows. */
leat_status leat_file_sink_sweep(const leat_file_sink *sink, const leat_file_list *known, size_t *removed,
                                 leat_error *error);

/* A published file that this pipeline wrote, as a path on the disk (heap), or NULL. */
leat_status leat_file_sink_find_own(const leat_file_sink *sink, char **path, leat_error *error);

#endif
