#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// What OpenSSL has as macros, which Swift does not see.

/// Leaves out what is old and harmful: versions before 1.2 (RFC 8996), renegotiation, compression. 1 if that could be
/// done.
static inline int flowd_tls_harden(SSL_CTX *context) {
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    return (int)SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
}

/// Names the server that is wanted (RFC 6066 section 3); 1 if that could be done.
static inline int flowd_tls_set_server_name(SSL *session, const char *name) {
    return (int)SSL_set_tlsext_host_name(session, name);
}

/// How many bytes wait in a memory BIO.
static inline size_t flowd_bio_waiting(BIO *bio) { return BIO_ctrl_pending(bio); }

/// Sets what a server's context needs of macros: its own order of ciphers, but for who puts ChaCha20 first, as that is who has
/// no hardware for AES; groups for key agreement; no cache of sessions, which would be one of each context; and buffers that
/// are given back while a connection is quiet. 1 if that could be done.
static inline int flowd_tls_serve(SSL_CTX *context, const char *groups) {
    SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    return (int)SSL_CTX_set1_groups_list(context, groups);
}

/// Adds a certificate between the server's own and its root; 1 if that could be done.
static inline int flowd_tls_add_chain(SSL_CTX *context, X509 *certificate) {
    return (int)SSL_CTX_add1_chain_cert(context, certificate);
}

/// Sets who chooses the certificate by the name that the client wants.
static inline void flowd_tls_choose_by_name(SSL_CTX *context, int (*choose)(SSL *, int *, void *)) {
    SSL_CTX_set_tlsext_servername_callback(context, choose);
}

/// Makes a cipher (AES-256-CBC) and a MAC (HMAC-SHA-256) ready for a ticket, with keys of 32 bytes each; 1 if that could be
/// done.
static inline int flowd_tls_arm_ticket(
    EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, const unsigned char *cipher_key, const unsigned char *mac_key,
    const unsigned char *iv, int is_sealing) {
    OSSL_PARAM parameters[3];
    parameters[0] = OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, (void *)mac_key, 32);
    parameters[1] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0);
    parameters[2] = OSSL_PARAM_construct_end();
    return EVP_MAC_CTX_set_params(mac, parameters) == 1
        && EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), NULL, cipher_key, iv, is_sealing) == 1;
}

/// A new key on the curve P-256.
static inline EVP_PKEY *flowd_ec_key(void) { return EVP_EC_gen("P-256"); }
