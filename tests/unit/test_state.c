/* The state store. What it keeps is read back through SQLite itself, on a connection of the test's own. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/memory.h"
#include "state/state.h"
#include "temporary_folder.h"

typedef struct fixture {
    temporary_folder folder;
    char path[TEMPORARY_PATH_SIZE];
    leat_state *state;
    leat_error error;
    leat_arena arena;
} fixture;

static int set_up(void **context)
{
    fixture *test = leat_allocate(sizeof *test);
    temporary_folder_make(&test->folder);
    temporary_path(&test->folder, "leat.db", test->path);
    if (leat_state_open(test->path, "shop", false, &test->state, &test->error) != LEAT_OK)
        return -1;
    *context = test;
    return 0;
}

static int tear_down(void **context)
{
    fixture *test = *context;
    leat_state_close(test->state);
    leat_arena_free(&test->arena);
    char disk[TEMPORARY_PATH_SIZE];
    /* Still mounted only where the test of a full disk failed half-way. */
    if (umount2(temporary_path(&test->folder, "disk", disk), MNT_DETACH) == 0)
        print_message("unmounted %s\n", disk);
    temporary_folder_remove(&test->folder);
    leat_release(test);
    return 0;
}

static void reopen(fixture *test)
{
    leat_state_close(test->state);
    test->state = NULL;
    assert_int_equal(leat_state_open(test->path, "shop", false, &test->state, &test->error), LEAT_OK);
}

