// A disk that fails on demand, and a record of what reached it, for programs that are started with this library before others.
//
// CHAOS_FOLDER names a folder; what is written, flushed, made, renamed or removed below it is counted. CHAOS_CONTROL is a file
// with `struct control`, which is looked at before each step: so faults begin and end while the program runs. With CHAOS_TRACE
// each step that was taken is appended to that file, see trace.py.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

// Kinds of steps, a bit each; a control chooses among them.
enum { WRITES = 1, FLUSHES = 2, NAMES = 4 };
enum { NOTHING, FAIL, TEAR_AND_FAIL, KILL, TEAR_AND_KILL, DELAY };

struct control {
    _Atomic int64_t action, kinds;
    // The first step that is hit, counted from 1 by `seen`, and how many in a row.
    _Atomic int64_t first, count;
    _Atomic int64_t error, milliseconds;
    _Atomic int64_t seen, hits;
    // Steps on other paths are not counted; empty for all.
    char part[64];
};

struct entry {
    char step, pad[3];
    uint32_t path_length, other_length, data_length;
    uint64_t inode;
    int64_t offset;
};

static struct control *control;
static char folder[PATH_MAX];
static size_t folder_length;
static int trace = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void take(void) { pthread_mutex_lock(&lock); }
static void give(void) { pthread_mutex_unlock(&lock); }

