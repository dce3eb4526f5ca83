/* The url of a MySQL source: whatever is taken is whole, whatever is refused has its mend. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "mysql/server/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const leat_mysql_url *url)
{
    if (url->user == NULL || *url->user == '\0' || url->hosts == NULL || url->host_count == 0)
        abort();
    for (size_t i = 0; i < url->host_count; i++)
        if (url->hosts[i].name == NULL || *url->hosts[i].name == '\0' || url->hosts[i].port > 65535)
            abort();
    if (url->ca != NULL && url->tls != LEAT_MYSQL_TLS_VERIFY)
        abort();
    if ((url->certificate == NULL) != (url->key == NULL))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = leat_duplicate_bytes(data, size);
    leat_arena arena = {0};
    leat_mysql_url url;
    leat_error error;
    leat_status status = leat_mysql_url_parse(text, &arena, &url, &error);
    if (status == LEAT_OK)
        check(&url);
    else if (status != LEAT_USAGE || error.status != LEAT_USAGE || error.mend[0] == '\0')
        abort();
    leat_arena_free(&arena);
    leat_release(text);
    return 0;
}
