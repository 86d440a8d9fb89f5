# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""Traffic between two testpmd ports, built so that every frame can be accounted for.

Nothing here outruns a receiver: the NIC drops silently when a ring is full, and
a test that must allow for drops can't tell them from a driver's loss. So a
fixed number of frames, fewer than a ring holds, goes round or across, and at
the end everything that was sent must have been received.
"""

import time
from dataclasses import dataclass

from .system import wait_for
from .testpmd import Testpmd

BURST = 32


@dataclass
class End:
    """One port of one testpmd."""

    testpmd: Testpmd
    port: int

    def __post_init__(self):
        self.mac = self.testpmd.mac(self.port)

    def counts(self):
        """Frames (received, sent) since the start or the last clear."""
        stats = self.testpmd.stats(self.port)
        return stats["RX-packets"], stats["TX-packets"]

    def __str__(self):
        return f"{self.testpmd.name}:{self.port}"


@dataclass
class Circle:
    """What went round between ends a and b."""

    kpps: float         # thousand frames per second that an end received, mean of both
    a_sent: int         # from the first to the last, as the ends' drivers count
    a_received: int
    b_sent: int
    b_received: int
    shared: bool        # one process has both ends
    echoed: int         # frames that came back to a while b didn't forward: must be 0

    def faults(self, counts_own=True):
        """What is wrong, a list of words: nothing moved, or frames were lost or made up.

        counts_own is false where b is an in-tree PF, which counts its VFs' frames
        as its own; then only what a sent and got back is compared.
        """
        found = []
        if self.kpps == 0 or self.a_received == 0:
            found.append("nothing moved")
        if self.echoed:
            found.append(f"{self.echoed} frames came back that the second port didn't send")
        pairs = [("first port's", self.a_sent, "second", self.b_received),
                 ("second port's", self.b_sent, "first", self.a_received)]
        if not counts_own:
            pairs = [("first port's", self.a_sent, "first", self.a_received)]
        elif not self.shared:
            pairs.append(("first port's", self.a_sent, "first, back again,", self.a_received))
        for whose, sent, where, received in pairs:
            if sent != received:
                found.append(f"of the {whose} {sent} frames the {where} received {received}")
        return found


def _processes(a, b):
    return [a.testpmd] if a.testpmd is b.testpmd else [a.testpmd, b.testpmd]


def _settled(end, interval=0.3):
    """An end's counts once they have stopped moving."""
    seen = []

    def still():
        seen.append(end.counts())
        return len(seen) > 1 and seen[-1] == seen[-2] and seen[-1]
    return wait_for(f"{end} to be quiet", still, interval=interval)


def _aim(a, b, mode):
    """Makes both ends forward to each other's address, and only them."""
    for process in _processes(a, b):
        ends = [end for end in (a, b) if end.testpmd is process]
        process.cmd("stop")
        process.cmd("set portlist " + ",".join(str(end.port) for end in ends))
        process.cmd(f"set fwd {mode}")
    a.testpmd.cmd(f"set eth-peer {a.port} {b.mac}")
    b.testpmd.cmd(f"set eth-peer {b.port} {a.mac}")
    for process in _processes(a, b):
        process.clear_stats()


def circle(a, b, seconds=3, bursts=2, meanwhile=None, echo=True):
    """Lets bursts * 32 frames go round between a and b for some seconds; returns a Circle.

    Or for as long as meanwhile() takes. echo is whether to look first, for another second or
    two, if a frame that b got comes back by itself.

    Then a (with b, where one process has both) only keeps what comes, until
    nothing comes any more. From then on every frame that was ever sent has
    arrived, or was lost: sent == received says that none was.
    """
    shared = a.testpmd is b.testpmd
    echoed = _echo(a, b) if echo and not shared else 0
    _aim(a, b, "mac")
    if not shared:
        b.testpmd.cmd("start")
    a.testpmd.cmd(f"start tx_first {bursts}")
    begin, before = time.monotonic(), _arrivals(a, b)
    if meanwhile:
        meanwhile()
    else:
        time.sleep(seconds)
    end, after = time.monotonic(), _arrivals(a, b)
    a.testpmd.cmd("stop")
    a.testpmd.cmd("set fwd rxonly")
    a.testpmd.cmd("start")
    _settled(b)
    a_received, a_sent = _settled(a)
    for process in _processes(a, b):
        process.cmd("stop")
    b_received, b_sent = b.counts()
    return Circle((after - before) / (end - begin) / 1000, a_sent, a_received, b_sent, b_received,
                  shared, echoed)


def _arrivals(a, b):
    """Frames that an end has received; the mean of both where one command shows both."""
    if a.testpmd is b.testpmd:
        return (a.counts()[0] + b.counts()[0]) / 2
    return a.counts()[0]


def _echo(a, b):
    """Frames that a gets back of a burst to b, which only keeps them: a mistaken filter's work.

    b must take them in: left in its ring, they would be counted in the next run.
    """
    _aim(a, b, "rxonly")
    b.testpmd.cmd("start")
    a.testpmd.cmd("start tx_first 1")
    _settled(b)
    echoed = _settled(a)[0]
    for process in _processes(a, b):
        process.cmd("stop")
    return echoed


def send(a, b, frames=256):
    """Sends frames (a multiple of 32) from a to b's address; returns (sent, received).

    a and b must be in processes of their own.
    """
    if frames % BURST or a.testpmd is b.testpmd:
        raise ValueError("send: frames in multiples of 32, between two processes")
    _aim(a, b, "rxonly")
    b.testpmd.cmd("start")
    a.testpmd.cmd(f"start tx_first {frames // BURST}")
    sent = _settled(a)[1]
    received = _settled(b)[0]
    for process in _processes(a, b):
        process.cmd("stop")
    return sent, received
