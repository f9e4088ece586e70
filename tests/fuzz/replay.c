/* replay.c - runs a fuzz target over the files, and the files of the folders, given as arguments. */
#include <dirent.h>
#include <sys/stat.h>

#include "fuzz.h"

static int
replay_file(const char *path)
{
	FILE *f = fopen(path, "rbe");
	uint8_t *data;
	long n;
	int rc = -1;

	if (!f)
		return -1;
	if (fseek(f, 0, SEEK_END) == 0 && (n = ftell(f)) >= 0 && fseek(f, 0, SEEK_SET) == 0 &&
	    (data = malloc((size_t)n + 1))) {
		if (fread(data, 1, (size_t)n, f) == (size_t)n) {
			LLVMFuzzerTestOneInput(data, (size_t)n);
			rc = 0;
		}
		free(data);
	}
	fclose(f);
	return rc;
}

static int
replay(const char *path)
{
	struct dirent **entries;
	struct stat st;
	int n, bad = 0;

	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
		return replay_file(path);
	n = scandir(path, &entries, NULL, alphasort);
	if (n < 0)
		return -1;
	for (int i = 0; i < n; i++) {
		char name[4096];

		if (entries[i]->d_name[0] != '.') {
			snprintf(name, sizeof(name), "%s/%s", path, entries[i]->d_name);
			bad |= replay(name);
		}
		free(entries[i]);
	}
	free(entries);
	return bad;
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (replay(argv[i]) < 0) {
			perror(argv[i]);
			return 1;
		}
	}
	return 0;
}
