// Stands between a program and the machine: its clock is moved, its disk is full, broken or slow, as a file says at each moment.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct faults {
    long long clock_seconds, write_error, flush_error, flush_milliseconds;
};

static volatile const struct faults *faults;

__attribute__((constructor)) static void find(void) {
    const char *path = getenv("FAULTY_MACHINE");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *place = mmap(NULL, sizeof *faults, PROT_READ, MAP_SHARED, file, 0);
    if (place != MAP_FAILED) faults = place;
    close(file);
}

#define REAL(type, name, ...)                                                                        \
    static type (*real)(__VA_ARGS__);                                                                \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

int clock_gettime(clockid_t clock, struct timespec *now) {
    REAL(int, "clock_gettime", clockid_t, struct timespec *);
    int result = real(clock, now);
    if (result == 0 && faults && clock == CLOCK_REALTIME) now->tv_sec += faults->clock_seconds;
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec moment;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &moment) != 0) return -1;
    now->tv_sec = moment.tv_sec;
    now->tv_usec = moment.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *result) {
    struct timespec moment;
    clock_gettime(CLOCK_REALTIME, &moment);
    if (result) *result = moment.tv_sec;
    return moment.tv_sec;
}

// Sockets and pipes are not on the disk.
static int is_refused(int file) {
    struct stat status;
    if (!faults || !faults->write_error || fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) return 0;
    errno = (int)faults->write_error;
    return 1;
}

ssize_t write(int file, const void *bytes, size_t count) {
    REAL(ssize_t, "write", int, const void *, size_t);
    return is_refused(file) ? -1 : real(file, bytes, count);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    REAL(ssize_t, "writev", int, const struct iovec *, int);
    return is_refused(file) ? -1 : real(file, parts, count);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t place) {
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
    return is_refused(file) ? -1 : real(file, bytes, count, place);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t place) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    return is_refused(file) ? -1 : real(file, bytes, count, place);
}

int fallocate(int file, int mode, off_t place, off_t length) {
    REAL(int, "fallocate", int, int, off_t, off_t);
    return is_refused(file) ? -1 : real(file, mode, place, length);
}

int posix_fallocate(int file, off_t place, off_t length) {
    REAL(int, "posix_fallocate", int, off_t, off_t);
    return is_refused(file) ? errno : real(file, place, length);
}

static int is_broken(void) {
    if (!faults) return 0;
    long long pause = faults->flush_milliseconds;
    struct timespec left = {pause / 1000, pause % 1000 * 1000000};
    if (pause > 0) nanosleep(&left, NULL);
    if (!faults->flush_error) return 0;
    errno = (int)faults->flush_error;
    return 1;
}

int fsync(int file) {
    REAL(int, "fsync", int);
    return is_broken() ? -1 : real(file);
}

int fdatasync(int file) {
    REAL(int, "fdatasync", int);
    return is_broken() ? -1 : real(file);
}
