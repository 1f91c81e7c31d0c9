#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <limits.h>
#include <string.h>

#include "internal.h"

void confd_bytes_free(confd_bytes *bytes) {
    if (!bytes || !bytes->bytes) return;
    // May hold a private key.
    OPENSSL_clear_free(bytes->bytes, bytes->count);
    bytes->bytes = NULL;
    bytes->count = 0;
}

int confd_bytes_from_bio(BIO *bio, confd_bytes *bytes) {
    char *data = NULL;
    long count = BIO_get_mem_data(bio, &data);
    bytes->bytes = count > 0 ? OPENSSL_memdup(data, (size_t)count) : NULL;
    bytes->count = bytes->bytes ? (size_t)count : 0;
    if (count > 0) OPENSSL_cleanse(data, (size_t)count);
    BIO_free(bio);
    return bytes->bytes != NULL;
}

X509 *confd_certificate_from_der(const uint8_t *der, size_t count) {
    if (!der || count > LONG_MAX) return NULL;
    const unsigned char *next = der;
    return d2i_X509(NULL, &next, (long)count);
}

EVP_PKEY *confd_key_from_der(const uint8_t *der, size_t count) {
    if (!der || count > LONG_MAX) return NULL;
    const unsigned char *next = der;
    return d2i_AutoPrivateKey(NULL, &next, (long)count);
}

STACK_OF(X509) *confd_certificates_from_der(const uint8_t *der, size_t count) {
    STACK_OF(X509) *certificates = sk_X509_new_null();
    const unsigned char *next = der;
    const unsigned char *end = der + count;
    while (certificates && next < end) {
        X509 *certificate = d2i_X509(NULL, &next, (long)(end - next));
        if (!certificate || sk_X509_push(certificates, certificate) <= 0) {
            X509_free(certificate);
            sk_X509_pop_free(certificates, X509_free);
            return NULL;
        }
    }
    return certificates;
}
