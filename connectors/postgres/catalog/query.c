#include "postgres/catalog/query.h"

#include <string.h>

#include "base/cursor.h"
#include "base/number.h"

/* Rows of the answer; what its columns mean for each is said where the row is read:
 * what, subject, n1, n2, n3, t1, t2, t3, t4, sorted by the first three. */
enum { WHAT, SUBJECT, N1, N2, N3, T1, T2, T3, T4 };

/* The relation, and the types asked for, as literals: they are numbers, and a statement without parameters
 * needs no second round trip.
 *
 * A database may have a million attributes. So that no part of the statement ever reads a whole catalog, the
 * relation is a scalar subquery, and what is asked for each type stands in a lateral subquery that "offset 0"
 * keeps the planner from turning into a join of whole tables. */
static void append_given(leat_buffer *sql, const leat_postgres_relation *relation)
{
    leat_buffer_printf(sql, "with recursive given(relation) as (values (%u::oid)), wanted(type, typmod) as (",
                       relation->identifier);
    leat_buffer_append_string(sql, "values (0::oid, -1)");
    for (size_t i = 0; i < relation->column_count; i++)
        leat_buffer_printf(sql, ", (%u, %d)", relation->columns[i].type, (int)relation->columns[i].typmod);
    leat_buffer_append_string(sql, ")");
}

/* Domains lead to their base, arrays to their elements and composites to their fields. Only what some type
 * names as its array is one: int2vector has an element, too. */
static const char reached_types[] =
    ", reached(type) as ("
    "  select type from wanted"
    "  union"
    "  select part.type from reached cross join lateral ("
    "    select t.typbasetype type from pg_catalog.pg_type t where t.oid = reached.type and t.typtype = 'd'"
    "    union all select e.oid from pg_catalog.pg_type t join pg_catalog.pg_type e on e.oid = t.typelem"
    "      where t.oid = reached.type and e.typarray = t.oid"
    "    union all select a.atttypid from pg_catalog.pg_type t"
    "      join pg_catalog.pg_attribute a on a.attrelid = t.typrelid"
    "      where t.oid = reached.type and t.typtype = 'c' and a.attnum > 0 and not a.attisdropped"
    "    offset 0"
    "  ) part"
    ") ";

/* A NOT NULL that was declared NOT VALID (PostgreSQL 18) says nothing about the rows that are there. */
static const char filled_attributes[] =
    ", filled(attribute) as ("
    "  select a.attnum from pg_catalog.pg_attribute a where a.attrelid = (table given)"
    "  and a.attnotnull and not exists (select from pg_catalog.pg_constraint c"
    "    where c.conrelid = a.attrelid and c.contype = 'n' and not c.convalidated and c.conkey[1] = a.attnum)"
    ") ";

/* Every number is cast: among int8 and oid, the common type would be oid. */
static const char relation_rows[] =
    "select * from (select 'relation'::text, c.oid::int8, 0::int8, 0::int8, 0::int8,"
    "  c.relreplident::text, pg_catalog.obj_description(c.oid, 'pg_class'), null::text, null::text"
    "  from pg_catalog.pg_class c where c.oid = (table given)";

/* pg_get_expr would lock the relation that it is given, and so wait for the end of an ALTER that may take
 * hours; it needs one only for expressions with columns in them, which a default cannot have. */
static const char column_rows[] =
    " union all select 'column', a.attnum::int8, a.atttypid::int8, 0, 0, a.attname,"
    "  case when a.attnum in (table filled) or (select t.typnotnull from pg_catalog.pg_type t"
    "    where t.oid = a.atttypid and t.typtype = 'd') then 't' else 'f' end,"
    "  case when a.attgenerated = '' then (select pg_catalog.pg_get_expr(d.adbin, 0)"
    "    from pg_catalog.pg_attrdef d where d.adrelid = a.attrelid and d.adnum = a.attnum) end,"
    "  pg_catalog.col_description(a.attrelid, a.attnum)"
    "  from pg_catalog.pg_attribute a where a.attrelid = (table given) and a.attnum > 0"
    "    and not a.attisdropped";

