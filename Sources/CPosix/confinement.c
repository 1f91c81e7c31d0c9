#define _GNU_SOURCE
#include "CPosix.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// Older C libraries have no names of their own for these; the numbers are the same on all machines.
#ifndef SYS_io_uring_setup
#define SYS_io_uring_setup 425
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

#if defined(__x86_64__)
enum { machine = AUDIT_ARCH_X86_64, other_calls = 0x40000000 };
#elif defined(__aarch64__)
enum { machine = AUDIT_ARCH_AARCH64, other_calls = 0x7fffffff };
#else
#error "name the machine here"
#endif

#define REFUSE BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES)
#define WITHOUT(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (call), 0, 1), REFUSE

int cposix_confine(int all_threads) {
    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)machine, 1, 0), REFUSE,
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        // The same calls under other numbers.
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, other_calls, 0, 1), REFUSE,
        // Network: without a socket there is none.
        WITHOUT(SYS_socket), WITHOUT(SYS_socketpair), WITHOUT(SYS_io_uring_setup),
        // Programs.
        WITHOUT(SYS_execve), WITHOUT(SYS_execveat),
        // What other processes have.
        WITHOUT(SYS_ptrace), WITHOUT(SYS_process_vm_readv), WITHOUT(SYS_process_vm_writev), WITHOUT(SYS_pidfd_getfd),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {.len = sizeof steps / sizeof *steps, .filter = steps};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
    unsigned flags = all_threads ? SECCOMP_FILTER_FLAG_TSYNC : 0;
    long failed = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter);
    // A number above 0 is a thread that could not be confined.
    if (failed > 0) errno = EBUSY;
    return failed == 0 ? 0 : -1;
}

void cposix_close_from(int first) {
    if (syscall(SYS_close_range, first, ~0u, 0) == 0) return;
    for (long number = sysconf(_SC_OPEN_MAX) - 1; number >= first; number--) close((int)number);
}
