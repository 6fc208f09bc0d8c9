/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wattle-air: the air between virtual controllers.
 *
 * btvirt links its controllers by magic: an advertisement is heard once, at
 * once; a device is always in range; a controller is never pulled out.  This
 * program stands between btvirt and the kernel, packet by packet, and adds what
 * a radio has: advertisements again and again, distance, loss of a link, strange
 * devices near, links with small packets.
 *
 *   wattle-air SOCKET CONTROL
 *
 * btvirt, with shim.c preloaded and WATTLE_AIR=SOCKET, has its controllers there.
 * CONTROL takes a line per connection and answers "ok" or what is wrong:
 *
 *   range hciN in|out        out of range nothing is heard and links are lost
 *   cut hciN N               out of range at the N-th notification that it would send
 *   lost hciN                "ok" while it is out of range
 *   unplug hciN, plug hciN   takes the adapter away, gives it back
 *   give hciN PATH           takes the adapter away and gives the controller to whoever connects to
 *                            the socket PATH, such as a device's firmware that has its own host
 *   mtu N                    links made from now on have an ATT_MTU of at most N
 *   phantom ADDRESS DATA     a device that advertises DATA (base 16) and answers nobody
 *   phantoms none            they are gone
 */
#define _GNU_SOURCE
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/bluez/air/controller.h"
#include "tests/bluez/air/stream.h"

#define ADVERTISING_MS 250
#define PHANTOMS_MAX 64
#define ADV_IND (HCI_ADV_LEGACY | HCI_ADV_SCANNABLE | HCI_ADV_CONNECTABLE)

typedef struct {
  Address address;
  guint8 data[ADVERT_MAX];
  guint8 len;
} Phantom;

typedef struct {
  GPtrArray *controllers;
  GArray *phantoms;
  guint16 mtu;
  GMainLoop *loop;
} Air;

/* --- packets --- */

static gboolean
on_vhci (int fd, GIOCondition condition, gpointer user_data)
{
  Controller *controller = user_data;

  if (controller->vhci != fd)
    return G_SOURCE_REMOVE; /* pulled out meanwhile */
  if (controller_from_kernel (controller))
    return G_SOURCE_CONTINUE;
  controller_unplug (controller); /* a host that was given it has ended: its links are lost */
  return G_SOURCE_REMOVE;
}

