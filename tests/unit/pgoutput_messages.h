/* pgoutput messages as a PostgreSQL 15.20 server made them, with the SQL that made them behind each name:
 *
 * CREATE TYPE mood AS ENUM ('sad', 'ok');
 * CREATE TABLE plain (id int PRIMARY KEY, name varchar(20), mood mood, note text);
 * CREATE TABLE whole (id int PRIMARY KEY, big text);
 * ALTER TABLE whole REPLICA IDENTITY FULL; ALTER TABLE whole ALTER big SET STORAGE EXTERNAL;
 * CREATE TABLE toasted (id text PRIMARY KEY, v int); ALTER TABLE toasted ALTER id SET STORAGE EXTERNAL;
 * CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES plain);
 * CREATE PUBLICATION p FOR ALL TABLES;
 * SELECT pg_create_logical_replication_slot('cap', 'pgoutput'), pg_replication_origin_create('elsewhere');
 * SELECT pg_logical_emit_message(false, 'alone', 'outside');                  -- message_alone
 * BEGIN; INSERT INTO plain VALUES (1, 'one', 'ok', NULL);                     -- begin type relation_plain
 * insert UPDATE plain SET name = 'uno' WHERE id = 1;                                 -- update_same_key
 * UPDATE plain SET id = 2 WHERE id = 1;                                       -- update_new_key
 * DELETE FROM plain WHERE id = 2; COMMIT;                                     -- delete_key commit
 * INSERT INTO whole VALUES (1, repeat('x', 3000));                            -- relation_whole
 * BEGIN; UPDATE whole SET id = 2; DELETE FROM whole; COMMIT;                  -- update_full delete_full
 * INSERT INTO toasted VALUES (repeat('k', 2500), 1);                          -- relation_toasted
 * UPDATE toasted SET v = 2;                                                   -- update_toasted_same_key
 * UPDATE toasted SET id = repeat('z', 2500);                                  -- update_toasted_new_key
 * BEGIN; SELECT pg_logical_emit_message(true, 'inside', E'two\nlines');       -- message_inside
 * TRUNCATE plain RESTART IDENTITY CASCADE; COMMIT;                            -- relation_child truncate
 * SELECT pg_replication_origin_session_setup('elsewhere'); BEGIN;
 * SELECT pg_replication_origin_xact_setup('16/B374D848', '2024-03-10 08:00:00+00');
 * INSERT INTO child VALUES (7, NULL); COMMIT;                                 -- begin_with_origin origin
 * commit_with_origin
 *
 * SELECT encode(data, 'hex') FROM pg_logical_slot_peek_binary_changes('cap', NULL, NULL, 'proto_version',
 * '1', 'publication_names', 'p', 'messages', 'on');
 *
 * Hex; "(78*3000)" is the byte 0x78 three thousand times. */
#ifndef LEAT_TEST_PGOUTPUT_MESSAGES_H
#define LEAT_TEST_PGOUTPUT_MESSAGES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

static const struct {
    const char *name;
    const char *hex;
} pgoutput_messages[] = {
    {"message_alone", "4d00000000000199f210616c6f6e6500000000076f757473696465"},
    {"begin", "42000000000199f458000303e9e7e743fb000002ec"},
    {"type", "59000040097075626c6963006d6f6f6400"},
    {"relation_plain", "520000400d7075626c696300706c61696e006400040169640000000017ffffffff006e616d6500000004"
                       "1300000018006d6f6f640000004009ffffffff006e6f74650000000019ffffffff"},
    {"insert", "490000400d4e000474000000013174000000036f6e6574000000026f6b6e"},
    {"update_same_key", "550000400d4e00047400000001317400000003756e6f74000000026f6b6e"},
    {"update_new_key",
     "550000400d4b00047400000001316e6e6e4e00047400000001327400000003756e6f74000000026f6b6e"},
    {"delete_key", "440000400d4b00047400000001326e6e6e"},
    {"commit", "4300000000000199f458000000000199f488000303e9e7e743fb"},
    {"relation_whole", "52000040147075626c69630077686f6c65006600020169640000000017ffffffff016269670000000019"
                       "ffffffff"},
    {"update_full", "55000040144f00027400000001317400000bb8(78*3000)4e000274000000013275"},
    {"delete_full", "44000040144f00027400000001327400000bb8(78*3000)"},
    {"relation_toasted",
     "520000401b7075626c696300746f6173746564006400020169640000000019ffffffff00760000000017"
     "ffffffff"},
    {"update_toasted_same_key", "550000401b4b000274000009c4(6b*2500)6e4e000275740000000132"},
    {"update_toasted_new_key", "550000401b4b000274000009c4(6b*2500)6e4e000274000009c4(7a*2500)740000000132"},
    {"message_inside", "4d0100000000019a5d18696e73696465000000000974776f0a6c696e6573"},
    {"relation_child", "52000040227075626c6963006368696c64006400020169640000000017ffffffff00706172656e740000"
                       "000017ffffffff"},
    {"truncate", "5400000002030000400d00004022"},
    {"begin_with_origin", "4200000000019a71400002b64894934000000002f3"},
    {"origin", "4f00000016b374d848656c7365776865726500"},
    {"commit_with_origin", "430000000000019a714000000000019a71880002b64894934000"},
};

enum { PGOUTPUT_MESSAGE_COUNT = sizeof pgoutput_messages / sizeof pgoutput_messages[0] };

/* Appends the bytes that `hex` stands for. */
static inline void append_hex(leat_buffer *out, const char *hex)
{
    while (*hex != '\0') {
        unsigned byte = 0;
        unsigned count = 1;
        int used = 0;
        if (sscanf(hex, "(%2x*%u)%n", &byte, &count, &used) < 2 && sscanf(hex, "%2x%n", &byte, &used) < 1)
            abort();
        for (unsigned i = 0; i < count; i++)
            leat_buffer_append_byte(out, (uint8_t)byte);
        hex += used;
    }
}

/* Appends the message of this name, which must be there. */
static inline void append_message(leat_buffer *out, const char *name)
{
    for (size_t i = 0; i < PGOUTPUT_MESSAGE_COUNT; i++) {
        if (strcmp(pgoutput_messages[i].name, name) != 0)
            continue;
        append_hex(out, pgoutput_messages[i].hex);
        return;
    }
    fprintf(stderr, "no message %s\n", name);
    abort();
}

#endif
