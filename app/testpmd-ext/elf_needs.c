/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf_needs.h"

struct image {
	const char *data;
	size_t size;
	const ElfW(Phdr) * headers;
	unsigned int nb_headers;
};

/* A part of the file; NULL if that isn't in it, or not aligned for a structure. */
static const void *
part(const struct image *image, uint64_t offset, uint64_t size)
{
	if (offset % sizeof(void *) != 0 || offset > image->size || size > image->size - offset)
		return NULL;
	return image->data + offset;
}

static bool
find_headers(struct image *image)
{
	const ElfW(Ehdr) *elf = part(image, 0, sizeof(*elf));

	if (elf == NULL || memcmp(elf->e_ident, ELFMAG, SELFMAG) != 0 ||
	    elf->e_ident[EI_CLASS] != (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32) ||
	    elf->e_phentsize != sizeof(*image->headers))
		return false;
	image->nb_headers = elf->e_phnum;
	image->headers = part(image, elf->e_phoff,
			      (uint64_t)elf->e_phnum * sizeof(*image->headers));
	return image->headers != NULL;
}

/* Where in the file an address is that the program will have; beyond its end if nowhere. */
static uint64_t
offset_of(const struct image *image, uint64_t address)
{
	unsigned int i;

	for (i = 0; i < image->nb_headers; i++) {
		const ElfW(Phdr) *header = &image->headers[i];

		if (header->p_type == PT_LOAD && address >= header->p_vaddr &&
		    address - header->p_vaddr < header->p_filesz)
			return address - header->p_vaddr + header->p_offset;
	}
	return image->size;
}

/* Looks for a name among the entries of a dynamic section. */
static int
find_name(const struct image *image, const ElfW(Dyn) * entries, size_t nb, const char *prefix,
	  char *name, size_t size)
{
	uint64_t strings = image->size, at;
	size_t i;

	for (i = 0; i < nb && entries[i].d_tag != DT_NULL; i++)
		if (entries[i].d_tag == DT_STRTAB)
			strings = offset_of(image, entries[i].d_un.d_ptr);
	for (i = 0; i < nb && entries[i].d_tag != DT_NULL; i++) {
		at = strings + entries[i].d_un.d_val;
		if (entries[i].d_tag != DT_NEEDED || at < strings || at >= image->size ||
		    memchr(image->data + at, '\0', image->size - at) == NULL)
			continue;
		if (strncmp(image->data + at, prefix, strlen(prefix)) == 0) {
			snprintf(name, size, "%s", image->data + at);
			return 1;
		}
	}
	return 0;
}

static int
look_into(struct image *image, const char *prefix, char *name, size_t size)
{
	const ElfW(Dyn) * entries;
	unsigned int i;

	if (!find_headers(image))
		return -ENOEXEC;
	for (i = 0; i < image->nb_headers; i++) {
		if (image->headers[i].p_type != PT_DYNAMIC)
			continue;
		entries = part(image, image->headers[i].p_offset, image->headers[i].p_filesz);
		return entries == NULL ? -ENOEXEC
				       : find_name(image, entries,
						   image->headers[i].p_filesz / sizeof(*entries),
						   prefix, name, size);
	}
	return 0;
}

int
elf_needs(const char *path, const char *prefix, char *name, size_t size)
{
	struct image image = { 0 };
	struct stat status;
	void *data;
	int fd, rc;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	rc = fstat(fd, &status) < 0 ? -errno : status.st_size == 0 ? -ENOEXEC : 0;
	data = rc == 0 ? mmap(NULL, status.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
	if (data == MAP_FAILED)
		rc = -errno;
	close(fd);
	if (rc != 0)
		return rc;
	image.data = data;
	image.size = status.st_size;
	rc = look_into(&image, prefix, name, size);
	munmap(data, status.st_size);
	return rc;
}
