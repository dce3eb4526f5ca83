/* UTF-8: what is valid, and where it ends. */
#ifndef LEAT_BASE_UTF8_H
#define LEAT_BASE_UTF8_H

#include <stddef.h>

#include "base/slice.h"

/* How many bytes at the start of `text` are whole, valid UTF-8 characters (RFC 3629: no overlong forms, no
 * surrogates, nothing above U+10FFFF): text.length when all of it is. Any thread. */
size_t leat_utf8_valid_length(leat_slice text);

#endif
