#define _GNU_SOURCE
#include "CPosix.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

// The calls of the C library for groups and capabilities change all threads of the process; those of the kernel, which
// are used here, change the calling one.

// No right to files comes of these two. Without them, a PAM module that changes the ids of all threads would fail in
// ours alone, and the C library ends the process then.
enum { kept = 1 << CAP_SETUID | 1 << CAP_SETGID };

static int acts_as(uid_t user, gid_t group, const gid_t *groups, int count) {
    gid_t found[CPOSIX_MOST_GROUPS];
    struct __user_cap_header_struct self = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct rights[2];
    // An id that is none changes nothing: the calls tell the one in force.
    return (uid_t)setfsuid((uid_t)-1) == user && (gid_t)setfsgid((gid_t)-1) == group
        && syscall(SYS_getgroups, CPOSIX_MOST_GROUPS, found) == count
        && memcmp(found, groups, (size_t)count * sizeof *groups) == 0 && syscall(SYS_capget, &self, rights) == 0
        && ((rights[0].effective | rights[0].permitted) & ~(__u32)kept) == 0
        && (rights[1].effective | rights[1].permitted) == 0;
}

int cposix_act_as(unsigned user, unsigned group, const unsigned *groups, int count) {
    if (count < 0 || count > CPOSIX_MOST_GROUPS) {
        errno = EINVAL;
        return -1;
    }
    if (acts_as(user, group, groups, count)) return 0;
    struct __user_cap_header_struct self = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct rights[2] = {{.effective = kept, .permitted = kept}};
    if (syscall(SYS_setgroups, count, groups) != 0) return -1;
    setfsgid(group);
    setfsuid(user);
    if (syscall(SYS_capset, &self, rights) != 0) return -1;
    // Two of these calls do not say whether they worked.
    if (acts_as(user, group, groups, count)) return 0;
    errno = EPERM;
    return -1;
}

int cposix_become(unsigned user, unsigned group, const unsigned *groups, int count) {
    if (setgroups((size_t)count, groups) != 0 || setresgid(group, group, group) != 0 || setresuid(user, user, user) != 0)
        return -1;
    // Whoever could become root again has not become somebody else.
    if (user != 0 && setuid(0) != 0) return 0;
    errno = EPERM;
    return -1;
}
