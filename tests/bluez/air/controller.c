/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One controller between kernel and btvirt.
 */
#include "tests/bluez/air/controller.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* After so long without a sign of the other end a link is lost; Linux asks for
 * 420 ms, which an emulated machine under load would not always keep. */
#define SUPERVISION_MS 1000
/* A scan needs a while to hear anything: bluetoothd 5.66 forgets what comes
 * before the kernel's answer to its wish to scan. */
#define DEAF_US (250 * 1000)
#define ATT_CHANNEL 4
#define ATT_MTU_REQUEST 2
#define ATT_MTU_RESPONSE 3
#define ATT_WRITE_REQUEST 0x12
#define ATT_SEVERAL_AT_ONCE 4
#define ATT_NOTIFICATION 0x1b
#define ATT_NOTIFICATIONS 0x23
#define COMMAND_HEADER 4
#define EVENT_HEADER 3

static void
send_to (int fd, const guint8 *packet, gsize len)
{
  if (fd >= 0 && write (fd, packet, len) != (gssize)len)
    g_printerr ("air: a packet of %" G_GSIZE_FORMAT " bytes is lost: %s\n", len, g_strerror (errno));
}

static void
send_event (Controller *self, guint8 code, const guint8 *parameters, guint8 len)
{
  guint8 packet[EVENT_HEADER + 255] = { HCI_EVENT, code, len };

  memcpy (packet + EVENT_HEADER, parameters, len);
  send_to (self->vhci, packet, EVENT_HEADER + len);
}

static void
send_status (Controller *self, guint16 opcode)
{
  guint8 parameters[4] = { 0, 1 };

  hci_put16 (parameters + 2, opcode);
  send_event (self, HCI_EVT_COMMAND_STATUS, parameters, sizeof parameters);
}

/* --- life --- */

static void
drop_all (GQueue *queue)
{
  g_queue_clear_full (queue, (GDestroyNotify)g_bytes_unref);
}

void
controller_forget_all (Controller *self)
{
  memset (self->sets, 0, sizeof self->sets);
  g_array_set_size (self->accept_list, 0);
  g_array_set_size (self->connections, 0);
  g_clear_pointer (&self->wanted, g_bytes_unref);
  self->scanning = FALSE;
  drop_all (self->to_controller);
  drop_all (self->to_kernel);
}

/* --- connecting --- */

gboolean
controller_wants (Controller *self, Address *out)
{
  const guint8 *packet;
  gsize len;

  if (self->wanted == NULL || self->vhci < 0 || !self->in_range)
    return FALSE;
  packet = g_bytes_get_data (self->wanted, &len);
  if (len < COMMAND_HEADER + 9)
    return FALSE;
  memcpy (out, packet + COMMAND_HEADER + 2, sizeof *out);
  return TRUE;
}

gboolean
controller_has_link (const Controller *self, guint to)
{
  for (guint i = 0; i < self->connections->len; i++)
    if (g_array_index (self->connections, Connection, i).to == (gint)to)
      return TRUE;
  return FALSE;
}

void
controller_connect (Controller *self, guint to)
{
  g_autoptr (GBytes) packet = g_steal_pointer (&self->wanted);

  /* The kernel has its answer already. */
  self->unasked++;
  self->connecting = (gint)to;
  send_to (self->emulator, g_bytes_get_data (packet, NULL), g_bytes_get_size (packet));
}

static void
cancel (Controller *self)
{
  guint8 complete[4] = { 1, 0, 0, 0 };
  guint8 connected[31] = { HCI_LE_EVT_CONNECTED_ENHANCED, HCI_UNKNOWN_CONNECTION };

  g_clear_pointer (&self->wanted, g_bytes_unref);
  hci_put16 (complete + 1, HCI_LE_CREATE_CONNECTION_CANCEL);
  send_event (self, HCI_EVT_COMMAND_COMPLETE, complete, sizeof complete);
  send_event (self, HCI_EVT_LE, connected, sizeof connected);
}

/* The link is lost: as the controllers at both ends find out by themselves. */
static void
time_out_links (Controller *self)
{
  for (guint i = 0; i < self->connections->len; i++) {
    guint8 packet[COMMAND_HEADER + 3] = { HCI_COMMAND, 0, 0, 3, 0, 0, HCI_CONNECTION_TIMEOUT };

    hci_put16 (packet + 1, HCI_DISCONNECT);
    hci_put16 (packet + COMMAND_HEADER, g_array_index (self->connections, Connection, i).handle);
    self->unasked++;
    send_to (self->emulator, packet, sizeof packet);
  }
  drop_all (self->to_controller);
  drop_all (self->to_kernel);
}

static gboolean
on_supervision (gpointer user_data)
{
  Controller *self = user_data;

  self->supervision = 0;
  time_out_links (self);
  return G_SOURCE_REMOVE;
}

static void
flush (GQueue *queue, int fd)
{
  GBytes *packet;

  while ((packet = g_queue_pop_head (queue)) != NULL) {
    send_to (fd, g_bytes_get_data (packet, NULL), g_bytes_get_size (packet));
    g_bytes_unref (packet);
  }
}

