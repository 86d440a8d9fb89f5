/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#define _GNU_SOURCE /* mkostemp */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vfctl_file.h"

static int refuse(int error, const char *path, char *why, size_t size, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

static int
refuse(int error, const char *path, char *why, size_t size, const char *format, ...)
{
	char name[VFCTL_FILE_NAME_LEN], what[96];
	va_list ap;

	if (why == NULL)
		return error;
	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	vfctl_file_name(path, name, sizeof(name));
	snprintf(why, size, "%s: %s", name, what);
	return error;
}

void
vfctl_file_name(const char *path, char *name, size_t size)
{
	const size_t len = strlen(path);

	if (len < size)
		snprintf(name, size, "%s", path);
	else
		snprintf(name, size, "...%s", path + len - (size - strlen("...") - 1));
}

/* --- reading --- */

static int
check(int fd, const char *path, bool kept, char *why, size_t size)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return refuse(-errno, path, why, size, "can't be looked at: %s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return refuse(-EINVAL, path, why, size, "is no regular file");
	if (st.st_size > (off_t)VFCTL_FILE_MAX)
		return refuse(-EFBIG, path, why, size, "has more than %u octets", VFCTL_FILE_MAX);
	if (kept && st.st_uid != 0 && st.st_uid != geteuid())
		return refuse(-EPERM, path, why, size,
			      "isn't trusted: it belongs to user %u; remove it", st.st_uid);
	if (kept && (st.st_mode & (S_IWGRP | S_IWOTH)))
		return refuse(-EPERM, path, why, size,
			      "isn't trusted: others may write to it (mode %04o); remove it",
			      st.st_mode & 07777);
	return 0;
}

/* Up to `room` octets; how many, or -1. */
static ssize_t
read_all(int fd, char *text, size_t room)
{
	size_t len = 0;
	ssize_t n;

	do {
		n = read(fd, text + len, room - len);
		if (n > 0)
			len += (size_t)n;
	} while (n > 0 || (n < 0 && errno == EINTR));
	return n < 0 ? n : (ssize_t)len;
}

static int
read_text(int fd, const char *path, char **out, size_t *len, char *why, size_t size)
{
	/* The file may have grown since it was looked at: one octet more tells. */
	char *text = malloc(VFCTL_FILE_MAX + 2);
	ssize_t n;
	int rc;

	if (text == NULL)
		return refuse(-ENOMEM, path, why, size, "no memory to read it");
	n = read_all(fd, text, VFCTL_FILE_MAX + 1);
	if (n >= 0 && n <= (ssize_t)VFCTL_FILE_MAX) {
		text[n] = '\0';
		*out = text;
		*len = (size_t)n;
		return 0;
	}
	if (n < 0)
		rc = refuse(-errno, path, why, size, "can't be read: %s", strerror(errno));
	else
		rc = refuse(-EFBIG, path, why, size, "has more than %u octets", VFCTL_FILE_MAX);
	free(text);
	return rc;
}

int
vfctl_file_read(const char *path, bool kept, char **text, size_t *len, char *why, size_t size)
{
	/* Without O_NONBLOCK, a pipe in the file's place would hold us up. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (kept ? O_NOFOLLOW : 0));
	int rc;

	if (fd < 0 && kept && errno == ELOOP)
		return refuse(-EPERM, path, why, size,
			      "isn't trusted: it is a symbolic link; remove it");
	if (fd < 0)
		return refuse(-errno, path, why, size, "can't be opened: %s", strerror(errno));
	rc = check(fd, path, kept, why, size);
	if (rc == 0)
		rc = read_text(fd, path, text, len, why, size);
	close(fd);
	return rc;
}

/* --- replacing --- */

/* The length of the folder's part of a path; 0 when it has none. */
static size_t
folder_len(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? 0 : (size_t)(slash - path);
}

static int
folder_make(const char *path)
{
	char folder[PATH_MAX];
	size_t len = folder_len(path);

	if (len == 0)
		return 0;
	snprintf(folder, sizeof(folder), "%.*s", (int)len, path);
	return mkdir(folder, 0700) == 0 || errno == EEXIST ? 0 : -errno;
}

/*
 * Makes the new name outlive a power cut. Not every file system can, and the
 * file is in place by now: no error.
 */
static void
folder_sync(const char *path)
{
	char folder[PATH_MAX];
	size_t len = folder_len(path);
	int fd;

	if (len == 0)
		snprintf(folder, sizeof(folder), "%s", path[0] == '/' ? "/" : ".");
	else
		snprintf(folder, sizeof(folder), "%.*s", (int)len, path);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

static int
write_all(int fd, const char *text, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, text, len);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
	/* Before the rename: else a power cut could leave the new name with nothing in it. */
	return fsync(fd) == 0 ? 0 : -errno;
}

static int
replace(const char *path, const char *text, size_t len)
{
	char temporary[PATH_MAX];
	int fd, rc;

	if (snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >= (int)sizeof(temporary))
		return -ENAMETOOLONG;
	fd = mkostemp(temporary, O_CLOEXEC); /* mode 0600 */
	if (fd < 0)
		return -errno;
	rc = write_all(fd, text, len);
	if (close(fd) != 0 && rc == 0)
		rc = -errno;
	if (rc == 0 && rename(temporary, path) != 0)
		rc = -errno;
	if (rc != 0)
		unlink(temporary);
	return rc;
}

int
vfctl_file_replace(const char *path, bool make_folder, const char *text, size_t len, char *why,
		   size_t size)
{
	int rc = 0;

	if (len > VFCTL_FILE_MAX)
		return refuse(-EFBIG, path, why, size, "would have more than %u octets",
			      VFCTL_FILE_MAX);
	if (make_folder)
		rc = folder_make(path);
	if (rc == 0)
		rc = replace(path, text, len);
	if (rc != 0)
		return refuse(rc, path, why, size, "can't be written: %s", strerror(-rc));
	folder_sync(path);
	return 0;
}
