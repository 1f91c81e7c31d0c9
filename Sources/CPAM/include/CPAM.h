#ifndef CONFD_CPAM_H
#define CONFD_CPAM_H

/// How far a check came before it ended.
enum confd_pam_stage {
    CONFD_PAM_START = 0,
    CONFD_PAM_AUTHENTICATE = 1,
    CONFD_PAM_ACCOUNT = 2
};

/// Checks one user and password: authentication, then account phase, with a handle of its own.
///
/// Blocks for as long as the modules take; PAM's own delay after a failure is switched off.
/// `rhost` and `confdir` may be NULL. `stage` receives the phase that gave the answer.
/// Returns the PAM code of that phase; 0 only when both phases succeeded.
int confd_pam_check(const char *service, const char *user, const char *password, const char *rhost,
                    const char *confdir, int *stage);

#endif
