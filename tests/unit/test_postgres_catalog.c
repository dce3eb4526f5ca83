/* Descriptions of tables, against a real server of its own. Skipped where the machine has none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
/* after the headers it needs */
#include <cmocka.h>

#include "base/clock.h"
#include "base/memory.h"
#include "event/schema.h"
#include "postgres/catalog/catalog.h"
#include "temporary_folder.h"

enum { MOST_COLUMNS = 24, URL_SIZE = 256 };

static const char server_tool[] = "/usr/bin/python3 " LEAT_SOURCE_DIRECTORY "/tests/servers/postgres.py";

/* The server, once for all tests; a database of its own and a catalog for each. */
typedef struct server {
    temporary_folder folder;
    char url[URL_SIZE];
    bool running;
} server;

typedef struct fixture {
    char url[URL_SIZE];
    leat_source_options options;
    leat_postgres_session *session;
    leat_postgres_catalog *catalog; /* NULL: there is no server */
} fixture;

/* ---- Server and database ---- */

static int start_server(void **state)
{
    server *made = leat_allocate(sizeof *made);
    char command[1024];
    temporary_folder_make(&made->folder);
    assert_int_equal(chmod(made->folder.path, 0755), 0); /* the server may run as another user */
    snprintf(command, sizeof command, "%s start 15 %s/pg --owner %d", server_tool, made->folder.path,
             (int)getpid());
    FILE *output = popen(command, "r");
    assert_non_null(output);
    if (fgets(made->url, sizeof made->url, output) == NULL)
        made->url[0] = '\0';
    made->url[strcspn(made->url, "\n")] = '\0';
    int status = pclose(output);
    made->running = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!made->running)
        print_message("no PostgreSQL 15 here: %s\n", made->url);
    *state = made;
    return made->running || (WIFEXITED(status) && WEXITSTATUS(status) == 77) ? 0 : -1;
}

static int stop_server(void **state)
{
    server *gone = *state;
    char command[1024];
    int status = 0;
    snprintf(command, sizeof command, "%s stop %s/pg --mode immediate", server_tool, gone->folder.path);
    if (gone->running)
        status = system(command);
    temporary_folder_remove(&gone->folder);
    leat_release(gone);
    return status;
}

static void execute(fixture *on, const char *sql)
{
    leat_error error;
    if (leat_postgres_execute(on->session, sql, &error) != LEAT_OK)
        fail_msg("%s", error.message);
}

/* Not as leat does: the statements here name tables without their schema. */
static leat_postgres_session *connect_to(const leat_source_options *options)
{
    leat_postgres_session *session = NULL;
    leat_error error;
    if (leat_postgres_session_open(options, LEAT_POSTGRES_SQL, &session, &error) != LEAT_OK)
        fail_msg("%s", error.message);
    if (leat_postgres_execute(session, "set search_path = public", &error) != LEAT_OK)
        fail_msg("%s", error.message);
    return session;
}

static int begin(void **state)
{
    const server *running = *state;
    fixture *made = leat_allocate(sizeof *made);
    *state = made;
    if (!running->running)
        return 0;
    made->options =
        (leat_source_options){.pipeline = "test", .url = running->url, .connect_timeout = INT64_C(10000000)};
    made->session = connect_to(&made->options);
    execute(made, "drop database if exists shop");
    execute(made, "create database shop");
    leat_postgres_session_close(made->session);
    size_t base = strlen(running->url) - strlen("postgres");
    snprintf(made->url, sizeof made->url, "%.*sshop", (int)base, running->url);
    made->options.url = made->url;
    made->session = connect_to(&made->options);
    made->catalog = leat_postgres_catalog_open(&made->options, "shop");
    return 0;
}

static int end(void **state)
{
    fixture *gone = *state;
    leat_postgres_catalog_close(gone->catalog);
    leat_postgres_session_close(gone->session);
    leat_release(gone);
    return 0;
}

/* ---- Relations as the stream announces them ---- */

typedef struct announcement {
    leat_postgres_relation relation;
    leat_postgres_relation_column columns[MOST_COLUMNS];
    PGresult *texts;
} announcement;

static PGresult *query(fixture *on, const char *sql)
{
    PGresult *result = NULL;
    leat_error error;
    if (leat_postgres_query(on->session, sql, &result, &error) != LEAT_OK)
        fail_msg("%s", error.message);
    return result;
}

