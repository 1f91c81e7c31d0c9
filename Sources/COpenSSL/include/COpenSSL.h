#ifndef CONFD_COPENSSL_H
#define CONFD_COPENSSL_H

// The part of the system's OpenSSL that Certificates uses, as functions over bytes and numbers. No header of OpenSSL
// is included here: swift-nio-ssl brings a library with headers of the same names.
// Certificates and keys cross this border in DER, so that no handle has to be kept or freed on the other side.

#include <stddef.h>
#include <stdint.h>

// Bytes that a function made; the caller gives them back with confd_bytes_free.
typedef struct {
    uint8_t *bytes;
    size_t count;
} confd_bytes;

void confd_bytes_free(confd_bytes *bytes);

// --- Digests and random. 1 is success, 0 failure. ---

int confd_sha256(const uint8_t *bytes, size_t count, uint8_t *digest);
// A digest that is gone on with; NULL when there is none. It is freed with confd_digest_free, whether or not it was ended.
void *confd_digest_new(void);
int confd_digest_add(void *context, const uint8_t *bytes, size_t count);
int confd_digest_end(void *context, uint8_t *digest);
void confd_digest_free(void *context);
int confd_hmac_sha256(const uint8_t *key, size_t key_count, const uint8_t *message, size_t message_count,
                      uint8_t *code);
int confd_random(uint8_t *bytes, size_t count);
int confd_equal(const uint8_t *left, const uint8_t *right, size_t count);

// --- Reading certificates ---

enum {
    CONFD_FIELD_CERTIFICATE = 1,  // DER of a whole certificate
    CONFD_FIELD_SUBJECT,          // RFC 2253 text
    CONFD_FIELD_ISSUER,           // RFC 2253 text
    CONFD_FIELD_SERIAL,           // big-endian bytes
    CONFD_FIELD_COMMON_NAME,      // UTF-8, the most specific one
    CONFD_FIELD_DNS,
    CONFD_FIELD_IP,  // 4 or 16 bytes
    CONFD_FIELD_URI,
    CONFD_FIELD_EMAIL,
    CONFD_FIELD_USAGE,         // dotted object identifier of an extended key usage
    CONFD_FIELD_SUBJECT_NAME,  // DER of the name
    CONFD_FIELD_ISSUER_NAME,   // DER of the name
    CONFD_FIELD_LIST,          // DER of a whole revocation list
    CONFD_FIELD_PUBLIC_KEY,    // DER of a public key with its algorithm
};

enum { CONFD_KEY_OTHER = 0, CONFD_KEY_RSA, CONFD_KEY_EC, CONFD_KEY_ED25519 };

// Called once for each field found; the bytes are valid during the call only.
typedef void (*confd_visit)(void *context, int field, const uint8_t *bytes, size_t count);

typedef struct {
    int64_t not_before;  // seconds since 1970
    int64_t not_after;
    int key_type;
    int key_bits;
    int is_self_signed;
    int is_authority;
    int is_marked;  // has the comment CONFD_MARK
} confd_certificate_facts;

// Number of certificates visited, -1 when the text is no PEM or a certificate in it is malformed.
int confd_pem_certificates(const uint8_t *pem, size_t count, void *context, confd_visit visit);
// 1 when the certificate could be read.
int confd_certificate_read(const uint8_t *der, size_t count, confd_certificate_facts *facts, void *context,
                           confd_visit visit);
int confd_certificate_to_pem(const uint8_t *der, size_t count, confd_bytes *pem);

// --- Keys ---

enum { CONFD_PEM_READ = 0, CONFD_PEM_UNREADABLE, CONFD_PEM_NEEDS_PASSPHRASE, CONFD_PEM_WRONG_PASSPHRASE };

// A null passphrase means none is known.
int confd_key_from_pem(const uint8_t *pem, size_t count, const uint8_t *passphrase, size_t passphrase_count,
                       confd_bytes *der);
int confd_key_read(const uint8_t *der, size_t count, int *type, int *bits);
int confd_key_to_pem(const uint8_t *der, size_t count, confd_bytes *pem);
// RSA of so many bits; on the curve, such as "P-256", when rsa_bits is 0.
int confd_key_generate(int rsa_bits, const char *curve, confd_bytes *der);
int confd_key_matches(const uint8_t *certificate, size_t certificate_count, const uint8_t *key, size_t key_count);

