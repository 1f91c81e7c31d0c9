// getspnam_r and explicit_bzero are extensions of the C library.
#define _GNU_SOURCE
#include "CPAM.h"

#include <errno.h>
#include <shadow.h>
#include <stdlib.h>
#include <string.h>

// One that never had a password has nothing behind the mark: it cannot have come by one.
static int is_locked(const char *password) {
    size_t marks = password == NULL ? 0 : strspn(password, "!");
    return marks > 0 && password[marks] != '\0' && password[marks] != '*';
}

int confd_shadow_look_up(const char *user, struct confd_shadow *found) {
    struct spwd entry, *result = NULL;
    for (size_t size = 1024; size <= 1 << 20; size *= 4) {
        char *buffer = malloc(size);
        if (buffer == NULL) return 0;
        int code = getspnam_r(user, &entry, buffer, size, &result);
        if (code == 0 && result != NULL) {
            found->is_locked = is_locked(entry.sp_pwdp);
            found->changed = entry.sp_lstchg;
            found->longest = entry.sp_max;
            found->inactive = entry.sp_inact;
            found->expires = entry.sp_expire;
        }
        // The hash of the password is in it.
        explicit_bzero(buffer, size);
        free(buffer);
        if (code != ERANGE) return code == 0 && result != NULL;
    }
    return 0;
}
