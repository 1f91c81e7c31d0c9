#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <limits.h>

#include "internal.h"

static X509_CRL *list_from_der(const uint8_t *der, size_t count) {
    if (!der || count > LONG_MAX) return NULL;
    const unsigned char *next = der;
    X509_CRL *list = d2i_X509_CRL(NULL, &next, (long)count);
    if (!list || next == der + count) return list;
    X509_CRL_free(list);
    return NULL;
}

static void *read_list(BIO *bio) { return PEM_read_bio_X509_CRL(bio, NULL, confd_refuse_passphrase, NULL); }
static int encode_list(const void *list, unsigned char **der) { return i2d_X509_CRL(list, der); }
static void release_list(void *list) { X509_CRL_free(list); }

int confd_pem_lists(const uint8_t *pem, size_t count, void *context, confd_visit visit) {
    static const confd_pem_kind kind = {CONFD_FIELD_LIST, read_list, encode_list, release_list};
    return confd_visit_pem(pem, count, &kind, context, visit);
}

// Whether it is a list of one issuer's certificates for all reasons; parts of lists and those of several issuers have
// extensions whoever does not know them has to refuse.
static int is_of_one_issuer(X509_CRL *list) {
    for (int index = 0; index < X509_CRL_get_ext_count(list); index++) {
        X509_EXTENSION *extension = X509_CRL_get_ext(list, index);
        int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
        if (nid == NID_delta_crl || (X509_EXTENSION_get_critical(extension) && nid != NID_issuing_distribution_point)) {
            return 0;
        }
    }
    int critical = -1;
    ISSUING_DIST_POINT *point = X509_CRL_get_ext_d2i(list, NID_issuing_distribution_point, &critical, NULL);
    int whole = point ? point->onlyCA <= 0 && point->onlyattr <= 0 && point->indirectCRL <= 0 && !point->onlysomereasons
                      : critical == -1;
    ISSUING_DIST_POINT_free(point);
    return whole;
}

static int has_critical(const X509_REVOKED *entry) {
    for (int index = 0; index < X509_REVOKED_get_ext_count(entry); index++) {
        if (X509_EXTENSION_get_critical(X509_REVOKED_get_ext(entry, index))) return 1;
    }
    return 0;
}

int confd_list_read(const uint8_t *der, size_t count, confd_list_facts *facts, void *context, confd_visit visit) {
    X509_CRL *list = list_from_der(der, count);
    const ASN1_TIME *next = list ? X509_CRL_get0_nextUpdate(list) : NULL;
    int done = list && confd_seconds(X509_CRL_get0_lastUpdate(list), &facts->this_update);
    if (done) {
        facts->next_update = facts->this_update;
        facts->has_next = next != NULL;
        done = !next || confd_seconds(next, &facts->next_update);
    }
    if (done) {
        facts->is_whole = is_of_one_issuer(list);
        confd_visit_name(X509_CRL_get_issuer(list), CONFD_FIELD_ISSUER, CONFD_FIELD_ISSUER_NAME, context, visit);
        STACK_OF(X509_REVOKED) *entries = X509_CRL_get_REVOKED(list);
        for (int index = 0; entries && index < sk_X509_REVOKED_num(entries); index++) {
            const X509_REVOKED *entry = sk_X509_REVOKED_value(entries, index);
            if (has_critical(entry)) facts->is_whole = 0;
            confd_visit_string(X509_REVOKED_get0_serialNumber(entry), CONFD_FIELD_SERIAL, context, visit);
        }
    }
    X509_CRL_free(list);
    ERR_clear_error();
    return done;
}

int confd_list_is_signed_by(const uint8_t *list, size_t list_count, const uint8_t *authority, size_t authority_count) {
    X509_CRL *read = list_from_der(list, list_count);
    X509 *signer = confd_certificate_from_der(authority, authority_count);
    EVP_PKEY *key = signer ? X509_get0_pubkey(signer) : NULL;
    int is_signed = read && key && X509_check_ca(signer) != 0 && (X509_get_key_usage(signer) & KU_CRL_SIGN) != 0 &&
                    X509_NAME_cmp(X509_CRL_get_issuer(read), X509_get_subject_name(signer)) == 0 &&
                    X509_CRL_verify(read, key) == 1;
    X509_CRL_free(read);
    X509_free(signer);
    ERR_clear_error();
    return is_signed;
}
