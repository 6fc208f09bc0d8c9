/* SPDX-License-Identifier: Apache-2.0 */
/* Words of the trade with what people say instead, and words that are counted in their own way. */
#include "vendor/plain-words.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
const struct vendor_jargon vendor_jargon[] = {
  { "aforementioned", "this" },
  { "aggregate", "add up" },
  { "aggregated", "added up" },
  { "anonymised", "without your name" },
  { "anonymized", "without your name" },
  { "as per", "as … says" },
  { "authenticate", "check that it is you" },
  { "authentication", "check that it is you" },
  { "authorise", "allow" },
  { "authorize", "allow" },
  { "backend", "cloud" },
  { "biometric", "of your body" },
  { "biometrics", "marks of your body" },
  { "commence", "begin" },
  { "configuration", "settings" },
  { "configure", "set up" },
  { "credentials", "name and password" },
  { "cryptographic", "secret" },
  { "data controller", "the company that decides" },
  { "data processor", "the company that works for it" },
  { "data subject", "you" },
  { "data subjects", "people" },
  { "decrypt", "unlock" },
  { "decrypted", "unlocked" },
  { "deprecated", "old" },
  { "encrypted", "locked with a key" },
  { "encryption", "a lock with a key" },
  { "endpoint", "address" },
  { "expiry", "end" },
  { "facilitate", "help" },
  { "hereby", "leave it out" },
  { "identifier", "number or name" },
  { "identifiers", "numbers or names" },
  { "in accordance with", "as … says" },
  { "in order to", "to" },
  { "in the event that", "if" },
  { "initialise", "begin" },
  { "initialize", "begin" },
  { "instantiate", "make" },
  { "invalid", "wrong" },
  { "legitimate interest", "say what for" },
  { "legitimate interests", "say what for" },
  { "leverage", "use" },
  { "metadata", "say which data" },
  { "notwithstanding", "even so" },
  { "null", "nothing" },
  { "opt in", "say yes" },
  { "opt out", "say no" },
  { "opt-in", "say yes" },
  { "opt-out", "say no" },
  { "parameter", "setting" },
  { "payload", "content" },
  { "personal information", "data about you" },
  { "personally identifiable", "that says who you are" },
  { "prior to", "before" },
  { "processing", "use" },
  { "profiling", "making a picture of you" },
  { "provisioning", "set-up" },
  { "pseudonymised", "under another name" },
  { "pseudonymous", "under another name" },
  { "pursuant", "as … says" },
  { "repository", "store" },
  { "retention", "how long it is kept" },
  { "retention period", "how long it is kept" },
  { "sub-processor", "a company that works for it" },
  { "subsequent", "later" },
  { "telemetry", "say which data" },
  { "terminate", "end" },
  { "thereof", "of it" },
  { "third parties", "other companies" },
  { "third party", "another company" },
  { "timeout", "too long a wait" },
  { "token", "pass" },
  { "transmit", "send" },
  { "utilise", "use" },
  { "utilize", "use" },
  { "vulnerabilities", "security problems" },
  { "vulnerability", "security problem" },
  { "whereby", "so that" },
  { NULL },
};

/* Words that the rules count wrongly, and long words that are familiar all the same,
 * which count as two syllables: of the list of Dale and Chall (1948), and what a
 * connected product cannot be spoken of without.  docs/plain-language.md has them. */
static const struct {
  const char *word;
  guint8 syllables;
} odd[] = {
  { "already", 2 },
  { "another", 2 },
  { "anybody", 2 },
  { "anything", 2 },
  { "battery", 2 },
  { "company", 2 },
  { "computer", 2 },
  { "computers", 2 },
  { "device", 2 },
  { "device's", 2 },
  { "devices", 2 },
  { "internet", 2 },
  { "manufacturer", 2 },
  { "manufacturer's", 2 },
  { "nobody", 2 },
  { "password", 2 },
  { "passwords", 2 },
  { "security", 2 },
  { "somebody", 2 },
  { "temperature", 2 },
  { "adopted", 3 },
  { "area", 3 },
  { "areas", 3 },
  { "business", 2 },
  { "cannot", 2 },
  { "create", 2 },
  { "created", 3 },
  { "creates", 2 },
  { "different", 2 },
  { "every", 2 },
  { "everybody", 2 },
  { "everything", 2 },
  { "evening", 2 },
  { "idea", 3 },
  { "ideas", 3 },
  { "million", 2 },
  { "minute", 2 },
  { "minutes", 2 },
  { "once", 1 },
  { "opened", 2 },
  { "people", 2 },
  { "quiet", 2 },
  { "recreate", 3 },
  { "something", 2 },
  { "sometimes", 2 },
  { "used", 1 },
  { "useful", 2 },
  { "video", 3 },
  { "videos", 3 },
  { "whatever", 3 },
  { "whoever", 3 },
};
/* clang-format on */

int
vendor_known_syllables (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    if (strcmp (odd[i].word, word) == 0)
      return odd[i].syllables;
  return 0;
}

static gboolean
is_one_of (const char *word, const char *const *words)
{
  return g_strv_contains (words, word);
}

gboolean
vendor_is_form_of_be (const char *word)
{
  static const char *const forms[] = { "is", "are", "was", "were", "be", "been", "being", NULL };

  return is_one_of (word, forms);
}

gboolean
vendor_is_participle (const char *word)
{
  static const char *const irregular[]
      = { "built", "chosen", "done", "found", "given",  "gone",    "held", "hidden", "kept",
          "known", "left",   "lost", "made",  "paid",   "read",    "seen", "sent",   "set",
          "shown", "sold",   "told", "taken", "thrown", "written", NULL };

  return is_one_of (word, irregular) || (g_str_has_suffix (word, "ed") && strlen (word) > 4);
}
