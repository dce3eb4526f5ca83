/* SHA-256. */
#ifndef LEAT_BASE_SHA256_H
#define LEAT_BASE_SHA256_H

#include "base/slice.h"

enum { LEAT_SHA256_TEXT_SIZE = 65 };

/* The digest as 64 hex digits; `hex` holds LEAT_SHA256_TEXT_SIZE. Any thread. */
void leat_sha256_hex(leat_slice bytes, char *hex);

#endif
