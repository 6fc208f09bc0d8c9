# SPDX-License-Identifier: Apache-2.0
"""The UUIDs of pairing/gatt.h."""

import pathlib
import re

_HEADER = (pathlib.Path(__file__).resolve().parents[4] / 'pairing/gatt.h').read_text()


def _uuid(name):
    return re.search(rf'#define {name} "([0-9a-f-]{{36}})"', _HEADER).group(1)


SERVICE = _uuid('WTL_GATT_SERVICE_UUID')
INWARD = _uuid('WTL_GATT_IN_UUID')
OUTWARD = _uuid('WTL_GATT_OUT_UUID')
BOND = _uuid('WTL_GATT_BOND_UUID')
