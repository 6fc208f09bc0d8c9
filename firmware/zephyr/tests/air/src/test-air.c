/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A life over a simulated air: the firmware as it is, with Zephyr's controller on
 * BabbleSim's radio, is found, set up, used, wiped and found again.
 */
#include <cmdline.h>
#include <posix_native_task.h>
#include <string.h>
#include <zephyr/bluetooth/bluetooth.h>
#include <zephyr/ztest.h>

#include "board.h"
#include "link.h"
#include "pairing/channel.h"

#define PRODUCT 0x10001
#define PASSWORD "plum tractor violin"
#define PATIENCE K_SECONDS (20)

/* The unit's, from its label. */
static char *code, *wrong_code, *unit_id;

static void
add_options (void)
{
  static struct args_struct_t options[] = {
    { .option = "code", .name = "digits", .type = 's', .dest = (void *)&code, .descript = "The setup code" },
    { .option = "wrong-code", .name = "digits", .type = 's', .dest = (void *)&wrong_code, .descript = "Another" },
    { .option = "unit", .name = "id", .type = 's', .dest = (void *)&unit_id, .descript = "The unit's id" },
    ARG_TABLE_ENDMARKER,
  };

  native_add_command_line_opts (options);
}
NATIVE_TASK (add_options, PRE_BOOT_1, 1);

static const uint8_t owner_key[32] = "an owner's key, made for a test";
static struct wtl_channel channel;
static wtl_Request request;
static wtl_Response response;
static struct wtl_advert advert;
static bt_addr_le_t from;

static int
port_send (void *ctx, const uint8_t *packet, size_t len)
{
  return link_send (packet, len);
}

static const struct wtl_port port = { .random = board_random, .now_ms = board_now_ms, .send = port_send };

static enum wtl_status
take (enum wtl_event *event)
{
  struct link_packet packet;

  *event = WTL_EVENT_NONE;
  return link_take (&packet, PATIENCE) ? wtl_channel_receive (&channel, packet.bytes, packet.len, event)
                                       : WTL_ERROR_SEND;
}

static enum wtl_status
open_session (wtl_SecretKind kind, const void *secret, size_t len)
{
  enum wtl_event event;
  enum wtl_status status;

  link_close ();
  link_hear (&advert, &from);
  link_open ();
  status = wtl_channel_init_prover (&channel, &port, link_mtu (), kind, 0, secret, len);
  while (status == WTL_OK && !wtl_channel_is_open (&channel))
    status = take (&event);
  return status;
}

/* What the device tells unasked is not the answer. */
static void
ask (void)
{
  static uint32_t next_id;
  enum wtl_event event;

  request.id = ++next_id;
  zassert_equal (wtl_channel_send_request (&channel, &request), WTL_OK);
  do {
    zassert_equal (take (&event), WTL_OK);
    if (event == WTL_EVENT_MESSAGE)
      zassert_equal (wtl_response_decode (channel.message, channel.message_len, &response), WTL_OK);
  } while (event != WTL_EVENT_MESSAGE || response.id == 0);
  zassert_equal (response.id, request.id);
  memset (&request, 0, sizeof request);
}

static void
ask_plain (pb_size_t body)
{
  request.which_body = body;
  ask ();
}

static void
set_up (void)
{
  wtl_SetUpRequest *wish = &request.body.set_up;
  struct wtl_prover prover;
  struct wtl_verifier verifier;

  request.which_body = wtl_Request_set_up_tag;
  strcpy (wish->password, PASSWORD);
  wish->has_owner = true;
  wish->time = 1790000000;
  zassert_equal (wtl_prover_from_owner_key (owner_key, &prover), WTL_OK);
  zassert_equal (wtl_verifier_from_prover (&prover, board_random, NULL, &verifier), WTL_OK);
  memcpy (wish->owner.w0, verifier.w0, sizeof wish->owner.w0);
  memcpy (wish->owner.l, verifier.l, sizeof wish->owner.l);
  ask ();
  zassert_not_equal (response.which_body, wtl_Response_error_tag);
}

