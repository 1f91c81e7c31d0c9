#ifndef CPOSIX_H
#define CPOSIX_H

/// Opens what lies below an open folder: no step of the path may be a link or lead out of the folder.
///
/// Returns a descriptor, or -1 with errno; ENOSYS where the kernel has no such call (before Linux 5.6).
int cposix_open_beneath(int folder, const char *path, int flags);

#endif
