/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a peripheral sees of bluetoothd, on a bus of its own: an adapter, who is
 * registered there, and centrals that write and listen as BlueZ 5.66 lets them.
 * It runs in a thread; the functions may be called from the test's.
 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

#define FAKE_ADAPTER "/org/bluez/hci1"

typedef enum {
  FAKE_APPLICATION,
  FAKE_ADVERTISEMENT,
  FAKE_KINDS,
} FakeKind;

typedef struct {
  GTestDBus *dbus;
  GDBusConnection *bus;
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  GDBusObjectManagerServer *server;
  guint name;

  GMutex mutex; /* guards what follows */
  GCond changed;
  char *owner;                  /* the peripheral's bus name */
  char *objects[FAKE_KINDS];    /* where its objects are; NULL = not registered */
  unsigned entered[FAKE_KINDS]; /* how often they were registered */
  unsigned left[FAKE_KINDS];    /* and taken back */
  unsigned refuse;              /* so many registrations to come */
  GVariant *managed;            /* a{oa{sa{sv}}} of the application */
  GVariant *advertisement;      /* a{sv}, as registered */
  GVariant *service_data;       /* a{sv}, as last told */
  unsigned refreshes;
  bool offered;  /* AcquireWrite */
  int value_fd;  /* where notifications by signal go to; -1 = nowhere */
  char *hung_up; /* the device that Disconnect() was last called for */
  gint64 refresh_time, leave_time;
} FakeBluez;

/* Starts the bus, sets DBUS_SYSTEM_BUS_ADDRESS, and bluetoothd with a powered
 * adapter hci1 on it. */
FakeBluez *fake_bluez_new (void);
void fake_bluez_free (FakeBluez *fake);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeBluez, fake_bluez_free)

/* bluetoothd ends; what was registered is forgotten. */
void fake_bluez_stop (FakeBluez *fake);
void fake_bluez_start (FakeBluez *fake);
void fake_bluez_set_powered (FakeBluez *fake, gboolean powered);
void fake_bluez_add_adapter (FakeBluez *fake);
void fake_bluez_remove_adapter (FakeBluez *fake);

/* @device, such as "dev_1", connects; a name of its own. */
void fake_bluez_connect (FakeBluez *fake, const char *device);
void fake_bluez_disconnect (FakeBluez *fake, const char *device);

/* Notifications by signal go to @fd from now on, which is taken. */
void fake_bluez_listen (FakeBluez *fake, int fd);

/* A call of the peripheral's characteristic @end, "in" or "out".  NULL where it
 * is refused.  @fd may be NULL. */
GVariant *fake_bluez_call (FakeBluez *fake, const char *end, const char *method, GVariant *arguments, int *fd);

/* The options that such calls have. */
GVariant *fake_bluez_options (const char *device, guint16 mtu);

/* Waits until @condition holds, which is asked with the mutex held. */
#define FAKE_WAIT(fake, condition)                                                                                     \
  do {                                                                                                                 \
    gint64 end = g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND;                                                    \
                                                                                                                       \
    g_mutex_lock (&(fake)->mutex);                                                                                     \
    while (!(condition))                                                                                               \
      g_assert_true (g_cond_wait_until (&(fake)->changed, &(fake)->mutex, end));                                       \
    g_mutex_unlock (&(fake)->mutex);                                                                                   \
  } while (0)