static void
wipe (char *next_code)
{
  static const uint8_t id[16] = "a wipe in air 1";

  request.which_body = wtl_Request_wipe_prepare_tag;
  memcpy (request.body.wipe_prepare.wipe_id, id, sizeof id);
  ask ();
  zassert_equal (response.which_body, wtl_Response_wipe_prepare_tag);
  strcpy (next_code, response.body.wipe_prepare.next_code);
  request.which_body = wtl_Request_wipe_commit_tag;
  memcpy (request.body.wipe_commit.wipe_id, id, sizeof id);
  ask ();
  zassert_equal (response.which_body, wtl_Response_statement_tag);
}

/* The device asks for 2M; where the companion has 1M alone, they talk at that. */
static void
assert_phy (void)
{
  bool fast = IS_ENABLED (CONFIG_BT_CTLR_PHY_2M);

  zassert_equal (link_phy (), fast ? BT_GAP_LE_PHY_2M : BT_GAP_LE_PHY_1M);
  TC_PRINT ("PHY: %s, at %u us of the simulation\n", fast ? "2M" : "1M", k_ticks_to_us_floor32 (k_uptime_ticks ()));
}

static void
assert_unowned (void)
{
  zassert_equal (advert.flags & (WTL_ADVERT_OWNED | WTL_ADVERT_WIPING), 0);
  zassert_equal (advert.product, PRODUCT);
}

static void
a_new_device (void)
{
  zassert_equal (open_session (wtl_SECRET_KIND_SETUP_CODE, wrong_code, strlen (wrong_code)), WTL_ERROR_CONFIRM);
  assert_unowned ();
  zassert_equal (open_session (wtl_SECRET_KIND_SETUP_CODE, code, strlen (code)), WTL_OK);
  set_up ();
  assert_phy ();
}

/* Its owner finds it again at another address and under another tag. */
static void
an_owned_one (void)
{
  struct wtl_advert last = advert;
  bt_addr_le_t before = from;

  zassert_equal (open_session (wtl_SECRET_KIND_OWNER_KEY, owner_key, sizeof owner_key), WTL_OK);
  assert_phy ();
  zassert_equal (advert.flags & WTL_ADVERT_OWNED, WTL_ADVERT_OWNED);
  zassert_true (memcmp (advert.tag, last.tag, sizeof last.tag) != 0 && !bt_addr_le_eq (&from, &before));
  ask_plain (wtl_Request_get_info_tag);
  zassert_equal (response.body.info.state, wtl_DEVICE_STATE_OWNED);
  zassert_str_equal (response.body.info.unit_id, unit_id);
}

/* After ten seconds without a word it asks for longer intervals, and comes back when spoken to. */
static void
it_rests (void)
{
  uint16_t busy = link_interval ();

  k_sleep (K_SECONDS (14));
  zassert_true (link_interval () >= 240, "%u", link_interval ());
  ask_plain (wtl_Request_get_info_tag);
  k_sleep (K_SECONDS (6));
  zassert_true (link_interval () <= MAX (busy, 24), "%u", link_interval ());
}

static void
a_wiped_one (void)
{
  char next[sizeof response.body.wipe_prepare.next_code];

  wipe (next);
  zassert_not_equal (open_session (wtl_SECRET_KIND_OWNER_KEY, owner_key, sizeof owner_key), WTL_OK);
  assert_unowned ();
  zassert_equal (open_session (wtl_SECRET_KIND_SETUP_CODE, next, strlen (next)), WTL_OK);
  link_close ();
}

ZTEST (air, test_life)
{
  zassert_true (code != NULL && wrong_code != NULL && unit_id != NULL);
  zassert_ok (bt_enable (NULL));
  a_new_device ();
  an_owned_one ();
  it_rests ();
  a_wiped_one ();
}

ZTEST_SUITE (air, NULL, NULL, NULL, NULL, NULL);
