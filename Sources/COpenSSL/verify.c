#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "internal.h"

int confd_is_issued_by(const uint8_t *child, size_t child_count, const uint8_t *parent, size_t parent_count) {
    X509 *lower = confd_certificate_from_der(child, child_count);
    X509 *upper = confd_certificate_from_der(parent, parent_count);
    EVP_PKEY *key = upper ? X509_get0_pubkey(upper) : NULL;
    int issued = lower && key && X509_check_issued(upper, lower) == X509_V_OK && X509_verify(lower, key) == 1;
    X509_free(lower);
    X509_free(upper);
    ERR_clear_error();
    return issued;
}

static int verdict(int error) {
    switch (error) {
        case X509_V_OK: return CONFD_VERIFY_OK;
        case X509_V_ERR_CERT_HAS_EXPIRED: return CONFD_VERIFY_EXPIRED;
        case X509_V_ERR_CERT_NOT_YET_VALID: return CONFD_VERIFY_NOT_YET_VALID;
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_CERT_SIGNATURE_FAILURE:
        case X509_V_ERR_CERT_UNTRUSTED: return CONFD_VERIFY_UNTRUSTED;
        case X509_V_ERR_EE_KEY_TOO_SMALL:
        case X509_V_ERR_CA_KEY_TOO_SMALL: return CONFD_VERIFY_WEAK_KEY;
        case X509_V_ERR_CA_MD_TOO_WEAK: return CONFD_VERIFY_WEAK_SIGNATURE;
        case X509_V_ERR_INVALID_PURPOSE: return CONFD_VERIFY_WRONG_USAGE;
        case X509_V_ERR_INVALID_CA:
        case X509_V_ERR_PATH_LENGTH_EXCEEDED:
        case X509_V_ERR_KEYUSAGE_NO_CERTSIGN: return CONFD_VERIFY_NOT_AUTHORITY;
        default: return CONFD_VERIFY_OTHER;
    }
}

static X509_STORE *store_of(STACK_OF(X509) *anchors) {
    X509_STORE *store = X509_STORE_new();
    for (int index = 0; store && index < sk_X509_num(anchors); index++) {
        if (X509_STORE_add_cert(store, sk_X509_value(anchors, index)) != 1) {
            X509_STORE_free(store);
            return NULL;
        }
    }
    return store;
}

int confd_verify(const uint8_t *chain, size_t chain_count, const uint8_t *anchors, size_t anchors_count, int64_t now,
                 int for_client, int *depth, const char **reason) {
    STACK_OF(X509) *presented = confd_certificates_from_der(chain, chain_count);
    STACK_OF(X509) *trusted = confd_certificates_from_der(anchors, anchors_count);
    X509_STORE *store = trusted ? store_of(trusted) : NULL;
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    int error = X509_V_ERR_UNSPECIFIED;
    if (presented && sk_X509_num(presented) > 0 && store && context &&
        X509_STORE_CTX_init(context, store, sk_X509_value(presented, 0), presented) == 1) {
        X509_VERIFY_PARAM *parameters = X509_STORE_CTX_get0_param(context);
        X509_VERIFY_PARAM_set_time(parameters, (time_t)now);
        X509_VERIFY_PARAM_set_purpose(parameters, for_client ? X509_PURPOSE_SSL_CLIENT : X509_PURPOSE_SSL_SERVER);
        // Level 2 is 112 bits: no RSA below 2048, no SHA-1.
        X509_VERIFY_PARAM_set_auth_level(parameters, 2);
        int verified = X509_verify_cert(context);
        error = X509_STORE_CTX_get_error(context);
        if (verified != 1 && error == X509_V_OK) error = X509_V_ERR_UNSPECIFIED;
        *depth = X509_STORE_CTX_get_error_depth(context);
    }
    *reason = X509_verify_cert_error_string(error);
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    sk_X509_pop_free(presented, X509_free);
    sk_X509_pop_free(trusted, X509_free);
    ERR_clear_error();
    return verdict(error);
}
