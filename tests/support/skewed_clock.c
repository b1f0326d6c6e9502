/* Preloaded into a process of a test: its wall clock is wrong by SKEWED_CLOCK_SECONDS, its steady clock is not. Who waits until an
 * instant of the wall clock waits as long as it meant to, as on a machine whose clock is wrong as a whole. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static time_t skew(void) {
  const char* text = getenv("SKEWED_CLOCK_SECONDS");
  return text ? (time_t)atol(text) : 0;
}

int clock_gettime(clockid_t clock, struct timespec* out) {
  const int done = (int)syscall(SYS_clock_gettime, clock, out);
  if (done == 0 && clock == CLOCK_REALTIME) out->tv_sec += skew();
  return done;
}

int gettimeofday(struct timeval* restrict out, void* restrict zone) {
  (void)zone;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  out->tv_sec = now.tv_sec;
  out->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t* out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out) *out = now.tv_sec;
  return now.tv_sec;
}

typedef int clockwait(pthread_cond_t*, pthread_mutex_t*, clockid_t, const struct timespec*);

int pthread_cond_clockwait(pthread_cond_t* c, pthread_mutex_t* m, clockid_t clock, const struct timespec* until) {
  static clockwait* of_the_system = NULL;
  if (!of_the_system) of_the_system = (clockwait*)dlsym(RTLD_NEXT, "pthread_cond_clockwait");
  struct timespec meant = *until;
  if (clock == CLOCK_REALTIME) meant.tv_sec -= skew();
  return of_the_system(c, m, clock, &meant);
}

int pthread_cond_timedwait(pthread_cond_t* restrict c, pthread_mutex_t* restrict m, const struct timespec* restrict until) {
  return pthread_cond_clockwait(c, m, CLOCK_REALTIME, until);
}
