/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real thing: a flash file by wattle-vendor, wattle-virtual-device as a
 * process, and a companion at the far end of its socket.
 */
#pragma once

#include <gio/gio.h>

#include "pairing/advert.h"
#include "pairing/channel.h"

#define PROCESS_NAME "thing"
#define PROCESS_UNIT "GL-0007"
#define PROCESS_PASSWORD "plum tractor violin"
#define PROCESS_ADVERT_KEY "CANARYadvertKEY!"
#define PROCESS_VALUE 1591377495 /* what the sensor says: 0x5eda7e57 */

typedef struct process Process;

struct process {
  char *dir; /* holds everything; removed at the end */
  char *flash, *advert, *socket, *control;
  char code[11]; /* of the label */
  GSubprocess *device;
  size_t mtu;

  int (*connect) (struct process *process); /* gives a descriptor, or -1 */
  int silence_ms;                           /* of the device, after which the link is given up */
  int fd;                                   /* -1 = not connected */
  int out_fd;                               /* where packets go to; -1 = @fd, too */
  unsigned turns;                           /* how often it was our turn to listen, in this connection */
  bool sent;                                /* it is now */
  struct wtl_channel channel;
  struct wtl_port port;
  uint32_t next_id;
  wtl_Response response; /* the last one but events */
  unsigned events;
};

/* A unit fresh from the bench. */
struct process *process_new (void);
void process_free (Process *process);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Process, process_free)

/* Switches it on with further options, up to NULL, and waits until it is seen. */
void process_start (struct process *process, ...) G_GNUC_NULL_TERMINATED;
/* Switches it off (@signal SIGTERM), or waits for its end (0).  Its exit status. */
int process_end (struct process *process, int signal);

/* A line to the control socket; asserts that it says ok. */
void process_control (struct process *process, const char *command);

/* A bare connection: a socket, or -1. */
int process_connect (struct process *process);

/* A session; WTL_ERROR_SEND where the device hung up or said nothing for a second. */
enum wtl_status process_open (struct process *process, wtl_SecretKind kind, const void *secret, size_t len);
enum wtl_status process_open_owner (struct process *process);
void process_close (struct process *process);

/* Feeds what comes until @events more events came, or else the answer to the
 * last request.  FALSE: the session is over. */
gboolean process_wait (struct process *process, unsigned events);

/* NULL: the session is over. */
const wtl_Response *process_ask (struct process *process, wtl_Request *request);
const wtl_Response *process_ask_plain (struct process *process, pb_size_t body);

/* Opens with @code and sets up; asserts success. */
void process_set_up (struct process *process, const char *code);

/* Waits for the advertisement to be of somebody's, of nobody's or gone:
 * 1, 0 or -1. */
void process_await_advert (struct process *process, int owned);

gboolean process_flash_has (struct process *process, const void *bytes, size_t len);
