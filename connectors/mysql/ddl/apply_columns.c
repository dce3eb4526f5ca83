/* The new list of columns. As the servers do it (mysql_prepare_alter_table): what is there is kept, changed
 * in its place, or dropped; then what is new or moves is put into its place, one after the other. Names in
 * the statement's parts are old ones; the name behind AFTER is a new one. */
#include <strings.h>

#include "mysql/ddl/apply.h"

static bool same(const char *left, const char *right)
{
    return strcasecmp(left, right) == 0;
}

static const leat_ddl_item *item_at(const leat_ddl_applying *applying, size_t place)
{
    return applying->change->items.items[place];
}

/* The last part of this kind about the column; NULL. */
static const leat_ddl_item *find_item(const leat_ddl_applying *applying, leat_ddl_item_kind kind,
                                      const char *name)
{
    for (size_t i = applying->change->items.count; i > 0; i--) {
        const leat_ddl_item *item = item_at(applying, i - 1);
        if (item->kind == kind && same(item->name, name))
            return item;
    }
    return NULL;
}

static bool has_former(const leat_ddl_applying *applying, const char *name)
{
    for (size_t i = 0; i < applying->former_count; i++)
        if (same(applying->definition->columns[i].name, name))
            return true;
    return false;
}

static size_t place_of(const leat_ddl_applying *applying, const char *name)
{
    for (size_t i = 0; i < applying->column_count; i++)
        if (same(applying->columns[i].column.name, name))
            return i;
    return SIZE_MAX;
}

leat_mysql_column *leat_ddl_column_named(const leat_ddl_applying *applying, const char *name)
{
    size_t place = place_of(applying, name);
    return place == SIZE_MAX ? NULL : &applying->columns[place].column;
}

/* explicit_defaults_for_timestamp, which is on by default from MySQL 8.0.2 and MariaDB 10.10 on. */
static bool has_explicit_timestamps(const leat_ddl_applying *applying)
{
    enum { FIRST_MYSQL = 80002, FIRST_MARIADB = 101000 };
    const leat_mysql_change *change = applying->change;
    if (change->explicit_timestamps != LEAT_MYSQL_SETTING_UNSAID)
        return change->explicit_timestamps == LEAT_MYSQL_SETTING_ON;
    return change->version >= (applying->mariadb ? FIRST_MARIADB : FIRST_MYSQL);
}

/* Without that setting a TIMESTAMP has no nulls unless it says so. */
static bool is_nullable(const leat_ddl_applying *applying, const leat_ddl_column *column)
{
    bool timestamp = column->type.class == LEAT_DDL_TEMPORAL && strcmp(column->type.name, "timestamp") == 0;
    if (column->nullability == LEAT_DDL_NOT_NULL || column->auto_increment)
        return false;
    return column->nullability == LEAT_DDL_NULL || !timestamp || column->generated ||
           has_explicit_timestamps(applying);
}

static bool make_column(leat_ddl_applying *applying, const leat_ddl_column *from, leat_mysql_column *column)
{
    bool has_comment = from->comment != NULL && from->comment[0] != '\0';
    *column = (leat_mysql_column){
        .name = leat_ddl_keep(applying, from->name),
        .nullable = is_nullable(applying, from),
        .invisible = from->invisible,
        .generated = from->generated,
        .comment = has_comment ? leat_ddl_keep(applying, from->comment) : NULL,
    };
    if (!leat_ddl_apply_type(applying, &from->type, column))
        return false;
    column->default_text = leat_ddl_default_text(applying, &from->initial, column);
    return true;
}

/* MySQL keeps the invisible primary key that it made itself in the first place. */
static bool starts_with_generated_key(const leat_ddl_applying *applying)
{
    const leat_mysql_definition *definition = applying->definition;
    return !applying->mariadb && applying->column_count > 0 && applying->columns[0].column.invisible &&
           same(applying->columns[0].column.name, "my_row_id") && definition->index_count > 0 &&
           strcmp(definition->indexes[0].name, "PRIMARY") == 0 && definition->indexes[0].column_count == 1 &&
           same(definition->indexes[0].columns[0], "my_row_id");
}

static bool find_place(leat_ddl_applying *applying, const leat_ddl_item *item, size_t *place)
{
    *place = applying->column_count;
    if (item->place == LEAT_DDL_PLACE_FIRST)
        *place = starts_with_generated_key(applying) ? 1 : 0;
    if (item->place != LEAT_DDL_PLACE_AFTER)
        return true;
    size_t before = place_of(applying, item->after);
    *place = before + 1;
    return before != SIZE_MAX ||
           leat_ddl_misfit(applying, "it places a column after %s, which is not there", item->after);
}

static bool insert(leat_ddl_applying *applying, const leat_ddl_item *item, const leat_mysql_column *column)
{
    size_t place = 0;
    bool moves = item->kind == LEAT_DDL_CHANGE_COLUMN;
    if (place_of(applying, column->name) != SIZE_MAX)
        return leat_ddl_misfit(applying, "it adds column %s, which is there already", column->name);
    if (!find_place(applying, item, &place))
        return false;
    for (size_t i = applying->column_count; i > place; i--)
        applying->columns[i] = applying->columns[i - 1];
    applying->columns[place] =
        (leat_ddl_work){.column = *column, .origin = moves ? item->name : column->name};
    applying->column_count++;
    return true;
}

