#ifndef CONFD_CPAM_H
#define CONFD_CPAM_H

/// How far a check came before it ended.
enum confd_pam_stage {
    CONFD_PAM_START = 0,
    CONFD_PAM_AUTHENTICATE = 1,
    CONFD_PAM_ACCOUNT = 2,
    CONFD_PAM_PASSWORD = 3
};

/// Checks one user and password: authentication, then account phase, with a handle of its own.
///
/// Blocks for as long as the modules take; PAM's own delay after a failure is switched off.
/// `rhost` and `confdir` may be NULL. `stage` receives the phase that gave the answer.
/// Returns the PAM code of that phase; 0 only when both phases succeeded.
int confd_pam_check(const char *service, const char *user, const char *password, const char *rhost,
                    const char *confdir, int *stage);

/// Something a module says or asks.
struct confd_pam_message {
    /// 1 asks for something to be hidden, 2 for something to be shown as it is typed, 3 tells an error, 4 tells anything.
    int style;
    /// Valid only while the answerer runs; may be NULL.
    const char *text;
};

/// Answers messages of a module, as many as `count`: puts a string made with malloc into the place of each prompt.
///
/// The strings become PAM's. Returns 0; anything else ends the login.
typedef int (*confd_pam_answerer)(void *context, int count, const struct confd_pam_message *messages, char **answers);

/// Logs one user in, however much PAM asks: authentication, account phase, and when that wants a new password, the change
/// of it and the account phase again.
///
/// Blocks for as long as modules and answerer take. `rhost` and `confdir` may be NULL. `changed` receives 1 when the
/// password was changed. Return value and `stage` are those of `confd_pam_check`.
int confd_pam_login(const char *service, const char *user, const char *rhost, const char *confdir,
                    confd_pam_answerer answerer, void *context, int *stage, int *changed);

/// What the shadow file says of an account; days are counted since 1970, and below 0 where none is given.
struct confd_shadow {
    /// 1 when somebody locked the password the account has.
    int is_locked;
    /// When the password was changed last.
    long changed;
    /// For how many days a password may be used.
    long longest;
    /// How many days after that the account ends.
    long inactive;
    /// The day the account ends.
    long expires;
};

/// Looks an account up in the shadow file, or wherever the system keeps what stands there.
///
/// Returns 1 when it is there and may be read, else 0.
int confd_shadow_look_up(const char *user, struct confd_shadow *found);

#endif