/* What pgoutput would say of the table now. */
static void announce(fixture *on, const char *table, announcement *made)
{
    char sql[2048];
    snprintf(sql, sizeof sql,
             "select a.attname, a.atttypid, a.atttypmod, c.oid, c.relreplident, n.nspname, c.relname,"
             "  c.relreplident = 'f' or exists (select from pg_index i where i.indrelid = c.oid"
             "    and case when c.relreplident = 'i' then i.indisreplident"
             "        else c.relreplident = 'd' and i.indisprimary end and a.attnum = any (i.indkey))"
             " from pg_attribute a join pg_class c on c.oid = a.attrelid"
             " join pg_namespace n on n.oid = c.relnamespace"
             " where c.oid = '%s'::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum",
             table);
    *made = (announcement){.texts = query(on, sql)};
    int count = PQntuples(made->texts);
    assert_in_range(count, 1, MOST_COLUMNS);
    for (int i = 0; i < count; i++)
        made->columns[i] = (leat_postgres_relation_column){
            .name = PQgetvalue(made->texts, i, 0),
            .type = (Oid)strtoul(PQgetvalue(made->texts, i, 1), NULL, 10),
            .typmod = (int32_t)strtol(PQgetvalue(made->texts, i, 2), NULL, 10),
            .in_identity = PQgetvalue(made->texts, i, 7)[0] == 't',
        };
    made->relation = (leat_postgres_relation){
        .identifier = (Oid)strtoul(PQgetvalue(made->texts, 0, 3), NULL, 10),
        .replica_identity = PQgetvalue(made->texts, 0, 4)[0],
        .schema = PQgetvalue(made->texts, 0, 5),
        .name = PQgetvalue(made->texts, 0, 6),
        .columns = made->columns,
        .column_count = (size_t)count,
    };
}

static leat_table *describe(fixture *on, const leat_postgres_relation *relation)
{
    leat_table *table = NULL;
    leat_error error;
    if (leat_postgres_catalog_describe(on->catalog, relation, &table, &error) != LEAT_OK)
        fail_msg("%s", error.message);
    return table;
}

static leat_table *describe_now(fixture *on, const char *name)
{
    announcement made;
    announce(on, name, &made);
    leat_table *table = describe(on, &made.relation);
    PQclear(made.texts);
    return table;
}

/* The key's columns with commas between them. */
static void assert_key(const leat_table *table, const char *expected)
{
    leat_buffer names = {0};
    for (size_t i = 0; i < table->key_count; i++)
        leat_buffer_printf(&names, "%s%s", i > 0 ? "," : "", table->columns[table->key_columns[i]].name);
    assert_string_equal(leat_buffer_string(&names), expected);
    leat_buffer_free(&names);
}

static void assert_text(const char *found, const char *expected)
{
    if (expected == NULL)
        assert_null(found);
    else
        assert_string_equal(found, expected);
}

/* Only where a server is. */
#define NEEDS_SERVER(state)                                                                                  \
    fixture *on = *(state);                                                                                  \
    if (on->catalog == NULL)                                                                                 \
    skip()

/* ---- Tests ---- */

static void every_fact_of_a_table(void **state)
{
    NEEDS_SERVER(state);
    static const struct {
        const char *name, *type, *fallback, *comment;
        bool nullable;
        int attribute;
    } expected[] = {
        {"b", "bigint", NULL, "the second", false, 1},
        {"a", "character varying(10)", "'x'::character varying", NULL, false, 2},
        {"amount", "numeric(10,2)", "0", NULL, true, 4},
        {"made", "timestamp with time zone", "now()", NULL, false, 5},
        {"double", "bigint", NULL, NULL, true, 6}, /* generated: no default */
        {"many", "numeric(5,1)[]", NULL, NULL, true, 7},
        {"code", "sales.code", NULL, NULL, false, 8}, /* the domain is not null */
        {"n", "integer", "nextval('sales.\"Orders_n_seq\"'::regclass)", NULL, false, 9},
    };
    execute(on, "create schema sales");
    execute(on, "create domain sales.code as char(3) not null");
    execute(on, "create table sales.\"Orders\" (b bigint, a varchar(10) default 'x', gone int,"
                " amount numeric(10,2) default 0, made timestamptz not null default now(),"
                " double bigint generated always as (b * 2) stored, many numeric(5,1)[], code sales.code,"
                " n serial, primary key (a, b))");
    execute(on, "alter table sales.\"Orders\" drop gone");
    execute(on, "comment on table sales.\"Orders\" is 'what was sold'");
    execute(on, "comment on column sales.\"Orders\".b is 'the second'");
    leat_table *table = describe_now(on, "sales.\"Orders\"");
    assert_string_equal(table->database, "shop");
    assert_string_equal(table->schema, "sales");
    assert_string_equal(table->name, "Orders");
    assert_string_equal(table->comment, "what was sold");
    assert_int_equal(table->column_count, 8);
    for (size_t i = 0; i < 8; i++) {
        const leat_column *column = &table->columns[i];
        assert_string_equal(column->name, expected[i].name);
        assert_string_equal(column->type_text, expected[i].type);
        assert_text(column->default_text, expected[i].fallback);
        assert_text(column->comment, expected[i].comment);
        assert_int_equal(column->nullable, expected[i].nullable);
        assert_int_equal(column->attribute, expected[i].attribute);
    }
    assert_key(table, "a,b");
    assert_int_equal(table->columns[2].encoder.type->precision, 10);
    assert_int_equal(table->columns[5].encoder.type->items->precision, 5);
    leat_table_release(table);
}