void
controller_set_in_range (Controller *self, gboolean in_range)
{
  self->in_range = in_range;
  self->cut_after = 0;
  g_clear_handle_id (&self->supervision, g_source_remove);
  if (!in_range) {
    self->supervision = g_timeout_add (SUPERVISION_MS, on_supervision, self);
    return;
  }
  flush (self->to_controller, self->emulator);
  flush (self->to_kernel, self->vhci);
}

/* --- packets --- */

/* A link's two ends agree on no more than the air allows: not on a larger MTU,
 * and where it is small, as between simple chips, not on notifications of several
 * values at once either, which take two bytes of each packet more (the only
 * one-byte Write Request there is, to the Client Supported Features). */
static void
limit_att (Controller *self, guint8 *packet, gsize len)
{
  guint8 *att = packet + 9;

  if (*self->mtu == ATT_MTU_MAX || len < 12 || (packet[2] & 0x10) != 0 || hci_get16 (packet + 7) != ATT_CHANNEL)
    return;
  if (len == 12 && (att[0] == ATT_MTU_REQUEST || att[0] == ATT_MTU_RESPONSE))
    hci_put16 (att + 1, MIN (hci_get16 (att + 1), *self->mtu));
  else if (len == 13 && att[0] == ATT_WRITE_REQUEST)
    att[3] &= (guint8)~ATT_SEVERAL_AT_ONCE;
}

/* Whether it begins what a device tells of itself. */
static gboolean
is_notification (const guint8 *packet, gsize len)
{
  return len > 9 && (packet[2] & 0x10) == 0 && hci_get16 (packet + 7) == ATT_CHANNEL
         && (packet[9] == ATT_NOTIFICATION || packet[9] == ATT_NOTIFICATIONS);
}

/* FALSE where the controller is not to see the command. */
static gboolean
note_command (Controller *self, const guint8 *packet, gsize len)
{
  guint16 opcode = hci_get16 (packet + 1);

  if (opcode == HCI_LE_CREATE_CONNECTION) {
    g_clear_pointer (&self->wanted, g_bytes_unref);
    self->wanted = g_bytes_new (packet, len);
    send_status (self, opcode);
    return FALSE;
  }
  if (opcode == HCI_LE_CREATE_CONNECTION_CANCEL && self->wanted != NULL) {
    cancel (self);
    return FALSE;
  }
  controller_note (self, opcode, packet + COMMAND_HEADER, (guint8)(len - COMMAND_HEADER));
  return TRUE;
}

gboolean
controller_from_kernel (Controller *self)
{
  guint8 packet[HCI_PACKET_MAX];
  gssize len = read (self->vhci, packet, sizeof packet);

  if (len <= 0)
    return len < 0 && (errno == EAGAIN || errno == EINTR);
  if (packet[0] == HCI_VENDOR)
    return TRUE;
  if (packet[0] == HCI_ACL) {
    limit_att (self, packet, (gsize)len);
    if (self->cut_after > 0 && is_notification (packet, (gsize)len) && --self->cut_after == 0)
      controller_set_in_range (self, FALSE);
  }
  if (packet[0] == HCI_ACL && !self->in_range)
    g_queue_push_tail (self->to_controller, g_bytes_new (packet, (gsize)len));
  else if (packet[0] != HCI_COMMAND || len < COMMAND_HEADER || note_command (self, packet, (gsize)len))
    send_to (self->emulator, packet, (gsize)len);
  return TRUE;
}

static void
note_disconnected (Controller *self, guint16 handle)
{
  for (guint i = 0; i < self->connections->len; i++)
    if (g_array_index (self->connections, Connection, i).handle == handle)
      g_array_remove_index_fast (self->connections, i--);
}

/* FALSE where the kernel is not to see it. */
static gboolean
note_le_event (Controller *self, const guint8 *p, guint8 len)
{
  guint16 handle = len >= 4 ? hci_get16 (p + 2) : 0;
  AdvertisingSet *set;

  switch (p[0]) {
    case HCI_LE_EVT_REPORT:
    case HCI_LE_EVT_REPORT_EXTENDED:
      /* btvirt tells of an advertisement once; the air tells as often as there is one. */
      return FALSE;
    case HCI_LE_EVT_CONNECTED:
    case HCI_LE_EVT_CONNECTED_ENHANCED:
      if (len >= 5 && p[1] == 0) {
        Connection connection = { handle, p[4] == 0 ? self->connecting : -1 };

        g_array_append_val (self->connections, connection);
      }
      return TRUE;
    case HCI_LE_EVT_SET_TERMINATED:
      set = len >= 3 ? controller_find_set (self, p[2], FALSE) : NULL;
      if (set != NULL)
        set->enabled = FALSE;
      return TRUE;
    default:
      return TRUE;
  }
}

