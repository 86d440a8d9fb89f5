# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""Single frames, exact to the octet, through ports that a testpmd holds.

A station is a port with a tap device beside it; testpmd passes frames between
the two. What a test writes to the tap leaves the port, what the port receives
can be read from the tap.
"""

import itertools
import socket
import struct
from contextlib import contextmanager

from .system import run, wait_for
from .testpmd import Testpmd

BROADCAST = "ff:ff:ff:ff:ff:ff"
# The EtherType that is set aside for experiments.
EXPERIMENT = 0x88B5
FENCE = b"fence"

_SOL_PACKET, _PACKET_AUXDATA, _PACKET_IGNORE_OUTGOING = 263, 8, 23
_TP_STATUS_VLAN_VALID = 0x10
_fences = itertools.count(1)
_taps = itertools.count()


def octets(mac):
    """A MAC address in its six octets."""
    return bytes.fromhex(mac.replace(":", ""))


def frame(to, source, payload=b"", vlan=None, size=60, kind=EXPERIMENT):
    """An Ethernet frame without CRC, filled up to a size with zeros."""
    tag = b"" if vlan is None else struct.pack("!HH", 0x8100, vlan)
    return (octets(to) + octets(source) + tag + struct.pack("!H", kind) + payload).ljust(size, b"\0")


def numbered(to, source, count=32, **how):
    """So many frames, no two alike."""
    return [frame(to, source, b"%06d" % number, **how) for number in range(count)]


class Interface:
    """A network interface, frame by frame: send(frames), take() what came since the last take()."""

    def __init__(self, name, interface):
        self.name = name
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self.socket.setsockopt(_SOL_PACKET, _PACKET_AUXDATA, 1)
        self.socket.setsockopt(_SOL_PACKET, _PACKET_IGNORE_OUTGOING, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.socket.bind((interface, 0))
        self.socket.setblocking(False)

    def send(self, frames):
        for one in frames:
            wait_for(f"{self.name} takes a frame", lambda one=one: self._send(one))

    def _send(self, one):
        try:
            return self.socket.send(one)
        except BlockingIOError:
            return 0

    def take(self):
        """Frames that were received, oldest first, tags where they were."""
        taken = []
        while True:
            try:
                data, ancillary, _, _ = self.socket.recvmsg(65536, 256)
            except BlockingIOError:
                return taken
            for _, _, value in ancillary:
                status, _, _, _, _, tci, kind = struct.unpack("IIIHHHH", value)
                # The kernel takes the tag out of the frame.
                if status & _TP_STATUS_VLAN_VALID:
                    data = data[:12] + struct.pack("!HH", kind or 0x8100, tci) + data[12:]
            taken.append(data)

    def forget_error(self):
        """Once the interface is up again: that it was down is no error of the test's."""
        self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)

    def close(self):
        self.socket.close()


class Station(Interface):
    """One port and its tap."""

    def __init__(self, testpmd, port, tap_port, name, tap):
        super().__init__(name, tap)
        self.testpmd, self.port, self.tap_port = testpmd, port, tap_port

    @property
    def mac(self):
        return self.testpmd.mac(self.port)

    def cmd(self, text):
        """A testpmd command, with the port's number for {}."""
        return self.testpmd.cmd(text.format(self.port))


def stations(names, devices, process="stations", **options):
    """Starts a testpmd with a tap for each device; returns the stations at their names."""
    # Nobody but the test may send: the kernel would look for IPv6 neighbours.
    run("sh", "-c", "modprobe tun; echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6")
    taps = [f"lab{next(_taps)}" for _ in devices]
    eal = [f"--vdev=net_tap{n},iface={tap}" for n, tap in enumerate(taps)]
    testpmd = Testpmd(devices, name=process, eal=[*options.pop("eal", ()), *eal], **options)
    # The taps let pass whatever a port may be set to.
    for tap in taps:
        run("ip", "link", "set", tap, "mtu", 9800)
    # A tap's port comes after all NIC's; testpmd forwards between neighbours in the list.
    count = len(devices)
    testpmd.cmd("set portlist " + ",".join(f"{n},{n + count}" for n in range(count)))
    testpmd.cmd("start")
    return {name: Station(testpmd, n, n + count, name, tap)
            for n, (name, tap) in enumerate(zip(names, taps, strict=True))}


@contextmanager
def paused(station):
    """The station's port stopped, for commands that need it; up again afterwards."""
    station.testpmd.cmd("stop")
    station.cmd("port stop {}")
    yield
    station.cmd("port start {}")
    station.testpmd.cmd("start")
    station.testpmd.wait_link(station.port)


def exchange(net, source, frames, among=None):
    """Sends frames from one of a dict of stations; returns what each one received.

    Nothing is timed: a broadcast follows from the source, and one from another
    station. Where both have arrived, nothing sent before can still be on its
    way, for a port's frames stay in order. So a station's empty list also says that
    it could have received.
    """
    among = {name: net[name] for name in among or net}
    other = next(name for name in among if name != source)
    received = {name: [] for name in among}
    net[source].send(frames)
    for sender in (source, other):
        fence = FENCE + b"%d." % next(_fences)
        net[sender].send([frame(BROADCAST, net[sender].mac, fence)])
        for name in among:
            # A VF of QEMU's NIC gets its own broadcast, others don't.
            if name != sender:
                wait_for(f"{name} receives {sender}'s broadcast",
                         lambda name=name, fence=fence: _arrived(among[name], received[name], fence),
                         interval=0.05)
    for name, station in among.items():
        received[name] = [one for one in received[name] + station.take()
                          if one[14:14 + len(FENCE)] != FENCE]
    return received


def _arrived(station, received, fence):
    received += station.take()
    return any(one[14:].startswith(fence) for one in received)
