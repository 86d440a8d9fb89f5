# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""The machine monitor, which a virtio-serial port brings into the guest."""

import contextlib
import errno
import itertools
import json
import os
import select
import time
from pathlib import Path

from .system import wait_for

_ids = itertools.count(1)


def _device():
    for name in Path("/sys/class/virtio-ports").glob("*/name"):
        if name.read_text().strip() == "qmp":
            return f"/dev/{name.parent.name}"
    raise FileNotFoundError("no virtio-serial port called qmp: is this the lab's guest?")


def _try_open(device):
    try:
        return os.open(device, os.O_RDWR | os.O_NONBLOCK)
    except OSError as error:
        # One process at a time has the port.
        if error.errno != errno.EBUSY:
            raise
        return None


def _answer(port, wanted, end):
    pending = b""
    while True:
        left = end - time.monotonic()
        if left <= 0 or not select.select([port], [], [], left)[0]:
            raise TimeoutError(f"no answer from QEMU to request {wanted}")
        with contextlib.suppress(BlockingIOError):
            pending += os.read(port, 65536)
        *lines, pending = pending.split(b"\n")
        # The greeting, events and what an earlier user didn't read pass by.
        for message in map(json.loads, filter(bytes.strip, lines)):
            if message.get("id") == wanted:
                return message


def qmp(command, timeout=30, **arguments):
    """Executes a QMP command and returns its result; RuntimeError when QEMU refuses."""
    device = _device()
    port = wait_for("QMP port free", lambda: _try_open(device), timeout)
    end = time.monotonic() + timeout
    try:
        # Needed once a boot, and refused harmlessly after that.
        for request in ({"execute": "qmp_capabilities"}, {"execute": command, "arguments": arguments}):
            request["id"] = f"{os.getpid()}-{next(_ids)}"
            os.write(port, json.dumps(request).encode() + b"\n")
            answer = _answer(port, request["id"], end)
    finally:
        os.close(port)
    if "error" in answer:
        raise RuntimeError(f"QMP {command}: {answer['error']['desc']}")
    return answer["return"]


def set_link(port, up):
    """Plugs the cable into port 0 or 1, or pulls it there; the other end doesn't notice."""
    qmp("set_link", name=f"wire{port}", up=bool(up))
