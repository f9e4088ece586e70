/* Hashes, by their published examples. */
#include "base/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "../tap.h"

static const struct {
	enum digest_kind kind;
	const char *text, *hex;
} known[] = {
	{DIGEST_MD5, "", "d41d8cd98f00b204e9800998ecf8427e"},
	{DIGEST_MD5, "abc", "900150983cd24fb0d6963f7d28e17f72"},
	{DIGEST_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
	{DIGEST_SHA256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	{DIGEST_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{DIGEST_SHA512, "abc",
	 "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	 "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
};

static const char million[] = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

static void
fields(char hex[DIGEST_HEX_MAX + 1], struct str one, struct str two)
{
	struct digest *d = digest_new(DIGEST_SHA256);

	digest_field(d, "one", one);
	digest_field(d, "two", two);
	digest_end(d, hex);
}

int
main(void)
{
	struct arena a = {0};
	struct err e;
	char *bytes = arena_alloc(&a, 1000000), path[] = "/tmp/base_digest.XXXXXX";
	char hex[DIGEST_HEX_MAX + 1], other[DIGEST_HEX_MAX + 1];
	struct digest *d;
	int fd = mkostemp(path, O_CLOEXEC);

	for (size_t i = 0; i < COUNT_OF(known); i++)
		EQ_STR(digest_hex(&a, known[i].kind, str_of(known[i].text)), known[i].hex, "'%s' by kind %d",
		       known[i].text, known[i].kind);
	memset(bytes, 'a', 1000000);
	d = digest_new(DIGEST_SHA256);
	for (size_t i = 0; i < 1000000; i += 8)
		digest_add(d, bytes + i, 8);
	digest_end(d, hex);
	EQ_STR(hex, million, "a million in pieces");
	EQ_INT(write(fd, bytes, 1000000), 1000000, "a file of them");
	lseek(fd, 0, SEEK_SET);
	EQ_STR(digest_fd(&a, DIGEST_SHA256, fd, &e), million, "from a descriptor");
	EQ_STR(digest_fd(&a, DIGEST_SHA256, fd, &e), known[3].hex, "from its end");
	close(fd);
	unlink(path);
	OK(!digest_fd(&a, DIGEST_SHA256, fd, &e) && e.code == ERR_SYSTEM && e.sys == EBADF,
	   "a bad descriptor");
	fd = open("/", O_RDONLY | O_CLOEXEC);
	OK(!digest_fd(&a, DIGEST_SHA256, fd, &e) && e.sys == EISDIR, "a folder");
	close(fd);

	d = digest_new(DIGEST_SHA256);
	digest_field(d, "name", STR("zlib"));
	digest_end(d, hex);
	EQ_STR(hex,
	       digest_hex(&a, DIGEST_SHA256,
			  STR("name\0"
			      "4\0"
			      "zlib")),
	       "a field is name, length and bytes");
	fields(hex, STR("ab"), STR("c"));
	fields(other, STR("a"), STR("bc"));
	OK(strcmp(hex, other) != 0, "fields do not run together");
	fields(hex, STR("a\0two\0001\0b"), STR(""));
	fields(other, STR("a"), STR("b"));
	OK(strcmp(hex, other) != 0, "nor by NUL bytes");
	arena_free(&a);
	return tap_done();
}
