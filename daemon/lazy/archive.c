/* SPDX-License-Identifier: Apache-2.0 */
/* libarchive, when the person exports what is held about them. */
#include <archive.h>
#include <archive_entry.h>

#include "common/lazy.h"

#define LAZY(type, name, parameters, arguments) WATTLE_LAZY ("libarchive.so.13", type, name, parameters, arguments)

/* clang-format off */
LAZY (struct archive_entry *, archive_entry_new, (void), ())
LAZY (void, archive_entry_free, (struct archive_entry *entry), (entry))
LAZY (void, archive_entry_set_filetype, (struct archive_entry *entry, unsigned int type), (entry, type))
LAZY (void, archive_entry_set_mtime, (struct archive_entry *entry, time_t time, long nanoseconds), (entry, time, nanoseconds))
LAZY (void, archive_entry_set_pathname, (struct archive_entry *entry, const char *path), (entry, path))
LAZY (void, archive_entry_set_perm, (struct archive_entry *entry, __LA_MODE_T mode), (entry, mode))
LAZY (void, archive_entry_set_size, (struct archive_entry *entry, la_int64_t size), (entry, size))

LAZY (struct archive *, archive_write_new, (void), ())
LAZY (int, archive_write_set_format_ustar, (struct archive *archive), (archive))
LAZY (int, archive_write_open, (struct archive *archive, void *data, archive_open_callback *on_open, archive_write_callback *on_write, archive_close_callback *on_close), (archive, data, on_open, on_write, on_close))
LAZY (int, archive_write_header, (struct archive *archive, struct archive_entry *entry), (archive, entry))
LAZY (la_ssize_t, archive_write_data, (struct archive *archive, const void *data, size_t size), (archive, data, size))
LAZY (int, archive_write_fail, (struct archive *archive), (archive))
LAZY (int, archive_write_set_bytes_in_last_block, (struct archive *archive, int bytes), (archive, bytes))
LAZY (int, archive_write_close, (struct archive *archive), (archive))
LAZY (int, archive_write_free, (struct archive *archive), (archive))
LAZY (const char *, archive_error_string, (struct archive *archive), (archive))
/* clang-format on */
