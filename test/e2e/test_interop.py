# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""PF and VF each ours, Linux's (igb, igbvf) and DPDK's in-tree one: nine pairs.

In each pair frames are exchanged one by one between two VFs, the PF and a port
at the wire's other end; a VF joins and leaves a multicast group, changes its
address, joins a VLAN, takes longer frames; and the PF is reset under its VFs. Where a
pair can't, what it does instead is expected, so that we notice should it change:

    PF                                            ours      Linux     in-tree
    frames to the PF's own address reach          the PF    the PF    VF 0
    frames to an address given up reach           nobody    the PF    the PF
    a group that a VF joins                       is open   is open   is open
    a group that was left                         is shut   is shut   stays open
    another's address, or the PF's                refused   given     given
    a VLAN's frames reach, tag kept               members   members,  nobody: all
                                                            no tag    go to the PF
    the others' share of a VLAN's frames          nobody    the PF    the PF
    tells its VFs of its reset                    yes       yes       no

    VF                                            ours      Linux     in-tree
    takes another frame size                      yes       yes       at start only
    believes that it got a refused address        no        no        yes
    finds out that the PF was reset               an event  by itself no
    comes back after that by                      dev_reset itself    stop and start

igbvf can send under the in-tree PF, but never receives anything: see there. The in-tree
VF gets groups from igb only when it has left promiscuous mode: see there.

Pairs without ours are the controls of this test: what holds there holds without us.
"""

from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from lab import (BROADCAST, IN_TREE, OURS, PORTS, bind, create_vfs, exchange, numbered, paused,
                 remove_vfs, stations, wait_for)
from lab.kernel import Host, ipv4, ipv6, remove_host
from lab.stations import EXPERIMENT
from lab.testpmd import TOKEN

pytestmark = pytest.mark.usefixtures("shared_nics")
LINUX = "linux"
VID = 7
GROUP = "01:00:5e:00:12:34"
OWN = "02:00:00:00:00:aa"
MTU, BIG = 4000, 3000


@dataclass(frozen=True)
class Manners:
    """What a PF does, see the table above."""

    hears: bool = True       # what is sent to its address
    heir: tuple = ()         # who gets frames that are nobody's
    shuts: bool = True       # groups that were left
    guards: bool = True      # addresses that have an owner
    vlans: bool = True       # brings members their frames
    strips: bool = False     # takes tags off, wanted or not


MANNERS = {
    OURS: Manners(),
    LINUX: Manners(heir=("pf",), guards=False, strips=True),
    IN_TREE: Manners(hears=False, heir=("pf",), shuts=False, guards=False, vlans=False),
}


class DpdkPort:
    """Verbs of a port in testpmd."""

    def __init__(self, station, driver):
        self.station, self.driver = station, driver
        self.can_resize = self.hears_refusals = driver == OURS

    def set_mac(self, mac):
        return "error" not in self.station.cmd(f"mac_addr set {{}} {mac}")

    def group(self, on):
        self.station.cmd(f"mcast_addr {'add' if on else 'remove'} {{}} {GROUP}")

    def join(self):
        # The in-tree VF knows the filter only as an offload, of a port that is stopped.
        if self.driver == IN_TREE:
            with paused(self.station):
                self.station.cmd("port config {} rx_offload vlan_filter on")
        else:
            self.station.cmd("vlan set filter on {}")
        assert "failed" not in self.station.cmd(f"rx_vlan add {VID} {{}}")

    def leave(self):
        self.station.cmd(f"rx_vlan rm {VID} {{}}")

    def resize(self):
        # A tap drops what is longer than its port's own limit, and what waits behind it.
        self.station.testpmd.cmd(f"port config mtu {self.station.tap_port} {MTU}")
        with paused(self.station):
            self.station.cmd(f"port config mtu {{}} {MTU}")

    def wait_link(self, up=True):
        self.station.testpmd.wait_link(self.station.port, up)

    def restart(self, meanwhile=lambda: None):
        with paused(self.station):
            meanwhile()

    def recover(self):
        """What an application does that was told of a reset; ours tells."""
        with paused(self.station):
            if self.driver == OURS:
                self.station.cmd("port reset {}")


class LinuxPort:
    """Verbs of an interface in Linux."""

    can_resize = hears_refusals = True

    def __init__(self, host):
        self.host, self.station = host, host.station()

    def set_mac(self, mac):
        try:
            self.host.set("address", mac)
        except RuntimeError as error:
            assert "Cannot assign" in str(error)
            return False
        return True

    def group(self, on):
        self.host.ip("maddress", "add" if on else "delete", GROUP, "dev", self.host.dev)

    def join(self):
        wait_for("the PF's answer within the second that igbvf gives it", self._try_to_join)

    def _try_to_join(self):
        try:
            return self.host.vlan(VID)
        except RuntimeError as error:
            # A loaded machine may take longer than that.
            assert "Invalid argument" in str(error)
            return False

    def leave(self):
        self.host.ip("link", "delete", f"vlan{VID}")

    def resize(self):
        self.host.set("mtu", MTU)
        self.wait_link()

    def wait_link(self, up=True):
        self.host.wait_carrier(up)

    def restart(self, meanwhile=lambda: None):
        self.host.set("down")
        meanwhile()
        self.host.set("up")
        self.wait_link()
        self.station.forget_error()

    def recover(self):
        """igbvf does that itself, 10 s after its last reset."""
        self.wait_link()


@pytest.fixture(scope="module")
def far(shared_nics):
    """The port at the wire's other end, which sees all that comes: a station."""
    with ExitStack() as stack:
        bind(PORTS[1], "vfio-pci")
        port, = dpdk_ports(stack, OURS, far=PORTS[1])
        port.resize()
        port.wait_link()
        yield port.station