__attribute__((constructor)) static void begin(void) {
    const char *place = getenv("CHAOS_FOLDER"), *shared = getenv("CHAOS_CONTROL"), *record = getenv("CHAOS_TRACE");
    if (!place || !shared) return;
    folder_length = strlen(place);
    if (folder_length >= sizeof folder) return;
    memcpy(folder, place, folder_length + 1);
    int file = (int)syscall(SYS_openat, AT_FDCWD, shared, O_RDWR | O_CLOEXEC, 0);
    if (file < 0) return;
    void *found = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    syscall(SYS_close, file);
    if (found == MAP_FAILED) return;
    if (record) trace = (int)syscall(SYS_openat, AT_FDCWD, record, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    control = found;
    // A child between fork and exec opens files, too.
    pthread_atfork(take, give, give);
}

static int is_inside(const char *path) {
    return control && strncmp(path, folder, folder_length) == 0 && path[folder_length] == '/';
}

static int path_of(int file, char *path) {
    if (!control) return 0;
    char link[40];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    // A file that was removed while it was open has no name any more.
    return is_inside(path) && !(length > 10 && strcmp(path + length - 10, " (deleted)") == 0);
}

static int path_at(int place, const char *name, char *path) {
    if (!control || !name) return 0;
    char head[PATH_MAX] = "";
    if (name[0] != '/') {
        char link[40];
        if (place == AT_FDCWD) strcpy(link, "/proc/self/cwd");
        else snprintf(link, sizeof link, "/proc/self/fd/%d", place);
        ssize_t length = readlink(link, head, sizeof head - 2);
        if (length <= 0) return 0;
        head[length] = '/';
        head[length + 1] = 0;
    }
    return snprintf(path, PATH_MAX, "%s%s", head, name) < PATH_MAX && is_inside(path);
}

static void keep(char step, const char *path, const char *other, const void *data, size_t length, uint64_t inode, int64_t offset) {
    if (trace < 0) return;
    struct entry entry = {step, {0}, (uint32_t)strlen(path), other ? (uint32_t)strlen(other) : 0, (uint32_t)length, inode, offset};
    struct iovec parts[] = {
        {&entry, sizeof entry}, {(void *)path, entry.path_length}, {(void *)other, entry.other_length}, {(void *)data, length}};
    // One call, so that entries of several programs do not mix.
    syscall(SYS_writev, trace, parts, 4);
}

static uint64_t inode_of(int file) {
    struct stat status;
    return fstat(file, &status) == 0 ? status.st_ino : 0;
}

// What is to become of this step.
static int decide(int kind, const char *path) {
    if (!(atomic_load(&control->kinds) & kind) || (control->part[0] && !strstr(path, control->part))) return NOTHING;
    int64_t number = atomic_fetch_add(&control->seen, 1) + 1, first = atomic_load(&control->first);
    int action = (int)atomic_load(&control->action);
    if (action == NOTHING || number < first || number >= first + atomic_load(&control->count)) return NOTHING;
    atomic_fetch_add(&control->hits, 1);
    if (action == KILL || (action == TEAR_AND_KILL && kind != WRITES)) kill(getpid(), SIGKILL);
    if (action == DELAY) {
        int64_t wait = atomic_load(&control->milliseconds);
        struct timespec time = {wait / 1000, wait % 1000 * 1000000};
        nanosleep(&time, NULL);
        return NOTHING;
    }
    return action;
}

static int refuse(void) {
    errno = (int)atomic_load(&control->error);
    return -1;
}

static ssize_t put(int file, const void *bytes, size_t length, int64_t offset) {
    char path[PATH_MAX];
    int is_at = offset >= 0;
    struct stat status;
    if (!path_of(file, path) || fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
        return is_at ? syscall(SYS_pwrite64, file, bytes, length, offset) : syscall(SYS_write, file, bytes, length);
    int action = decide(WRITES, path);
    if (action == FAIL) return refuse();
    size_t most = action == NOTHING ? length : (length + 1) / 2;
    take();
    ssize_t done = is_at ? syscall(SYS_pwrite64, file, bytes, most, offset) : syscall(SYS_write, file, bytes, most);
    int code = errno;
    if (done > 0) keep('W', path, NULL, bytes, (size_t)done, status.st_ino, is_at ? offset : lseek(file, 0, SEEK_CUR) - done);
    give();
    if (action == TEAR_AND_KILL) kill(getpid(), SIGKILL);
    if (action == TEAR_AND_FAIL) return refuse();
    errno = code;
    return done;
}

ssize_t write(int file, const void *bytes, size_t length) { return put(file, bytes, length, -1); }
ssize_t pwrite(int file, const void *bytes, size_t length, off_t offset) { return put(file, bytes, length, offset); }
ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t offset) { return put(file, bytes, length, offset); }

ssize_t writev(int file, const struct iovec *parts, int count) {
    char path[PATH_MAX];
    if (!path_of(file, path)) return syscall(SYS_writev, file, parts, count);
    ssize_t all = 0;
    for (int number = 0; number < count; number++) {
        ssize_t done = put(file, parts[number].iov_base, parts[number].iov_len, -1);
        if (done < 0) return all ? all : done;
        all += done;
        if ((size_t)done < parts[number].iov_len) break;
    }
    return all;
}

static int flush(int file, long call) {
    char path[PATH_MAX];
    if (!path_of(file, path)) return (int)syscall(call, file);
    int action = decide(FLUSHES, path);
    if (action != NOTHING) return refuse();
    int result = (int)syscall(call, file), code = errno;
    if (result == 0) {
        take();
        keep('F', path, NULL, NULL, 0, inode_of(file), 0);
        give();
    }
    errno = code;
    return result;
}

int fsync(int file) { return flush(file, SYS_fsync); }
int fdatasync(int file) { return flush(file, SYS_fdatasync); }

static int cut(int file, off_t length) {
    char path[PATH_MAX];
    if (!path_of(file, path)) return (int)syscall(SYS_ftruncate, file, length);
    if (decide(WRITES, path) != NOTHING) return refuse();
    take();
    int result = (int)syscall(SYS_ftruncate, file, length), code = errno;
    if (result == 0) keep('T', path, NULL, NULL, 0, inode_of(file), length);
    give();
    errno = code;
    return result;
}

int ftruncate(int file, off_t length) { return cut(file, length); }
int ftruncate64(int file, off64_t length) { return cut(file, length); }

static int opened(int place, const char *name, int flags, mode_t mode) {
    char path[PATH_MAX];
    if (!(flags & (O_CREAT | O_TRUNC)) || (flags & O_TMPFILE) == O_TMPFILE || !path_at(place, name, path))
        return (int)syscall(SYS_openat, place, name, flags, mode);
    struct stat status;
    take();
    int is_new = fstatat(place, name, &status, AT_SYMLINK_NOFOLLOW) != 0;
    if (is_new && decide(NAMES, path) != NOTHING) {
        give();
        return refuse();
    }
    int file = (int)syscall(SYS_openat, place, name, flags, mode), code = errno;
    if (file >= 0) {
        if (is_new) keep('C', path, NULL, NULL, 0, inode_of(file), 0);
        else if (flags & O_TRUNC) keep('T', path, NULL, NULL, 0, inode_of(file), 0);
    }
    give();
    errno = code;
    return file;
}

#define OPEN(name, place_parameter, place)                                       \
    int name(place_parameter const char *path, int flags, ...) {                  \
        va_list list;                                                             \
        va_start(list, flags);                                                    \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;    \
        va_end(list);                                                             \
        return opened(place, path, flags, mode);                                  \
    }
#define NO_PLACE
#define PLACE int place,
OPEN(open, NO_PLACE, AT_FDCWD)
OPEN(open64, NO_PLACE, AT_FDCWD)
OPEN(openat, PLACE, place)
OPEN(openat64, PLACE, place)

// A step on names: `call` does it.
#define NAME_STEP(step, place, name, other_place, other_name, call)                         \
    char path[PATH_MAX], other[PATH_MAX] = "";                                               \
    int inside = path_at(place, name, path);                                                 \
    if (!path_at(other_place, other_name, other)) other[0] = 0;                              \
    if (!inside && !other[0]) return (int)(call);                                            \
    if (decide(NAMES, inside ? path : other) != NOTHING) return refuse();                    \
    take();                                                               \
    int result = (int)(call), code = errno;                                                  \
    if (result == 0) keep(step, inside ? path : "", other, NULL, 0, 0, 0);                    \
    give();                                                             \
    errno = code;                                                                            \
    return result;

int rename(const char *from, const char *to) {
    NAME_STEP('R', AT_FDCWD, from, AT_FDCWD, to, syscall(SYS_rename, from, to))
}
int renameat(int from_place, const char *from, int to_place, const char *to) {
    NAME_STEP('R', from_place, from, to_place, to, syscall(SYS_renameat, from_place, from, to_place, to))
}
int link(const char *from, const char *to) {
    NAME_STEP('L', AT_FDCWD, from, AT_FDCWD, to, syscall(SYS_link, from, to))
}
int linkat(int from_place, const char *from, int to_place, const char *to, int flags) {
    NAME_STEP('L', from_place, from, to_place, to, syscall(SYS_linkat, from_place, from, to_place, to, flags))
}
int unlink(const char *name) {
    NAME_STEP('U', AT_FDCWD, name, AT_FDCWD, NULL, syscall(SYS_unlink, name))
}
int unlinkat(int place, const char *name, int flags) {
    NAME_STEP('U', place, name, AT_FDCWD, NULL, syscall(SYS_unlinkat, place, name, flags))
}
int rmdir(const char *name) {
    NAME_STEP('U', AT_FDCWD, name, AT_FDCWD, NULL, syscall(SYS_rmdir, name))
}
int mkdir(const char *name, mode_t mode) {
    NAME_STEP('M', AT_FDCWD, name, AT_FDCWD, NULL, syscall(SYS_mkdir, name, mode))
}
int mkdirat(int place, const char *name, mode_t mode) {
    NAME_STEP('M', place, name, AT_FDCWD, NULL, syscall(SYS_mkdirat, place, name, mode))
}
