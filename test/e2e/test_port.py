# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""A PF without VFs, the near one, and another at the other end of the wire."""

import re

import pytest
from lab import (BROADCAST, PORTS, End, bind, circle, exchange, frame, numbered, paused, send,
                 stations, wait_for)
from lab.ip import checksums, ipv4, spoil

pytestmark = pytest.mark.usefixtures("shared_nics")
GROUP = "01:00:5e:00:12:34"
NOBODY = "02:00:00:00:99:99"


@pytest.fixture(scope="module")
def net(shared_nics):
    for port in PORTS:
        bind(port, "vfio-pci")
    net = stations(["far"], [PORTS[1]], "far", args=["--enable-rx-cksum"])
    net |= stations(["near"], [PORTS[0]], "near", args=["--enable-rx-cksum"])
    for station in net.values():
        station.cmd("set promisc {} off")
        station.testpmd.wait_link(station.port)
    yield net
    for station in net.values():
        station.close()


@pytest.fixture
def near(net):
    """The near station, which forwards as before when the test is over."""
    yield net["near"]
    net["near"].testpmd.cmd("set verbose 0")
    net["near"].testpmd.cmd("stop")
    net["near"].testpmd.cmd("set fwd io")
    net["near"].testpmd.cmd("set portlist 0,1")
    net["near"].testpmd.cmd("start")


def heard(net, frames, source="far", target="near"):
    return exchange(net, source, frames)[target]


def arrived(station, count):
    """So many frames, once they have come; for modes in which no fence passes."""
    frames = []
    wait_for(f"{count} frames", lambda: len(frames.extend(station.take()) or frames) >= count)
    return frames


@pytest.mark.parametrize(("source", "target"), [("near", "far"), ("far", "near")])
def test_frames_of_every_size_cross_the_wire(net, source, target):
    frames = [frame(net[target].mac, net[source].mac, b"x" * (size - 14), size=size)
              for size in (60, 61, 63, 64, 65, 127, 128, 129, 255, 256, 257, 1000, 1499, 1513, 1514)]
    assert heard(net, frames, source, target) == frames


def test_a_port_keeps_only_what_is_for_it(net):
    near, far = net["near"], net["far"]
    nobodys, groups = numbered(NOBODY, far.mac), numbered(GROUP, far.mac)

    def modes():
        return [len(heard(net, frames)) for frames in (nobodys, groups)]

    assert modes() == [0, 0]
    near.cmd("set promisc {} on")
    assert modes() == [32, 32]
    near.cmd("set promisc {} off")
    near.cmd("set allmulti {} on")
    assert modes() == [0, 32]
    near.cmd("set promisc {} on")
    near.cmd("set allmulti {} off")
    assert modes() == [32, 32]
    near.cmd("set promisc {} off")
    assert modes() == [0, 0]
    near.cmd("mcast_addr add {} " + GROUP)
    assert modes() == [0, 32]
    with paused(near):
        pass
    assert modes() == [0, 32]
    near.cmd("mcast_addr remove {} " + GROUP)
    assert modes() == [0, 0]


def test_addresses_are_set_and_added(net):
    near, far = net["near"], net["far"]
    old, new, more = near.mac, "02:11:22:33:44:55", "02:11:22:33:44:66"
    near.cmd("mac_addr set {} " + new)
    near.cmd("mac_addr add {} " + more)
    got = [len(heard(net, numbered(mac, far.mac))) for mac in (old, new, more)]
    with paused(near):
        pass
    after_restart = [len(heard(net, numbered(mac, far.mac))) for mac in (old, new, more)]
    near.cmd("mac_addr remove {} " + more)
    near.cmd("mac_addr set {} " + old)
    assert got == after_restart == [0, 32, 32]
    assert [len(heard(net, numbered(mac, far.mac))) for mac in (old, new, more)] == [32, 0, 0]


