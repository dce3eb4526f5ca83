/* A position message of the Kafka sink. What is a position comes back from its text form as it was. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "sink/kafka/positions.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    leat_position position = {0};
    leat_position again = {0};
    leat_error error;
    if (leat_kafka_positions_parse(leat_slice_of(data, size), &position, &error) == LEAT_OK) {
        char *message = leat_kafka_positions_format(&position, 0);
        if (leat_kafka_positions_parse(leat_slice_of_string(message), &again, &error) != LEAT_OK)
            abort();
        char *first = leat_position_format(&position);
        char *second = leat_position_format(&again);
        if (strcmp(first, second) != 0)
            abort();
        leat_release(first);
        leat_release(second);
        leat_release(message);
    }
    leat_position_clear(&position);
    leat_position_clear(&again);
    return 0;
}
