# SPDX-License-Identifier: Apache-2.0
"""Inside the virtual machine: BlueZ with virtual controllers, and raw peers at both ends of its links."""

from .bridge import Bridge
from .central import Central
from .gatt import BOND, INWARD, OUTWARD, SERVICE
from .peer import Peer
from .session import BluetoothSession
from .stack import SYSTEM_BUS, Stack

__all__ = ['BOND', 'BluetoothSession', 'Bridge', 'Central', 'INWARD', 'OUTWARD', 'Peer', 'SERVICE', 'SYSTEM_BUS', 'Stack']
