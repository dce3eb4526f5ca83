#include "base/sha256.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

void leat_sha256_hex(leat_slice bytes, char *hex)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    if (EVP_Digest(bytes.data, bytes.length, digest, &length, EVP_sha256(), NULL) != 1) {
        fputs("leat: libcrypto has no SHA-256\n", stderr);
        abort();
    }
    for (size_t i = 0; i < length; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}
