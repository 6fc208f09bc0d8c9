# SPDX-License-Identifier: Apache-2.0
"""Chapters that run in the virtual machine, in one process and one world."""
