/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device: its sessions, what each may ask in which state, its sensor, its
 * advertisement and its button.  A platform fills a struct wtl_device_port,
 * calls wtl_device_init() once at start and the other functions as things
 * happen, from one thread.  Nothing else is needed to put it on a chip.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "firmware/core/unit.h"
#include "pairing/advert.h"
#include "pairing/channel.h"

#define WTL_HANDSHAKE_MS 15000u /* a session must be open after this */
#define WTL_IDLE_MS 600000u     /* an open one is closed when nothing comes */
#define WTL_ROTATE_MS 900000u   /* an owned device's tag changes */

enum wtl_button {
  WTL_BUTTON_SHORT, /* show yourself: a fresh advertisement at once */
  WTL_BUTTON_RESET, /* held for 10 s: factory reset */
};

struct wtl_device_port {
  void *ctx; /* handed to every function but the flash's */
  struct wtl_flash flash;

  /* As in struct wtl_port. */
  int (*random) (void *ctx, uint8_t *buf, size_t len);
  uint64_t (*now_ms) (void *ctx);
  int (*send) (void *ctx, const uint8_t *packet, size_t len);

  /* The link is to be closed; wtl_device_disconnected() need not be called. */
  void (*hang_up) (void *ctx);

  /* What to advertise from now on. */
  void (*advertise) (void *ctx, const uint8_t advert[WTL_ADVERT_SIZE]);

  /* Measures, in thousandths of the passport's unit.  0 on success. */
  int (*sense) (void *ctx, int32_t *value);

  /* Answers the owner's frame of SMP: the answer goes to @out, its bytes to
   * @out_len.  Not 0 where there is none.  NULL: this device has no SMP. */
  int (*smp) (void *ctx, const uint8_t *frame, size_t len, uint8_t *out, size_t size, size_t *out_len);

  /* Tells what runs here, but for what the core knows itself (how often it
   * started, what is off).  NULL: it cannot be known. */
  void (*integrity) (void *ctx, wtl_Integrity *out);

  /* WTL_ALERT_* bits of what is not as it should be now.  Is called often.
   * NULL: it cannot be known. */
  uint32_t (*alerts) (void *ctx);

  const char *firmware_version; /* at most 32 characters */
  uint32_t sample_ms;           /* between two readings */
};

/* Who is at the far end of the session. */
enum wtl_role {
  WTL_ROLE_NONE,
  WTL_ROLE_CODE,     /* holds the setup code: may set up, or fetch a receipt */
  WTL_ROLE_OWNER,    /* holds an owner key, or has just been given one */
  WTL_ROLE_PASSWORD, /* holds the password: may enrol */
  WTL_ROLE_WIPED,    /* was an owner when the session began */
};

struct wtl_device {
  const struct wtl_device_port *port;
  struct wtl_port channel_port;
  struct wtl_unit unit;

  struct wtl_channel channel;
  bool connected;
  enum wtl_role role;
  uint64_t deadline; /* of the session, milliseconds */

  uint64_t next_sample;
  uint64_t next_rotation;
  uint64_t time_base; /* seconds since 1970 at time_set_ms; 0 = not set */
  uint64_t time_set_ms;
  uint8_t instance[5]; /* random per start, for the unowned advertisement */

  bool advert_owned; /* what is being advertised */
  uint8_t advert_flags;

  uint32_t error_detail; /* of the request in hand */
  wtl_Request request;
  wtl_Response response;
};

/* Starts the device.  @port must outlive it.  As wtl_unit_open(). */
enum wtl_status wtl_device_init (struct wtl_device *device, const struct wtl_device_port *port);

/* Somebody connected; packets to send are at most @mtu bytes.
 * WTL_ERROR_STATE where somebody else is connected: close the new link. */
enum wtl_status wtl_device_connected (struct wtl_device *device, size_t mtu);

/* A packet came from the link. */
void wtl_device_packet (struct wtl_device *device, const uint8_t *packet, size_t len);

/* The link is gone. */
void wtl_device_disconnected (struct wtl_device *device);

/* Does what is due.  Returns the milliseconds until it wants to be called
 * again. */
uint32_t wtl_device_tick (struct wtl_device *device);

void wtl_device_button (struct wtl_device *device, enum wtl_button button);

/* As the session's far end, or a person who watches, sees it. */
wtl_DeviceState wtl_device_state (const struct wtl_device *device);

/* WTL_ALERT_* bits of what is off now. */
uint32_t wtl_device_alerts (const struct wtl_device *device);

/* Seconds since 1970, 0 = the clock has not been set since the start. */
uint64_t wtl_device_time (const struct wtl_device *device);
void wtl_device_set_time (struct wtl_device *device, uint64_t time);
