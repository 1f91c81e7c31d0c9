#define _GNU_SOURCE
#include "CPosix.h"

#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

// linux/openat2.h, which not every C library's headers bring.
struct cposix_open_how {
    uint64_t flags;
    uint64_t mode;
    uint64_t resolve;
};

enum { no_symlinks = 0x04, beneath = 0x08 };

int cposix_open_beneath(int folder, const char *path, int flags) {
#ifdef SYS_openat2
    struct cposix_open_how how = {.flags = (uint64_t)(uint32_t)flags, .resolve = no_symlinks | beneath};
    return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
#else
    (void)folder, (void)path, (void)flags;
    errno = ENOSYS;
    return -1;
#endif
}
