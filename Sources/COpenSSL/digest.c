#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <limits.h>
#include <pthread.h>

#include "COpenSSL.h"

// Looking an algorithm up costs more than hashing a short text, so it happens once.
static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *sha256 = NULL;
static EVP_MAC_CTX *hmac_sha256 = NULL;

static void fetch(void) {
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
    char name[] = "SHA256";
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                               OSSL_PARAM_construct_end()};
    if (context && EVP_MAC_CTX_set_params(context, parameters) == 1) {
        hmac_sha256 = context;
    } else {
        EVP_MAC_CTX_free(context);
    }
    EVP_MAC_free(hmac);
}

int confd_sha256(const uint8_t *bytes, size_t count, uint8_t *digest) {
    pthread_once(&once, fetch);
    return sha256 && EVP_Digest(bytes, count, digest, NULL, sha256, NULL) == 1;
}

void *confd_digest_new(void) {
    pthread_once(&once, fetch);
    EVP_MD_CTX *context = sha256 ? EVP_MD_CTX_new() : NULL;
    if (context && EVP_DigestInit_ex(context, sha256, NULL) == 1) return context;
    EVP_MD_CTX_free(context);
    return NULL;
}

int confd_digest_add(void *context, const uint8_t *bytes, size_t count) {
    return EVP_DigestUpdate(context, bytes, count) == 1;
}

int confd_digest_end(void *context, uint8_t *digest) {
    unsigned int written = 0;
    return EVP_DigestFinal_ex(context, digest, &written) == 1 && written == 32;
}

void confd_digest_free(void *context) { EVP_MD_CTX_free(context); }

int confd_hmac_sha256(const uint8_t *key, size_t key_count, const uint8_t *message, size_t message_count,
                      uint8_t *code) {
    static const uint8_t empty[1] = {0};
    pthread_once(&once, fetch);
    EVP_MAC_CTX *context = hmac_sha256 ? EVP_MAC_CTX_dup(hmac_sha256) : NULL;
    size_t written = 0;
    // A null key would mean "the key of before".
    int done = context && EVP_MAC_init(context, key ? key : empty, key_count, NULL) == 1 &&
               EVP_MAC_update(context, message ? message : empty, message_count) == 1 &&
               EVP_MAC_final(context, code, &written, 32) == 1 && written == 32;
    EVP_MAC_CTX_free(context);
    return done;
}

int confd_random(uint8_t *bytes, size_t count) {
    return count <= INT_MAX && RAND_bytes(bytes, (int)count) == 1;
}

int confd_equal(const uint8_t *left, const uint8_t *right, size_t count) {
    return CRYPTO_memcmp(left, right, count) == 0;
}
