#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <limits.h>

#include "internal.h"

static int push_extension(STACK_OF(X509_EXTENSION) *extensions, X509V3_CTX *context, int nid, const char *value) {
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, context, nid, value);
    if (extension && sk_X509_EXTENSION_push(extensions, extension) > 0) return 1;
    X509_EXTENSION_free(extension);
    return 0;
}

static int ask_for_extensions(X509_REQ *request, GENERAL_NAMES *names) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, NULL, NULL, request, NULL, 0);
    STACK_OF(X509_EXTENSION) *extensions = sk_X509_EXTENSION_new_null();
    int done = extensions &&
               (sk_GENERAL_NAME_num(names) == 0 ||
                X509V3_add1_i2d(&extensions, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT) == 1) &&
               push_extension(extensions, &context, NID_key_usage, "critical,digitalSignature") &&
               push_extension(extensions, &context, NID_ext_key_usage, "serverAuth") &&
               X509_REQ_add_extensions(request, extensions) == 1;
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    return done;
}

int confd_request(const uint8_t *text, const confd_span *spans, size_t spans_count, const uint8_t *key,
                  size_t key_count, confd_bytes *pem) {
    X509_REQ *request = X509_REQ_new();
    EVP_PKEY *private = confd_key_from_der(key, key_count);
    GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
    BIO *bio = BIO_new(BIO_s_mem());
    int done = request && private && names && bio && X509_REQ_set_version(request, X509_REQ_VERSION_1) == 1 &&
               X509_REQ_set_pubkey(request, private) == 1 &&
               confd_take_names(X509_REQ_get_subject_name(request), names, text, spans, spans_count) &&
               ask_for_extensions(request, names) && X509_REQ_sign(request, private, EVP_sha256()) > 0 &&
               PEM_write_bio_X509_REQ(bio, request) == 1;
    if (done) {
        done = confd_bytes_from_bio(bio, pem);
    } else {
        BIO_free(bio);
    }
    GENERAL_NAMES_free(names);
    EVP_PKEY_free(private);
    X509_REQ_free(request);
    ERR_clear_error();
    return done;
}

int confd_request_read(const uint8_t *pem, size_t count, int *key_type, int *key_bits, void *context,
                       confd_visit visit) {
    BIO *bio = count <= INT_MAX ? BIO_new_mem_buf(pem, (int)count) : NULL;
    X509_REQ *request = bio ? PEM_read_bio_X509_REQ(bio, NULL, confd_refuse_passphrase, NULL) : NULL;
    EVP_PKEY *key = request ? X509_REQ_get0_pubkey(request) : NULL;
    unsigned char *der = NULL;
    int written = key ? i2d_PUBKEY(key, &der) : -1;
    int result = written <= 0 ? CONFD_REQUEST_UNREADABLE
                 : X509_REQ_verify(request, key) == 1 ? CONFD_REQUEST_READ
                                                      : CONFD_REQUEST_UNSIGNED;
    if (result == CONFD_REQUEST_READ) {
        *key_type = confd_key_type(key);
        *key_bits = EVP_PKEY_get_bits(key);
        visit(context, CONFD_FIELD_PUBLIC_KEY, der, (size_t)written);
    }
    OPENSSL_free(der);
    X509_REQ_free(request);
    BIO_free(bio);
    ERR_clear_error();
    return result;
}
