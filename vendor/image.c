/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wattle-vendor image: makes the key that devices of a maker trust, signs images with
 * it in MCUboot's format, and tells what is in one.
 */
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

#include "vendor/commands.h"
#include "vendor/image-file.h"
#include "vendor/new-file.h"
#include "vendor/passport-file.h"

#define PUBLIC_KEY_MAX 16384
#define HEADER_SIZE 512 /* as firmware/zephyr has it, for the chip's vectors */

/* One file name and the context's own options. */
static char *
parse_one (int argc, char **argv, const GOptionEntry *entries, const char *summary, gboolean has_file)
{
  g_autoptr (GOptionContext) context = g_option_context_new (has_file ? _ ("FILE") : NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (context, summary);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("%s\n", error->message);
    return NULL;
  }
  if (argc != (has_file ? 2 : 1)) {
    g_printerr (_ ("Usage: %s %s\n"), argv[0], has_file ? _ ("FILE") : "--key FILE --public FILE");
    return NULL;
  }
  return g_strdup (has_file ? argv[1] : "");
}

/* The file's bytes, where there are not more than @max. */
static GBytes *
read_bounded (const char *path, gsize max, GError **error)
{
  g_autoptr (GBytes) bytes = vendor_read_file (path, max, error);

  if (bytes == NULL)
    return NULL;
  if (g_bytes_get_size (bytes) <= max)
    return g_steal_pointer (&bytes);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, _ ("%s: too large. At most %u bytes are allowed."), path,
               (guint)max);
  return NULL;
}

/* --- image key --- */

int
vendor_image_key (int argc, char **argv)
{
  g_autofree char *key_path = NULL, *public_path = NULL, *none = NULL;
  const GOptionEntry entries[] = {
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &key_path, N_ ("New file: the key that signs (secret)"), N_ ("FILE") },
    { "public", 0, 0, G_OPTION_ARG_FILENAME, &public_path, N_ ("New file: the key that devices check with"),
      N_ ("FILE") },
    { NULL },
  };
  g_autoptr (VendorImageKey) key = NULL;
  g_autoptr (GError) error = NULL;

  none = parse_one (argc, argv, entries,
                    _ ("Makes the key that a maker's images are signed with. Keep it safe: who has it\n"
                       "can make images that devices run. If it is lost, they can never be updated again."),
                    FALSE);
  if (none == NULL)
    return VENDOR_USAGE;
  if (key_path == NULL || public_path == NULL) {
    g_printerr ("%s\n", _ ("--key and --public are needed. --help tells more."));
    return VENDOR_USAGE;
  }
  key = vendor_image_key_generate (&error);
  if (key != NULL && vendor_image_key_write (key, key_path, public_path, &error))
    return VENDOR_OK;
  g_printerr ("%s\n", error->message);
  return VENDOR_FAILED;
}

/* --- image new --- */

typedef struct {
  char *payload, *version, *product, *counter, *key, *output;
  int header_size;
} New;

static void
new_clear (New *arguments)
{
  g_free (arguments->payload);
  g_free (arguments->version);
  g_free (arguments->product);
  g_free (arguments->counter);
  g_free (arguments->key);
  g_free (arguments->output);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (New, new_clear)

/* A number of base 10, or of base 16 after 0x. */
static gboolean
parse_number (const char *text, guint32 *out)
{
  gboolean is_hex = g_str_has_prefix (text, "0x");
  guint64 number;

  if (!g_ascii_string_to_unsigned (is_hex ? text + 2 : text, is_hex ? 16 : 10, 0, G_MAXUINT32, &number, NULL))
    return FALSE;
  *out = (guint32)number;
  return TRUE;
}

static gboolean
read_words (const New *arguments, VendorImage *out)
{
  const char *problem = NULL;

  if (arguments->version == NULL || arguments->product == NULL || arguments->key == NULL || arguments->output == NULL)
    problem = _ ("--version, --product, --key and --output are needed. --help tells more.");
  else if (!image_version_parse (arguments->version, &out->version))
    problem = _ ("A version is three numbers, such as 1.2.3, or with a build 1.2.3+4. The first two go up to 255.");
  else if (!parse_number (arguments->product, &out->product))
    problem = _ ("--product takes a number, as in the passport, such as 0x00010001.");
  else if (arguments->counter != NULL && !parse_number (arguments->counter, &out->counter))
    problem = _ ("--counter takes a number from 0 to 4294967295.");
  else if (arguments->header_size < (int)IMAGE_HEADER_SIZE || arguments->header_size > (int)IMAGE_HEADER_MAX
           || arguments->header_size % 4 != 0)
    problem = _ ("--header-size takes a number from 32 to 4096 that 4 divides.");
  if (problem != NULL)
    g_printerr ("%s\n", problem);
  else if (arguments->counter == NULL)
    out->counter = image_version_counter (&out->version);
  out->header_size = (guint16)arguments->header_size;
  return problem == NULL;
}

static gboolean
make_image (const New *arguments, const VendorImage *what, GError **error)
{
  g_autoptr (VendorImageKey) key = vendor_image_key_load (arguments->key, error);
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GBytes) image = NULL;

  body = key != NULL ? read_bounded (arguments->payload, IMAGE_MAX_SIZE, error) : NULL;
  if (body == NULL)
    return FALSE;
  if (g_bytes_get_size (body) == 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _ ("%s is empty."), arguments->payload);
    return FALSE;
  }
  image = vendor_image_make (what, body, key, error);
  return image != NULL
         && vendor_new_file (arguments->output, g_bytes_get_data (image, NULL), g_bytes_get_size (image), error);
}

