#ifndef CONFD_COPENSSL_INTERNAL_H
#define CONFD_COPENSSL_INTERNAL_H

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "COpenSSL.h"

X509 *confd_certificate_from_der(const uint8_t *der, size_t count);
EVP_PKEY *confd_key_from_der(const uint8_t *der, size_t count);
STACK_OF(X509) *confd_certificates_from_der(const uint8_t *der, size_t count);
// Takes over what a memory BIO holds and frees the BIO.
int confd_bytes_from_bio(BIO *bio, confd_bytes *bytes);
int confd_key_type(const EVP_PKEY *key);

#endif