def test_vlan_filter(net):
    near, far = net["near"], net["far"]

    def seen():
        return [len(heard(net, numbered(near.mac, far.mac, 8, vlan=vlan)))
                for vlan in (None, 5, 6, 4094)]

    assert seen() == [8, 8, 8, 8]
    near.cmd("vlan set filter on {}")
    try:
        assert seen() == [8, 0, 0, 0]
        near.cmd("rx_vlan add 5 {}")
        near.cmd("rx_vlan add 4094 {}")
        assert seen() == [8, 8, 0, 8]
        with paused(near):
            pass
        assert seen() == [8, 8, 0, 8]
        near.cmd("rx_vlan rm 5 {}")
        near.cmd("rx_vlan rm 4094 {}")
        assert seen() == [8, 0, 0, 0]
    finally:
        near.cmd("vlan set filter off {}")
    assert seen() == [8, 8, 8, 8]


def test_vlan_strip(net, near):
    far = net["far"]
    tagged, plain = (numbered(near.mac, far.mac, 8, vlan=vlan, size=64) for vlan in (77, None))
    assert heard(net, tagged) == tagged
    near.cmd("vlan set strip on {}")
    try:
        near.testpmd.cmd("set verbose 1")
        got = heard(net, tagged)
        assert [one[:20] for one in got] == [one[:20] for one in plain]
        assert heard(net, plain) == plain
        near.testpmd.wait_log("VLAN tci=0x4d")
    finally:
        near.cmd("vlan set strip off {}")
    assert heard(net, tagged) == tagged


def test_vlan_insert(net, near):
    far = net["far"]
    near.testpmd.cmd("stop")
    near.cmd("port stop {}")
    near.cmd("tx_vlan set {} 78")
    near.cmd("port start {}")
    # This mode asks the port for the tag, and writes the addresses itself.
    near.testpmd.cmd("set fwd mac")
    near.cmd(f"set eth-peer {{}} {far.mac}")
    near.testpmd.cmd("start")
    near.testpmd.wait_link(near.port)
    try:
        near.send(numbered(far.mac, near.mac, 8))
        assert arrived(far, 8) == numbered(far.mac, near.mac, 8, vlan=78, size=64)
    finally:
        near.testpmd.cmd("stop")
        near.cmd("port stop {}")
        near.cmd("tx_vlan reset {}")
        near.cmd("port start {}")
        near.testpmd.wait_link(near.port)


SUMS = [(protocol, ip_good, l4_good) for protocol in ("udp", "tcp")
        for ip_good in (True, False) for l4_good in (True, False)]


@pytest.mark.parametrize(("protocol", "ip_good", "l4_good"), SUMS)
def test_received_checksums_are_judged(net, near, protocol, ip_good, l4_good):
    good = frame(near.mac, net["far"].mac, ipv4(protocol, b"payload!"), kind=0x0800)
    sent = spoil(good, ip=not ip_good, l4=not l4_good)
    near.testpmd.cmd("set verbose 1")
    before = near.testpmd.log
    # A frame with a bad sum is the application's to drop, not ours.
    assert heard(net, [sent]) == [sent]
    text = wait_for("flags", lambda: re.findall(
        r"length=\d+.*?L4_(?:UDP|TCP).*?ol_flags: (.*)", near.testpmd.log[len(before):], re.S))[0]
    word = {True: "GOOD", False: "BAD"}
    assert f"IP_CKSUM_{word[ip_good]}" in text.splitlines()[0]
    if ip_good:
        assert f"L4_CKSUM_{word[l4_good]}" in text.splitlines()[0]


def test_sent_checksums_are_worked_out(net, near):
    far = net["far"]
    near.testpmd.cmd("stop")
    near.cmd("port stop {}")
    for layer in ("ip", "udp", "tcp"):
        near.cmd(f"csum set {layer} hw {{}}")
    near.cmd("port start {}")
    near.testpmd.cmd("set fwd csum")
    near.cmd(f"set eth-peer {{}} {far.mac}")
    near.testpmd.cmd("start")
    near.testpmd.wait_link(near.port)
    try:
        frames = [spoil(frame(far.mac, near.mac, ipv4(protocol, b"p" * size), kind=0x0800), ip=True, l4=True)
                  for protocol in ("udp", "tcp") for size in (18, 19, 200, 1001)]
        assert not any(checksums(one) == (True, True) for one in frames)
        near.send(frames)
        assert [checksums(one) for one in arrived(far, len(frames))] == [(True, True)] * len(frames)
    finally:
        near.testpmd.cmd("stop")
        near.cmd("port stop {}")
        for layer in ("ip", "udp", "tcp"):
            near.cmd(f"csum set {layer} sw {{}}")
        near.cmd("port start {}")
        near.testpmd.wait_link(near.port)


