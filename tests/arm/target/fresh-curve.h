/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* As after a start. */
void fresh_curve (void);
