#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <limits.h>
#include <time.h>

#include "internal.h"

static int add_entry(X509_CRL *list, const uint8_t *bytes, size_t count, int64_t revoked_at) {
    BIGNUM *number = count <= 64 ? BN_bin2bn(bytes, (int)count, NULL) : NULL;
    ASN1_INTEGER *serial = number ? BN_to_ASN1_INTEGER(number, NULL) : NULL;
    ASN1_TIME *time = ASN1_TIME_set(NULL, (time_t)revoked_at);
    X509_REVOKED *entry = X509_REVOKED_new();
    int done = serial && time && entry && X509_REVOKED_set_serialNumber(entry, serial) == 1 &&
               X509_REVOKED_set_revocationDate(entry, time) == 1 && X509_CRL_add0_revoked(list, entry) == 1;
    if (!done) X509_REVOKED_free(entry);
    ASN1_TIME_free(time);
    ASN1_INTEGER_free(serial);
    BN_free(number);
    return done;
}

static int set_dates(X509_CRL *list, int64_t this_update, int64_t next_update) {
    ASN1_TIME *first = ASN1_TIME_set(NULL, (time_t)this_update);
    ASN1_TIME *last = ASN1_TIME_set(NULL, (time_t)next_update);
    int done = first && last && X509_CRL_set1_lastUpdate(list, first) == 1 && X509_CRL_set1_nextUpdate(list, last) == 1;
    ASN1_TIME_free(first);
    ASN1_TIME_free(last);
    return done;
}

static int set_extensions(X509_CRL *list, X509 *issuer, int64_t number) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, NULL, NULL, list, 0);
    X509_EXTENSION *key = X509V3_EXT_conf_nid(NULL, &context, NID_authority_key_identifier, "keyid");
    ASN1_INTEGER *own = ASN1_INTEGER_new();
    int done = key && own && X509_CRL_add_ext(list, key, -1) == 1 && ASN1_INTEGER_set_int64(own, number) == 1 &&
               X509_CRL_add1_ext_i2d(list, NID_crl_number, own, 0, X509V3_ADD_DEFAULT) == 1;
    X509_EXTENSION_free(key);
    ASN1_INTEGER_free(own);
    return done;
}

int confd_list_issue(int64_t this_update, int64_t next_update, const uint8_t *numbers, const confd_revoked *revoked,
                     size_t revoked_count, const uint8_t *issuer, size_t issuer_count, const uint8_t *issuer_key,
                     size_t issuer_key_count, confd_bytes *pem) {
    X509_CRL *list = X509_CRL_new();
    X509 *upper = confd_certificate_from_der(issuer, issuer_count);
    EVP_PKEY *signer = confd_key_from_der(issuer_key, issuer_key_count);
    BIO *bio = BIO_new(BIO_s_mem());
    int done = list && upper && signer && bio && X509_CRL_set_version(list, X509_CRL_VERSION_2) == 1 &&
               X509_CRL_set_issuer_name(list, X509_get_subject_name(upper)) == 1 &&
               set_dates(list, this_update, next_update);
    for (size_t index = 0; done && index < revoked_count; index++) {
        done = add_entry(list, numbers + revoked[index].offset, revoked[index].count, revoked[index].revoked_at);
    }
    done = done && X509_CRL_sort(list) == 1 && set_extensions(list, upper, this_update) &&
           X509_CRL_sign(list, signer, EVP_sha256()) > 0 && PEM_write_bio_X509_CRL(bio, list) == 1;
    if (done) {
        done = confd_bytes_from_bio(bio, pem);
    } else {
        BIO_free(bio);
    }
    EVP_PKEY_free(signer);
    X509_free(upper);
    X509_CRL_free(list);
    ERR_clear_error();
    return done;
}
