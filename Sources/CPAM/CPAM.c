// explicit_bzero and strdup are extensions of the C library.
#define _GNU_SOURCE
#include "CPAM.h"

#include <security/pam_appl.h>
#include <stdlib.h>
#include <string.h>

static void wipe_replies(struct pam_response *replies, int count) {
    for (int i = 0; i < count; i++) {
        if (replies[i].resp != NULL) {
            explicit_bzero(replies[i].resp, strlen(replies[i].resp));
            free(replies[i].resp);
        }
    }
    free(replies);
}

// Answers a hidden prompt with the password and nothing else: a prompt with echo asks for something we were not given.
static int converse(int count, const struct pam_message **messages, struct pam_response **answer, void *password) {
    if (count <= 0 || count > PAM_MAX_NUM_MSG) {
        return PAM_CONV_ERR;
    }
    struct pam_response *replies = calloc((size_t)count, sizeof(*replies));
    if (replies == NULL) {
        return PAM_BUF_ERR;
    }
    for (int i = 0; i < count; i++) {
        int style = messages[i]->msg_style;
        if (style == PAM_TEXT_INFO || style == PAM_ERROR_MSG) {
            continue;
        }
        if (style == PAM_PROMPT_ECHO_OFF) {
            replies[i].resp = strdup(password);
        }
        if (replies[i].resp == NULL) {
            wipe_replies(replies, count);
            return PAM_CONV_ERR;
        }
    }
    *answer = replies;
    return PAM_SUCCESS;
}

// The caller holds failures back without a thread; a sleeping module would hold one.
static void skip_delay(int status, unsigned microseconds, void *data) {
    (void)status;
    (void)microseconds;
    (void)data;
}

static int run_phases(pam_handle_t *handle, const char *rhost, int *stage) {
    union {
        void (*function)(int, unsigned, void *);
        const void *item;
    } delay = {.function = skip_delay};
    int code = pam_set_item(handle, PAM_FAIL_DELAY, delay.item);
    if (code == PAM_SUCCESS && rhost != NULL) {
        code = pam_set_item(handle, PAM_RHOST, rhost);
    }
    if (code != PAM_SUCCESS) {
        return code;
    }
    *stage = CONFD_PAM_AUTHENTICATE;
    code = pam_authenticate(handle, PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK);
    if (code != PAM_SUCCESS) {
        return code;
    }
    *stage = CONFD_PAM_ACCOUNT;
    return pam_acct_mgmt(handle, PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK);
}

int confd_pam_check(const char *service, const char *user, const char *password, const char *rhost,
                    const char *confdir, int *stage) {
    struct pam_conv conversation = {.conv = converse, .appdata_ptr = (void *)password};
    pam_handle_t *handle = NULL;
    *stage = CONFD_PAM_START;
    int code = confdir == NULL ? pam_start(service, user, &conversation, &handle)
                               : pam_start_confdir(service, user, &conversation, confdir, &handle);
    if (code != PAM_SUCCESS) {
        return code;
    }
    code = run_phases(handle, rhost, stage);
    pam_end(handle, code);
    return code;
}
