#include "demo/commits.h"

#include "base/list.h"
#include "base/memory.h"

void leat_demo_commits_open(leat_demo_commits *commits)
{
    *commits = (leat_demo_commits){0};
    pthread_mutex_init(&commits->lock, NULL);
}

void leat_demo_commits_close(leat_demo_commits *commits)
{
    pthread_mutex_destroy(&commits->lock);
    leat_release(commits->list);
    *commits = (leat_demo_commits){0};
}

void leat_demo_commits_add(leat_demo_commits *commits, uint64_t changes, int64_t time)
{
    if (changes == 0)
        return;
    pthread_mutex_lock(&commits->lock);
    uint64_t before = commits->count == 0 ? 0 : commits->list[commits->count - 1].last;
    commits->list = leat_list_room(commits->list, commits->count, &commits->capacity, sizeof *commits->list);
    commits->list[commits->count++] = (leat_demo_commit){.last = before + changes, .time = time};
    pthread_mutex_unlock(&commits->lock);
}

int64_t leat_demo_commits_time(leat_demo_commits *commits, uint64_t change)
{
    pthread_mutex_lock(&commits->lock);
    while (commits->next < commits->count && commits->list[commits->next].last < change)
        commits->next++;
    int64_t time = commits->next < commits->count ? commits->list[commits->next].time : -1;
    pthread_mutex_unlock(&commits->lock);
    return time;
}
