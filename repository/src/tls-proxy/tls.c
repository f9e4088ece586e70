#include <string.h>

#include "platform/entropy.h"
#include "tls.h"

#define POINT		65u		/* of P-256, uncompressed */
#define SEED		48u

static br_x509_certificate chain[MODULE_CERTS];
static unsigned nchain;
static br_ec_private_key key;

static bool
matches(const unsigned char *der, size_t n)
{
	static br_x509_decoder_context reader;
	static unsigned char point[BR_EC_KBUF_PUB_MAX_SIZE];
	const br_x509_pkey *pk;
	br_ec_public_key pub;

	br_x509_decoder_init(&reader, NULL, NULL);
	br_x509_decoder_push(&reader, der, n);
	pk = br_x509_decoder_get_pkey(&reader);
	if (!pk || pk->key_type != BR_KEYTYPE_EC ||
	    pk->key.ec.curve != BR_EC_secp256r1 || pk->key.ec.qlen != POINT)
		return false;
	if (br_ec_compute_pub(br_ec_get_default(), &pub, point, &key) != POINT)
		return false;
	return memcmp(pub.q, pk->key.ec.q, POINT) == 0;
}

const char *
tls_identity(const struct identity *id)
{
	for (nchain = 0; nchain < id->ncerts; nchain++) {
		chain[nchain].data = (unsigned char *)id->certs[nchain].der;
		chain[nchain].data_len = id->certs[nchain].size;
	}
	key.curve = BR_EC_secp256r1;
	key.x = (unsigned char *)id->key;
	key.xlen = MODULE_KEY;
	if (!matches(chain[0].data, chain[0].data_len))
		return "the first certificate is not of this private key";
	return NULL;
}

/* TLS 1.2 with forward secrecy and authenticated encryption, nothing else. */
bool
tls_begin(struct tls *t)
{
	static const uint16_t suites[] = {
		BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
		BR_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
		BR_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
	};
	br_ssl_server_context *s = &t->server;
	br_ssl_engine_context *e = &s->eng;
	unsigned char seed[SEED];

	br_ssl_server_zero(s);
	br_ssl_engine_set_versions(e, BR_TLS12, BR_TLS12);
	br_ssl_engine_set_suites(e, suites, sizeof(suites) / sizeof(*suites));
	br_ssl_engine_set_default_ec(e);
	br_ssl_server_set_single_ec(s, chain, nchain, &key, BR_KEYTYPE_SIGN, 0,
				    br_ssl_engine_get_ec(e),
				    br_ecdsa_sign_asn1_get_default());
	br_ssl_engine_set_hash(e, br_sha256_ID, &br_sha256_vtable);
	br_ssl_engine_set_hash(e, br_sha384_ID, &br_sha384_vtable);
	br_ssl_engine_set_hash(e, br_sha512_ID, &br_sha512_vtable);
	br_ssl_engine_set_prf_sha256(e, &br_tls12_sha256_prf);
	br_ssl_engine_set_prf_sha384(e, &br_tls12_sha384_prf);
	br_ssl_engine_set_default_aes_gcm(e);
	br_ssl_engine_set_default_chapol(e);
	br_ssl_engine_add_flags(e, BR_OPT_ENFORCE_SERVER_PREFERENCES |
				   BR_OPT_NO_RENEGOTIATION);
	br_ssl_engine_set_buffer(e, t->buffer, sizeof(t->buffer), 1);
	entropy_fill(seed, sizeof(seed));
	br_ssl_engine_inject_entropy(e, seed, sizeof(seed));
	return br_ssl_server_reset(s) == 1;
}

const char *
tls_error(int error)
{
	if (error >= BR_ERR_SEND_FATAL_ALERT)
		return "we sent a fatal alert";
	if (error >= BR_ERR_RECV_FATAL_ALERT)
		return "the client sent a fatal alert";
	switch (error) {
	case BR_ERR_UNSUPPORTED_VERSION:
	case BR_ERR_BAD_VERSION:
		return "no common version (TLS 1.2 is needed)";
	case BR_ERR_BAD_MAC:
		return "a record was altered";
	case BR_ERR_BAD_CIPHER_SUITE:
		return "no common cipher suite";
	case BR_ERR_UNEXPECTED:
	case BR_ERR_UNKNOWN_TYPE:
	case BR_ERR_BAD_HANDSHAKE:
	case BR_ERR_BAD_LENGTH:
	case BR_ERR_TOO_LARGE:
		return "the client does not speak TLS";
	default:
		return "the handshake or a record is wrong";
	}
}
