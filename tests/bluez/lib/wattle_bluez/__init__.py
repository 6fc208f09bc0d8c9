# SPDX-License-Identifier: Apache-2.0
"""Inside the virtual machine: BlueZ with virtual controllers, and raw peers at both ends of its links."""

from .central import Central
from .gatt import INWARD, OUTWARD, SERVICE
from .peer import Peer
from .session import BluetoothSession
from .stack import SYSTEM_BUS, Stack

__all__ = ['BluetoothSession', 'Central', 'INWARD', 'OUTWARD', 'Peer', 'SERVICE', 'SYSTEM_BUS', 'Stack']