@pytest.fixture(scope="module", params=[OURS, LINUX, IN_TREE])
def pf(request, far):
    """The PF, with two VFs: (driver, port, VFs' PCI addresses)."""
    driver = request.param
    with ExitStack() as stack:
        # Run from the last to the first.
        stack.callback(bind, PORTS[0], None)
        stack.callback(remove_vfs, PORTS[0])
        bind(PORTS[0], "igb" if driver == LINUX else "vfio-pci")
        vfs = create_vfs(PORTS[0], 2)
        if driver == LINUX:
            port, = linux_ports(stack, "igb", pf=PORTS[0])
            port.resize()
        else:
            port, = dpdk_ports(stack, driver, pf=PORTS[0])
            port.station.cmd("set promisc {} off")
            if driver == IN_TREE:
                # Its own size is every VF's limit, as it is igb's.
                port.resize()
        port.wait_link()
        yield driver, port, vfs


@pytest.fixture(params=[OURS, LINUX, IN_TREE])
def vfs(request, pf):
    """Two VFs: (driver, ports)."""
    driver, (pf_driver, _, (vf0, vf1)) = request.param, pf
    with ExitStack() as stack:
        if driver == LINUX:
            ports = linux_ports(stack, "igbvf", vf0=vf0, vf1=vf1)
        else:
            for vf in (vf0, vf1):
                bind(vf, "vfio-pci")
            # A kernel PF asks for no token.
            token = None if pf_driver == LINUX else TOKEN
            ports = dpdk_ports(stack, driver, token, vf0=vf0, vf1=vf1)
        if (pf_driver, driver) != (IN_TREE, LINUX):
            for port in ports:
                port.wait_link()
        yield driver, ports


def dpdk_ports(stack, driver, token=TOKEN, **devices):
    """Ports in one testpmd, by name, until the stack unwinds."""
    found = stations(list(devices), list(devices.values()), "-".join(devices), driver=driver,
                     args=["--enable-scatter"], token=token).values()
    for station in found:
        stack.callback(station.close)
    stack.callback(station.testpmd.quit)
    return [DpdkPort(station, driver) for station in found]


def linux_ports(stack, driver, **functions):
    """Linux's interfaces, by name, until the stack unwinds."""
    ports = []
    for number, (name, bdf) in enumerate(functions.items(), 1 if driver == "igbvf" else 3):
        host = Host(name, bdf, driver, number)
        stack.callback(remove_host, host)
        ports.append(LinuxPort(host))
        stack.callback(ports[-1].station.close)
    return ports


