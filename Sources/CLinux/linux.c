#define _GNU_SOURCE
#include "flowd_linux.h"

#include <errno.h>
#include <pthread.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int64_t nanoseconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t flowd_wall_nanoseconds(void) { return nanoseconds(CLOCK_REALTIME); }

int64_t flowd_steady_nanoseconds(void) { return nanoseconds(CLOCK_MONOTONIC); }

int flowd_accept(int listener, struct sockaddr_storage *address) {
    socklen_t length = sizeof *address;
    int descriptor = accept4(listener, (struct sockaddr *)address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    return descriptor >= 0 ? descriptor : -errno;
}

int flowd_unconfirmed_bytes(int descriptor) {
    int count = 0;
    return ioctl(descriptor, SIOCOUTQ, &count) == 0 ? count : 0;
}

int64_t flowd_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    return (int64_t)limit.rlim_cur;
}

void flowd_name_thread(const char *name) {
    char cut[16];
    snprintf(cut, sizeof cut, "%s", name);
    pthread_setname_np(pthread_self(), cut);
}

void flowd_be_nice(int niceness) {
    // On Linux this is a property of each thread.
    setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), niceness);
}
