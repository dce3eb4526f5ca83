/* A name and its value, both texts. */
#ifndef LEAT_BASE_PAIR_H
#define LEAT_BASE_PAIR_H

/* The owner is named wherever pairs are handed out. */
typedef struct leat_pair {
    const char *name;
    const char *value;
} leat_pair;

#endif
