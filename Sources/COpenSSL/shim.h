#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
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
