/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schema, one migration per version.  A version that has been released is
 * never edited: what changes is added as the next.
 *
 * Times are seconds since 1970, 0 = never.  No secrets.
 */
#include "daemon/store/sql.h"

static const char version_1[] = "CREATE TABLE passports ("
                                "  sha256 TEXT PRIMARY KEY,"
                                "  body BLOB NOT NULL"
                                ") STRICT, WITHOUT ROWID;"
                                /* What daemon/store/devices.h says. */
                                "CREATE TABLE devices ("
                                "  id TEXT PRIMARY KEY,"
                                "  stage INTEGER NOT NULL,"
                                "  name TEXT NOT NULL,"
                                "  unit_id TEXT NOT NULL,"
                                "  product INTEGER NOT NULL,"
                                "  public_key BLOB NOT NULL,"
                                "  passport TEXT NOT NULL REFERENCES passports (sha256),"
                                "  chain TEXT NOT NULL,"
                                "  owner_slot INTEGER NOT NULL,"
                                "  firmware_version TEXT NOT NULL,"
                                "  set_up_at INTEGER NOT NULL,"
                                "  last_seen INTEGER NOT NULL,"
                                "  cloud_origin TEXT,"
                                "  cloud_account TEXT,"
                                "  cloud_claimed INTEGER NOT NULL,"
                                "  consent_version INTEGER NOT NULL,"
                                "  decisions TEXT"
                                ") STRICT, WITHOUT ROWID;"
                                "CREATE TABLE readings ("
                                "  device TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,"
                                "  sequence INTEGER NOT NULL,"
                                "  time INTEGER NOT NULL,"
                                "  value INTEGER NOT NULL,"
                                "  purposes INTEGER NOT NULL,"
                                "  PRIMARY KEY (device, sequence)"
                                ") STRICT, WITHOUT ROWID;"
                                /* How far the cloud has the readings of a purpose. */
                                "CREATE TABLE sent ("
                                "  device TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,"
                                "  purpose TEXT NOT NULL,"
                                "  sequence INTEGER NOT NULL,"
                                "  PRIMARY KEY (device, purpose)"
                                ") STRICT, WITHOUT ROWID;"
                                "CREATE TABLE deliveries ("
                                "  device TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,"
                                "  place INTEGER NOT NULL,"
                                "  version INTEGER NOT NULL,"
                                "  allowed INTEGER NOT NULL,"
                                "  allowed_ids TEXT NOT NULL," /* separated by spaces, which ids have not */
                                "  record_sha256 TEXT NOT NULL,"
                                "  since INTEGER NOT NULL,"
                                "  confirmed_at INTEGER NOT NULL DEFAULT 0,"
                                "  statement BLOB,"
                                "  signature BLOB,"
                                "  records_deleted INTEGER NOT NULL DEFAULT 0,"
                                "  PRIMARY KEY (device, place, version)"
                                ") STRICT, WITHOUT ROWID;"
                                /* The head is kept apart from the records, so that one missing at the
       * end is noticed. */
                                "CREATE TABLE chains ("
                                "  chain TEXT PRIMARY KEY,"
                                "  head TEXT NOT NULL"
                                ") STRICT, WITHOUT ROWID;"
                                "CREATE TABLE ledger ("
                                "  chain TEXT NOT NULL REFERENCES chains (chain) ON DELETE CASCADE,"
                                "  sequence INTEGER NOT NULL,"
                                "  hash TEXT NOT NULL,"
                                "  previous TEXT NOT NULL,"
                                "  json TEXT NOT NULL,"
                                "  PRIMARY KEY (chain, sequence)"
                                ") STRICT, WITHOUT ROWID;"
                                /* The wipe journal refers to no device row: it outlives that. */
                                "CREATE TABLE wipes ("
                                "  id TEXT PRIMARY KEY,"
                                "  device TEXT NOT NULL,"
                                "  product INTEGER NOT NULL,"
                                "  product_name TEXT NOT NULL,"
                                "  passport TEXT NOT NULL,"
                                "  step INTEGER NOT NULL,"
                                "  plan TEXT NOT NULL"
                                ") STRICT, WITHOUT ROWID;"
                                "CREATE TABLE receipts ("
                                "  id TEXT PRIMARY KEY,"
                                "  kind TEXT NOT NULL,"
                                "  device TEXT NOT NULL,"
                                "  device_name TEXT NOT NULL,"
                                "  time INTEGER NOT NULL,"
                                "  complete INTEGER NOT NULL,"
                                "  places TEXT NOT NULL,"
                                "  json TEXT NOT NULL"
                                ") STRICT, WITHOUT ROWID;"
                                "CREATE TABLE log ("
                                "  id INTEGER PRIMARY KEY,"
                                "  time INTEGER NOT NULL,"
                                "  device TEXT NOT NULL,"
                                "  event TEXT NOT NULL,"
                                "  sentence TEXT NOT NULL"
                                ") STRICT;"
                                "CREATE INDEX log_by_device ON log (device, id);"
                                "CREATE TABLE settings ("
                                "  name TEXT PRIMARY KEY,"
                                "  value TEXT NOT NULL"
                                ") STRICT, WITHOUT ROWID;";

