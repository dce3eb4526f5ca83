/* Urls of the demo's own servers. */
#ifndef LEAT_DEMO_URL_H
#define LEAT_DEMO_URL_H

#include "base/buffer.h"

/* Appends a path as a url's parameter: everything but letters, digits and what paths are made of as %XX. */
void leat_demo_url_append(leat_buffer *out, const char *path);

#endif