/* indkey counts from 0, and goes on with the columns of INCLUDE behind the key's. */
static const char index_rows[] =
    " union all select 'index', r.role::int8, i.indexrelid::int8, i.indnkeyatts::int8, 0, i.indkey::text,"
    "  null, null, null"
    "  from pg_catalog.pg_index i"
    "  cross join lateral (select case when i.indisprimary then 1 when i.indisreplident then 2 else 3 end)"
    "    r(role)"
    "  where i.indrelid = (table given) and i.indisunique and i.indisvalid and i.indpred is null"
    "    and i.indexprs is null"
    "    and (r.role < 3 or (i.indkey::int2[])[0:i.indnkeyatts - 1] <@ array(table filled))";

static const char spelling_rows[] =
    " union all select distinct 'spelling', w.type::int8, w.typmod::int8, 0, 0,"
    "  pg_catalog.format_type(w.type, w.typmod), null, null, null"
    "  from wanted w where exists (select from pg_catalog.pg_type t where t.oid = w.type offset 0)";

static const char type_rows[] =
    " union all select 'type', found.* from reached cross join lateral ("
    "    select t.oid::int8, t.typbasetype::int8, t.typtypmod::int8, coalesce(e.oid::int8, 0), n.nspname,"
    "      t.typname, t.typtype::text, coalesce(e.typdelim, t.typdelim)::text"
    "    from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace"
    "    left join pg_catalog.pg_type e on e.oid = t.typelem and e.typarray = t.oid"
    "    where t.oid = reached.type offset 0"
    "  ) found";

static const char label_rows[] =
    " union all select 'type label', found.*, null, null, null from reached cross join lateral ("
    "    select l.enumtypid::int8, pg_catalog.row_number() over (order by l.enumsortorder), 0, 0, l.enumlabel"
    "    from pg_catalog.pg_enum l where l.enumtypid = reached.type offset 0"
    "  ) found";

static const char field_rows[] =
    " union all select 'type field', found.*, null, null, null from reached cross join lateral ("
    "    select t.oid::int8, a.attnum::int8, a.atttypid::int8, a.atttypmod::int8, a.attname"
    "    from pg_catalog.pg_type t join pg_catalog.pg_attribute a on a.attrelid = t.typrelid"
    "    where t.oid = reached.type and t.typtype = 'c' and a.attnum > 0 and not a.attisdropped offset 0"
    "  ) found";

/* Bytewise, whatever the database's collation: a type comes before its fields and labels. */
static const char order[] =
    ") answer(what, subject, n1, n2, n3, t1, t2, t3, t4) order by what collate \"C\", subject, n1";

static leat_status send(leat_postgres_session *session, const leat_postgres_relation *relation,
                        PGresult **result, leat_error *error)
{
    static const char *const parts[] = {
        reached_types, filled_attributes, relation_rows, column_rows, index_rows,
        spelling_rows, type_rows,         label_rows,    field_rows,  order};
    leat_buffer sql = {0};
    append_given(&sql, relation);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        leat_buffer_append_string(&sql, parts[i]);
    leat_status status = leat_postgres_query(session, leat_buffer_string(&sql), result, error);
    leat_buffer_free(&sql);
    return status;
}

/* The answer being read; `broken` once a value is not what the statement asks for. */
typedef struct reader {
    const PGresult *result;
    int row;
    int row_count;
    leat_arena *arena;
    bool broken;
} reader;

static const char *text_of(const reader *from, int column)
{
    if (PQgetisnull(from->result, from->row, column))
        return NULL;
    return leat_arena_string(from->arena, PQgetvalue(from->result, from->row, column));
}

