#ifndef CONFD_CPROCESS_H
#define CONFD_CPROCESS_H

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/* Older C libraries have no names of their own for these; the numbers are the same on all machines. */
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif

/* A descriptor of a process; -1 and errno when there is none. */
static inline int confd_process_open(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }

/* Sends a signal to the process of a descriptor, and to no other that got its number since. */
static inline int confd_process_signal(int descriptor, int number) {
    return (int)syscall(SYS_pidfd_send_signal, descriptor, number, (void *)0, 0);
}

/* A pipe that no program started meanwhile on another thread gets; -1 and errno when there is none. */
static inline int confd_pipe(int ends[2]) { return (int)syscall(SYS_pipe2, ends, O_CLOEXEC); }

/* Of posix_spawn: the new process has no descriptor from this number on. Without it, it would keep those that somebody else
   opens at the same time and means for another program, and whoever reads them would wait for its end. Headers show the
   system's function to GNU's dialect alone. */
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
static inline int confd_spawn_closing(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

/* Of posix_spawn: the new process leads a session of its own. Headers show it to GNU's dialect alone. */
static const short confd_spawn_session = 0x80;

#endif
