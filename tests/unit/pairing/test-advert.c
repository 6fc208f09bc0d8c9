/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Advertisements: what an owner recognises and nobody else can.
 */
#include <glib.h>
#include <string.h>

#include "pairing/advert.h"
#include "tests/unit/pairing/pair.h"

static void
test_unowned (void)
{
  static const uint8_t instance[5] = { 1, 2, 3, 4, 5 };
  uint8_t data[WTL_ADVERT_SIZE];
  struct wtl_advert advert;
  g_autofree char *hex = NULL;

  wtl_advert_unowned (WTL_ADVERT_LOCKED | WTL_ADVERT_OWNED, 0xdeadbeef, instance, data);
  hex = pair_to_hex (data, sizeof data);
  g_assert_cmpstr (hex, ==, "14deadbeef0102030405"); /* never "owned" */
  g_assert_cmpint (wtl_advert_parse (data, sizeof data, &advert), ==, WTL_OK);
  g_assert_cmpint (advert.flags, ==, WTL_ADVERT_LOCKED);
  g_assert_cmphex (advert.product, ==, 0xdeadbeef);
}

static void
test_owned (void)
{
  static const uint8_t nonce[3] = { 0xa0, 0xa1, 0xa2 };
  static const uint8_t other_nonce[3] = { 0xa0, 0xa1, 0xa3 };
  uint8_t key[WTL_ADVERT_KEY_SIZE] = "0123456789abcde";
  uint8_t data[WTL_ADVERT_SIZE];
  uint8_t rotated[WTL_ADVERT_SIZE];
  struct wtl_advert advert;
  g_autoptr (GHmac) hmac = NULL;
  uint8_t mac[32];
  gsize mac_len = sizeof mac;

  g_assert_cmpint (wtl_advert_owned (WTL_ADVERT_ALERT, key, nonce, data), ==, WTL_OK);
  g_assert_cmpint (wtl_advert_parse (data, sizeof data, &advert), ==, WTL_OK);
  g_assert_cmpint (advert.flags, ==, WTL_ADVERT_OWNED | WTL_ADVERT_ALERT);
  g_assert_cmphex (advert.product, ==, 0);
  g_assert_true (wtl_advert_matches (&advert, key));

  /* By another implementation. */
  hmac = g_hmac_new (G_CHECKSUM_SHA256, key, sizeof key);
  g_hmac_update (hmac, (const guchar *)"wattle-tag", 10);
  g_hmac_update (hmac, nonce, sizeof nonce);
  g_hmac_get_digest (hmac, mac, &mac_len);
  g_assert_cmpmem (advert.tag, 3, nonce, 3);
  g_assert_cmpmem (advert.tag + 3, 6, mac, 6);

  g_assert_cmpint (wtl_advert_owned (WTL_ADVERT_ALERT, key, other_nonce, rotated), ==, WTL_OK);
  g_assert_cmpint (memcmp (data + 4, rotated + 4, 6), !=, 0);

  key[15] ^= 1;
  g_assert_false (wtl_advert_matches (&advert, key));
  key[15] ^= 1;
  for (size_t bit = 0; bit < 72; bit++) {
    advert.tag[bit / 8] ^= (uint8_t)(1 << bit % 8);
    g_assert_false (wtl_advert_matches (&advert, key));
    advert.tag[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
  advert.flags &= (uint8_t)~WTL_ADVERT_OWNED;
  g_assert_false (wtl_advert_matches (&advert, key));
}

static void
test_malformed (void)
{
  uint8_t data[WTL_ADVERT_SIZE + 1] = { 0x10 };
  struct wtl_advert advert;

  for (size_t len = 0; len <= sizeof data; len++)
    g_assert_cmpint (wtl_advert_parse (data, len, &advert), ==, len == WTL_ADVERT_SIZE ? WTL_OK : WTL_ERROR_MALFORMED);
  for (unsigned version = 0; version < 16; version++) {
    data[0] = (uint8_t)(version << 4);
    g_assert_cmpint (wtl_advert_parse (data, WTL_ADVERT_SIZE, &advert), ==, version == 1 ? WTL_OK : WTL_ERROR_VERSION);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pairing/advert/unowned", test_unowned);
  g_test_add_func ("/pairing/advert/owned", test_owned);
  g_test_add_func ("/pairing/advert/malformed", test_malformed);
  return g_test_run ();
}
