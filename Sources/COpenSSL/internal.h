#ifndef CONFD_COPENSSL_INTERNAL_H
#define CONFD_COPENSSL_INTERNAL_H

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "COpenSSL.h"

X509 *confd_certificate_from_der(const uint8_t *der, size_t count);
EVP_PKEY *confd_key_from_der(const uint8_t *der, size_t count);
STACK_OF(X509) *confd_certificates_from_der(const uint8_t *der, size_t count);
// Takes over what a memory BIO holds and frees the BIO.
int confd_bytes_from_bio(BIO *bio, confd_bytes *bytes);
int confd_key_type(const EVP_PKEY *key);

// OpenSSL would ask on the terminal for the passphrase of an encrypted block; this refuses.
int confd_refuse_passphrase(char *buffer, int size, int writing, void *context);

// What blocks of PEM hold: how one is read, written in DER and given back.
typedef struct {
    int field;
    void *(*read)(BIO *bio);
    int (*encode)(const void *object, unsigned char **der);
    void (*release)(void *object);
} confd_pem_kind;
// Number of objects visited, -1 when the text is no PEM or one of them is malformed.
int confd_visit_pem(const uint8_t *pem, size_t count, const confd_pem_kind *kind, void *context, confd_visit visit);

int confd_seconds(const ASN1_TIME *time, int64_t *result);
void confd_visit_name(const X509_NAME *name, int text_field, int der_field, void *context, confd_visit visit);
// Adds what the spans hold to the subject and to its alternative names.
int confd_take_names(X509_NAME *subject, GENERAL_NAMES *names, const uint8_t *text, const confd_span *spans,
                     size_t spans_count);
void confd_visit_string(const ASN1_STRING *string, int field, void *context, confd_visit visit);

#endif
