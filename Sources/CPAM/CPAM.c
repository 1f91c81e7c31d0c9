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

// A module that only tells something may leave no place for replies.
static void hand_over(struct pam_response *replies, int count, struct pam_response **answer) {
    if (answer == NULL) {
        wipe_replies(replies, count);
    } else {
        *answer = replies;
    }
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
    hand_over(replies, count, answer);
    return PAM_SUCCESS;
}

// What a conversation of several rounds needs to find its answerer.
struct dialogue {
    confd_pam_answerer answerer;
    void *context;
};

// Hands the messages on as they are and takes the answers over; what is wrong with them ends the conversation.
static int relay(int count, const struct pam_message **messages, struct pam_response **answer, void *data) {
    if (count <= 0 || count > PAM_MAX_NUM_MSG) {
        return PAM_CONV_ERR;
    }
    const struct dialogue *dialogue = data;
    struct confd_pam_message shown[PAM_MAX_NUM_MSG];
    char *answers[PAM_MAX_NUM_MSG] = {NULL};
    struct pam_response *replies = calloc((size_t)count, sizeof(*replies));
    if (replies == NULL) {
        return PAM_BUF_ERR;
    }
    for (int i = 0; i < count; i++) {
        shown[i].style = messages[i]->msg_style;
        shown[i].text = messages[i]->msg;
    }
    int code = dialogue->answerer(dialogue->context, count, shown, answers) == 0 ? PAM_SUCCESS : PAM_CONV_ERR;
    for (int i = 0; i < count; i++) {
        int asks = shown[i].style == PAM_PROMPT_ECHO_OFF || shown[i].style == PAM_PROMPT_ECHO_ON;
        replies[i].resp = answers[i];
        if (asks && answers[i] == NULL) {
            code = PAM_CONV_ERR;
        }
    }
    if (code != PAM_SUCCESS) {
        wipe_replies(replies, count);
        return code;
    }
    hand_over(replies, count, answer);
    return PAM_SUCCESS;
}

// The caller holds failures back without a thread; a sleeping module would hold one.
static void skip_delay(int status, unsigned microseconds, void *data) {
    (void)status;
    (void)microseconds;
    (void)data;
}

static int prepare(pam_handle_t *handle, const char *rhost) {
    union {
        void (*function)(int, unsigned, void *);
        const void *item;
    } delay = {.function = skip_delay};
    int code = pam_set_item(handle, PAM_FAIL_DELAY, delay.item);
    if (code == PAM_SUCCESS && rhost != NULL) {
        code = pam_set_item(handle, PAM_RHOST, rhost);
    }
    return code;
}

static int run_phases(pam_handle_t *handle, int flags, int *stage) {
    *stage = CONFD_PAM_AUTHENTICATE;
    int code = pam_authenticate(handle, flags | PAM_DISALLOW_NULL_AUTHTOK);
    if (code != PAM_SUCCESS) {
        return code;
    }
    *stage = CONFD_PAM_ACCOUNT;
    return pam_acct_mgmt(handle, flags | PAM_DISALLOW_NULL_AUTHTOK);
}

static int start(const char *service, const char *user, const struct pam_conv *conversation, const char *confdir,
                 pam_handle_t **handle) {
    return confdir == NULL ? pam_start(service, user, conversation, handle)
                           : pam_start_confdir(service, user, conversation, confdir, handle);
}

int confd_pam_check(const char *service, const char *user, const char *password, const char *rhost,
                    const char *confdir, int *stage) {
    struct pam_conv conversation = {.conv = converse, .appdata_ptr = (void *)password};
    pam_handle_t *handle = NULL;
    *stage = CONFD_PAM_START;
    int code = start(service, user, &conversation, confdir, &handle);
    if (code != PAM_SUCCESS) {
        return code;
    }
    code = prepare(handle, rhost);
    if (code == PAM_SUCCESS) {
        code = run_phases(handle, PAM_SILENT, stage);
    }
    pam_end(handle, code);
    return code;
}

int confd_pam_login(const char *service, const char *user, const char *rhost, const char *confdir,
                    confd_pam_answerer answerer, void *context, int *stage, int *changed) {
    struct dialogue dialogue = {.answerer = answerer, .context = context};
    struct pam_conv conversation = {.conv = relay, .appdata_ptr = &dialogue};
    pam_handle_t *handle = NULL;
    *stage = CONFD_PAM_START;
    *changed = 0;
    int code = start(service, user, &conversation, confdir, &handle);
    if (code != PAM_SUCCESS) {
        return code;
    }
    code = prepare(handle, rhost);
    if (code == PAM_SUCCESS) {
        code = run_phases(handle, 0, stage);
    }
    if (*stage == CONFD_PAM_ACCOUNT && code == PAM_NEW_AUTHTOK_REQD) {
        *stage = CONFD_PAM_PASSWORD;
        code = pam_chauthtok(handle, PAM_CHANGE_EXPIRED_AUTHTOK);
        if (code == PAM_SUCCESS) {
            // The account rules behind the one that asked for a new password have not been looked at yet.
            *changed = 1;
            *stage = CONFD_PAM_ACCOUNT;
            code = pam_acct_mgmt(handle, PAM_DISALLOW_NULL_AUTHTOK);
        }
    }
    pam_end(handle, code);
    return code;
}
