# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""Frames of 9,000 octets, in many buffers and in one, and who has to refuse them."""

import socket

import pytest
from lab import (BROADCAST, PORTS, bind, create_vfs, exchange, frame, numbered, paused, stations,
                 wait_for)

pytestmark = pytest.mark.usefixtures("shared_nics")
MTU = 9000
HEADER = 14
# testpmd wants everything counted in: header, CRC and the two tags that the driver allows for.
JUMBO = [f"--max-pkt-len={MTU + HEADER + 4 + 8}"]
LEGS = [("vf0", "vf1"), ("vf0", "pf"), ("pf", "vf0"), ("vf0", "far"), ("far", "vf0"), ("pf", "far"),
        ("far", "pf")]


def take_long_frames(station):
    """Tells the tap to read them into many buffers; our ports have to find out themselves."""
    process, tap = station.testpmd, station.tap_port
    process.cmd("stop")
    process.cmd(f"port stop {tap}")
    process.cmd(f"port config {tap} rx_offload scatter on")
    process.cmd(f"port start {tap}")
    process.cmd("start")
    # Its having been down is no error of the test's.
    station.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)


@pytest.fixture(scope="module", params=["many-buffers", "one-buffer"])
def net(shared_nics, request):
    """The PF and the far port with many buffers a frame; VF 0 and VF 1 with that or with one."""
    big = ["--mbuf-size=9728", "--total-num-mbufs=4096"] if request.param == "one-buffer" else []
    for port in PORTS:
        bind(port, "vfio-pci")
    vfs = create_vfs(PORTS[0], 3)
    net = stations(["far"], [PORTS[1]], "far", args=JUMBO)
    net |= stations(["pf"], [PORTS[0]], "pf", args=JUMBO)
    net |= stations(["vf0", "vf1"], vfs[:2], "vfs", args=[*JUMBO, *big], memory=192 if big else 128)
    net["pf"].cmd("set promisc {} off")
    for station in net.values():
        take_long_frames(station)
        station.testpmd.wait_link(station.port)
    wanted = "off" if big else "on"
    assert f"RX scattered packets: {wanted}" in net["vf0"].cmd("show rxq info {} 0")
    yield net
    for station in net.values():
        station.testpmd.kill9()
        station.close()


@pytest.mark.parametrize(("source", "target"), LEGS)
def test_long_frames_arrive_whole(net, source, target):
    a, b = net[source], net[target]
    lengths = (60, 1514, 1515, 2048, 2049, 4096, 6144, 8192, 9000, MTU + HEADER)
    frames = [frame(b.mac, a.mac, bytes(n * 7 % 251 for n in range(size - HEADER)), size=size)
              for size in lengths]
    received = exchange(net, source, frames)
    assert [len(one) for one in received[target]] == list(lengths)
    assert received == {name: frames if name == target else [] for name in net}


def test_long_broadcasts_reach_everybody(net):
    frames = numbered(BROADCAST, net["far"].mac, 16, size=MTU + HEADER)
    received = exchange(net, "far", frames)
    del received["far"]
    assert received == {name: frames for name in received}


def test_a_vf_with_an_ordinary_mtu_refuses_long_frames(net):
    vf = net["vf1"]
    with paused(vf):
        vf.cmd("port config mtu {} 1500")
    try:
        longest = numbered(vf.mac, net["far"].mac, 8, size=1500 + HEADER)
        longer = numbered(vf.mac, net["far"].mac, 8, size=1500 + HEADER + 100)
        jumbo = numbered(vf.mac, net["far"].mac, 8, size=MTU + HEADER)
        everybodys = numbered(BROADCAST, net["far"].mac, 8, size=MTU + HEADER)
        assert exchange(net, "far", longest)["vf1"] == longest
        assert exchange(net, "far", longer)["vf1"] == []
        assert exchange(net, "far", jumbo)["vf1"] == []
        received = exchange(net, "far", everybodys)
        assert (received["vf0"], received["vf1"]) == (everybodys, [])
        assert exchange(net, "vf0", numbered(vf.mac, net["vf0"].mac, 8, size=MTU + HEADER))["vf1"] == []
    finally:
        with paused(vf):
            vf.cmd(f"port config mtu {{}} {MTU}")
    assert exchange(net, "far", jumbo)["vf1"] == jumbo


@pytest.mark.parametrize("who", ["vf0", "pf"])
def test_an_mtu_beyond_the_chips_is_refused(net, who):
    station = net[who]
    assert "device max MTU (9702)" in station.cmd("port config mtu {} 9703")
    assert f"MTU: {MTU}" in station.cmd("show port info {}")


def test_frames_made_of_segments_arrive_whole(net):
    """testpmd's own frames, whose segments start and end anywhere."""
    a, b = net["vf0"], net["pf"]
    segments = 64, 1, 1999, 130, 2000, 7, 2000
    a.testpmd.cmd("stop")
    a.testpmd.cmd("set portlist 0")
    a.testpmd.cmd("set fwd rxonly")
    a.testpmd.cmd("set txpkts " + ",".join(map(str, segments)))
    a.cmd(f"set eth-peer {{}} {b.mac}")
    before = a.testpmd.stats(a.port)
    a.testpmd.cmd("start tx_first 1")
    a.testpmd.cmd("stop")
    after = a.testpmd.stats(a.port)
    a.testpmd.cmd("set txpkts 64")
    a.testpmd.cmd("set fwd io")
    a.testpmd.cmd("set portlist 0,2,1,3")
    a.testpmd.cmd("start")
    frames = []
    wait_for("32 frames", lambda: len(frames.extend(b.take()) or frames) >= 32)
    assert [len(one) for one in frames] == [sum(segments)] * 32
    assert after["TX-packets"] - before["TX-packets"] == 32
    assert after["TX-bytes"] - before["TX-bytes"] == 32 * sum(segments)