/* A text that no catalog leaves empty of a value. */
static const char *required_text(reader *from, int column)
{
    const char *text = text_of(from, column);
    from->broken = from->broken || text == NULL;
    return text == NULL ? "" : text;
}

static int64_t number_of(reader *from, int column, int64_t least, int64_t most)
{
    const char *text = PQgetvalue(from->result, from->row, column);
    int64_t value = 0;
    bool correct = leat_number_parse_integer(leat_slice_of_string(text), &value);
    if (!correct || value < least || value > most) {
        from->broken = true;
        return least;
    }
    return value;
}

static Oid oid_of(reader *from, int column)
{
    return (Oid)number_of(from, column, 0, UINT32_MAX);
}

static bool is_row(const reader *from, const char *what)
{
    return from->row < from->row_count && strcmp(PQgetvalue(from->result, from->row, WHAT), what) == 0;
}

/* How many rows of this kind, about the same subject as the first of them, follow from here. */
static size_t count_rows(const reader *from, const char *what, bool same_subject)
{
    reader ahead = *from;
    while (is_row(&ahead, what) &&
           (!same_subject || strcmp(PQgetvalue(from->result, from->row, SUBJECT),
                                    PQgetvalue(from->result, ahead.row, SUBJECT)) == 0))
        ahead.row++;
    return (size_t)(ahead.row - from->row);
}

static void read_columns(reader *from, leat_postgres_catalog_answer *answer)
{
    answer->column_count = count_rows(from, "column", false);
    answer->columns = leat_arena_allocate_array(from->arena, answer->column_count, sizeof *answer->columns);
    for (size_t i = 0; i < answer->column_count; i++, from->row++)
        answer->columns[i] = (leat_postgres_catalog_column){
            .attribute = (int)number_of(from, SUBJECT, 1, INT16_MAX),
            .type = oid_of(from, N1),
            .name = required_text(from, T1),
            .not_null = strcmp(required_text(from, T2), "t") == 0,
            .default_text = text_of(from, T3),
            .comment = text_of(from, T4),
        };
}

/* indkey: numbers with blanks between them. */
static const int *read_attributes(reader *from, size_t count)
{
    int *attributes = leat_arena_allocate_array(from->arena, count, sizeof *attributes);
    leat_cursor cursor = leat_cursor_open(leat_slice_of_string(required_text(from, T1)));
    for (size_t i = 0; i < count; i++) {
        leat_cursor digits = cursor;
        while (leat_cursor_peek(&cursor) > ' ')
            (void)leat_cursor_u8(&cursor);
        size_t length = leat_cursor_remaining(&digits) - leat_cursor_remaining(&cursor);
        int64_t value = 0;
        if (!leat_number_parse_integer(leat_cursor_bytes(&digits, length), &value) || value < INT16_MIN ||
            value > INT16_MAX)
            from->broken = true;
        attributes[i] = (int)value;
        if (leat_cursor_remaining(&cursor) > 0)
            (void)leat_cursor_u8(&cursor);
    }
    return attributes;
}

static void read_indexes(reader *from, leat_postgres_catalog_answer *answer)
{
    answer->index_count = count_rows(from, "index", false);
    answer->indexes = leat_arena_allocate_array(from->arena, answer->index_count, sizeof *answer->indexes);
    for (size_t i = 0; i < answer->index_count; i++, from->row++) {
        leat_postgres_catalog_index *index = &answer->indexes[i];
        index->role =
            (leat_postgres_index_role)number_of(from, SUBJECT, LEAT_POSTGRES_PRIMARY, LEAT_POSTGRES_UNIQUE);
        index->attribute_count = (size_t)number_of(from, N2, 1, INT16_MAX);
        index->attributes = read_attributes(from, index->attribute_count);
    }
}

static void read_relation(reader *from, leat_postgres_catalog_answer *answer)
{
    if (!is_row(from, "relation"))
        return;
    answer->found = true;
    answer->replica_identity = required_text(from, T1)[0];
    answer->comment = text_of(from, T2);
    from->row++;
}

