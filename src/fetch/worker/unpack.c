/* unpack.c - reads an archive by libarchive: tar and zip, and the usual five compressions. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "fetch/worker/unpack.h"

enum {
	BLOCK = 128 * 1024,
	MAX_ENTRIES = 200000,
	MAX_DEPTH = 100,
	MAX_NAME = 1024,
	CPU_SECONDS = 300,
	MEMORY = 1 << 30,
};
#define MAX_BYTES ((uint64_t)2 << 30)

static void
free_reader(struct archive *in)
{
	archive_read_free(in);
}
typedef struct archive reader;
AUTO_DEFINE(reader, free_reader)

static int
damaged(struct unpack *u, struct archive *in)
{
	const char *text = archive_error_string(in);

	return worker_fail(u->f, WORKER_ARCHIVE, "%s", text ? text : "it is damaged");
}

static int
pwrite_all(struct unpack *u, int fd, const char *bytes, size_t n, int64_t at)
{
	while (n) {
		ssize_t done = pwrite(fd, bytes, n, at);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return worker_fail_sys(u->f, WORKER_DISK, "unpacking '%.300s'", u->name);
		bytes += done;
		n -= (size_t)done;
		at += done;
	}
	return 0;
}

/* Holes count as bytes: whoever reads the file reads them. */
static int
write_data(struct unpack *u, struct archive *in, struct archive_entry *entry, int fd)
{
	int64_t end = 0, size = archive_entry_size_is_set(entry) ? archive_entry_size(entry) : 0;

	if (size < 0 || (uint64_t)size > u->max_bytes - u->bytes)
		return entry_count_bytes(u, UINT64_MAX);
	for (;;) {
		const void *bytes;
		size_t n;
		int64_t at;
		int rc = archive_read_data_block(in, &bytes, &n, &at);

		if (rc == ARCHIVE_EOF)
			break;
		if (rc != ARCHIVE_OK || at < end)
			return damaged(u, in);
		if ((uint64_t)at > u->max_bytes || n > u->max_bytes)
			return entry_count_bytes(u, UINT64_MAX);
		if (entry_count_bytes(u, (uint64_t)(at - end) + n) < 0 || pwrite_all(u, fd, bytes, n, at) < 0)
			return -1;
		end = at + (int64_t)n;
		worker_progress(u->bytes);
	}
	if (size <= end)
		return 0;
	if (entry_count_bytes(u, (uint64_t)(size - end)) < 0)
		return -1;
	return ftruncate(fd, size) < 0 ? worker_fail_sys(u->f, WORKER_DISK, "unpacking '%.300s'", u->name)
				       : 0;
}

static int
unpack_file(struct unpack *u, struct archive *in, struct archive_entry *entry, const char *path)
{
	int fd = entry_file(u, path, archive_entry_perm(entry) & 0100);

	if (fd < 0)
		return -1;
	if (write_data(u, in, entry, fd) < 0) {
		close(fd);
		return -1;
	}
	return entry_close(u, fd, archive_entry_mtime(entry));
}

static int
unpack_entry(struct unpack *u, struct archive *in, struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry), *link = archive_entry_hardlink(entry);
	char path[PATH_ROOM];

	u->name = name ? name : "?";
	if (!name)
		return entry_refuse(u, "has a name that cannot be read");
	if (archive_entry_is_encrypted(entry))
		return entry_refuse(u, "is encrypted");
	if (entry_path(u, name, path) < 0)
		return -1;
	if (link)
		return entry_copy(u, path, link, archive_entry_mtime(entry));
	switch (archive_entry_filetype(entry)) {
	case AE_IFREG:
		return unpack_file(u, in, entry, path);
	case AE_IFDIR:
		return entry_dir(u, path);
	case AE_IFLNK:
		return entry_symlink(u, path, archive_entry_symlink(entry));
	case AE_IFIFO:
		return entry_refuse(u, "is a FIFO");
	case AE_IFSOCK:
		return entry_refuse(u, "is a socket");
	case AE_IFCHR:
	case AE_IFBLK:
		return entry_refuse(u, "is a device");
	default:
		return entry_refuse(u, "is neither file, folder nor link");
	}
}

static int
unpack_all(struct unpack *u, struct archive *in)
{
	struct archive_entry *entry;
	int rc;

	while ((rc = archive_read_next_header(in, &entry)) == ARCHIVE_OK || rc == ARCHIVE_WARN)
		if (unpack_entry(u, in, entry) < 0)
			return -1;
	return rc == ARCHIVE_EOF ? 0 : damaged(u, in);
}

static int
open_reader(struct archive *in, int fd)
{
	/* ARCHIVE_WARN would mean that an external program stands in for a missing library. */
	if (archive_read_support_format_tar(in) != ARCHIVE_OK ||
	    archive_read_support_format_zip(in) != ARCHIVE_OK ||
	    archive_read_support_filter_gzip(in) != ARCHIVE_OK ||
	    archive_read_support_filter_bzip2(in) != ARCHIVE_OK ||
	    archive_read_support_filter_xz(in) != ARCHIVE_OK ||
	    archive_read_support_filter_lzma(in) != ARCHIVE_OK ||
	    archive_read_support_filter_zstd(in) != ARCHIVE_OK)
		return -1;
	return archive_read_open_fd(in, fd, BLOCK) == ARCHIVE_OK ? 0 : -1;
}

static int
run(struct unpack *u, int fd, const struct confine *c)
{
	AUTO(reader) in = archive_read_new();

	if (!in)
		return worker_fail(u->f, WORKER_MEMORY, "libarchive does not start");
	if (worker_confine(c, u->f) < 0)
		return -1;
	if (open_reader(in, fd) < 0)
		return damaged(u, in);
	return unpack_all(u, in);
}

int
unpack_job(struct arena *a, const json_value *request, struct json *done, struct fail *f)
{
	const char *archive = str_c(a, json_str(request, "archive")),
		   *out = str_c(a, json_str(request, "out"));
	struct unpack u = {
		.dir = -1,
		.max_bytes = worker_number(request, "max_bytes", MAX_BYTES),
		.max_entries = worker_number(request, "max_entries", MAX_ENTRIES),
		.max_depth = worker_number(request, "max_depth", MAX_DEPTH),
		.max_name = worker_number(request, "max_name", MAX_NAME),
		.f = f,
	};
	AUTO_FD fd = open(archive, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	AUTO_FD dir = open(out, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	const struct confine c = {
		.outer = json_bool(request, "outer"),
		.write_dir = dir,
		.memory = MEMORY,
		.file_size = u.max_bytes + 1,
		.cpu = CPU_SECONDS,
	};
	int rc;

	if (fd < 0 || dir < 0)
		return worker_fail_sys(f, WORKER_REQUEST, "%s", fd < 0 ? archive : out);
	u.out = dir;
	rc = run(&u, fd, &c);
	if (u.dir >= 0)
		close(u.dir);
	json_key_int(done, "entries", (int64_t)u.entries);
	json_key_int(done, "bytes", (int64_t)u.bytes);
	return rc;
}