/* A column that stays, with its new name, default and visibility. */
static void keep_column(leat_ddl_applying *applying, const leat_mysql_column *column)
{
    const leat_ddl_item *renamed = find_item(applying, LEAT_DDL_RENAME_COLUMN, column->name);
    const leat_ddl_item *initial = find_item(applying, LEAT_DDL_SET_DEFAULT, column->name);
    const leat_ddl_item *shown = find_item(applying, LEAT_DDL_SET_VISIBLE, column->name);
    leat_ddl_work *work = &applying->columns[applying->column_count++];
    leat_mysql_column *kept = &work->column;
    *work = (leat_ddl_work){.column = *column, .origin = column->name};
    if (renamed != NULL)
        kept->name = leat_ddl_keep(applying, renamed->new_name);
    if (initial != NULL)
        kept->default_text = leat_ddl_default_text(applying, &initial->initial, kept);
    if (shown != NULL)
        kept->invisible = !shown->visible;
}

/* What becomes of a column that is there; one that moves is put off. */
static bool go_on_with(leat_ddl_applying *applying, leat_mysql_column *column)
{
    const leat_ddl_item *changed = find_item(applying, LEAT_DDL_CHANGE_COLUMN, column->name);
    if (find_item(applying, LEAT_DDL_DROP_COLUMN, column->name) != NULL)
        return true;
    if (changed == NULL) {
        keep_column(applying, column);
        return leat_ddl_convert_column(applying, &applying->columns[applying->column_count - 1].column);
    }
    if (changed->place != LEAT_DDL_PLACE_UNSAID)
        return true;
    leat_ddl_work *work = &applying->columns[applying->column_count++];
    work->origin = column->name;
    return make_column(applying, changed->column, &work->column);
}

static bool settle_formers(leat_ddl_applying *applying)
{
    for (size_t i = 0; i < applying->former_count; i++)
        if (!go_on_with(applying, &applying->definition->columns[i]))
            return false;
    return true;
}

/* Whether the part makes a column that is to be put into a place. */
static bool comes_in(const leat_ddl_applying *applying, const leat_ddl_item *item)
{
    if (item->kind == LEAT_DDL_ADD_COLUMN)
        return !item->conditional || !has_former(applying, item->column->name);
    return item->kind == LEAT_DDL_CHANGE_COLUMN && item->place != LEAT_DDL_PLACE_UNSAID &&
           has_former(applying, item->name);
}

static bool insert_all(leat_ddl_applying *applying)
{
    for (size_t i = 0; i < applying->change->items.count; i++) {
        leat_mysql_column column;
        const leat_ddl_item *item = item_at(applying, i);
        if (comes_in(applying, item) &&
            !(make_column(applying, item->column, &column) && insert(applying, item, &column)))
            return false;
    }
    return true;
}

/* A part about a column that is not there shows that this is not the definition which the server changed. */
static bool check_names(leat_ddl_applying *applying)
{
    for (size_t i = 0; i < applying->change->items.count; i++) {
        const leat_ddl_item *item = item_at(applying, i);
        switch (item->kind) {
        case LEAT_DDL_CHANGE_COLUMN:
        case LEAT_DDL_DROP_COLUMN:
        case LEAT_DDL_RENAME_COLUMN:
        case LEAT_DDL_SET_DEFAULT:
        case LEAT_DDL_SET_VISIBLE:
            if (!item->conditional && !has_former(applying, item->name))
                return leat_ddl_misfit(applying, "it is about column %s, which is not there", item->name);
            break;
        case LEAT_DDL_ADD_COLUMN:
        case LEAT_DDL_ADD_INDEX:
        case LEAT_DDL_DROP_INDEX:
        case LEAT_DDL_RENAME_INDEX:
        case LEAT_DDL_ADD_PERIOD:
            break;
        }
    }
    return true;
}

static bool check_twins(leat_ddl_applying *applying)
{
    for (size_t i = 0; i < applying->column_count; i++)
        if (place_of(applying, applying->columns[i].column.name) != i)
            return leat_ddl_misfit(applying, "it leaves two columns with the name %s",
                                   applying->columns[i].column.name);
    return true;
}

bool leat_ddl_apply_columns(leat_ddl_applying *applying)
{
    enum { ROOM_FOR_ROW_LIFE = 2 };
    size_t room = applying->definition->column_count + applying->change->items.count + ROOM_FOR_ROW_LIFE;
    applying->columns =
        leat_arena_allocate_array(&applying->definition->arena, room, sizeof *applying->columns);
    applying->former_count = applying->definition->column_count - (applying->hidden ? ROOM_FOR_ROW_LIFE : 0);
    return check_names(applying) && settle_formers(applying) && check_twins(applying) && insert_all(applying);
}