static gboolean
on_emulator (int fd, GIOCondition condition, gpointer user_data)
{
  return controller_from_emulator (user_data) ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static gboolean
watch_vhci (Controller *controller)
{
  if (!controller_plug (controller))
    return FALSE;
  g_unix_fd_add (controller->vhci, G_IO_IN | G_IO_HUP, on_vhci, controller);
  return TRUE;
}

/* The host at the other end of the stream is there; the one before has left. */
static void
on_host (gpointer user_data, int fd)
{
  Controller *controller = user_data;

  controller_give (controller, fd);
  g_unix_fd_add (fd, G_IO_IN | G_IO_HUP, on_vhci, controller);
}

/* btvirt makes one controller more: its request for an adapter is ours to carry out. */
static gboolean
on_controller (int fd, GIOCondition condition, gpointer user_data)
{
  Air *air = user_data;
  int emulator = accept4 (fd, NULL, NULL, SOCK_CLOEXEC);
  guint8 request[HCI_PACKET_MAX], answer[4] = { HCI_VENDOR, 0, 0, 0 };
  Controller *controller;

  if (emulator < 0)
    return G_SOURCE_CONTINUE;
  controller = controller_new (air->controllers->len, emulator, &air->mtu);
  g_ptr_array_add (air->controllers, controller);
  hci_put16 (answer + 2, (guint16)controller->index);
  if (read (emulator, request, sizeof request) < 2 || !watch_vhci (controller)
      || write (emulator, answer, sizeof answer) != sizeof answer)
    g_error ("no adapter for btvirt");
  g_unix_fd_add (emulator, G_IO_IN | G_IO_HUP, on_emulator, controller);
  return G_SOURCE_CONTINUE;
}

/* --- the radio --- */

static gboolean
is_on_air (const Controller *controller)
{
  return controller->vhci >= 0 && controller->in_range;
}

static void
report_set (Controller *listener, const Controller *from, const AdvertisingSet *set)
{
  gint8 rssi = (gint8)(-50 - 5 * (gint)from->index);
  Address address;

  controller_set_address (from, set, &address);
  controller_hear (listener, &address, set->properties & 0x1f, set->data, set->data_len, rssi);
  if ((set->properties & HCI_ADV_SCANNABLE) != 0)
    controller_hear (listener, &address, (set->properties & 0x1f) | HCI_ADV_SCAN_RESPONSE, set->response,
                     set->response_len, rssi);
}

/* The controller that advertises from @address and can be connected to by @listener. */
static const Controller *
find_advertiser (Air *air, const Controller *listener, const Address *address)
{
  for (guint i = 0; i < air->controllers->len; i++) {
    const Controller *from = g_ptr_array_index (air->controllers, i);

    for (gsize n = 0; from != listener && is_on_air (from) && n < SETS_MAX; n++) {
      Address sent;

      controller_set_address (from, &from->sets[n], &sent);
      if (from->sets[n].enabled && (from->sets[n].properties & HCI_ADV_CONNECTABLE) != 0
          && memcmp (&sent, address, sizeof sent) == 0 && !controller_has_link (listener, from->index))
        return from;
    }
  }
  return NULL;
}

static void
listen_once (Air *air, Controller *listener)
{
  const Controller *to;
  Address wanted;

  for (guint i = 0; i < air->controllers->len; i++) {
    const Controller *from = g_ptr_array_index (air->controllers, i);

    for (gsize n = 0; from != listener && is_on_air (from) && n < SETS_MAX; n++)
      if (from->sets[n].enabled)
        report_set (listener, from, &from->sets[n]);
  }
  for (guint i = 0; i < air->phantoms->len; i++) {
    const Phantom *phantom = &g_array_index (air->phantoms, Phantom, i);

    gint8 rssi = (gint8)(-60 - (gint)i);

    controller_hear (listener, &phantom->address, ADV_IND, phantom->data, phantom->len, rssi);
    controller_hear (listener, &phantom->address, ADV_IND | HCI_ADV_SCAN_RESPONSE, NULL, 0, rssi);
  }
  to = controller_wants (listener, &wanted) ? find_advertiser (air, listener, &wanted) : NULL;
  if (to != NULL)
    controller_connect (listener, to->index);
}

static gboolean
on_advertise (gpointer user_data)
{
  Air *air = user_data;

  for (guint i = 0; i < air->controllers->len; i++)
    listen_once (air, g_ptr_array_index (air->controllers, i));
  return G_SOURCE_CONTINUE;
}

/* --- commands --- */

static Controller *
find_controller (Air *air, const char *name)
{
  if (name == NULL || !g_str_has_prefix (name, "hci"))
    return NULL;
  for (guint i = 0; i < air->controllers->len; i++)
    if (g_ascii_strtoull (name + 3, NULL, 10) == i)
      return g_ptr_array_index (air->controllers, i);
  return NULL;
}

static gboolean
command_range (Air *air, char **words)
{
  Controller *controller = find_controller (air, words[1]);

  if (controller == NULL)
    return FALSE;
  controller_set_in_range (controller, g_strcmp0 (words[2], "out") != 0);
  return TRUE;
}

static gboolean
command_cut (Air *air, char **words)
{
  Controller *controller = find_controller (air, words[1]);
  guint64 count = controller != NULL && words[2] != NULL ? g_ascii_strtoull (words[2], NULL, 10) : 0;

  if (count < 1 || count > G_MAXINT)
    return FALSE;
  controller->cut_after = (guint)count;
  return TRUE;
}

static gboolean
command_lost (Air *air, char **words)
{
  const Controller *controller = find_controller (air, words[1]);

  return controller != NULL && !controller->in_range;
}

static gboolean
command_unplug (Air *air, char **words)
{
  Controller *controller = find_controller (air, words[1]);

  if (controller == NULL || controller->vhci < 0)
    return FALSE;
  controller_unplug (controller);
  return TRUE;
}

static gboolean
command_plug (Air *air, char **words)
{
  Controller *controller = find_controller (air, words[1]);

  return controller != NULL && controller->vhci < 0 && watch_vhci (controller);
}

static gboolean
command_give (Air *air, char **words)
{
  Controller *controller = find_controller (air, words[1]);

  if (controller == NULL || words[2] == NULL)
    return FALSE;
  controller_unplug (controller);
  return stream_listen (words[2], on_host, controller);
}

static gboolean
command_mtu (Air *air, char **words)
{
  guint64 mtu = words[1] != NULL ? g_ascii_strtoull (words[1], NULL, 10) : 0;

  if (mtu < 23 || mtu > ATT_MTU_MAX)
    return FALSE;
  air->mtu = (guint16)mtu;
  return TRUE;
}

static gboolean
parse_hex (const char *text, guint8 *out, gsize max, guint8 *len)
{
  gsize digits = text != NULL ? strlen (text) : 0;

  if (digits % 2 != 0 || digits / 2 > max)
    return FALSE;
  for (gsize i = 0; i < digits; i++) {
    gint value = g_ascii_xdigit_value (text[i]);

    if (value < 0)
      return FALSE;
    out[i / 2] = (guint8)(i % 2 == 0 ? value << 4 : out[i / 2] | value);
  }
  *len = (guint8)(digits / 2);
  return TRUE;
}

static gboolean
command_phantom (Air *air, char **words)
{
  Phantom phantom = { .address.type = 1 };
  guint8 len;

  if (air->phantoms->len >= PHANTOMS_MAX || words[1] == NULL
      || !parse_hex (words[1], phantom.address.bytes, ADDRESS_SIZE, &len) || len != ADDRESS_SIZE
      || !parse_hex (words[2], phantom.data, ADVERT_MAX, &phantom.len))
    return FALSE;
  g_array_append_val (air->phantoms, phantom);
  return TRUE;
}

static gboolean
command_phantoms (Air *air, char **words)
{
  g_array_set_size (air->phantoms, 0);
  return TRUE;
}

static const struct {
  const char *word;
  gboolean (*carry_out) (Air *air, char **words);
} commands[] = {
  { "range", command_range },   { "cut", command_cut },         { "lost", command_lost },
  { "unplug", command_unplug }, { "plug", command_plug },       { "give", command_give },
  { "mtu", command_mtu },       { "phantom", command_phantom }, { "phantoms", command_phantoms },
};

static gboolean
obey (Air *air, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);

  for (gsize i = 0; words[0] != NULL && i < G_N_ELEMENTS (commands); i++)
    if (strcmp (words[0], commands[i].word) == 0)
      return commands[i].carry_out (air, words);
  return FALSE;
}