int
vendor_image_new (int argc, char **argv)
{
  g_auto (New) arguments = { .header_size = HEADER_SIZE };
  const GOptionEntry entries[] = {
    { "version", 0, 0, G_OPTION_ARG_STRING, &arguments.version, N_ ("The image's version, such as 1.2.3"), "V" },
    { "product", 0, 0, G_OPTION_ARG_STRING, &arguments.product, N_ ("Product number, as in the passport"), "N" },
    { "counter", 0, 0, G_OPTION_ARG_STRING, &arguments.counter,
      N_ ("Devices never go back to a lower one (default: from the version)"), "N" },
    { "header-size", 0, 0, G_OPTION_ARG_INT, &arguments.header_size, N_ ("Bytes before the payload (default: 512)"),
      "N" },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &arguments.key, N_ ("The key that signs: a PEM file"), N_ ("FILE") },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &arguments.output, N_ ("New file: the signed image"), N_ ("FILE") },
    { NULL },
  };
  VendorImage what = { 0 };
  g_autoptr (GError) error = NULL;

  arguments.payload = parse_one (argc, argv, entries,
                                 _ ("Makes a signed image for MCUboot of a file that holds what is to run.\n"
                                    "A chip's program is best signed by its own build (firmware/zephyr)."),
                                 TRUE);
  if (arguments.payload == NULL || !read_words (&arguments, &what))
    return VENDOR_USAGE;
  if (make_image (&arguments, &what, &error))
    return VENDOR_OK;
  g_printerr ("%s\n", error->message);
  return VENDOR_FAILED;
}

/* --- image show --- */

static void
print_hash (const char *name, const guint8 hash[IMAGE_HASH_SIZE])
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < IMAGE_HASH_SIZE; i++)
    g_string_append_printf (text, "%02x", hash[i]);
  g_print ("%s %s\n", name, text->str);
}

/* For scripts, too. */
static void
print_image (const Image *image)
{
  char version[IMAGE_VERSION_SIZE];

  image_version_format (&image->version, version);
  g_print ("version %s\n", version);
  if (image->has_product)
    g_print ("product 0x%08x\n", image->product);
  if (image->has_counter)
    g_print ("counter %u\n", image->counter);
  g_print ("size %zu, payload %zu\n", image->size, image->body_size);
  print_hash ("sha256", image->sha256);
  if (image->has_key_hash)
    print_hash ("key", image->key_hash);
}

static gboolean
check_image (const Image *image, const guint8 *bytes, const char *key_path, GError **error)
{
  g_autoptr (GBytes) pem = NULL;
  g_autoptr (ImageKey) key = NULL;

  if (key_path == NULL) {
    if (image_is_whole (image, bytes)) {
      g_print ("%s\n", _ ("It is whole. Who signed it was not checked: --key FILE does."));
      return TRUE;
    }
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                         _ ("The image is damaged: it is not what was signed."));
    return FALSE;
  }
  pem = read_bounded (key_path, PUBLIC_KEY_MAX, error);
  key = pem != NULL ? image_key_new (pem, error) : NULL;
  if (key == NULL || !image_verify (image, bytes, key, error))
    return FALSE;
  g_print ("%s\n", _ ("It is whole, and signed with this key."));
  return TRUE;
}

static gboolean
show (const char *path, const char *key_path, GError **error)
{
  g_autoptr (GBytes) file = read_bounded (path, IMAGE_MAX_SIZE + IMAGE_HEADER_MAX + 2 * G_MAXUINT16, error);
  const guint8 *bytes;
  gsize size;
  Image image;

  if (file == NULL)
    return FALSE;
  bytes = g_bytes_get_data (file, &size);
  if (!image_read (bytes, size, &image, error))
    return FALSE;
  print_image (&image);
  return check_image (&image, bytes, key_path, error);
}

int
vendor_image_show (int argc, char **argv)
{
  g_autofree char *path = NULL, *key_path = NULL;
  const GOptionEntry entries[] = {
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &key_path, N_ ("Check that it is signed with this public key"), N_ ("FILE") },
    { NULL },
  };
  g_autoptr (GError) error = NULL;

  path = parse_one (argc, argv, entries, _ ("Tells what an image says of itself, and whether that is true."), TRUE);
  if (path == NULL)
    return VENDOR_USAGE;
  if (show (path, key_path, &error))
    return VENDOR_OK;
  g_printerr ("%s\n", error->message);
  return VENDOR_FAILED;
}