static void types_made_of_types(void **state)
{
    NEEDS_SERVER(state);
    execute(on, "create schema s");
    execute(on, "create type s.mood as enum ('sad', 'happy')");
    execute(on, "alter type s.mood add value 'so so' before 'happy'");
    execute(on, "create type s.item as (id int, gone int, price numeric(6,2), moods s.mood[])");
    execute(on, "alter type s.item drop attribute gone");
    execute(on, "create domain s.items as s.item[]");
    execute(on, "create extension hstore schema s");
    execute(on, "create table s.t (m s.mood, i s.item, ii s.items, b box[], h s.hstore, r int4range,"
                " v int2vector)");
    leat_table *table = describe_now(on, "s.t");
    assert_int_equal(table->columns[0].label_count, 3);
    assert_string_equal(table->columns[0].labels[0], "sad");
    assert_string_equal(table->columns[0].labels[1], "so so");
    assert_string_equal(table->columns[0].labels[2], "happy");
    const leat_avro_type *item = table->columns[1].encoder.type;
    assert_int_equal(item->field_count, 3);
    assert_string_equal(item->fields[1].name, "price");
    assert_int_equal(item->fields[1].type->precision, 6);
    assert_int_equal(item->fields[2].type->kind, LEAT_AVRO_ARRAY);
    assert_string_equal(table->columns[2].type_text, "s.items");
    assert_int_equal(table->columns[2].encoder.type->items->field_count, 3);
    assert_int_equal(table->columns[3].encoder.delimiter, ';');
    assert_int_equal(table->columns[4].encoder.type->kind, LEAT_AVRO_MAP);
    assert_int_equal(table->columns[5].encoder.type->kind, LEAT_AVRO_STRING);
    assert_int_equal(table->columns[6].encoder.type->kind, LEAT_AVRO_STRING);
    leat_table_release(table);
}

static void labels_added_later(void **state)
{
    NEEDS_SERVER(state);
    execute(on, "create type mood as enum ('sad')");
    execute(on, "create table t (m mood)");
    leat_table *before = describe_now(on, "t");
    execute(on, "alter type mood add value 'happy'");
    leat_table *after = describe_now(on, "t");
    assert_int_equal(before->columns[0].label_count, 1);
    assert_int_equal(after->columns[0].label_count, 2);
    leat_table_release(before);
    leat_table_release(after);
}

/* The log still has the column when type, column or table are gone. */
static void types_that_have_gone(void **state)
{
    NEEDS_SERVER(state);
    announcement made;
    char before[65];
    char after[65];
    execute(on, "create type mood as enum ('sad')");
    execute(on, "create table t (id int primary key, m mood)");
    announce(on, "t", &made);
    leat_table *table = describe(on, &made.relation);
    table->columns[1].attribute = 0; /* all that the catalogs will not say of it any more */
    leat_schema_fingerprint(table, before);
    leat_table_release(table);
    execute(on, "alter table t drop m");
    execute(on, "drop type mood");
    table = describe(on, &made.relation);
    leat_schema_fingerprint(table, after);
    assert_string_equal(before, after);
    leat_table_release(table);
    /* Another start has never seen the type. */
    leat_postgres_catalog_close(on->catalog);
    on->catalog = leat_postgres_catalog_open(&on->options, "shop");
    leat_postgres_catalog_note_type(on->catalog, made.columns[1].type, "public", "mood");
    table = describe(on, &made.relation);
    assert_string_equal(table->columns[1].type_text, "public.mood");
    assert_int_equal(table->columns[1].encoder.type->kind, LEAT_AVRO_STRING);
    assert_int_equal(table->columns[1].label_count, 0);
    leat_table_release(table);
    PQclear(made.texts);
}