def test_counters_by_size_and_kind(net):
    near, far = net["near"], net["far"]
    # Sizes that fall into the same class with and without CRC: QEMU counts them without.
    classes = {"65_to_127": (100, 1), "128_to_255": (200, 2), "256_to_511": (300, 3),
               "512_to_1023": (600, 4), "1024_to_max": (1200, 5)}
    frames = [frame(near.mac, far.mac, size=size) for size, count in classes.values() for _ in range(count)]
    frames += [frame(BROADCAST, far.mac, size=600)] * 6
    kinds = {f"size_{name}": count for name, (_, count) in classes.items()}
    kinds |= {"size_512_to_1023": 4 + 6, "broadcast": 6}
    for station in (near, far):
        station.cmd("clear port xstats {}")
    far.send(frames)
    wait_for("all frames", lambda: near.testpmd.stats(near.port)["RX-packets"] == len(frames))
    octets = sum(map(len, frames))
    for station, way, word in ((near, "rx", "RX"), (far, "tx", "TX")):
        stats, xstats = station.testpmd.stats(station.port), station.testpmd.xstats(station.port)
        assert (stats[f"{word}-packets"], stats[f"{word}-bytes"]) == (len(frames), octets)
        assert xstats[f"{way}_good_packets"] == xstats[f"{way}_q0_packets"] == len(frames)
        assert xstats[f"{way}_good_bytes"] == xstats[f"{way}_q0_bytes"] == octets
        assert xstats[f"mac_{way}_total_packets"] == xstats[f"mac_{way}_good_packets"] == len(frames)
        assert xstats[f"mac_{way}_good_bytes"] == octets + 4 * len(frames)
        assert {kind: xstats[f"mac_{way}_{kind}_packets"] for kind in kinds} == kinds
        station.cmd("clear port xstats {}")
        assert not any(station.testpmd.xstats(station.port).values())
        assert not any(station.testpmd.stats(station.port).values())


def test_queries(net):
    near = net["near"]
    assert "Driver name: net_igbiov" in near.cmd("show port info {}")
    assert "Number of RXDs: " in near.cmd("show rxq info {} 0")
    assert "Burst mode: " in near.cmd("show rxq info {} 0")
    assert "Number of TXDs: " in near.cmd("show txq info {} 0")
    assert "AVAILABLE" in near.cmd("show port {} rxq 0 desc 8 status")
    assert "used desc count = 0" in near.cmd("show port {} rxq 0 desc used count")
    assert "error" not in near.cmd("port cleanup {} txq 0 0").lower()


def test_thousands_of_frames_cross_the_wire_and_none_is_lost(net, near):
    ends = End(net["near"].testpmd, 0), End(net["far"].testpmd, 0)
    try:
        assert circle(*ends, seconds=1).faults() == []
        assert send(*ends, 64) == (64, 64)
        assert send(*reversed(ends), 64) == (64, 64)
    finally:
        net["far"].testpmd.cmd("set fwd io")
        net["far"].testpmd.cmd("set portlist 0,1")
        net["far"].testpmd.cmd("start")


def test_registers_are_read_by_telemetry(net):
    near = net["near"]
    registers = near.testpmd.telemetry("/ethdev/regs,0")["/ethdev/regs"]
    assert registers["register_width"] == 4
    # Link up, by the status register itself.
    assert int(registers["group_0"]["STATUS"], 16) & 2
    assert len(registers["group_0"]) > 100