class Pair:
    """A PF and two VFs of one driver each, and the port at the wire's other end."""

    def __init__(self, far, pf, vfs):
        self.pf_driver, self.pf, _ = pf
        self.vf_driver, (self.vf0, self.vf1) = vfs
        self.manners = MANNERS[self.pf_driver]
        self.net = {"far": far, "pf": self.pf.station, "vf0": self.vf0.station, "vf1": self.vf1.station}

    def mac(self, name):
        return self.net[name].mac

    def seen(self, source, to, **how):
        """Who received all of 16 frames, and nobody but they a single one; (who, tags kept)."""
        # Without its tag a frame must not be so short that somebody fills it up again.
        frames = numbered(to, self.mac(source), 16, **{"size": 68, **how})
        received = {name: [one for one in got if kind(one) == EXPERIMENT]
                    for name, got in exchange(self.net, source, frames).items()}
        bare = [one[:12] + one[16:] for one in frames] if "vlan" in how else frames
        found = {name: got for name, got in received.items() if got}
        for name, got in found.items():
            assert got in (frames, bare), f"{name}: {[one[:32].hex() for one in got]}"
        return set(found), all(got == frames for got in found.values())

    def who(self, source, to, **how):
        return self.seen(source, to, **how)[0]


def kind(frame):
    """EtherType, behind a tag if there is one: a kernel host sends more than it is told to."""
    at = 16 if frame[12:14] == b"\x81\0" else 12
    return int.from_bytes(frame[at:at + 2], "big")


def frames_reach_their_owners(pair):
    ways = [("vf0", "vf1"), ("vf1", "vf0"), ("vf0", "far"), ("far", "vf0"), ("pf", "vf0"), ("vf1", "pf")]
    for source, target in ways:
        owner = target if target != "pf" or pair.manners.hears else "vf0"
        assert pair.who(source, pair.mac(target)) == {owner}, f"{source} to {target}"
    for source in ("vf0", "far"):
        everybody = set(pair.net) - {source}
        # QEMU brings a VF its own broadcast.
        assert pair.who(source, BROADCAST) - {source} == everybody


def stacks_reach_each_other(pair):
    """Address resolution goes by broadcast in IPv4, by multicast in IPv6."""
    if pair.vf_driver == LINUX:
        pair.vf0.host.reach(2)
        pair.vf1.host.reach(1, address=ipv6(1))
        if pair.pf_driver == LINUX:
            pair.pf.host.reach(1)


def a_group_is_joined_and_left(pair):
    # A group that one has joined reaches all that have joined any: the hash table is the port's.
    def hears():
        return "vf1" in pair.who("far", GROUP)

    if pair.manners.shuts:
        assert pair.who("far", GROUP) & {"vf0", "vf1"} == set()
    pair.vf1.group(True)
    if (pair.pf_driver, pair.vf_driver) == (LINUX, IN_TREE):
        # testpmd begins with promiscuous mode. igb refuses it, but keeps its multicast half
        # (MPME, which QEMU doesn't have) and no VF's lists beside that. Ours takes it back.
        assert not hears()
        pair.vf1.station.cmd("set promisc {} off")
    if pair.vf_driver != OURS:
        # Those don't wait for the PF's answer to a list.
        wait_for("the PF takes the list", hears)
    assert hears()
    assert {"vf1", "far"} <= pair.who("vf0", GROUP)
    pair.vf1.group(False)
    if pair.vf_driver != OURS and pair.manners.shuts:
        wait_for("the PF takes the shorter list", lambda: not hears())
    assert hears() != pair.manners.shuts


def an_address_is_changed(pair):
    before = pair.mac("vf0")
    assert pair.vf0.set_mac(OWN)
    assert pair.mac("vf0") == OWN
    assert pair.who("far", OWN) == pair.who("vf1", OWN) == {"vf0"}
    assert pair.who("far", before) == set(pair.manners.heir)
    for owner in ("vf1", "pf"):
        theirs = pair.mac(owner)
        refused = not pair.vf0.set_mac(theirs)
        assert refused == (pair.manners.guards and pair.vf0.hears_refusals), owner
        if pair.manners.guards:
            assert pair.who("far", theirs) == {owner}
            assert pair.who("far", OWN) == {"vf0"}
    if pair.manners.guards:
        pair.pf.station.testpmd.wait_log("mac-taken")
    assert pair.vf0.set_mac(before)
    for name in ("vf0", "vf1"):
        assert pair.who("far", pair.mac(name)) == {name}


def shares(pair):
    """Of frames in the VLAN to VF 0, to VF 1 and to all: who receives them, PF apart."""
    to = pair.mac("vf0"), pair.mac("vf1"), BROADCAST
    return [pair.who("far", mac, vlan=VID) - {"pf"} for mac in to]


