/* Lists of data files. */
#include "base/list.h"
#include "base/memory.h"
#include "sink/file/sink_internal.h"

void leat_file_list_add(leat_file_list *list, leat_data_file *file)
{
    list->items = leat_list_room(list->items, list->count, &list->capacity, sizeof(leat_data_file *));
    list->items[list->count++] = file;
}

void leat_file_list_remove(leat_file_list *list, const leat_data_file *file)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i] != file)
            list->items[kept++] = list->items[i];
    list->count = kept;
}

void leat_file_list_move(leat_file_list *to, leat_file_list *from)
{
    for (size_t i = 0; i < from->count; i++)
        leat_file_list_add(to, from->items[i]);
    from->count = 0;
}

void leat_data_file_free(leat_data_file *file)
{
    leat_container_close(file->writer);
    leat_buffer_free(&file->last);
    leat_arena_free(&file->arena);
    leat_release(file);
}

void leat_file_list_free(leat_file_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        leat_data_file_free(list->items[i]);
    leat_release(list->items);
    *list = (leat_file_list){0};
}
