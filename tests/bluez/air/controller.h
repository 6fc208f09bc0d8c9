/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A controller as the air sees it: between the kernel's side (/dev/vhci) and
 * btvirt's, which plays the controller.  What the kernel tells its controller to
 * advertise, to scan for and to connect to is read off the commands that go by.
 */
#pragma once

#include "tests/bluez/air/hci.h"

G_BEGIN_DECLS

#define ADDRESS_SIZE 6
#define SETS_MAX 4
#define ADVERT_MAX 31
#define ATT_MTU_MAX 517 /* of Linux */

typedef struct {
  guint8 type; /* 0 public, 1 random */
  guint8 bytes[ADDRESS_SIZE];
} Address;

typedef struct {
  guint16 handle;
  gint to; /* index of the controller that was connected to; -1 where that one connected */
} Connection;

typedef struct {
  gboolean used;
  gboolean enabled;
  guint8 handle;
  guint16 properties;
  guint8 own_type;
  guint8 random[ADDRESS_SIZE];
  guint8 data[ADVERT_MAX], response[ADVERT_MAX];
  guint8 data_len, response_len;
} AdvertisingSet;

typedef struct {
  guint index;
  int vhci;     /* the kernel's side; -1 while pulled out */
  int emulator; /* btvirt's side */
  gboolean in_range;
  guint cut_after; /* out of range at the notification of that number that it would send; 0: never */
  guint8 public_address[ADDRESS_SIZE];
  AdvertisingSet sets[SETS_MAX];
  GArray *connections; /* of Connection */

  gboolean scanning;
  gboolean active;       /* asks for scan responses */
  gboolean accepts_only; /* hears whom it has on its accept list alone */
  gboolean filters_duplicates;
  gint64 scanning_since; /* monotonic time, microseconds */
  GHashTable *heard;     /* of guint: what was reported since */
  GArray *accept_list;   /* of Address */

  gint connecting;       /* index of the controller; -1 = none */
  GBytes *wanted;        /* a command to connect that waits for its device to be heard */
  guint unasked;         /* how many answers of the controller the kernel has not asked for */
  GQueue *to_controller; /* of GBytes: data that waits while out of range */
  GQueue *to_kernel;
  guint supervision; /* timer */

  const guint16 *mtu; /* the largest ATT_MTU that links have */
} Controller;

/* @emulator is taken over.  @mtu must outlive it. */
Controller *controller_new (guint index, int emulator, const guint16 *mtu);
void controller_free (Controller *self);

/* Opens /dev/vhci: the kernel has one adapter more.  The answer to the request
 * has to be passed to btvirt only the first time. */
gboolean controller_plug (Controller *self);

/* Gives it to somebody else than the kernel: whole packets are read from and
 * written to @fd, which is taken over. */
void controller_give (Controller *self, int fd);

/* The kernel has one adapter less; the others' links to it time out. */
void controller_unplug (Controller *self);

void controller_set_in_range (Controller *self, gboolean in_range);

/* Passes on one packet; FALSE where that side has closed. */
gboolean controller_from_kernel (Controller *self);
gboolean controller_from_emulator (Controller *self);

/* Reports an advertisement to the kernel, if it is listening for such and has
 * not heard it before. */
void controller_hear (Controller *self, const Address *from, guint16 type, const guint8 *data, guint8 len, gint8 rssi);

/* Whom it wants to connect to; FALSE: nobody. */
gboolean controller_wants (Controller *self, Address *out);

/* Carries the wish out now; the device is at controller @to. */
void controller_connect (Controller *self, guint to);

/* Whether it has connected to controller @to: no two controllers have two links. */
gboolean controller_has_link (const Controller *self, guint to);

/* What @set is sent from. */
void controller_set_address (const Controller *self, const AdvertisingSet *set, Address *out);

/* For the parts of a controller. */

/* Notes a command of the kernel's. */
void controller_note (Controller *self, guint16 opcode, const guint8 *parameters, guint8 len);
/* NULL where there is none; with @make, where there is no place for one. */
AdvertisingSet *controller_find_set (Controller *self, guint8 handle, gboolean make);
/* Its place in the accept list, or -1. */
gint controller_find_accepted (Controller *self, const Address *address);
/* As after a reset. */
void controller_forget_all (Controller *self);

G_END_DECLS
