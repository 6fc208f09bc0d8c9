# SPDX-License-Identifier: Apache-2.0
"""Starts the real parts of Wattle in a private session, for tests that drive them.

    with Session() as session:
        session.start_all()
        unit = session.new_unit()
        device = session.start_device(unit)
        client = session.client()
"""

from .client import Client, DBusError, secret_fd
from .cloud import CloudApi, unbase64url, verify_es256, verify_jws
from .desktop import Desktop
from .keyring import Keyring
from .power import Power
from .process import Process, ProcessFailed
from .session import Session, Unit
from .terminal import Terminal

__all__ = ['Client', 'CloudApi', 'DBusError', 'Desktop', 'Keyring', 'Power', 'Process', 'ProcessFailed', 'Session', 'Unit',
           'Terminal', 'secret_fd', 'unbase64url', 'verify_es256', 'verify_jws']
