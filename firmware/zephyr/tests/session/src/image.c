/* SPDX-License-Identifier: Apache-2.0 */
#include "image.h"

#include <bootutil/image.h>
#include <string.h>

#include "pairing/crypto.h"

void
image_make (uint8_t seed, uint8_t minor, uint8_t out[IMAGE_TOTAL], uint8_t hash[32])
{
  const struct image_header header
      = { .ih_magic = IMAGE_MAGIC, .ih_hdr_size = 32, .ih_img_size = IMAGE_SIZE, .ih_ver = { 1, minor, 0, 0 } };
  const struct image_tlv_info info = { IMAGE_TLV_INFO_MAGIC, sizeof info + sizeof (struct image_tlv) + 32 };
  const struct image_tlv tlv = { IMAGE_TLV_SHA256, 32 };
  const struct wtl_bytes piece = { out, 32 + IMAGE_SIZE };
  uint8_t *at = out;

  memcpy (at, &header, 32);
  at += 32;
  for (size_t i = 0; i < IMAGE_SIZE; i++)
    *at++ = (uint8_t)(i * 31 + i / 251 + seed);
  (void)wtl_sha256 (&piece, 1, hash);
  memcpy (at, &info, sizeof info);
  memcpy (at + sizeof info, &tlv, sizeof tlv);
  memcpy (at + sizeof info + sizeof tlv, hash, 32);
}
