/* Contract: whether somebody wants the work at hand to stop. */
#ifndef LEAT_STOP_H
#define LEAT_STOP_H

#include <stdbool.h>
#include <stddef.h>

/* A question that long work asks in every wait, several times a second, from any of its threads; the first true ends
 * the work cleanly. The context is its owner's and outlives the work: with one each, two pipelines in a program are
 * stopped apart. Zeroed, nobody ever wants it. */
typedef struct leat_stop {
    bool (*requested)(void *context);
    void *context;
} leat_stop;

static inline bool leat_stop_requested(leat_stop stop)
{
    return stop.requested != NULL && stop.requested(stop.context);
}

#endif