static gboolean
note_event (Controller *self, const guint8 *packet, gsize len)
{
  const guint8 *p = packet + EVENT_HEADER;
  guint16 opcode = len >= EVENT_HEADER + 4 ? hci_get16 (p + 2) : 0;

  if (packet[1] == HCI_EVT_LE && len > EVENT_HEADER)
    return note_le_event (self, p, (guint8)(len - EVENT_HEADER));
  if (packet[1] == HCI_EVT_DISCONNECTED && len >= EVENT_HEADER + 4)
    note_disconnected (self, hci_get16 (p + 1));
  if (packet[1] == HCI_EVT_COMMAND_COMPLETE && len >= EVENT_HEADER + 10 && hci_get16 (p + 1) == HCI_READ_BD_ADDR)
    memcpy (self->public_address, p + 4, ADDRESS_SIZE);
  if (packet[1] == HCI_EVT_COMMAND_STATUS && self->unasked > 0
      && (opcode == HCI_LE_CREATE_CONNECTION || opcode == HCI_DISCONNECT)) {
    self->unasked--;
    return FALSE;
  }
  return TRUE;
}

gboolean
controller_from_emulator (Controller *self)
{
  guint8 packet[HCI_PACKET_MAX];
  gssize len = read (self->emulator, packet, sizeof packet);

  if (len <= 0)
    return len < 0 && (errno == EAGAIN || errno == EINTR);
  if (packet[0] == HCI_VENDOR)
    return TRUE;
  if (packet[0] == HCI_ACL && !self->in_range)
    g_queue_push_tail (self->to_kernel, g_bytes_new (packet, (gsize)len));
  else if (packet[0] != HCI_EVENT || len < EVENT_HEADER || note_event (self, packet, (gsize)len))
    send_to (self->vhci, packet, (gsize)len);
  return TRUE;
}

/* --- what is heard --- */

void
controller_set_address (const Controller *self, const AdvertisingSet *set, Address *out)
{
  out->type = set->own_type & 1;
  memcpy (out->bytes, out->type ? set->random : self->public_address, ADDRESS_SIZE);
}

static gboolean
heard_before (Controller *self, const guint8 *report, gsize len)
{
  guint hash = 5381;

  for (gsize i = 0; i < len; i++)
    hash = hash * 33 + report[i];
  return !g_hash_table_add (self->heard, GUINT_TO_POINTER (hash)) && self->filters_duplicates;
}

void
controller_hear (Controller *self, const Address *from, guint16 type, const guint8 *data, guint8 len, gint8 rssi)
{
  guint8 report[26 + ADVERT_MAX] = { HCI_LE_EVT_REPORT_EXTENDED, 1 };

  if (self->vhci < 0 || !self->in_range || !self->scanning || g_get_monotonic_time () - self->scanning_since < DEAF_US)
    return;
  if ((type & HCI_ADV_SCAN_RESPONSE) != 0 && !self->active)
    return;
  if (self->accepts_only && controller_find_accepted (self, from) < 0)
    return;
  hci_put16 (report + 2, type);
  memcpy (report + 4, from, sizeof *from);
  report[11] = 1;    /* primary PHY: 1M */
  report[13] = 0xff; /* no set id: a legacy advertisement */
  report[14] = 127;  /* transmit power: not told */
  report[15] = (guint8)rssi;
  report[25] = len;
  if (len > 0)
    memcpy (report + 26, data, len);
  if (!heard_before (self, report, 26u + len))
    send_event (self, HCI_EVT_LE, report, (guint8)(26 + len));
}

/* --- plugging --- */

gboolean
controller_plug (Controller *self)
{
  guint8 request[2] = { HCI_VENDOR, 0 }, answer[HCI_PACKET_MAX];

  self->vhci = open ("/dev/vhci", O_RDWR | O_CLOEXEC);
  if (self->vhci < 0 || write (self->vhci, request, sizeof request) != sizeof request
      || read (self->vhci, answer, sizeof answer) < 4) {
    g_printerr ("air: /dev/vhci: %s\n", g_strerror (errno));
    return FALSE;
  }
  return TRUE;
}

void
controller_give (Controller *self, int fd)
{
  controller_unplug (self);
  self->vhci = fd;
}

void
controller_unplug (Controller *self)
{
  time_out_links (self);
  controller_forget_all (self);
  if (self->vhci >= 0)
    close (self->vhci);
  self->vhci = -1;
}

Controller *
controller_new (guint index, int emulator, const guint16 *mtu)
{
  Controller *self = g_new0 (Controller, 1);

  self->index = index;
  self->vhci = -1;
  self->emulator = emulator;
  self->in_range = TRUE;
  self->connecting = -1;
  self->mtu = mtu;
  self->connections = g_array_new (FALSE, FALSE, sizeof (Connection));
  self->accept_list = g_array_new (FALSE, FALSE, sizeof (Address));
  self->heard = g_hash_table_new (NULL, NULL);
  self->to_controller = g_queue_new ();
  self->to_kernel = g_queue_new ();
  return self;
}

void
controller_free (Controller *self)
{
  controller_forget_all (self);
  g_clear_handle_id (&self->supervision, g_source_remove);
  if (self->vhci >= 0)
    close (self->vhci);
  close (self->emulator);
  g_array_unref (self->connections);
  g_array_unref (self->accept_list);
  g_hash_table_unref (self->heard);
  g_queue_free (self->to_controller);
  g_queue_free (self->to_kernel);
  g_free (self);
}