// --- Trust ---

enum {
    CONFD_VERIFY_OK = 0,
    CONFD_VERIFY_EXPIRED,
    CONFD_VERIFY_NOT_YET_VALID,
    CONFD_VERIFY_UNTRUSTED,
    CONFD_VERIFY_WEAK_KEY,
    CONFD_VERIFY_WEAK_SIGNATURE,
    CONFD_VERIFY_WRONG_USAGE,
    CONFD_VERIFY_NOT_AUTHORITY,
    CONFD_VERIFY_OTHER,
};

// 1 when the parent's name and key fit the child's issuer and signature.
int confd_is_issued_by(const uint8_t *child, size_t child_count, const uint8_t *parent, size_t parent_count);
// Both lists are DER certificates one after the other, the leaf first. depth tells which certificate is at fault, reason
// is a constant text.
int confd_verify(const uint8_t *chain, size_t chain_count, const uint8_t *anchors, size_t anchors_count, int64_t now,
                 int for_client, int *depth, const char **reason);

// --- Making certificates ---

typedef struct {
    int field;  // CONFD_FIELD_COMMON_NAME, _DNS, _IP, _URI or _EMAIL
    size_t offset;
    size_t count;
} confd_span;

typedef struct {
    int64_t not_before;
    int64_t not_after;
    int is_authority;
    int for_server;
    int for_client;
    int is_marked;
} confd_terms;

// The comment of certificates the daemon makes for itself; no other program writes it.
#define CONFD_MARK "Made and renewed by confd"

// The spans point into text. A null issuer signs with the key itself, whose certificate it becomes.
int confd_issue(const confd_terms *terms, const uint8_t *text, const confd_span *spans, size_t spans_count,
                const uint8_t *key, size_t key_count, const uint8_t *issuer, size_t issuer_count,
                const uint8_t *issuer_key, size_t issuer_key_count, confd_bytes *der);
// The same for a public key somebody else has the private half of.
int confd_issue_for(const confd_terms *terms, const uint8_t *text, const confd_span *spans, size_t spans_count,
                    const uint8_t *public_key, size_t public_key_count, const uint8_t *issuer, size_t issuer_count,
                    const uint8_t *issuer_key, size_t issuer_key_count, confd_bytes *der);
// A request (PKCS #10) in PEM for a server's certificate of the key.
int confd_request(const uint8_t *text, const confd_span *spans, size_t spans_count, const uint8_t *key,
                  size_t key_count, confd_bytes *pem);

enum { CONFD_REQUEST_READ = 0, CONFD_REQUEST_UNREADABLE, CONFD_REQUEST_UNSIGNED };

// The first request of a text in PEM: its public key is visited. Unsigned is one whose sender does not show that they have
// the private half.
int confd_request_read(const uint8_t *pem, size_t count, int *key_type, int *key_bits, void *context,
                       confd_visit visit);

// --- Revocation lists ---

typedef struct {
    int64_t this_update;  // seconds since 1970
    int64_t next_update;  // the same as this_update when the list names none
    int has_next;
    int is_whole;  // tells of all certificates of its issuer, and nothing in it is beyond us
} confd_list_facts;

// Number of lists visited, -1 when one of them is malformed.
int confd_pem_lists(const uint8_t *pem, size_t count, void *context, confd_visit visit);
// 1 when the list could be read: its issuer is visited, and the serial number of each certificate in it.
int confd_list_read(const uint8_t *der, size_t count, confd_list_facts *facts, void *context, confd_visit visit);
// 1 when the authority has the name of the list's issuer and may sign lists, and its key signed this one.
int confd_list_is_signed_by(const uint8_t *list, size_t list_count, const uint8_t *authority, size_t authority_count);

typedef struct {
    size_t offset;  // of the number within the text of all
    size_t count;
    int64_t revoked_at;
} confd_revoked;

// A list in PEM, signed by the issuer. The numbers are big-endian bytes; the list's own one is the second it is made in, so
// that a later one has a higher one.
int confd_list_issue(int64_t this_update, int64_t next_update, const uint8_t *numbers, const confd_revoked *revoked,
                     size_t revoked_count, const uint8_t *issuer, size_t issuer_count, const uint8_t *issuer_key,
                     size_t issuer_key_count, confd_bytes *pem);

#endif
