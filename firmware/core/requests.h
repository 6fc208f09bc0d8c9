/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a session asks: decoded, checked against one table, answered.
 */
#pragma once

#include "firmware/core/device.h"

/* Handles the message at device->channel.message and sends the answer.  An
 * error means that the session is to be closed. */
enum wtl_status wtl_requests_handle (struct wtl_device *device);
