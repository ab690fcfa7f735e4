/* libfaketime shifts what pthread_cond_timedwait waits until, but does not know C11's cnd_timedwait, by which librdkafka
 * waits: without this a thread whose clock is behind would never wait, and one whose clock is ahead for minutes, neither of
 * which a step of a real clock does. In glibc and musl both are one type and one call. */
#include <errno.h>
#include <pthread.h>
#include <threads.h>

int cnd_timedwait(cnd_t *condition, mtx_t *mutex, const struct timespec *until) {
    switch (pthread_cond_timedwait((pthread_cond_t *)condition, (pthread_mutex_t *)mutex, until)) {
    case 0:
        return thrd_success;
    case ETIMEDOUT:
        return thrd_timedout;
    default:
        return thrd_error;
    }
}
