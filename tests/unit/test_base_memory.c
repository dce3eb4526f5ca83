/* Memory, arena and buffer: what they give is whole, zeroed where they say so, and theirs to give back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/memory.h"

static void buffers_grow_and_keep(void **state)
{
    (void)state;
    leat_buffer buffer = {0};
    for (unsigned i = 0; i < 100000; i++)
        leat_buffer_append_byte(&buffer, (uint8_t)(i * 7));
    assert_int_equal(buffer.length, 100000);
    for (unsigned i = 0; i < 100000; i++)
        assert_int_equal(buffer.data[i], (uint8_t)(i * 7));
    size_t capacity = buffer.capacity;
    leat_buffer_reset(&buffer);
    assert_int_equal(buffer.length, 0);
    assert_int_equal(buffer.capacity, capacity);
    leat_buffer_free(&buffer);
    assert_null(buffer.data);
    assert_int_equal(buffer.capacity, 0);
}

static void an_outsized_value_does_not_stay(void **state)
{
    (void)state;
    leat_buffer buffer = {0};
    leat_buffer_append(&buffer, "small", 5);
    leat_buffer_reset_bounded(&buffer);
    assert_true(buffer.capacity > 0); /* kept for the next */
    (void)leat_buffer_reserve(&buffer, 5 << 20);
    leat_buffer_reset_bounded(&buffer);
    assert_int_equal(buffer.capacity, 0);
    leat_buffer_append(&buffer, "again", 5);
    assert_string_equal(leat_buffer_string(&buffer), "again");
    leat_buffer_free(&buffer);
}

static void buffers_build_text(void **state)
{
    (void)state;
    leat_buffer buffer = {0};
    assert_string_equal(leat_buffer_string(&buffer), "");
    leat_buffer_append_string(&buffer, "a");
    leat_buffer_printf(&buffer, "%d-%s", 7, "b");
    leat_buffer_printf(&buffer, "%s", "");
    leat_buffer_append(&buffer, NULL, 0);
    leat_buffer_append_slice(&buffer, leat_slice_of("cd", 1));
    assert_string_equal(leat_buffer_string(&buffer), "a7-bc");
    assert_int_equal(buffer.length, 5); /* the NUL does not count */
    assert_true(leat_slice_equals_string(leat_buffer_slice(&buffer), "a7-bc"));
    char *text = leat_buffer_detach_string(&buffer);
    assert_string_equal(text, "a7-bc");
    assert_null(buffer.data);
    leat_release(text);
    char *empty = leat_buffer_detach_string(&buffer);
    assert_string_equal(empty, "");
    leat_release(empty);
}

/* Lengths around the capacity: vsnprintf's NUL needs room that the text does not. */
static void buffers_print_at_their_edge(void **state)
{
    (void)state;
    for (int length = 60; length < 70; length++) {
        leat_buffer buffer = {0};
        leat_buffer_printf(&buffer, "%*s", length, "x");
        assert_int_equal(buffer.length, length);
        assert_int_equal(strlen(leat_buffer_string(&buffer)), length);
        leat_buffer_free(&buffer);
    }
}

static void buffers_reserve_even_nothing(void **state)
{
    (void)state;
    leat_buffer buffer = {0};
    assert_non_null(leat_buffer_reserve(&buffer, 0));
    memcpy(leat_buffer_reserve(&buffer, 1000), "xyz", 3);
    leat_buffer_commit(&buffer, 3);
    assert_string_equal(leat_buffer_string(&buffer), "xyz");
    leat_buffer_free(&buffer);
}

static void arenas_give_zeroed_aligned_blocks(void **state)
{
    (void)state;
    leat_arena arena = {0};
    for (int round = 0; round < 3; round++) {
        for (size_t size = 0; size < 300; size++) {
            unsigned char *block = leat_arena_allocate(&arena, size);
            assert_non_null(block);
            assert_int_equal((uintptr_t)block % alignof(max_align_t), 0);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(block[i], 0);
            memset(block, 0xee, size);
        }
        leat_arena_reset(&arena); /* what comes next must be zeroed again */
    }
    leat_arena_free(&arena);
    leat_arena_free(&arena);
}

