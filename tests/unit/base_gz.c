/* gzip files. */
#include "base/gz.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/proc.h"
#include "../tap.h"

static struct arena a;
static struct err e;
static char root[] = "/tmp/base_gz.XXXXXX";
static int top;

static void
test_round(struct str text, const char *what)
{
	struct str back, first, second;

	OK(gz_write(top, "f.gz", text, &e) == 0, "writes %s", what);
	OK(gz_read(&a, top, "f.gz", text.n, &back, &e) == 0 && str_eq(back, text), "reads %s", what);
	fs_read(&a, top, "f.gz", 0, &first, &e);
	gz_write(top, "g.gz", text, &e);
	fs_read(&a, top, "g.gz", 0, &second, &e);
	OK(str_eq(first, second), "the same bytes give the same file");
	OK(first.n > 10 && memcmp(first.s + 3, "\0\0\0\0\0", 5) == 0, "without name and time");
}

static void
test_damage(struct str text)
{
	struct str file, back;
	size_t refused = 0;

	gz_write(top, "f.gz", text, &e);
	fs_read(&a, top, "f.gz", 0, &file, &e);
	for (size_t n = 0; n < file.n; n += n < 40 ? 1 : 997) {
		fs_write(top, "cut.gz", str_sub(file, 0, n), 0644, false, &e);
		if (gz_read(&a, top, "cut.gz", 0, &back, &e) < 0 && e.code == ERR_PARSE)
			refused++;
		else
			OK(0, "a file cut at %zu is refused", n);
	}
	OK(refused > 40, "cut files are refused");
	for (size_t i = 10; i < file.n; i += 991) {
		char *copy = str_c(&a, file);

		copy[i] ^= 0x10;
		fs_write(top, "bad.gz", (struct str){copy, file.n}, 0644, false, &e);
		if (gz_read(&a, top, "bad.gz", 0, &back, &e) == 0)
			OK(str_eq(back, text), "a file damaged at %zu is refused or whole", i);
	}
	fs_write(top, "tail.gz", str_printf(&a, "%s", "garbage"), 0644, false, &e);
	OK(gz_read(&a, top, "tail.gz", 0, &back, &e) < 0 && strstr(e.msg, "tail.gz"),
	   "garbage is refused by name");
}

int
main(void)
{
	const char *argv[] = {"gzip", "-dc", "f.gz", NULL};
	char *big = arena_alloc(&a, 700000);
	struct proc_result r;
	struct str back, one, two;

	if (!mkdtemp(root) || (top = fs_open_dir(AT_FDCWD, root, &e)) < 0)
		return 1;
	srandom(7);
	for (size_t i = 0; i < 700000; i++)
		big[i] = (char)(i % 3 ? random() : 'a');
	test_round(STR(""), "nothing");
	test_round(STR("a line\n"), "a line");
	test_round((struct str){arena_alloc(&a, 2000000), 2000000}, "2 MB of zeros");
	test_round((struct str){big, 700000}, "700 kB of noise");
	OK(proc_run(&a, &(struct proc){.argv = argv, .cwd = root, .out = PROC_CAPTURE}, &r, &e) == 0 &&
		   r.status == 0 && str_eq(r.out, (struct str){big, 700000}),
	   "gzip reads it");

	gz_write(top, "bomb.gz", (struct str){arena_alloc(&a, 2000000), 2000000}, &e);
	OK(gz_read(&a, top, "bomb.gz", 1999999, &back, &e) < 0 && e.sys == EFBIG && e.code == ERR_PARSE,
	   "more than the limit is refused");
	gz_write(top, "one.gz", STR("one "), &e);
	gz_write(top, "two.gz", STR("two"), &e);
	fs_read(&a, top, "one.gz", 0, &one, &e);
	fs_read(&a, top, "two.gz", 0, &two, &e);
	{
		struct buf b = buf_new(&a);

		buf_str_add(&b, one);
		buf_str_add(&b, two);
		fs_write(top, "both.gz", buf_str(&b), 0644, false, &e);
		OK(gz_read(&a, top, "both.gz", 0, &back, &e) == 0 && str_is(back, "one two"), "two members");
		buf_adds(&b, "tail");
		fs_write(top, "both.gz", buf_str(&b), 0644, false, &e);
		OK(gz_read(&a, top, "both.gz", 0, &back, &e) < 0, "text behind them");
	}
	test_damage((struct str){big, 20000});
	OK(gz_read(&a, top, "none.gz", 0, &back, &e) < 0 && e.sys == ENOENT, "a missing file");
	OK(gz_write(top, "no/f.gz", STR("x"), &e) < 0 && e.sys == ENOENT, "a missing folder");
	fs_remove(AT_FDCWD, root, &e);
	arena_free(&a);
	return tap_done();
}
