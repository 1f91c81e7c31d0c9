#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <limits.h>

#include "internal.h"

static int set_serial(X509 *certificate) {
    BIGNUM *number = BN_new();
    // 127 random bits are positive and fit the 20 bytes of RFC 5280; the top bit keeps it from being zero.
    int done = number && BN_rand(number, 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
               BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
    BN_free(number);
    return done;
}

static int set_dates(X509 *certificate, const confd_terms *terms) {
    return ASN1_TIME_set(X509_getm_notBefore(certificate), (time_t)terms->not_before) != NULL &&
           ASN1_TIME_set(X509_getm_notAfter(certificate), (time_t)terms->not_after) != NULL;
}

static int general_name_type(int field) {
    switch (field) {
        case CONFD_FIELD_DNS: return GEN_DNS;
        case CONFD_FIELD_IP: return GEN_IPADD;
        case CONFD_FIELD_URI: return GEN_URI;
        case CONFD_FIELD_EMAIL: return GEN_EMAIL;
        default: return -1;
    }
}

static int add_alternative_name(GENERAL_NAMES *names, int type, const uint8_t *bytes, size_t count) {
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_STRING *string = type == GEN_IPADD ? (ASN1_STRING *)ASN1_OCTET_STRING_new() : (ASN1_STRING *)ASN1_IA5STRING_new();
    if (!name || !string || count > INT_MAX || ASN1_STRING_set(string, bytes, (int)count) != 1) {
        GENERAL_NAME_free(name);
        ASN1_STRING_free(string);
        return 0;
    }
    GENERAL_NAME_set0_value(name, type, string);
    if (sk_GENERAL_NAME_push(names, name) > 0) return 1;
    GENERAL_NAME_free(name);
    return 0;
}

int confd_take_names(X509_NAME *subject, GENERAL_NAMES *names, const uint8_t *text, const confd_span *spans,
                     size_t spans_count) {
    int done = 1;
    for (size_t index = 0; done && index < spans_count; index++) {
        const uint8_t *bytes = text + spans[index].offset;
        size_t count = spans[index].count;
        if (spans[index].field == CONFD_FIELD_COMMON_NAME) {
            done = count <= INT_MAX && X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8, bytes,
                                                                  (int)count, -1, 0) == 1;
        } else {
            int type = general_name_type(spans[index].field);
            done = type >= 0 && add_alternative_name(names, type, bytes, count);
        }
    }
    return done;
}

static int set_names(X509 *certificate, const uint8_t *text, const confd_span *spans, size_t spans_count) {
    GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
    int done = names && confd_take_names(X509_get_subject_name(certificate), names, text, spans, spans_count);
    if (done && sk_GENERAL_NAME_num(names) > 0) {
        done = X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT) == 1;
    }
    GENERAL_NAMES_free(names);
    return done;
}

static int add_extension(X509 *certificate, X509V3_CTX *context, int nid, const char *value) {
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, context, nid, value);
    int done = extension && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return done;
}

static int set_extensions(X509 *certificate, X509 *issuer, const confd_terms *terms) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    int is_authority = terms->is_authority;
    const char *usages = terms->for_server && terms->for_client ? "serverAuth,clientAuth"
                         : terms->for_server                    ? "serverAuth"
                         : terms->for_client                    ? "clientAuth"
                                                                : NULL;
    return add_extension(certificate, &context, NID_basic_constraints,
                         is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE") &&
           add_extension(certificate, &context, NID_key_usage,
                         is_authority ? "critical,keyCertSign,cRLSign,digitalSignature" : "critical,digitalSignature") &&
           add_extension(certificate, &context, NID_subject_key_identifier, "hash") &&
           (issuer == certificate || add_extension(certificate, &context, NID_authority_key_identifier, "keyid")) &&
           (!usages || add_extension(certificate, &context, NID_ext_key_usage, usages)) &&
           (!terms->is_marked || add_extension(certificate, &context, NID_netscape_comment, CONFD_MARK));
}

static int to_der(X509 *certificate, confd_bytes *der) {
    unsigned char *bytes = NULL;
    int written = i2d_X509(certificate, &bytes);
    if (written <= 0) return 0;
    der->bytes = bytes;
    der->count = (size_t)written;
    return 1;
}

// Takes over the keys and the parent. Without an issuer the certificate stands for itself.
static int issue(const confd_terms *terms, const uint8_t *text, const confd_span *spans, size_t spans_count,
                 EVP_PKEY *subject_key, int has_issuer, X509 *parent, EVP_PKEY *signer, confd_bytes *der) {
    X509 *certificate = X509_new();
    X509 *upper = has_issuer ? parent : certificate;
    EVP_PKEY *signing_key = has_issuer ? signer : subject_key;
    int done = certificate && subject_key && upper && signing_key && X509_set_version(certificate, X509_VERSION_3) == 1 &&
               set_serial(certificate) && set_dates(certificate, terms) &&
               X509_set_pubkey(certificate, subject_key) == 1 && set_names(certificate, text, spans, spans_count) &&
               X509_set_issuer_name(certificate, X509_get_subject_name(upper)) == 1 &&
               set_extensions(certificate, upper, terms) && X509_sign(certificate, signing_key, EVP_sha256()) > 0 &&
               to_der(certificate, der);
    X509_free(certificate);
    X509_free(parent);
    EVP_PKEY_free(subject_key);
    EVP_PKEY_free(signer);
    ERR_clear_error();
    return done;
}

int confd_issue(const confd_terms *terms, const uint8_t *text, const confd_span *spans, size_t spans_count,
                const uint8_t *key, size_t key_count, const uint8_t *issuer, size_t issuer_count,
                const uint8_t *issuer_key, size_t issuer_key_count, confd_bytes *der) {
    X509 *parent = issuer ? confd_certificate_from_der(issuer, issuer_count) : NULL;
    EVP_PKEY *signer = issuer ? confd_key_from_der(issuer_key, issuer_key_count) : NULL;
    return issue(terms, text, spans, spans_count, confd_key_from_der(key, key_count), issuer != NULL, parent, signer, der);
}

int confd_issue_for(const confd_terms *terms, const uint8_t *text, const confd_span *spans, size_t spans_count,
                    const uint8_t *public_key, size_t public_key_count, const uint8_t *issuer, size_t issuer_count,
                    const uint8_t *issuer_key, size_t issuer_key_count, confd_bytes *der) {
    const unsigned char *next = public_key;
    EVP_PKEY *subject_key =
        public_key && public_key_count <= LONG_MAX ? d2i_PUBKEY(NULL, &next, (long)public_key_count) : NULL;
    return issue(terms, text, spans, spans_count, subject_key, 1, confd_certificate_from_der(issuer, issuer_count),
                 confd_key_from_der(issuer_key, issuer_key_count), der);
}
