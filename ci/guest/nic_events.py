# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""What QEMU's NICs do for a frame: register writes and DMA operations, from QEMU's trace events.

An event takes QEMU longer than what it tells of. So none is ever on while something is timed, and
registers are counted in a run of their own: how many frames a driver finds in a burst, and with it how
often it writes a tail, follows from how fast the NIC is, which one event a burst hardly changes. What
DMA a frame takes doesn't follow from it.

Some operations have an event of their own, the others go one to one, or two to one, with some event
(QEMU 10.0, hw/net/igb_core.c):

    TX descriptor read      e1000e_tx_descr
    TX buffer read          the same, of a data descriptor
    TX write-back           the same, of a descriptor with RS
    RX descriptor read      e1000e_rx_descr
    RX buffer write         igb_rx_desc_buff_write
    RX descriptor write     e1000e_rx_descr, two: first without DD, then the status alone

Each of these passes the IOMMU, which has an event, too. Only if there are as many of that is the list
whole, and only if events and testpmd agree on the number of frames is it told to anybody.
"""

import re
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

from lab import circle, qmp

LOG = Path("/lab/qemu.log")
QUICK = ["memory_region_ops_write"]
ALL = [*QUICK, "e1000e_tx_descr", "e1000e_rx_descr", "igb_rx_desc_buff_write",
       "e1000e_rx_written_to_guest", "vtd_dmar_translate"]

_WRITE = re.compile(r"cpu \S+ mr (\S+) addr 0x(\w+) value 0x(\w+) size \d+ name '(.*)'")
_DESCRIPTOR = re.compile(r"\S+ : (\w+) \w+")
# By QEMU's name of a function's registers, their size.
_REGISTERS = {"igb-mmio": 0x20000, "igbvf-mmio": 0x4000}
# The first queues' tails lie at a second place, too, the only one that a VF has.
_TAILS = {first + step * queue: name for name, first, step, queues in (
    ("TDT", 0xE018, 0x40, 16), ("TDT", 0x3818, 0x100, 4), ("RDT", 0xC018, 0x40, 16), ("RDT", 0x2818, 0x100, 4))
    for queue in range(queues)}
# Of a TX descriptor's second half.
_EOP, _RS, _DEXT, _TYPE, _CONTEXT = 1 << 24, 1 << 27, 1 << 29, 0xF << 20, 0x2 << 20


class Disagreement(Exception):
    """Two counts of the same thing differ, so neither is worth telling."""


@contextmanager
def traced(events):
    """Switches events on for a while; what it yields holds their lines afterwards."""
    begin, lines = LOG.stat().st_size, []
    try:
        for event in events:
            qmp("trace-event-set-state", name=event, enable=True)
        yield lines
    finally:
        for event in events:
            qmp("trace-event-set-state", name=event, enable=False)
    with LOG.open(encoding="ascii", errors="replace") as log:
        log.seek(begin)
        lines += log.read().splitlines()


class Events:
    """Events, counted line by line. ring: descriptors of each ring; tails: where TDTs stand at the beginning."""

    def __init__(self, ring, tails):
        self._ring = ring
        self.tails = dict(tails)
        self.seen = Counter()           # by event
        self.writes = Counter()         # by register
        self.handed_over = 0            # TX descriptors, by TDT writes, but for a queue's first without tails
        self.sent = Counter()           # TX descriptors by what they ask for

    def take(self, line):
        event, _, rest = line.partition(" ")
        if event not in ALL:
            raise Disagreement(f"no event that was switched on: {line!r}")
        self.seen[event] += 1
        if event == "memory_region_ops_write":
            self._write(*_WRITE.fullmatch(rest).groups())
        elif event == "e1000e_tx_descr":
            self._descriptor(int(_DESCRIPTOR.fullmatch(rest)[1], 16))

    def _write(self, function, address, value, name):
        if name not in _REGISTERS:
            return
        address, value = int(address, 16) % _REGISTERS[name], int(value, 16)
        register = _TAILS.get(address, "other")
        self.writes[register] += 1
        if register == "TDT":
            self.handed_over += (value - self.tails.get((function, address), value)) % self._ring
            self.tails[function, address] = value

    def _descriptor(self, command):
        context = command & _DEXT and command & _TYPE == _CONTEXT
        self.sent["data"] += not context
        self.sent["RS"] += bool(command & _RS)
        self.sent["frames"] += not context and bool(command & _EOP)

    def dma(self):
        """Operations by kind."""
        return {"TX descriptor read": self.seen["e1000e_tx_descr"], "TX buffer read": self.sent["data"],
                "TX write-back": self.sent["RS"], "RX descriptor read": self.seen["e1000e_rx_descr"],
                "RX buffer write": self.seen["igb_rx_desc_buff_write"],
                "RX descriptor write": 2 * self.seen["e1000e_rx_descr"]}


def _agree(**counts):
    if len(set(counts.values())) != 1:
        raise Disagreement(", ".join(f"{what.replace('_', ' ')}: {count}" for what, count in counts.items()))


def _run(events, ends, seconds, bursts, counted):
    """Frames that went round meanwhile (sent, received)."""
    with traced(events) as lines:
        slice_ = circle(*ends, seconds, bursts)
    if slice_.faults():
        raise Disagreement("; ".join(slice_.faults()))
    for line in lines:
        counted.take(line)
    return slice_.a_sent + slice_.b_sent, slice_.a_received + slice_.b_received


def count(ends, ring, bursts):
    """Register writes and DMA operations per frame that goes from one of two ends to the other.

    ring is the size of their rings in descriptors; bursts * 32 frames go round. Disagreement when
    QEMU's events and testpmd's statistics don't tell of the same frames.
    """
    every = Events(ring, {})
    sent, received = _run(ALL, ends, 0.5, bursts, every)
    operations = every.dma()
    _agree(sent_by_testpmd=sent, by_descriptors=every.sent["frames"])
    _agree(received_by_testpmd=received, by_events=every.seen["e1000e_rx_written_to_guest"])
    _agree(DMA_operations=sum(operations.values()), passed_the_IOMMU=every.seen["vtd_dmar_translate"])
    # A queue's first write says how many descriptors it hands over only to who knows the last one.
    quick = Events(ring, every.tails)
    frames, _ = _run(QUICK, ends, 2, bursts, quick)
    _agree(sent_by_testpmd=frames, by_TDT_writes=quick.handed_over)
    return {"frames": {"registers": frames, "dma": sent},
            "registers": {name: quick.writes[name] / frames for name in ("TDT", "RDT", "other")},
            "dma": {name: number / sent for name, number in operations.items()}}
