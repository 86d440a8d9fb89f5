# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""Our drivers with partners that we did not write.

    PF          VF          wire's other end
    ours        igbvf       igb                 ping, between namespaces
    igb         ours        ours                ping and counted frames
    ours        in-tree     in-tree             counted frames
    in-tree     ours        in-tree             counted frames

igb and igbvf are Linux's drivers, in-tree is DPDK's. A kernel PF asks for no VF
token. Linux's igb strips the VLAN tag of what a VF receives, wanted or not, and
changes its VFs' addresses only at their next reset. DPDK's VF has no dev_reset:
stop and start do for it. DPDK's PF tells its VFs nothing, ever.
"""

import re

import pytest
from lab import (IN_TREE, OURS, PORTS, End, bind, circle, create_vfs, driver_of, run, send,
                 set_link, wait_for)
from lab.kernel import PINGS, Host, ipv4, ipv6, remove_hosts

WIRE, A, B, PF, ECHO = 1, 2, 3, 4, 99
VID = 7
GROUP = "239.1.2.3"
BIG = "-s", 3900, "-M", "do"
SETTINGS = "--enable-scatter", "--enable-hw-vlan-filter"


@pytest.fixture
def host():
    """Makes hosts; removes them before their drivers go."""
    yield Host
    remove_hosts()


def ready(*processes):
    """Waits for processes started with wait=False, and their links."""
    for process in processes:
        process.ready()
        process.wait_link(0)


def recover(process, port=0):
    """What an application does about a reset event."""
    process.cmd(f"port stop {port}")
    process.cmd(f"port reset {port}")
    process.cmd(f"port start {port}")
    process.wait_link(port)


# --- Linux's igbvf on our PF ---

@pytest.fixture
def igbvf(testpmd, host):
    """Our PF, two igbvf hosts on it, and an igb host on port 1: (pf, a, b, wire)."""
    bind(PORTS[0], "vfio-pci")
    vfs = create_vfs(PORTS[0], 2)
    pf = testpmd([PORTS[0]], OURS, "pf", wait=False)
    wire = host("wire", PORTS[1], "igb", WIRE)
    pf.ready()
    hosts = host("a", vfs[0], "igbvf", A), host("b", vfs[1], "igbvf", B), wire
    for each in hosts:
        each.wait_carrier()
    return pf, *hosts


def test_igbvf_reaches_another_igbvf_and_the_wire(igbvf):
    _, a, b, wire = igbvf
    a.reach(B)
    a.reach(WIRE)
    wire.reach(B)
    # Neighbours are found by multicast here, and by broadcast above.
    a.reach(B, address=ipv6(B))
    wire.reach(A, address=ipv6(A))


def test_igbvf_joins_and_leaves_a_multicast_group(igbvf):
    _, a, b, wire = igbvf
    b.run("sysctl", "-q", "net.ipv4.icmp_echo_ignore_broadcasts=0")
    for each in (a, wire):
        each.ip("route", "add", GROUP, "dev", each.dev)
        each.reach(B)
        assert each.ping(GROUP) == 0
    b.ip("address", "add", f"{GROUP}/32", "dev", b.dev, "autojoin")
    for each in (a, wire):
        each.reach(None, address=GROUP)
    b.ip("address", "delete", f"{GROUP}/32", "dev", b.dev)
    assert a.ping(GROUP) == 0
    assert a.ping(ipv4(B)) == PINGS


def test_igbvf_changes_its_mtu(igbvf):
    _, a, b, wire = igbvf
    for each in (a, wire):
        each.set("mtu", 4000)
    for each in (a, wire):
        each.wait_carrier()
        each.reach(B)
        # b's pool takes ordinary frames only, until b asks for more.
        assert each.ping(ipv4(B), *BIG) == 0
    b.set("mtu", 4000)
    a.reach(B, *BIG)
    wire.reach(B, *BIG)


def test_igbvf_joins_a_vlan_and_leaves_it(igbvf):
    _, a, b, wire = igbvf
    for each in (a, wire):
        each.vlan(VID)
        each.reach(B)
        assert each.ping(ipv4(B, VID)) == 0
    dev = b.vlan(VID)
    a.reach(B, net=VID)
    wire.reach(B, net=VID)
    b.ip("link", "delete", dev)
    assert a.ping(ipv4(B, VID)) == 0
    a.reach(WIRE, net=VID)
    a.reach(B)


def test_igbvf_changes_its_address_but_not_to_anothers(igbvf):
    pf, a, b, wire = igbvf
    a.set("address", "02:00:00:00:00:aa")
    a.reach(B)
    wire.reach(A)
    with pytest.raises(RuntimeError, match="Cannot assign"):
        a.set("address", b.mac)
    pf.wait_log("mac-taken")
    assert a.mac == "02:00:00:00:00:aa"
    a.reach(B)
    wire.reach(B)


def test_igbvf_goes_down_and_up_and_its_module_goes_and_comes(igbvf):
    _, a, b, wire = igbvf
    a.reach(B)
    b.set("down")
    assert a.ping(ipv4(B)) == 0
    assert a.ping(ipv4(WIRE)) == PINGS
    b.set("up")
    b.wait_carrier()
    a.reach(B)
    wire.reach(B)
    run("modprobe", "-r", "igbvf")
    assert driver_of(a.bdf) is None
    run("modprobe", "igbvf")
    for each in (a, b):
        each.take()
        each.wait_carrier()
    a.reach(B)
    wire.reach(B)


def test_igbvf_comes_back_after_our_pf_stopped_and_started(igbvf):
    pf, a, b, wire = igbvf
    for each in (a, b, wire):
        each.vlan(VID)
    a.reach(B, net=VID)
    pf.cmd("port stop 0")
    for each in (a, b):
        each.wait_carrier(False)
    assert a.ping(ipv4(B)) == 0
    pf.cmd("port start 0")
    pf.wait_link(0)
    # It waits for 10 s after its last reset before it resets itself again.
    for each in (a, b, wire):
        each.wait_carrier()
    a.reach(B)
    wire.reach(A)
    a.reach(B, net=VID)


# --- our VF under Linux's igb ---

@pytest.fixture
def linux_pf(host):
    """An igb host on port 0 with two VFs on vfio-pci: (host, VFs' addresses)."""
    pf = host("pf", PORTS[0], "igb", PF)
    # What the kernel says by itself, router solicitations and the like, others would count.
    pf.run("sysctl", "-q", f"net.ipv6.conf.{pf.dev}.disable_ipv6=1")
    vfs = create_vfs(PORTS[0], 2)
    for vf in vfs:
        bind(vf, "vfio-pci")
    pf.wait_carrier()
    return pf, vfs


def our_vf(testpmd, vf, name, *args):
    return testpmd([vf], OURS, name, token=None, args=args, wait=False)


def echo(process):
    """Makes a port answer every ARP request and ping."""
    process.cmd("set fwd icmpecho")
    process.cmd("start")


def test_our_vfs_under_igb_exchange_frames_with_each_other_and_the_wire(testpmd, linux_pf):
    pf, vfs = linux_pf
    bind(PORTS[1], "vfio-pci")
    # One address by the operator, one made up by the VF itself.
    pf.set("vf", 0, "mac", "02:00:00:00:00:01")
    processes = (testpmd([PORTS[1]], OURS, "far", wait=False), our_vf(testpmd, vfs[0], "vf0"),
                 our_vf(testpmd, vfs[1], "vf1"))
    ready(*processes)
    far, vf0, vf1 = (End(process, 0) for process in processes)
    assert vf0.mac == "02:00:00:00:00:01"
    assert circle(vf0, vf1, seconds=1).faults() == []
    assert circle(vf0, far, seconds=1).faults() == []
    assert send(far, vf1) == (256, 256)
    echo(processes[1])
    pf.reach(ECHO)


def test_our_vf_under_igb_has_the_address_that_the_operator_set(testpmd, linux_pf):
    pf, vfs = linux_pf
    first, own, given = (f"02:00:00:00:00:0{n}" for n in "abc")
    pf.set("vf", 0, "mac", first)
    vf, free = our_vf(testpmd, vfs[0], "vf"), our_vf(testpmd, vfs[1], "free")
    ready(vf, free)
    echo(vf)
    echo(free)

    def answered(mac):
        # By hand: testpmd goes on answering ARP with the address that it started with.
        pf.ip("neighbour", "replace", ipv4(ECHO), "lladdr", mac, "dev", pf.dev)
        return pf.ping(ipv4(ECHO))

    assert vf.mac(0) == first
    assert answered(first) == PINGS
    # What the operator has set igb lets nobody else change.
    assert "error" in vf.cmd(f"mac_addr set 0 {own}")
    assert vf.mac(0) == first
    assert answered(own) == 0
    free.cmd(f"mac_addr set 0 {own}")
    assert free.mac(0) == own
    assert answered(own) == PINGS

    vf.cmd("stop")
    pf.set("vf", 0, "mac", given)
    recover(vf)
    echo(vf)
    assert vf.mac(0) == given
    assert answered(given) == PINGS
    assert answered(first) == 0


def test_our_vf_under_igb_joins_a_vlan(testpmd, linux_pf):
    pf, vfs = linux_pf
    dev = pf.vlan(VID)
    vf = our_vf(testpmd, vfs[0], "vf", *SETTINGS)
    ready(vf)
    mac = vf.mac(0)
    pf.ip("neighbour", "add", ipv4(ECHO, VID), "lladdr", mac, "dev", dev)

    def tagged_frames():
        """Frames to the VF's address that carried the VLAN's tag, of PINGS sent, and all of them."""
        before = len(vf.log)
        pf.ping(ipv4(ECHO, VID))
        mine = re.findall(f"dst={mac} .*", vf.log[before:], re.IGNORECASE)
        return len([line for line in mine if f"VLAN tci=0x{VID:x}" in line]), len(mine)

    vf.cmd("set fwd rxonly")
    vf.cmd("set verbose 1")
    vf.cmd("start")
    assert tagged_frames() == (0, 0)
    vf.cmd(f"rx_vlan add {VID} 0")
    assert tagged_frames() == (PINGS, PINGS)

    # And out: the port remembers its VLAN over the restart that this takes.
    vf.cmd("stop")
    vf.cmd("port stop 0")
    vf.cmd(f"tx_vlan set 0 {VID}")
    vf.cmd("port start 0")
    vf.wait_link(0)
    vf.cmd(f"set eth-peer 0 {pf.mac}")
    before = pf.received(dev)
    vf.cmd("start tx_first 1")
    wait_for(f"32 frames in {dev}", lambda: pf.received(dev) == before + 32)
    assert tagged_frames() == (PINGS, PINGS)


def test_our_vf_under_igb_changes_its_mtu(testpmd, linux_pf):
    pf, vfs = linux_pf
    pf.set("mtu", 4000)
    pf.wait_carrier()
    vf = our_vf(testpmd, vfs[0], "vf", *SETTINGS)
    ready(vf)
    echo(vf)
    pf.reach(ECHO)
    assert pf.ping(ipv4(ECHO), *BIG) == 0
    vf.cmd("stop")
    vf.cmd("port stop 0")
    vf.cmd("port config mtu 0 4000")
    vf.cmd("port start 0")
    vf.cmd("start")
    pf.reach(ECHO, *BIG)


def test_our_vfs_under_igb_see_its_link_and_its_resets(testpmd, linux_pf):
    pf, vfs = linux_pf
    processes = our_vf(testpmd, vfs[0], "vf0"), our_vf(testpmd, vfs[1], "vf1")
    ready(*processes)
    vf0, vf1 = (End(process, 0) for process in processes)

    set_link(0, False)
    for process in processes:
        process.wait_link(0, up=False)
    set_link(0, True)
    for process in processes:
        process.wait_link(0)
        assert "reset event" not in process.log
    assert circle(vf0, vf1, seconds=1).faults() == []

    pf.set("down")
    for process in processes:
        process.wait_log("reset event")
        process.wait_link(0, up=False)
    pf.set("up")
    pf.wait_carrier()
    for process in processes:
        recover(process)
    assert [process.mac(0) for process in processes] == [vf0.mac, vf1.mac]
    assert circle(vf0, vf1, seconds=1).faults() == []


# --- DPDK's in-tree driver, as VF and as PF ---

@pytest.fixture
def mixed(testpmd):
    """Starts a PF, two VFs in one process and a third in another, and port 1."""
    def start(pf, pair, third, far):
        for port in PORTS:
            bind(port, "vfio-pci")
        vfs = create_vfs(PORTS[0], 3)
        pf = testpmd([PORTS[0]], pf, "pf")
        rest = (testpmd(vfs[:2], pair, "pair", forwarders=2, wait=False),
                testpmd(vfs[2:], third, "third", wait=False), testpmd([PORTS[1]], far, "far", wait=False))
        ready(*rest)
        rest[0].wait_link(1)
        return pf, *rest
    return start


def test_in_tree_vfs_on_our_pf_exchange_frames(mixed):
    pf, pair, third, far = mixed(OURS, IN_TREE, OURS, IN_TREE)
    first, second, ours, wire = End(pair, 0), End(pair, 1), End(third, 0), End(far, 0)
    assert circle(first, second, seconds=1).faults() == []
    assert circle(first, ours, seconds=1).faults() == []
    assert circle(ours, second, seconds=1).faults() == []
    assert circle(first, wire, seconds=1).faults() == []
    assert circle(first, End(pf, 0), seconds=1).faults() == []
    pair.cmd("mac_addr set 0 02:00:00:00:00:55")
    first = End(pair, 0)
    assert first.mac == "02:00:00:00:00:55"
    assert circle(first, ours, seconds=1).faults() == []


def test_in_tree_vfs_come_back_after_our_pf_restarted(mixed):
    pf, pair, third, _ = mixed(OURS, IN_TREE, OURS, IN_TREE)
    pf.restart(0)
    pf.wait_link(0)
    # The in-tree VF is told as well, but the vector that it chooses QEMU never raises.
    third.wait_log("reset event")
    assert send(End(third, 0), End(pair, 0))[1] == 0
    for port in (0, 1):
        pair.restart(port)
        pair.wait_link(port)
    recover(third)
    first, second, ours = End(pair, 0), End(pair, 1), End(third, 0)
    assert circle(first, second, seconds=1).faults() == []
    assert circle(first, ours, seconds=1).faults() == []


def test_our_vfs_on_the_in_tree_pf_exchange_frames(mixed):
    _, pair, third, far = mixed(IN_TREE, OURS, IN_TREE, IN_TREE)
    first, second, in_tree, wire = End(pair, 0), End(pair, 1), End(third, 0), End(far, 0)
    assert circle(first, second, seconds=1).faults() == []
    assert circle(first, in_tree, seconds=1).faults() == []
    assert circle(in_tree, second, seconds=1).faults() == []
    assert circle(first, wire, seconds=1).faults() == []
    pair.cmd("mac_addr set 0 02:00:00:00:00:55")
    first = End(pair, 0)
    assert first.mac == "02:00:00:00:00:55"
    assert circle(first, in_tree, seconds=1).faults() == []


def test_our_vfs_notice_a_restart_of_the_in_tree_pf_and_come_back(mixed):
    pf, pair, _, _ = mixed(IN_TREE, OURS, IN_TREE, IN_TREE)
    macs = pair.mac(0), pair.mac(1)
    pf.restart(0)
    pf.wait_link(0)
    # This PF tells its VFs nothing.
    wait_for("two reset events", lambda: pair.log.count("reset event") == 2)
    for port in (0, 1):
        recover(pair, port)
    assert (pair.mac(0), pair.mac(1)) == macs
    assert circle(End(pair, 0), End(pair, 1), seconds=1).faults() == []
