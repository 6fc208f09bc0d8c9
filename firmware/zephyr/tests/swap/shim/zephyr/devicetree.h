/* SPDX-License-Identifier: Apache-2.0 */
/* The boot loader's configuration wants it; what it would take from it comes from the compiler's command line. */
#pragma once
