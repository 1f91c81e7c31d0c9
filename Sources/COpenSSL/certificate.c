#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <limits.h>
#include <string.h>
#include <time.h>

#include "internal.h"

int confd_refuse_passphrase(char *buffer, int size, int writing, void *context) {
    (void)buffer, (void)size, (void)writing, (void)context;
    return -1;
}

int confd_visit_pem(const uint8_t *pem, size_t count, const confd_pem_kind *kind, void *context, confd_visit visit) {
    BIO *bio = count <= INT_MAX ? BIO_new_mem_buf(pem, (int)count) : NULL;
    if (!bio) return -1;
    int found = 0;
    void *object = NULL;
    ERR_clear_error();
    while ((object = kind->read(bio))) {
        unsigned char *der = NULL;
        int written = kind->encode(object, &der);
        kind->release(object);
        if (written <= 0) break;
        visit(context, kind->field, der, (size_t)written);
        OPENSSL_free(der);
        found += 1;
    }
    // The regular end is that no further BEGIN line comes.
    int ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    BIO_free(bio);
    return ended ? found : -1;
}

static void *read_certificate(BIO *bio) { return PEM_read_bio_X509(bio, NULL, confd_refuse_passphrase, NULL); }
static int encode_certificate(const void *certificate, unsigned char **der) { return i2d_X509(certificate, der); }
static void release_certificate(void *certificate) { X509_free(certificate); }

int confd_pem_certificates(const uint8_t *pem, size_t count, void *context, confd_visit visit) {
    static const confd_pem_kind kind = {CONFD_FIELD_CERTIFICATE, read_certificate, encode_certificate,
                                        release_certificate};
    return confd_visit_pem(pem, count, &kind, context, visit);
}

int confd_certificate_to_pem(const uint8_t *der, size_t count, confd_bytes *pem) {
    X509 *certificate = confd_certificate_from_der(der, count);
    BIO *bio = BIO_new(BIO_s_mem());
    int done = 0;
    if (certificate && bio && PEM_write_bio_X509(bio, certificate) == 1) {
        done = confd_bytes_from_bio(bio, pem);
    } else {
        BIO_free(bio);
    }
    X509_free(certificate);
    ERR_clear_error();
    return done;
}

int confd_seconds(const ASN1_TIME *time, int64_t *result) {
    struct tm parts;
    if (!time || ASN1_TIME_to_tm(time, &parts) != 1) return 0;
    *result = (int64_t)timegm(&parts);
    return 1;
}

void confd_visit_name(const X509_NAME *name, int text_field, int der_field, void *context, confd_visit visit) {
    const unsigned char *der = NULL;
    size_t der_count = 0;
    if (X509_NAME_get0_der(name, &der, &der_count) == 1) visit(context, der_field, der, der_count);
    BIO *bio = BIO_new(BIO_s_mem());
    if (!bio) return;
    // Characters beyond ASCII stay as they are, in UTF-8.
    unsigned long flags = XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;
    if (X509_NAME_print_ex(bio, name, 0, flags) >= 0) {
        char *text = NULL;
        long count = BIO_get_mem_data(bio, &text);
        visit(context, text_field, (const uint8_t *)text, count > 0 ? (size_t)count : 0);
    }
    BIO_free(bio);
}

static void visit_common_name(const X509_NAME *name, void *context, confd_visit visit) {
    int last = -1;
    for (int next; (next = X509_NAME_get_index_by_NID(name, NID_commonName, last)) >= 0;) last = next;
    if (last < 0) return;
    unsigned char *text = NULL;
    int count = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)));
    if (count >= 0) visit(context, CONFD_FIELD_COMMON_NAME, text, (size_t)count);
    OPENSSL_free(text);
}

void confd_visit_string(const ASN1_STRING *string, int field, void *context, confd_visit visit) {
    visit(context, field, ASN1_STRING_get0_data(string), (size_t)ASN1_STRING_length(string));
}

static void visit_alternative_names(const X509 *certificate, void *context, confd_visit visit) {
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    for (int index = 0; names && index < sk_GENERAL_NAME_num(names); index++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
        switch (name->type) {
            case GEN_DNS: confd_visit_string(name->d.dNSName, CONFD_FIELD_DNS, context, visit); break;
            case GEN_IPADD: confd_visit_string(name->d.iPAddress, CONFD_FIELD_IP, context, visit); break;
            case GEN_URI: confd_visit_string(name->d.uniformResourceIdentifier, CONFD_FIELD_URI, context, visit); break;
            case GEN_EMAIL: confd_visit_string(name->d.rfc822Name, CONFD_FIELD_EMAIL, context, visit); break;
            default: break;
        }
    }
    GENERAL_NAMES_free(names);
}

static void visit_usages(const X509 *certificate, void *context, confd_visit visit) {
    EXTENDED_KEY_USAGE *usages = X509_get_ext_d2i(certificate, NID_ext_key_usage, NULL, NULL);
    for (int index = 0; usages && index < sk_ASN1_OBJECT_num(usages); index++) {
        char text[128];
        int count = OBJ_obj2txt(text, sizeof text, sk_ASN1_OBJECT_value(usages, index), 1);
        if (count > 0 && count < (int)sizeof text) {
            visit(context, CONFD_FIELD_USAGE, (const uint8_t *)text, (size_t)count);
        }
    }
    EXTENDED_KEY_USAGE_free(usages);
}

static void visit_serial(const X509 *certificate, void *context, confd_visit visit) {
    confd_visit_string(X509_get0_serialNumber(certificate), CONFD_FIELD_SERIAL, context, visit);
}

static int is_marked(const X509 *certificate) {
    ASN1_IA5STRING *comment = X509_get_ext_d2i(certificate, NID_netscape_comment, NULL, NULL);
    size_t count = strlen(CONFD_MARK);
    int marked = comment && (size_t)ASN1_STRING_length(comment) == count &&
                 memcmp(ASN1_STRING_get0_data(comment), CONFD_MARK, count) == 0;
    ASN1_IA5STRING_free(comment);
    return marked;
}

int confd_certificate_read(const uint8_t *der, size_t count, confd_certificate_facts *facts, void *context,
                           confd_visit visit) {
    X509 *certificate = confd_certificate_from_der(der, count);
    int done = certificate && confd_seconds(X509_get0_notBefore(certificate), &facts->not_before) &&
               confd_seconds(X509_get0_notAfter(certificate), &facts->not_after);
    if (done) {
        EVP_PKEY *key = X509_get0_pubkey(certificate);
        facts->key_type = key ? confd_key_type(key) : CONFD_KEY_OTHER;
        facts->key_bits = key ? EVP_PKEY_get_bits(key) : 0;
        facts->is_self_signed = X509_self_signed(certificate, 1) == 1;
        facts->is_authority = X509_check_ca(certificate) != 0;
        facts->is_marked = is_marked(certificate);
        confd_visit_name(X509_get_subject_name(certificate), CONFD_FIELD_SUBJECT, CONFD_FIELD_SUBJECT_NAME, context,
                         visit);
        confd_visit_name(X509_get_issuer_name(certificate), CONFD_FIELD_ISSUER, CONFD_FIELD_ISSUER_NAME, context,
                         visit);
        visit_common_name(X509_get_subject_name(certificate), context, visit);
        visit_serial(certificate, context, visit);
        visit_alternative_names(certificate, context, visit);
        visit_usages(certificate, context, visit);
    }
    X509_free(certificate);
    ERR_clear_error();
    return done;
}