static void arenas_keep_blocks_apart(void **state)
{
    (void)state;
    leat_arena arena = {0};
    unsigned *blocks[500];
    for (unsigned i = 0; i < 500; i++) {
        blocks[i] = leat_arena_allocate_array(&arena, 1 + i % 40, sizeof **blocks);
        for (unsigned j = 0; j < 1 + i % 40; j++)
            blocks[i][j] = i;
    }
    char *large = leat_arena_allocate(&arena, 1000000);
    memset(large, 'x', 1000000);
    for (unsigned i = 0; i < 500; i++)
        for (unsigned j = 0; j < 1 + i % 40; j++)
            assert_int_equal(blocks[i][j], i);
    leat_arena_free(&arena);
}

static void arenas_copy_texts(void **state)
{
    (void)state;
    leat_arena arena = {0};
    assert_null(leat_arena_string(&arena, NULL));
    assert_string_equal(leat_arena_string(&arena, "shop"), "shop");
    assert_string_equal(leat_arena_slice_string(&arena, leat_slice_of("shopping", 4)), "shop");
    assert_string_equal(leat_arena_slice_string(&arena, leat_slice_of(NULL, 0)), "");
    assert_string_equal(leat_arena_printf(&arena, "%s_%d", "leat", 5000), "leat_5000");
    assert_string_equal(leat_arena_printf(&arena, "%s", ""), "");
    leat_arena_free(&arena);
}

/* A steady use of an arena asks for memory once. */
static void arenas_reuse_their_largest_chunk(void **state)
{
    (void)state;
    leat_arena arena = {0};
    leat_arena_allocate(&arena, 10);
    void *large = leat_arena_allocate(&arena, 100000);
    leat_arena_allocate(&arena, 10);
    for (int i = 0; i < 5; i++) {
        leat_arena_reset(&arena);
        assert_ptr_equal(leat_arena_allocate(&arena, 50000), large);
    }
    leat_arena_free(&arena);
}

static void memory_copies(void **state)
{
    (void)state;
    assert_null(leat_duplicate_string(NULL));
    char *text = leat_duplicate_string("abc");
    assert_string_equal(text, "abc");
    leat_release(text);
    char *bytes = leat_duplicate_bytes("a\0b", 3);
    assert_memory_equal(bytes, "a\0b\0", 4);
    leat_release(bytes);
    bytes = leat_duplicate_bytes(NULL, 0);
    assert_string_equal(bytes, "");
    leat_release(bytes);
    int *numbers = leat_allocate_array(10, sizeof *numbers);
    for (int i = 0; i < 10; i++)
        assert_int_equal(numbers[i], 0);
    leat_release(numbers);
    leat_release(NULL);
}

static void ask_for_too_many(void)
{
    leat_release(leat_allocate_array(SIZE_MAX / 2, 4));
}

static void ask_arena_for_too_much(void)
{
    leat_arena arena = {0};
    leat_arena_allocate(&arena, SIZE_MAX - 3);
}

static void ask_arena_for_too_many(void)
{
    leat_arena arena = {0};
    leat_arena_allocate_array(&arena, SIZE_MAX / 4, 8);
}

/* Sizes that overflow end the process: they never come back as a small block. */
static void overflowing_sizes_end_the_process(void **state)
{
    (void)state;
    void (*const asks[])(void) = {ask_for_too_many, ask_arena_for_too_much, ask_arena_for_too_many};
    for (size_t i = 0; i < sizeof asks / sizeof *asks; i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            close(STDERR_FILENO);
            asks[i]();
            _exit(0);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        /* By abort(), or by the sanitizer that saw the request first. */
        assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buffers_grow_and_keep),
        cmocka_unit_test(an_outsized_value_does_not_stay),
        cmocka_unit_test(buffers_build_text),
        cmocka_unit_test(buffers_print_at_their_edge),
        cmocka_unit_test(buffers_reserve_even_nothing),
        cmocka_unit_test(arenas_give_zeroed_aligned_blocks),
        cmocka_unit_test(arenas_keep_blocks_apart),
        cmocka_unit_test(arenas_copy_texts),
        cmocka_unit_test(arenas_reuse_their_largest_chunk),
        cmocka_unit_test(memory_copies),
        cmocka_unit_test(overflowing_sizes_end_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