static void tables_that_have_gone(void **state)
{
    NEEDS_SERVER(state);
    announcement made;
    execute(on, "create table t (id int primary key, v numeric(4,1) not null default 1)");
    announce(on, "t", &made);
    execute(on, "drop table t");
    leat_table *table = describe(on, &made.relation);
    assert_string_equal(table->name, "t");
    assert_string_equal(table->columns[1].type_text, "numeric(4,1)");
    assert_true(table->columns[1].nullable);
    assert_null(table->columns[1].default_text);
    assert_int_equal(table->columns[1].attribute, 0);
    assert_key(table, "id");
    leat_table_release(table);
    made.relation.replica_identity = 'f';
    table = describe(on, &made.relation);
    assert_key(table, "");
    leat_table_release(table);
    PQclear(made.texts);
}

/* Columns that were renamed or changed since are not those that the catalogs describe; nor does it matter
 * that the table has another name now. */
static void columns_that_changed_since(void **state)
{
    NEEDS_SERVER(state);
    announcement made;
    execute(on, "create table t (id int primary key, a int not null default 1, b int not null default 2)");
    announce(on, "t", &made);
    execute(on, "alter table t rename id to identifier");
    execute(on, "alter table t alter a type text");
    execute(on, "alter table t rename to u");
    leat_table *table = describe(on, &made.relation);
    assert_string_equal(table->name, "t");
    assert_key(table, "id");
    assert_int_equal(table->columns[0].attribute, 0);
    assert_string_equal(table->columns[1].type_text, "integer");
    assert_int_equal(table->columns[1].encoder.type->kind, LEAT_AVRO_INT);
    assert_true(table->columns[1].nullable);
    assert_null(table->columns[1].default_text);
    assert_int_equal(table->columns[2].attribute, 3);
    assert_false(table->columns[2].nullable);
    assert_string_equal(table->columns[2].default_text, "2");
    leat_table_release(table);
    PQclear(made.texts);
}

static void keys_of_many_tables(void **state)
{
    NEEDS_SERVER(state);
    static const struct {
        const char *sql, *key;
    } tables[] = {
        {"create table t (a int, b int, c int, primary key (c, a) include (b))", "c,a"},
        {"create table t (a int, b int)", ""},
        {"create table t (a int unique, b int not null unique)", "b"},
        {"create table t (a int not null, b int not null); create unique index on t (b) where a > 0;"
         " create unique index on t ((a + 1)); create unique index on t (a) include (b)",
         "a"},
        {"create table t (a int primary key, b int not null unique);"
         " alter table t replica identity using index t_b_key",
         "b"},
        {"create table t (a int primary key); alter table t replica identity using index t_pkey", "a"},
        {"create table t (a int primary key, b int); alter table t replica identity full", "a"},
        {"create table t (a int, b int); alter table t replica identity full", ""},
        {"create table t (a int primary key deferrable, b int)", "a"},
        {"create table t (a int, b int, primary key (b, a)) partition by range (b)", "b,a"},
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        announcement made;
        execute(on, "drop table if exists t");
        execute(on, tables[i].sql);
        announce(on, "t", &made);
        leat_table *stream = describe(on, &made.relation);
        assert_key(stream, tables[i].key);
        /* The snapshot knows of no announcement and describes the same. */
        made.relation.replica_identity = 0;
        for (size_t j = 0; j < made.relation.column_count; j++)
            made.columns[j].in_identity = false;
        leat_table *snapshot = describe(on, &made.relation);
        char fingerprints[2][65];
        leat_schema_fingerprint(stream, fingerprints[0]);
        leat_schema_fingerprint(snapshot, fingerprints[1]);
        assert_string_equal(fingerprints[0], fingerprints[1]);
        leat_table_release(stream);
        leat_table_release(snapshot);
        PQclear(made.texts);
    }
}

