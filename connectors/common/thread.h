/* What every connector needs and none of them owns.
 *
 * The room: thread.h starts a connector's threads, pool.h lets several of them read for the pump, feed.h
 * makes a snapshot's events of what they read, reach.h says in a check that nobody answers, number.h has what is alike in encoders of
 * numbers in text. It uses leat/ and base/ alone; connectors alone use it, all of their rooms. */
#ifndef LEAT_COMMON_THREAD_H
#define LEAT_COMMON_THREAD_H

#include <pthread.h>

/* Starts a thread in which no signal is handled: signals are the pump's, whose waits are the ones that end early for
 * them. 0, or the number of the error as pthread_create gives it. */
int leat_thread_start(pthread_t *thread, void *(*run)(void *), void *context);

#endif
