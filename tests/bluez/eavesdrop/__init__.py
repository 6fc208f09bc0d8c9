# SPDX-License-Identifier: Apache-2.0
"""Reads what btmon recorded, as somebody with a radio of their own could have."""

from .btsnoop import Trace
from .leaks import Secret, find

__all__ = ['Secret', 'Trace', 'find']
