/* When the workload committed its changes: some logs know that to the second only, so we keep it ourselves.
 */
#ifndef LEAT_DEMO_COMMITS_H
#define LEAT_DEMO_COMMITS_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

/* One transaction. */
typedef struct leat_demo_commit {
    uint64_t last; /* its last change's number; the first change of all is 1 */
    int64_t time;  /* monotonic microseconds, before its COMMIT was sent */
} leat_demo_commit;

/* One thread adds, another one asks. */
typedef struct leat_demo_commits {
    pthread_mutex_t lock;
    leat_demo_commit *list; /* oldest first */
    size_t count;
    size_t capacity;
    size_t next; /* none before it is asked for any more */
} leat_demo_commits;

void leat_demo_commits_open(leat_demo_commits *commits);
void leat_demo_commits_close(leat_demo_commits *commits);

/* A transaction of `changes` changes is about to be committed. One without changes leaves nothing to ask for.
 */
void leat_demo_commits_add(leat_demo_commits *commits, uint64_t changes, int64_t time);

/* When the change with this number was committed; -1 where it never was. Numbers asked for do not fall. */
int64_t leat_demo_commits_time(leat_demo_commits *commits, uint64_t change);

#endif
