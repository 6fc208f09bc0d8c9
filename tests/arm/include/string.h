/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All of a C library that portable code may count on.  The compiler itself
 * calls the first four (GCC manual, "Standards").
 */
#pragma once

#include <stddef.h>

void *memcpy (void *restrict to, const void *restrict from, size_t len);
void *memmove (void *to, const void *from, size_t len);
void *memset (void *to, int byte, size_t len);
int memcmp (const void *a, const void *b, size_t len);
void *memchr (const void *data, int byte, size_t len);
size_t strlen (const char *text);
int strncmp (const char *a, const char *b, size_t len);
char *strncpy (char *restrict to, const char *restrict from, size_t len);
