# SPDX-License-Identifier: Apache-2.0
"""A virtual machine with a Bluetooth stack of its own, whose root is this machine's, read-only."""

from .machine import Machine, VmError

__all__ = ['Machine', 'VmError']