static void read_spellings(reader *from, leat_postgres_facts *facts)
{
    for (; is_row(from, "spelling"); from->row++)
        leat_postgres_facts_learn_spelling(facts, oid_of(from, SUBJECT),
                                           (int32_t)number_of(from, N1, INT32_MIN, INT32_MAX),
                                           required_text(from, T1));
}

static void take_fields(reader *from, leat_postgres_type_fact *fact)
{
    if (!is_row(from, "type field") || oid_of(from, SUBJECT) != fact->identifier)
        return;
    size_t count = count_rows(from, "type field", true);
    leat_postgres_type_field *fields = leat_arena_allocate_array(from->arena, count, sizeof *fields);
    for (size_t i = 0; i < count; i++, from->row++)
        fields[i] = (leat_postgres_type_field){
            .name = required_text(from, T1),
            .type = oid_of(from, N2),
            .typmod = (int32_t)number_of(from, N3, INT32_MIN, INT32_MAX),
        };
    fact->fields = fields;
    fact->field_count = count;
}

static void take_labels(reader *from, leat_postgres_type_fact *fact)
{
    if (!is_row(from, "type label") || oid_of(from, SUBJECT) != fact->identifier)
        return;
    size_t count = count_rows(from, "type label", true);
    const char **labels = leat_arena_allocate_array(from->arena, count, sizeof *labels);
    for (size_t i = 0; i < count; i++, from->row++)
        labels[i] = required_text(from, T1);
    fact->labels = labels;
    fact->label_count = count;
}

static leat_postgres_type_fact read_type(reader *from)
{
    return (leat_postgres_type_fact){
        .identifier = oid_of(from, SUBJECT),
        .base = oid_of(from, N1),
        .base_typmod = (int32_t)number_of(from, N2, INT32_MIN, INT32_MAX),
        .element = oid_of(from, N3),
        .schema = required_text(from, T1),
        .name = required_text(from, T2),
        .kind = required_text(from, T3)[0],
        .delimiter = required_text(from, T4)[0],
    };
}

/* Types, then all fields, then all labels, each sorted by type: three places that advance together. */
static void read_types(reader *from, leat_postgres_facts *facts)
{
    reader fields = *from;
    fields.row += (int)count_rows(from, "type", false);
    reader labels = fields;
    labels.row += (int)count_rows(&fields, "type field", false);
    for (; is_row(from, "type"); from->row++) {
        leat_postgres_type_fact fact = read_type(from);
        take_fields(&fields, &fact);
        take_labels(&labels, &fact);
        leat_postgres_facts_learn(facts, &fact);
    }
    from->broken = from->broken || fields.broken || labels.broken || labels.row != from->row_count;
}

/* In the order that the statement sorts by. */
static leat_status read_answer(reader *from, leat_postgres_facts *facts, leat_postgres_catalog_answer *answer,
                               leat_error *error)
{
    *answer = (leat_postgres_catalog_answer){0};
    read_columns(from, answer);
    read_indexes(from, answer);
    read_relation(from, answer);
    read_spellings(from, facts);
    read_types(from, facts);
    if (from->broken)
        return leat_error_set(error, LEAT_FAILED, "the catalogs gave row %d of an answer in an unknown form",
                              from->row + 1);
    return LEAT_OK;
}

leat_status leat_postgres_catalog_ask(leat_postgres_session *session, const leat_postgres_relation *relation,
                                      leat_postgres_facts *facts, leat_arena *arena,
                                      leat_postgres_catalog_answer *answer, leat_error *error)
{
    PGresult *result = NULL;
    leat_status status = send(session, relation, &result, error);
    if (status != LEAT_OK)
        return status;
    reader from = {.result = result, .row_count = PQntuples(result), .arena = arena};
    status = read_answer(&from, facts, answer, error);
    PQclear(result);
    return status;
}
