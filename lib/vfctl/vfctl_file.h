/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef VFCTL_FILE_H
#define VFCTL_FILE_H

/**
 * @file
 * Small text files: read whole, replaced whole. Knows nothing of what is in them.
 * All of it may block on storage: control thread, or before there is one.
 */

#include <stdbool.h>
#include <stddef.h>

/** Octets that a file may have: settings of 64 VFs with the longest lists of VLANs fit. */
#define VFCTL_FILE_MAX (2u << 20)

/** Octets for vfctl_file_name(). */
#define VFCTL_FILE_NAME_LEN 48

/** A path for messages, cut at its beginning so that the message's end stays readable. */
void vfctl_file_name(const char *path, char *name, size_t size);

/**
 * Reads a regular file.
 *
 * @param kept the file was written by vfctl_file_replace(), and is believed
 *   without an operator having named it: it must be root's or this user's, nobody
 *   else may write to it, and symbolic links aren't followed.
 * @param text where it is put, with a NUL behind it; free() it.
 * @return 0; -EFBIG; -EPERM for a file that can't be trusted; -EINVAL when it is
 *   no regular file; -ENOMEM; or what the system said.
 */
int vfctl_file_read(const char *path, bool kept, char **text, size_t *len, char *why, size_t size);

/**
 * Puts a file of mode 0600 where `path` says: readers find the old one or the new
 * one, never a part of it, and after a crash as well.
 *
 * @param make_folder create the file's folder, mode 0700, if it isn't there.
 * @return 0; -EFBIG; or what the system said: then the old file is still there.
 */
int vfctl_file_replace(const char *path, bool make_folder, const char *text, size_t len, char *why,
		       size_t size);

#endif /* VFCTL_FILE_H */
