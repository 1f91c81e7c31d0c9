#ifndef CPOSIX_H
#define CPOSIX_H

/// Opens what lies below an open folder: no step of the path may be a link or lead out of the folder.
///
/// Returns a descriptor, or -1 with errno; ENOSYS where the kernel has no such call (before Linux 5.6).
int cposix_open_beneath(int folder, const char *path, int flags);

/// Groups an account has at most, beside its own one.
enum { CPOSIX_MOST_GROUPS = 1024 };

/// Has the calling thread, and no other, work on files as an account: with its ids, these further groups, and without any
/// right of root's to files. Threads that it starts inherit that.
///
/// Returns 0 when all of it was found to be so, or -1 with errno.
///
/// groups: in ascending order.
int cposix_act_as(unsigned user, unsigned group, const unsigned *groups, int count);

/// Has the process become an account for good, all threads of it; nothing of root is left.
///
/// Returns 0, or -1 with errno.
int cposix_become(unsigned user, unsigned group, const unsigned *groups, int count);

/// Takes the network, other programs and other processes from the calling thread, or from all threads, for good.
///
/// Returns 0, or -1 with errno.
int cposix_confine(int all_threads);

/// Gives the system back the memory that the C library keeps for the process and does not need.
void cposix_trim_memory(void);

/// Closes all descriptors from a number on.
void cposix_close_from(int first);

#endif