/* What a wipe's certificate will say, for when the device's own row is gone. */
static const char wipes_about[] = "ALTER TABLE wipes ADD COLUMN about TEXT NOT NULL DEFAULT '{}';";

/* What daemon/store/support.h says. */
static const char support[] = "CREATE TABLE support ("
                              "  device TEXT PRIMARY KEY REFERENCES devices (id) ON DELETE CASCADE,"
                              "  snoozed_until INTEGER NOT NULL DEFAULT 0,"
                              "  cloud_stopped_at INTEGER NOT NULL DEFAULT 0"
                              ") STRICT, WITHOUT ROWID;"
                              "CREATE TABLE support_told ("
                              "  device TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,"
                              "  end_date TEXT NOT NULL," /* the date that it was about */
                              "  stage TEXT NOT NULL,"
                              "  time INTEGER NOT NULL,"
                              "  PRIMARY KEY (device, end_date, stage)"
                              ") STRICT, WITHOUT ROWID;";

/* What daemon/store/notices.h says. */
static const char notices[] = "CREATE TABLE earlier_passports ("
                              "  device TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,"
                              "  passport TEXT NOT NULL REFERENCES passports (sha256),"
                              "  number INTEGER NOT NULL," /* of the device, from 1 */
                              "  replaced_at INTEGER NOT NULL,"
                              "  read INTEGER NOT NULL,"
                              "  PRIMARY KEY (device, passport)"
                              ") STRICT, WITHOUT ROWID;"
                              "CREATE TABLE refused_passports ("
                              "  device TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,"
                              "  passport TEXT NOT NULL,"
                              "  PRIMARY KEY (device, passport)"
                              ") STRICT, WITHOUT ROWID;";

/* What daemon/store/others.h says. */
static const char others[] = "CREATE TABLE others ("
                             "  device TEXT PRIMARY KEY REFERENCES devices (id) ON DELETE CASCADE,"
                             "  who TEXT NOT NULL,"
                             "  since INTEGER NOT NULL"
                             ") STRICT, WITHOUT ROWID;";

/* What daemon/store/integrity.h says. */
static const char integrity[] = "CREATE TABLE integrity ("
                                "  device TEXT PRIMARY KEY REFERENCES devices (id) ON DELETE CASCADE,"
                                "  time INTEGER NOT NULL,"
                                "  image TEXT NOT NULL,"
                                "  confirmed INTEGER NOT NULL,"
                                "  boot_count INTEGER NOT NULL,"
                                "  reset_cause INTEGER NOT NULL,"
                                "  debug_port INTEGER NOT NULL,"
                                "  flash_erases INTEGER NOT NULL,"
                                "  flash_cycles INTEGER NOT NULL,"
                                "  alerts INTEGER NOT NULL,"
                                "  can_install INTEGER NOT NULL"
                                ") STRICT, WITHOUT ROWID;"
                                "CREATE TABLE known_images ("
                                "  device TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,"
                                "  number INTEGER NOT NULL," /* of the device, from 1 */
                                "  image TEXT NOT NULL,"
                                "  origin TEXT NOT NULL,"
                                "  time INTEGER NOT NULL,"
                                "  PRIMARY KEY (device, number)"
                                ") STRICT, WITHOUT ROWID;";

const WattleMigration wattle_schema[] = {
  { version_1 }, { wipes_about }, { support }, { notices }, { others }, { integrity },
};
const guint wattle_schema_version = G_N_ELEMENTS (wattle_schema);
