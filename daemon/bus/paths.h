/* SPDX-License-Identifier: Apache-2.0 */
/* Where objects are on the bus. */
#pragma once

#define WATTLE_BUS_NAME "org.wattle.Companion"
#define WATTLE_PATH_ROOT "/org/wattle/Companion"
#define WATTLE_PATH_CANDIDATE WATTLE_PATH_ROOT "/candidates/%s" /* id */
#define WATTLE_PATH_DEVICE WATTLE_PATH_ROOT "/devices/%s"       /* id */
#define WATTLE_PATH_PASSPORT WATTLE_PATH_ROOT "/passports/%s"   /* SHA-256 */
#define WATTLE_PATH_JOB WATTLE_PATH_ROOT "/jobs/%u"             /* number */
#define WATTLE_PATH_NONE "/"

/* The person's app, by its files in data/gui for the bus and the desktop. */
#define WATTLE_APP_BUS_NAME "org.wattle.Wattle"
#define WATTLE_APP_PATH "/org/wattle/Wattle"