static gboolean
on_control (int fd, GIOCondition condition, gpointer user_data)
{
  Air *air = user_data;
  int client = accept4 (fd, NULL, NULL, SOCK_CLOEXEC);
  char line[256];
  gssize len = client >= 0 ? read (client, line, sizeof line - 1) : -1;

  if (len >= 0) {
    const char *answer;

    line[len] = 0;
    answer = obey (air, g_strstrip (line)) ? "ok\n" : "no\n";
    if (write (client, answer, strlen (answer)) < 0)
      g_printerr ("air: nobody waits for the answer\n");
  }
  if (client >= 0)
    close (client);
  return G_SOURCE_CONTINUE;
}

/* --- life --- */

static int
listen_at (const char *path, int type)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, type | SOCK_CLOEXEC, 0);

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  unlink (path);
  if (fd < 0 || bind (fd, (struct sockaddr *)&address, sizeof address) != 0 || listen (fd, 16) != 0)
    g_error ("%s: no socket", path);
  return fd;
}

static gboolean
on_quit (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  Air air = { .mtu = ATT_MTU_MAX };

  if (argc != 3) {
    g_printerr ("usage: wattle-air SOCKET CONTROL\n");
    return 2;
  }
  signal (SIGPIPE, SIG_IGN);
  air.controllers = g_ptr_array_new_with_free_func ((GDestroyNotify)controller_free);
  air.phantoms = g_array_new (FALSE, FALSE, sizeof (Phantom));
  air.loop = g_main_loop_new (NULL, FALSE);
  g_unix_fd_add (listen_at (argv[1], SOCK_SEQPACKET), G_IO_IN, on_controller, &air);
  g_unix_fd_add (listen_at (argv[2], SOCK_SEQPACKET), G_IO_IN, on_control, &air);
  g_unix_signal_add (SIGTERM, on_quit, air.loop);
  g_timeout_add (ADVERTISING_MS, on_advertise, &air);
  g_print ("the air is there\n");
  g_main_loop_run (air.loop);
  g_ptr_array_unref (air.controllers);
  g_array_unref (air.phantoms);
  g_main_loop_unref (air.loop);
  return 0;
}
