#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <limits.h>
#include <string.h>

#include "internal.h"

typedef struct {
    const uint8_t *bytes;
    size_t count;
    int was_asked;
} passphrase_source;

static int give_passphrase(char *buffer, int size, int writing, void *context) {
    (void)writing;
    passphrase_source *source = context;
    source->was_asked = 1;
    if (!source->bytes || size < 0 || source->count > (size_t)size) return -1;
    memcpy(buffer, source->bytes, source->count);
    return (int)source->count;
}

int confd_key_from_pem(const uint8_t *pem, size_t count, const uint8_t *passphrase, size_t passphrase_count,
                       confd_bytes *der) {
    passphrase_source source = {passphrase, passphrase_count, 0};
    BIO *bio = count <= INT_MAX ? BIO_new_mem_buf(pem, (int)count) : NULL;
    // Without the callback OpenSSL would ask on the terminal.
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, &source) : NULL;
    BIO_free(bio);
    unsigned char *bytes = NULL;
    int written = key ? i2d_PrivateKey(key, &bytes) : -1;
    EVP_PKEY_free(key);
    ERR_clear_error();
    if (written > 0) {
        der->bytes = bytes;
        der->count = (size_t)written;
        return CONFD_PEM_READ;
    }
    if (!source.was_asked) return CONFD_PEM_UNREADABLE;
    return passphrase ? CONFD_PEM_WRONG_PASSPHRASE : CONFD_PEM_NEEDS_PASSPHRASE;
}

int confd_key_type(const EVP_PKEY *key) {
    switch (EVP_PKEY_get_base_id(key)) {
        case EVP_PKEY_RSA:
        case EVP_PKEY_RSA_PSS: return CONFD_KEY_RSA;
        case EVP_PKEY_EC: return CONFD_KEY_EC;
        case EVP_PKEY_ED25519: return CONFD_KEY_ED25519;
        default: return CONFD_KEY_OTHER;
    }
}

int confd_key_read(const uint8_t *der, size_t count, int *type, int *bits) {
    EVP_PKEY *key = confd_key_from_der(der, count);
    if (key) {
        *type = confd_key_type(key);
        *bits = EVP_PKEY_get_bits(key);
    }
    ERR_clear_error();
    int done = key != NULL;
    EVP_PKEY_free(key);
    return done;
}

int confd_key_to_pem(const uint8_t *der, size_t count, confd_bytes *pem) {
    EVP_PKEY *key = confd_key_from_der(der, count);
    BIO *bio = BIO_new(BIO_s_secmem());
    if (!bio) bio = BIO_new(BIO_s_mem());
    int done = 0;
    if (key && bio && PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1) {
        done = confd_bytes_from_bio(bio, pem);
    } else {
        BIO_free(bio);
    }
    EVP_PKEY_free(key);
    ERR_clear_error();
    return done;
}

int confd_key_generate(int rsa_bits, const char *curve, confd_bytes *der) {
    EVP_PKEY *key = rsa_bits ? EVP_RSA_gen((unsigned int)rsa_bits) : EVP_EC_gen(curve);
    unsigned char *bytes = NULL;
    int written = key ? i2d_PrivateKey(key, &bytes) : -1;
    EVP_PKEY_free(key);
    ERR_clear_error();
    if (written <= 0) return 0;
    der->bytes = bytes;
    der->count = (size_t)written;
    return 1;
}

int confd_key_matches(const uint8_t *certificate, size_t certificate_count, const uint8_t *key, size_t key_count) {
    X509 *holder = confd_certificate_from_der(certificate, certificate_count);
    EVP_PKEY *private = confd_key_from_der(key, key_count);
    int matches = holder && private && X509_check_private_key(holder, private) == 1;
    X509_free(holder);
    EVP_PKEY_free(private);
    ERR_clear_error();
    return matches;
}
