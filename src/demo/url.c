#include "demo/url.h"

#include <stdbool.h>
#include <string.h>

void leat_demo_url_append(leat_buffer *out, const char *path)
{
    for (; *path != '\0'; path++) {
        bool plain = (*path >= 'a' && *path <= 'z') || (*path >= 'A' && *path <= 'Z') ||
                     (*path >= '0' && *path <= '9') || strchr("/-_.~", *path) != NULL;
        if (plain)
            leat_buffer_append_byte(out, (uint8_t)*path);
        else
            leat_buffer_printf(out, "%%%02X", (unsigned)(uint8_t)*path);
    }
}
