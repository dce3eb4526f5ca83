/* Any bytes as a config file: refused with at least one mistake, or whole. And any bytes as a url to redact.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/memory.h"
#include "config/config.h"

static void parse(const char *text, size_t size)
{
    leat_config config;
    leat_buffer problems = {0};
    leat_error error;
    leat_status status = leat_config_parse(text, size, "fuzz.yaml", &config, &problems, &error);
    if ((status == LEAT_OK) != (problems.length == 0))
        abort();
    if (status == LEAT_OK &&
        (config.name == NULL || config.source.url == NULL || config.source.table_count == 0))
        abort();
    leat_config_free(&config);
    leat_buffer_free(&problems);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = leat_duplicate_bytes(data, size);
    parse(text, size);
    leat_release(leat_config_redact(text));
    leat_release(text);
    return 0;
}
