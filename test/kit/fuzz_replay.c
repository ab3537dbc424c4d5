/* Replays a fuzz target's corpus in the normal test run: every file of the folder given, whole and cut short at a few
 * places. The folder must hold at least one file. Speaks TAP: a file that does not end the program is "ok". */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "test/kit/fuzz.h"

#include "base/banned.h"

/* A copy of its own for each run, so that a sanitizer sees a read beyond the end. */
static void run(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	if (!copy)
		abort();
	if (len)
		memcpy(copy, bytes, len);
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

static bool replay(const char *path)
{
	struct stat st;
	FILE *file = fopen(path, "rb");

	if (!file || fstat(fileno(file), &st) != 0 || !S_ISREG(st.st_mode)) {
		if (file)
			fclose(file);
		return false;
	}
	uint8_t *bytes = malloc((size_t)st.st_size + 1);
	if (!bytes)
		abort();
	size_t len = fread(bytes, 1, (size_t)st.st_size, file);
	fclose(file);
	run(bytes, len);
	for (size_t part = 1; part < 8; part++)
		run(bytes, len * part / 8);
	free(bytes);
	return true;
}

int main(int argc, char **argv)
{
	unsigned count = 0;
	DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;

	if (!dir) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	for (struct dirent *entry; (entry = readdir(dir));) {
		char path[4096];
		snprintf(path, sizeof(path), "%s/%s", argv[1], entry->d_name);
		if (replay(path))
			printf("ok %u - %s\n", ++count, entry->d_name);
	}
	closedir(dir);
	printf("1..%u\n", count);
	return count ? 0 : 1;
}
