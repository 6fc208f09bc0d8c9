/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a device tells everybody near.
 */
#include "pairing/advert.h"

#include <string.h>

#include "pairing/crypto.h"
#include "pairing/secret.h"

#define ADVERT_VERSION 1
#define NONCE_SIZE 3
#define TAG_SIZE 6

static const char tag_label[] = "wattle-tag";

static enum wtl_status
make_tag (const uint8_t key[WTL_ADVERT_KEY_SIZE], const uint8_t nonce[NONCE_SIZE], uint8_t out[TAG_SIZE])
{
  uint8_t data[sizeof tag_label - 1 + NONCE_SIZE];
  uint8_t mac[WTL_HASH_SIZE];
  enum wtl_status status;

  memcpy (data, tag_label, sizeof tag_label - 1);
  memcpy (data + sizeof tag_label - 1, nonce, NONCE_SIZE);
  status = wtl_hmac (key, WTL_ADVERT_KEY_SIZE, data, sizeof data, mac);
  if (status == WTL_OK)
    memcpy (out, mac, TAG_SIZE);
  wtl_wipe (mac, sizeof mac);
  return status;
}

enum wtl_status
wtl_advert_parse (const uint8_t *data, size_t len, struct wtl_advert *out)
{
  if (len != WTL_ADVERT_SIZE)
    return WTL_ERROR_MALFORMED;
  if (data[0] >> 4 != ADVERT_VERSION)
    return WTL_ERROR_VERSION;
  out->version = data[0] >> 4;
  out->flags = data[0] & 0x0f;
  memcpy (out->tag, data + 1, sizeof out->tag);
  out->product = 0;
  if (!(out->flags & WTL_ADVERT_OWNED))
    out->product = (uint32_t)data[1] << 24 | (uint32_t)data[2] << 16 | (uint32_t)data[3] << 8 | data[4];
  return WTL_OK;
}

void
wtl_advert_unowned (uint8_t flags, uint32_t product, const uint8_t instance[5], uint8_t out[WTL_ADVERT_SIZE])
{
  out[0] = ADVERT_VERSION << 4 | (flags & 0x0f & ~WTL_ADVERT_OWNED);
  out[1] = (uint8_t)(product >> 24);
  out[2] = (uint8_t)(product >> 16);
  out[3] = (uint8_t)(product >> 8);
  out[4] = (uint8_t)product;
  memcpy (out + 5, instance, 5);
}

enum wtl_status
wtl_advert_owned (uint8_t flags, const uint8_t key[WTL_ADVERT_KEY_SIZE], const uint8_t nonce[3],
                  uint8_t out[WTL_ADVERT_SIZE])
{
  out[0] = ADVERT_VERSION << 4 | (flags & 0x0f) | WTL_ADVERT_OWNED;
  memcpy (out + 1, nonce, NONCE_SIZE);
  return make_tag (key, nonce, out + 1 + NONCE_SIZE);
}

bool
wtl_advert_matches (const struct wtl_advert *advert, const uint8_t key[WTL_ADVERT_KEY_SIZE])
{
  uint8_t tag[TAG_SIZE];

  if (!(advert->flags & WTL_ADVERT_OWNED) || make_tag (key, advert->tag, tag) != WTL_OK)
    return false;
  return wtl_equal (tag, advert->tag + NONCE_SIZE, TAG_SIZE);
}