/* A publication may list columns. */
static void relations_with_fewer_columns(void **state)
{
    NEEDS_SERVER(state);
    announcement made;
    execute(on, "create table t (a int, b int, c int not null, primary key (a, b))");
    announce(on, "t", &made);
    made.relation.columns = made.columns + 1;
    made.relation.column_count = 2;
    leat_table *table = describe(on, &made.relation);
    assert_int_equal(table->column_count, 2);
    assert_string_equal(table->columns[1].name, "c");
    assert_int_equal(table->columns[1].attribute, 3);
    assert_key(table, "");
    leat_table_release(table);
    PQclear(made.texts);
}

static void a_lost_session_is_opened_again(void **state)
{
    NEEDS_SERVER(state);
    execute(on, "create table t (a int primary key)");
    for (int i = 0; i < 3; i++) {
        leat_table_release(describe_now(on, "t"));
        execute(on, "select pg_terminate_backend(pid, 10000) from pg_stat_activity"
                    " where pid <> pg_backend_pid() and datname = 'shop'");
    }
}

/* An unreachable server is a pause, not an end. */
static void a_server_that_cannot_be_asked(void **state)
{
    NEEDS_SERVER(state);
    announcement made;
    leat_error error;
    leat_table *table = NULL;
    execute(on, "create table t (a int primary key)");
    announce(on, "t", &made);
    on->options.url = "postgresql://postgres@127.0.0.1:1/shop";
    assert_int_equal(leat_postgres_catalog_describe(on->catalog, &made.relation, &table, &error), LEAT_RETRY);
    assert_null(table);
    on->options.url = on->url;
    table = describe(on, &made.relation);
    assert_key(table, "a");
    leat_table_release(table);
    PQclear(made.texts);
}

/* An ALTER that rewrites a table may hold its lock for hours. */
static void nobody_elses_lock_is_waited_for(void **state)
{
    NEEDS_SERVER(state);
    enum { PATIENCE_SECONDS = 60 };
    execute(on, "create type mood as enum ('sad')");
    execute(on, "create table t (a serial primary key, b int default 5 unique, m mood default 'sad')");
    execute(on, "begin");
    execute(on, "lock table t in access exclusive mode");
    alarm(PATIENCE_SECONDS); /* waiting is what this test would fail by */
    leat_table *table = describe_now(on, "t");
    alarm(0);
    assert_string_equal(table->columns[1].default_text, "5");
    assert_string_equal(table->columns[2].default_text, "'sad'::public.mood");
    assert_key(table, "a");
    leat_table_release(table);
    execute(on, "rollback");
}

/* Somebody else's ALTERs never make a description fail, nor give one that never was. */
static void ddl_in_the_midst(void **state)
{
    NEEDS_SERVER(state);
    static const char ddl[] = "do $$ begin for i in 1..150 loop"
                              " alter table t add x int default 7 not null; commit;"
                              " alter table t drop x; commit;"
                              " drop type if exists mood; create type mood as enum ('sad');"
                              " alter table t add x mood default 'sad'; commit;"
                              " alter table t drop x; drop type mood; commit;"
                              " end loop; end $$";
    execute(on, "create table t (a int primary key, b int)");
    leat_postgres_session *other = connect_to(&on->options);
    PGconn *connection = leat_postgres_session_connection(other);
    assert_int_equal(PQsendQuery(connection, ddl), 1);
    int rounds = 0;
    do {
        announcement made;
        announce(on, "t", &made);
        leat_table *table = describe(on, &made.relation);
        assert_key(table, "a");
        if (table->column_count == 3 && table->columns[2].attribute != 0 &&
            table->columns[2].encoder.type->kind == LEAT_AVRO_INT)
            assert_false(table->columns[2].nullable);
        leat_table_release(table);
        PQclear(made.texts);
        rounds++;
        assert_int_equal(PQconsumeInput(connection), 1);
    } while (PQisBusy(connection));
    PGresult *result = PQgetResult(connection);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        fail_msg("%s", PQresultErrorMessage(result));
    PQclear(result);
    leat_postgres_session_close(other);
    print_message("%d descriptions during 150 rounds of DDL\n", rounds);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_fact_of_a_table),
        TEST(types_made_of_types),
        TEST(labels_added_later),
        TEST(types_that_have_gone),
        TEST(tables_that_have_gone),
        TEST(columns_that_changed_since),
        TEST(keys_of_many_tables),
        TEST(relations_with_fewer_columns),
        TEST(a_lost_session_is_opened_again),
        TEST(a_server_that_cannot_be_asked),
        TEST(nobody_elses_lock_is_waited_for),
        TEST(ddl_in_the_midst),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