def members(pair, *names):
    """The shares when these are in the VLAN."""
    if not pair.manners.vlans:
        names = ()
    return [{"vf0"} & set(names), {"vf1"} & set(names), set(names)]


def a_vlan_is_joined_and_left(pair):
    assert shares(pair) == members(pair)
    pair.vf0.join()
    assert shares(pair) == members(pair, "vf0")
    assert pair.who("far", pair.mac("vf1")) == {"vf1"}
    pair.vf1.join()
    assert shares(pair) == members(pair, "vf0", "vf1")
    who, tagged = pair.seen("vf0", pair.mac("vf1"), vlan=VID)
    assert "vf1" in who if pair.manners.vlans else "vf1" not in who
    if pair.manners.strips and pair.vf_driver != LINUX:
        # testpmd has the tag beside the frame, and the tap loses it.
        assert not tagged
    assert "far" in pair.who("vf0", pair.mac("far"), vlan=VID)
    pair.vf1.leave()
    assert shares(pair) == members(pair, "vf0")


def longer_frames_are_taken(pair):
    if not pair.vf0.can_resize:
        return
    # Not to igbvf under igb: a frame too long for its buffers stops its reception.
    if OURS in (pair.pf_driver, pair.vf_driver):
        assert pair.who("far", pair.mac("vf0"), size=BIG) == set()
    pair.vf0.resize()
    pair.vf0.wait_link()
    assert pair.who("far", pair.mac("vf0"), size=BIG) == {"vf0"}
    assert pair.who("far", pair.mac("vf1")) == {"vf1"}


def vfs_survive_a_reset_of_the_pf(pair):
    macs = pair.mac("vf0"), pair.mac("vf1")
    pair.pf.restart(meanwhile=lambda: pair.vf0.wait_link(False) if pair.vf_driver != IN_TREE else None)
    if pair.vf_driver == OURS:
        process = pair.vf0.station.testpmd
        wait_for("two reset events", lambda: process.log.count("reset event") >= 2)
    for vf in (pair.vf0, pair.vf1):
        vf.recover()
    for port in (pair.pf, pair.vf0, pair.vf1):
        port.wait_link()
    assert (pair.mac("vf0"), pair.mac("vf1")) == macs
    frames_reach_their_owners(pair)
    assert shares(pair) == members(pair, "vf0")
    if pair.vf0.can_resize:
        assert pair.who("far", pair.mac("vf0"), size=BIG) == {"vf0"}
    pair.vf0.leave()
    assert shares(pair) == members(pair)


def igbvf_begins_anew_for_ever(pair):
    """Each acknowledgement of it the in-tree PF answers by a NACK, and for igbvf that is a lost PF.

    Its link comes and goes: on a quick machine it may never be seen, and then nothing leaves.
    """
    try:
        pair.vf0.host.wait_carrier(timeout=20)
        link = True
    except TimeoutError:
        link = False
    given = pair.mac("vf0")
    assert not int(given[:2], 16) & 1 and given != pair.mac("vf1")
    frames = numbered(pair.mac("far"), given)
    far = pair.net["far"]
    far.take()

    def arrived():
        pair.vf0.station.send(frames)
        return set(frames) <= set(far.take())
    if link:
        wait_for("all frames of one burst leave by the wire", arrived)
    assert pair.vf0.host.ping(ipv4(2)) == 0
    assert pair.vf0.set_mac(OWN) and pair.mac("vf0") == OWN
    pair.vf0.join()
    pair.vf0.leave()
    pair.pf.restart()
    pair.pf.wait_link()
    assert pair.vf0.set_mac(given) and pair.mac("vf0") == given


def test_pair(far, pf, vfs):
    pair = Pair(far, pf, vfs)
    if (pair.pf_driver, pair.vf_driver) == (IN_TREE, LINUX):
        igbvf_begins_anew_for_ever(pair)
        return
    frames_reach_their_owners(pair)
    stacks_reach_each_other(pair)
    a_group_is_joined_and_left(pair)
    an_address_is_changed(pair)
    a_vlan_is_joined_and_left(pair)
    longer_frames_are_taken(pair)
    vfs_survive_a_reset_of_the_pf(pair)