/* The first column of the first row, as text, by a connection that sees only what is committed. */
static const char *ask(fixture *test, const char *sql)
{
    sqlite3 *database;
    assert_int_equal(sqlite3_open_v2(test->path, &database, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(database, sql, -1, &statement, NULL), SQLITE_OK);
    const char *text = NULL;
    if (sqlite3_step(statement) == SQLITE_ROW)
        text = leat_arena_string(&test->arena, (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return text;
}

static void change(fixture *test, const char *sql)
{
    sqlite3 *database;
    assert_int_equal(sqlite3_open(test->path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(database);
}

static leat_status put_position(fixture *test, const char *log, uint64_t records)
{
    leat_position position = {0};
    leat_position_set(&position, log, NULL, 0);
    leat_status status = leat_state_position_put(test->state, &position, 1000, records, &test->error);
    leat_position_clear(&position);
    return status;
}

static void expect_position(fixture *test, const char *expected)
{
    leat_position position = {0};
    assert_int_equal(leat_state_position_get(test->state, &position, &test->error), LEAT_OK);
    char *text = leat_position_format(&position);
    assert_string_equal(text, expected);
    leat_release(text);
    leat_position_clear(&position);
}

static void a_new_store_is_private_and_durable(void **context)
{
    fixture *test = *context;
    struct stat facts;
    assert_int_equal(stat(test->path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    assert_string_equal(ask(test, "PRAGMA journal_mode"), "wal");
    assert_int_equal(put_position(test, "0/1", 1), LEAT_OK);
    assert_int_equal(leat_state_commit(test->state, &test->error), LEAT_OK);
    char log[TEMPORARY_PATH_SIZE];
    assert_int_equal(stat(temporary_path(&test->folder, "leat.db-wal", log), &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
}

static void the_identity_stays_and_is_unlike_others(void **context)
{
    fixture *test = *context;
    char first[32];
    snprintf(first, sizeof first, "%s", leat_state_identity(test->state));
    assert_int_equal(strlen(first), 16);
    reopen(test);
    assert_string_equal(leat_state_identity(test->state), first);
    char other_path[TEMPORARY_PATH_SIZE];
    leat_state *other;
    temporary_path(&test->folder, "other.db", other_path);
    assert_int_equal(leat_state_open(other_path, "shop", false, &other, &test->error), LEAT_OK);
    assert_string_not_equal(leat_state_identity(other), first);
    leat_state_close(other);
}

static void a_unit_is_invisible_until_its_commit(void **context)
{
    fixture *test = *context;
    assert_int_equal(put_position(test, "0/10", 3), LEAT_OK);
    assert_int_equal(leat_state_table_add(test->state, "public.a", 1, 3, 0, 77, &test->error), LEAT_OK);
    assert_null(ask(test, "SELECT log FROM durable_position"));
    assert_string_equal(ask(test, "SELECT count(*) FROM table_count"), "0");
    assert_int_equal(leat_state_commit(test->state, &test->error), LEAT_OK);
    assert_string_equal(ask(test, "SELECT log FROM durable_position"), "0/10");
    assert_string_equal(ask(test, "SELECT last_change FROM table_count"), "77");
}

static void rollback_and_close_forget_a_unit(void **context)
{
    fixture *test = *context;
    assert_int_equal(put_position(test, "0/10", 3), LEAT_OK);
    assert_int_equal(leat_state_commit(test->state, &test->error), LEAT_OK);
    assert_int_equal(put_position(test, "0/20", 3), LEAT_OK);
    leat_state_rollback(test->state);
    expect_position(test, "0/10");
    assert_int_equal(put_position(test, "0/30", 3), LEAT_OK);
    reopen(test);
    expect_position(test, "0/10");
}

static void a_kill_keeps_commits_and_forgets_the_rest(void **context)
{
    fixture *test = *context;
    leat_state_close(test->state);
    test->state = NULL;
    pid_t child = fork();
    if (child == 0) {
        if (leat_state_open(test->path, "shop", false, &test->state, NULL) != LEAT_OK)
            _exit(1);
        if (put_position(test, "0/A", 1) != LEAT_OK || leat_state_commit(test->state, NULL) != LEAT_OK)
            _exit(1);
        if (put_position(test, "0/B", 1) != LEAT_OK)
            _exit(1);
        kill(getpid(), SIGKILL);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    reopen(test);
    expect_position(test, "0/A");
}

static void positions_keep_every_part(void **context)
{
    fixture *test = *context;
    expect_position(test, "");
    leat_position cut = {0};
    leat_position_set(&cut, "0/16B3748", "16B4000", 9007199254740993u);
    assert_int_equal(leat_state_position_put(test->state, &cut, 5, 10, &test->error), LEAT_OK);
    assert_int_equal(leat_state_commit(test->state, &test->error), LEAT_OK);
    leat_position_clear(&cut);
    expect_position(test, "0/16B3748+16B4000@9007199254740993");
    assert_int_equal(put_position(test, "0/16B5000", 5), LEAT_OK);
    assert_int_equal(leat_state_commit(test->state, &test->error), LEAT_OK);
    expect_position(test, "0/16B5000");
    int64_t committed_at;
    uint64_t records;
    assert_int_equal(leat_state_position_facts(test->state, &committed_at, &records, &test->error), LEAT_OK);
    assert_int_equal(committed_at, 1000);
    assert_int_equal(records, 15);
}

/* What a second process is told when it opens the store; it writes the status and the message to a pipe. */
static leat_status open_in_another_process(const char *path, char *message, size_t size)
{
    int pipe_ends[2];
    assert_int_equal(pipe(pipe_ends), 0);
    pid_t child = fork();
    if (child == 0) {
        leat_state *state;
        leat_error error = {0};
        leat_status status = leat_state_open(path, "shop", false, &state, &error);
        ssize_t written = write(pipe_ends[1], error.message, strlen(error.message));
        _exit(written < 0 ? 99 : (int)status);
    }
    close(pipe_ends[1]);
    ssize_t length = read(pipe_ends[0], message, size - 1);
    message[length < 0 ? 0 : length] = '\0';
    close(pipe_ends[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return (leat_status)WEXITSTATUS(status);
}

static void a_second_process_is_refused_and_told_who_holds_it(void **context)
{
    fixture *test = *context;
    char message[1024];
    char pid[32];
    snprintf(pid, sizeof pid, "process %ld", (long)getpid());
    assert_int_equal(open_in_another_process(test->path, message, sizeof message), LEAT_RETRY);
    assert_non_null(strstr(message, pid));
    assert_non_null(strstr(message, test->path));
    char alias[TEMPORARY_PATH_SIZE];
    assert_int_equal(symlink("leat.db", temporary_path(&test->folder, "alias.db", alias)), 0);
    assert_int_equal(open_in_another_process(alias, message, sizeof message), LEAT_RETRY);
    leat_state_close(test->state);
    test->state = NULL;
    assert_int_equal(open_in_another_process(test->path, message, sizeof message), LEAT_OK);
}

static void a_store_of_another_pipeline_is_refused(void **context)
{
    fixture *test = *context;
    leat_state_close(test->state);
    assert_int_equal(leat_state_open(test->path, "other", false, &test->state, &test->error), LEAT_OPERATOR);
    test->state = NULL;
    assert_non_null(strstr(test->error.message, "\"shop\""));
    assert_non_null(strstr(test->error.message, "\"other\""));
    assert_string_not_equal(test->error.mend, "");
}

static void a_newer_layout_is_refused(void **context)
{
    fixture *test = *context;
    leat_state_close(test->state);
    test->state = NULL;
    change(test, "PRAGMA user_version = 999");
    assert_int_equal(leat_state_open(test->path, "shop", false, &test->state, &test->error), LEAT_OPERATOR);
    assert_non_null(strstr(test->error.message, "999"));
    assert_int_equal(leat_state_open(test->path, "shop", true, &test->state, &test->error), LEAT_OPERATOR);
    test->state = NULL;
}

static void a_store_of_the_first_layout_is_brought_up_to_date(void **context)
{
    fixture *test = *context;
    assert_int_equal(put_position(test, "0/1", 1), LEAT_OK);
    assert_int_equal(leat_state_commit(test->state, &test->error), LEAT_OK);
    leat_state_close(test->state);
    test->state = NULL;
    change(test, "DROP TABLE registered_schema; DROP TABLE announced_version; PRAGMA user_version = 1");
    assert_int_equal(leat_state_open(test->path, "shop", true, &test->state, &test->error), LEAT_FAILED);
    reopen(test);
    expect_position(test, "0/1");
    assert_string_equal(ask(test, "PRAGMA user_version"), "2");
    assert_int_equal(leat_state_announced_put(test->state, "public.orders", 1, &test->error), LEAT_OK);
    assert_int_equal(leat_state_commit(test->state, &test->error), LEAT_OK);
}

static void a_foreign_database_is_refused_and_left_alone(void **context)
{
    fixture *test = *context;
    leat_state_close(test->state);
    test->state = NULL;
    temporary_path(&test->folder, "foreign.db", test->path);
    change(test, "CREATE TABLE mine (x); INSERT INTO mine VALUES (5)");
    assert_int_equal(leat_state_open(test->path, "shop", false, &test->state, &test->error), LEAT_OPERATOR);
    assert_string_equal(ask(test, "SELECT group_concat(name) FROM sqlite_schema"), "mine");
    assert_string_equal(ask(test, "PRAGMA journal_mode"), "delete");
}

static void write_over(const char *path, off_t at, char byte, size_t length)
{
    int descriptor = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(descriptor >= 0);
    for (size_t i = 0; i < length; i++)
        assert_int_equal(pwrite(descriptor, &byte, 1, at + (off_t)i), 1);
    close(descriptor);
}

static void a_damaged_store_needs_the_operator(void **context)
{
    fixture *test = *context;
    leat_state_close(test->state);
    test->state = NULL;
    char text[TEMPORARY_PATH_SIZE];
    write_over(temporary_path(&test->folder, "text.db", text), 0, 'x', 5000);
    assert_int_equal(leat_state_open(text, "shop", false, &test->state, &test->error), LEAT_OPERATOR);
    assert_non_null(strstr(test->error.message, text));
    assert_true(leat_error_has_code(&test->error, "SQLite 26")); /* SQLITE_NOTADB */
    struct stat facts;
    assert_int_equal(stat(test->path, &facts), 0);
    write_over(test->path, 4096, '\x7f', (size_t)facts.st_size - 4096);
    assert_int_equal(leat_state_open(test->path, "shop", false, &test->state, &test->error), LEAT_OPERATOR);
    test->state = NULL;
    assert_string_not_equal(test->error.mend, "");
}

static void read_only_sees_commits_and_writes_nothing(void **context)
{
    fixture *test = *context;
    leat_state *reader;
    char missing[TEMPORARY_PATH_SIZE];
    temporary_path(&test->folder, "missing.db", missing);
    assert_int_equal(leat_state_open(missing, "shop", true, &reader, &test->error), LEAT_FAILED);
    assert_non_null(strstr(test->error.message, missing));
    assert_int_not_equal(access(missing, F_OK), 0);

    assert_int_equal(leat_state_open(test->path, "shop", true, &reader, &test->error), LEAT_OK);
    assert_int_equal(put_position(test, "0/77", 1), LEAT_OK);
    leat_position position = {0};
    assert_int_equal(leat_state_position_get(reader, &position, &test->error), LEAT_OK);
    assert_null(position.log);
    assert_int_equal(leat_state_commit(test->state, &test->error), LEAT_OK);
    assert_int_equal(leat_state_position_get(reader, &position, &test->error), LEAT_OK);
    assert_string_equal(position.log, "0/77");
    assert_int_equal(leat_state_position_put(reader, &position, 0, 0, &test->error), LEAT_FAILED);
    leat_position_clear(&position);
    leat_state_close(reader);
}

static void the_notebook_is_durable_at_once(void **context)
{
    fixture *test = *context;
    leat_notebook notebook = leat_state_notebook(test->state);
    char *value = NULL;
    assert_int_equal(notebook.get(notebook.context, "slot", &value, &test->error), LEAT_OK);
    assert_null(value);
    assert_int_equal(notebook.put(notebook.context, "slot", "leat_shop", &test->error), LEAT_OK);
    assert_string_equal(ask(test, "SELECT value FROM notebook WHERE key = 'slot'"), "leat_shop");
    assert_int_equal(notebook.put(notebook.context, "slot", "leat_shop_2", &test->error), LEAT_OK);
    assert_int_equal(notebook.get(notebook.context, "slot", &value, &test->error), LEAT_OK);
    assert_string_equal(value, "leat_shop_2");
    leat_release(value);
    assert_int_equal(notebook.put(notebook.context, "slot", NULL, &test->error), LEAT_OK);
    assert_null(ask(test, "SELECT value FROM notebook"));
}

/* What the source notes while records wait is about their place in the log: it comes and goes with them. */
static void the_notebook_joins_an_open_unit_of_work(void **context)
{
    fixture *test = *context;
    leat_notebook notebook = leat_state_notebook(test->state);
    char *value = NULL;
    assert_int_equal(put_position(test, "0/1", 0), LEAT_OK);
    assert_int_equal(notebook.put(notebook.context, "table:a", "x", &test->error), LEAT_OK);
    leat_state_rollback(test->state);
    assert_int_equal(notebook.get(notebook.context, "table:a", &value, &test->error), LEAT_OK);
    assert_null(value);
    assert_int_equal(put_position(test, "0/1", 0), LEAT_OK);
    assert_int_equal(notebook.put(notebook.context, "table:a", "y", &test->error), LEAT_OK);
    assert_int_equal(leat_state_commit(test->state, &test->error), LEAT_OK);
    assert_string_equal(ask(test, "SELECT value FROM notebook WHERE key = 'table:a'"), "y");
    expect_position(test, "0/1");
}

static void put_version(fixture *test, const char *table, unsigned number, const char *fingerprint)
{
    leat_state_version version = {.table = table,
                                  .number = number,
                                  .fingerprint = fingerprint,
                                  .position = "0/5+9@2",
                                  .seen_at = 123,
                                  .value_schema = "{\"schema\":1}",
                                  .definition = "{\"definition\":\"é\"}"};
    assert_int_equal(leat_state_version_put(test->state, &version, &test->error), LEAT_OK);
}

static void versions_are_listed_and_the_newest_found(void **context)
{
    fixture *test = *context;
    leat_state_version newest;
    bool found;
    assert_int_equal(
        leat_state_version_latest(test->state, "public.a", &test->arena, &newest, &found, &test->error),
        LEAT_OK);
    assert_false(found);
    for (unsigned i = 1; i <= 12; i++)
        put_version(test, "public.a", i, "aa");
    put_version(test, "public.b", 1, "bb");
    /* The unit's own puts count before they are durable. */
    assert_int_equal(
        leat_state_version_latest(test->state, "public.a", &test->arena, &newest, &found, &test->error),
        LEAT_OK);
    assert_true(found);
    assert_int_equal(newest.number, 12);
    assert_int_equal(leat_state_commit(test->state, &test->error), LEAT_OK);
    reopen(test);
    leat_state_version *all;
    size_t count;
    assert_int_equal(leat_state_version_list(test->state, NULL, &test->arena, &all, &count, &test->error),
                     LEAT_OK);
    assert_int_equal(count, 13);
    assert_string_equal(all[12].table, "public.b");
    assert_string_equal(all[12].fingerprint, "bb");
    assert_string_equal(all[12].position, "0/5+9@2");
    assert_int_equal(all[12].seen_at, 123);
    assert_string_equal(all[12].value_schema, "{\"schema\":1}");
    assert_string_equal(all[12].definition, "{\"definition\":\"é\"}");
    assert_int_equal(
        leat_state_version_list(test->state, "public.a", &test->arena, &all, &count, &test->error), LEAT_OK);
    assert_int_equal(count, 12);
    for (unsigned i = 0; i < 12; i++)
        assert_int_equal(all[i].number, i + 1);
}

static void the_same_version_twice_fails_the_whole_unit(void **context)
{
    fixture *test = *context;
    put_version(test, "public.a", 1, "aa");
    assert_int_equal(leat_state_commit(test->state, &test->error), LEAT_OK);
    assert_int_equal(put_position(test, "0/1", 1), LEAT_OK);
    leat_state_version again = {.table = "public.a",
                                .number = 1,
                                .fingerprint = "",
                                .position = "",
                                .value_schema = "",
                                .definition = ""};
    assert_int_equal(leat_state_version_put(test->state, &again, &test->error), LEAT_FAILED);
    assert_int_equal(leat_state_commit(test->state, &test->error), LEAT_FAILED);
    assert_int_equal(put_position(test, "0/2", 1), LEAT_FAILED);
    leat_state_rollback(test->state);
    expect_position(test, "");
    assert_int_equal(put_position(test, "0/3", 1), LEAT_OK);
    assert_int_equal(leat_state_commit(test->state, &test->error), LEAT_OK);
    expect_position(test, "0/3");
}

static void put_file(fixture *test, const char *working, leat_state_file_stage stage, uint64_t records)
{
    leat_state_file file = {.working_path = working,
                            .final_path = stage == LEAT_FILE_OPEN ? NULL : "final",
                            .table = "public.a",
                            .version = 3,
                            .first = "0001",
                            .last = "0009",
                            .length = records * 10,
                            .records = records,
                            .stage = stage};
    assert_int_equal(leat_state_file_put(test->state, &file, &test->error), LEAT_OK);
}

static size_t count_in(fixture *test, leat_state_file_stage stage, leat_state_file **files)
{
    size_t count;
    assert_int_equal(leat_state_file_list(test->state, stage, &test->arena, files, &count, &test->error),
                     LEAT_OK);
    return count;
}

static void expect_totals(fixture *test, uint64_t files, uint64_t records, uint64_t bytes)
{
    uint64_t found[3];
    assert_int_equal(leat_state_file_totals(test->state, &found[0], &found[1], &found[2], &test->error),
                     LEAT_OK);
    assert_int_equal(found[0], files);
    assert_int_equal(found[1], records);
    assert_int_equal(found[2], bytes);
}

static void files_go_through_their_stages(void **context)
{
    fixture *test = *context;
    leat_state_file *files;
    put_file(test, "b", LEAT_FILE_OPEN, 5);
    put_file(test, "a", LEAT_FILE_OPEN, 6);
    put_file(test, "b", LEAT_FILE_OPEN, 8);
    assert_int_equal(count_in(test, LEAT_FILE_OPEN, &files), 2);
    assert_string_equal(files[0].working_path, "b");
    assert_int_equal(files[0].records, 8);
    assert_int_equal(files[0].length, 80);
    assert_int_equal(files[0].version, 3);
    assert_string_equal(files[0].first, "0001");
    assert_string_equal(files[0].last, "0009");
    assert_string_equal(files[0].table, "public.a");
    assert_null(files[0].final_path);
    assert_string_equal(files[1].working_path, "a");
    put_file(test, "a", LEAT_FILE_FINISHED, 6);
    put_file(test, "b", LEAT_FILE_PUBLISHED, 8);
    put_file(test, "b", LEAT_FILE_PUBLISHED, 8);
    assert_int_equal(leat_state_commit(test->state, &test->error), LEAT_OK);
    assert_int_equal(count_in(test, LEAT_FILE_OPEN, &files), 0);
    assert_int_equal(count_in(test, LEAT_FILE_FINISHED, &files), 1);
    assert_string_equal(files[0].final_path, "final");
    assert_int_equal(count_in(test, LEAT_FILE_PUBLISHED, &files), 1);
    expect_totals(test, 1, 8, 80);
}

static void old_published_files_go_and_the_totals_stay(void **context)
{
    fixture *test = *context;
    leat_state_file *files;
    put_file(test, "open", LEAT_FILE_OPEN, 1);
    for (unsigned i = 0; i < 10050; i++) {
        char name[32];
        snprintf(name, sizeof name, "%06u", i);
        put_file(test, name, LEAT_FILE_FINISHED, 2);
        put_file(test, name, LEAT_FILE_PUBLISHED, 2);
    }
    assert_int_equal(leat_state_commit(test->state, &test->error), LEAT_OK);
    assert_int_equal(count_in(test, LEAT_FILE_PUBLISHED, &files), 10000);
    assert_string_equal(files[9999].working_path, "010049");
    assert_string_equal(files[0].working_path, "000050");
    assert_int_equal(count_in(test, LEAT_FILE_OPEN, &files), 1);
    expect_totals(test, 10050, 20100, 201000);
}

static void table_counts_add_up(void **context)
{
    fixture *test = *context;
    assert_int_equal(leat_state_table_add(test->state, "public.b", 1, 5, 5, 300, &test->error), LEAT_OK);
    assert_int_equal(leat_state_table_add(test->state, "public.a", 1, 10, 0, 100, &test->error), LEAT_OK);
    assert_int_equal(leat_state_table_add(test->state, "public.b", 2, 7, 0, 200, &test->error), LEAT_OK);
    assert_int_equal(leat_state_commit(test->state, &test->error), LEAT_OK);
    leat_state_table *tables;
    size_t count;
    assert_int_equal(leat_state_table_list(test->state, &test->arena, &tables, &count, &test->error),
                     LEAT_OK);
    assert_int_equal(count, 2);
    assert_string_equal(tables[0].name, "public.a");
    assert_string_equal(tables[1].name, "public.b");
    assert_int_equal(tables[1].version, 2);
    assert_int_equal(tables[1].records, 12);
    assert_int_equal(tables[1].snapshot_records, 5);
    assert_int_equal(tables[1].last_change, 300);
}

static void expect_schema(fixture *test, const char *registry, const char *hash, uint32_t expected)
{
    uint32_t identifier = 0;
    bool found;
    assert_int_equal(leat_state_schema_get(test->state, registry, "shop.public.orders-value", hash,
                                           &identifier, &found, &test->error),
                     LEAT_OK);
    assert_int_equal(found, expected != 0);
    assert_true(identifier == expected);
}

static leat_status put_schema(fixture *test, const char *registry, const char *hash, uint32_t identifier)
{
    return leat_state_schema_put(test->state, registry, "shop.public.orders-value", hash, identifier,
                                 &test->error);
}

static void schemas_are_known_by_registry_subject_and_hash(void **context)
{
    fixture *test = *context;
    expect_schema(test, "http://one", "aa", 0);
    assert_int_equal(put_schema(test, "http://one", "aa", 7), LEAT_OK);
    assert_int_equal(put_schema(test, "http://one", "bb", UINT32_MAX), LEAT_OK);
    leat_state_rollback(test->state);
    expect_schema(test, "http://one", "aa", 0);
    assert_int_equal(put_schema(test, "http://one", "aa", 7), LEAT_OK);
    assert_int_equal(put_schema(test, "http://one", "bb", UINT32_MAX), LEAT_OK);
    assert_int_equal(put_schema(test, "http://one", "aa", 9), LEAT_OK); /* the registry was made anew */
    assert_int_equal(leat_state_commit(test->state, &test->error), LEAT_OK);
    reopen(test);
    expect_schema(test, "http://one", "aa", 9);
    expect_schema(test, "http://one", "bb", UINT32_MAX);
    expect_schema(test, "http://two", "aa", 0);
}

static void announcements_are_remembered(void **context)
{
    fixture *test = *context;
    bool announced = true;
    assert_int_equal(leat_state_announced_get(test->state, "public.a", 2, &announced, &test->error), LEAT_OK);
    assert_false(announced);
    assert_int_equal(leat_state_announced_put(test->state, "public.a", 2, &test->error), LEAT_OK);
    assert_int_equal(leat_state_announced_put(test->state, "public.a", 2, &test->error), LEAT_OK);
    assert_int_equal(leat_state_commit(test->state, &test->error), LEAT_OK);
    reopen(test);
    assert_int_equal(leat_state_announced_get(test->state, "public.a", 2, &announced, &test->error), LEAT_OK);
    assert_true(announced);
    assert_int_equal(leat_state_announced_get(test->state, "public.a", 1, &announced, &test->error), LEAT_OK);
    assert_false(announced);
}

static void tidiness_is_remembered(void **context)
{
    fixture *test = *context;
    bool tidy;
    assert_int_equal(leat_state_tidy_get(test->state, &tidy, &test->error), LEAT_OK);
    assert_false(tidy);
    assert_int_equal(leat_state_tidy_put(test->state, true, &test->error), LEAT_OK);
    assert_int_equal(leat_state_commit(test->state, &test->error), LEAT_OK);
    reopen(test);
    assert_int_equal(leat_state_tidy_get(test->state, &tidy, &test->error), LEAT_OK);
    assert_true(tidy);
    assert_int_equal(leat_state_tidy_put(test->state, false, &test->error), LEAT_OK);
    assert_int_equal(leat_state_tidy_get(test->state, &tidy, &test->error), LEAT_OK);
    assert_false(tidy);
}

/* In a child, because giving up root cannot be taken back. */
static leat_status open_as_nobody(const char *path, leat_error *error)
{
    int pipe_ends[2];
    assert_int_equal(pipe(pipe_ends), 0);
    pid_t child = fork();
    if (child == 0) {
        leat_state *state;
        leat_error told = {0};
        if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
            _exit(98);
        leat_status status = leat_state_open(path, "shop", false, &state, &told);
        _exit(write(pipe_ends[1], &told, sizeof told) == sizeof told ? (int)status : 99);
    }
    assert_int_equal(read(pipe_ends[0], error, sizeof *error), sizeof *error);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    return (leat_status)WEXITSTATUS(status);
}

static void an_unwritable_place_is_named_with_its_mend(void **context)
{
    fixture *test = *context;
    char folder[TEMPORARY_PATH_SIZE];
    char path[2 * TEMPORARY_PATH_SIZE];
    assert_int_equal(chmod(test->folder.path, 0755), 0);
    assert_int_equal(mkdir(temporary_path(&test->folder, "closed", folder), 0555), 0);
    snprintf(path, sizeof path, "%s/leat.db", folder);
    assert_int_equal(open_as_nobody(path, &test->error), LEAT_OPERATOR);
    assert_non_null(strstr(test->error.message, folder));
    assert_non_null(strstr(test->error.message, "Permission denied"));
    assert_string_not_equal(test->error.mend, "");
    leat_state *state;
    snprintf(path, sizeof path, "%s/no/such/leat.db", test->folder.path);
    assert_int_equal(leat_state_open(path, "shop", false, &state, &test->error), LEAT_FAILED);
    assert_non_null(strstr(test->error.message, path));
}

/* Fills what is left of the file system that holds `path`. */
static void fill(const char *path)
{
    int descriptor = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(descriptor >= 0);
    char block[4096] = {1};
    while (write(descriptor, block, sizeof block) > 0)
        ;
    assert_int_equal(errno, ENOSPC);
    close(descriptor);
}

static void a_full_disk_may_pass(void **context)
{
    fixture *test = *context;
    char disk[TEMPORARY_PATH_SIZE];
    assert_int_equal(mkdir(temporary_path(&test->folder, "disk", disk), 0700), 0);
    if (mount("tmpfs", disk, "tmpfs", 0, "size=512k") != 0) {
        print_message("skipped: mounting a small tmpfs is not allowed here\n");
        skip();
    }
    leat_state_close(test->state);
    test->state = NULL;
    temporary_path(&test->folder, "disk/leat.db", test->path);
    reopen(test);
    assert_int_equal(put_position(test, "0/1", 1), LEAT_OK);
    assert_int_equal(leat_state_commit(test->state, &test->error), LEAT_OK);
    char filler[TEMPORARY_PATH_SIZE];
    fill(temporary_path(&test->folder, "disk/filler", filler));
    leat_status status = LEAT_OK;
    char name[16];
    for (unsigned i = 0; i < 1000 && status == LEAT_OK; i++) {
        snprintf(name, sizeof name, "t%u", i);
        status = leat_state_table_add(test->state, name, 1, 1, 0, 0, &test->error);
        if (status == LEAT_OK)
            status = leat_state_commit(test->state, &test->error);
    }
    assert_int_equal(status, LEAT_RETRY);
    assert_non_null(strstr(test->error.message, test->path));
    assert_string_not_equal(test->error.mend, "");
    /* The commit may or may not have reached the disk: nothing may be built on it. */
    assert_int_equal(put_position(test, "0/9", 1), LEAT_FAILED);
    leat_state_rollback(test->state);
    assert_int_equal(unlink(filler), 0);
    expect_position(test, "0/1");
    assert_int_equal(put_position(test, "0/2", 1), LEAT_OK);
    assert_int_equal(leat_state_commit(test->state, &test->error), LEAT_OK);
    reopen(test);
    expect_position(test, "0/2");
    leat_state_close(test->state);
    test->state = NULL;
    assert_int_equal(umount(disk), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_store_is_private_and_durable),
        TEST(the_identity_stays_and_is_unlike_others),
        TEST(a_unit_is_invisible_until_its_commit),
        TEST(rollback_and_close_forget_a_unit),
        TEST(a_kill_keeps_commits_and_forgets_the_rest),
        TEST(positions_keep_every_part),
        TEST(a_second_process_is_refused_and_told_who_holds_it),
        TEST(a_store_of_another_pipeline_is_refused),
        TEST(a_newer_layout_is_refused),
        TEST(a_store_of_the_first_layout_is_brought_up_to_date),
        TEST(a_foreign_database_is_refused_and_left_alone),
        TEST(a_damaged_store_needs_the_operator),
        TEST(read_only_sees_commits_and_writes_nothing),
        TEST(the_notebook_is_durable_at_once),
        TEST(the_notebook_joins_an_open_unit_of_work),
        TEST(versions_are_listed_and_the_newest_found),
        TEST(the_same_version_twice_fails_the_whole_unit),
        TEST(files_go_through_their_stages),
        TEST(old_published_files_go_and_the_totals_stay),
        TEST(table_counts_add_up),
        TEST(schemas_are_known_by_registry_subject_and_hash),
        TEST(announcements_are_remembered),
        TEST(tidiness_is_remembered),
        TEST(an_unwritable_place_is_named_with_its_mend),
        TEST(a_full_disk_may_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
