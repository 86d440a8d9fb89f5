# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""Headers in one mempool's mbufs and what follows in another's, on a PF and on a VF.

QEMU's device model splits every IP packet, behind TCP or UDP where there is one, and not only
those that the chip was told to: what is left whole is shown on our register model.
"""

import re

import pytest
from lab import (BROADCAST, PORTS, Testpmd, bind, create_vfs, exchange, frame, paused, stations,
                 wait_for)
from lab.ip import ipv4

pytestmark = pytest.mark.usefixtures("shared_nics")
HEADERS = 14 + 20 + 8
HEADER_POOL, REST_POOL = "mb_pool_0", "mb_pool_0_1"
# The tap's port has the first pool, which is the one for headers, to itself.
SPLIT = ["--mbuf-size=2176,2176", "--rxhdrs=ipv4-udp"]


def splitting(name, device):
    """A station whose NIC splits headers off."""
    station = stations([name], [device], name, args=SPLIT)[name]
    with paused(station):
        station.cmd("port config {} rx_offload buffer_split on")
    station.testpmd.wait_link(station.port)
    return station


@pytest.fixture(scope="module")
def everything(shared_nics):
    for port in PORTS:
        bind(port, "vfio-pci")
    vfs = create_vfs(PORTS[0], 2)
    net = stations(["far"], [PORTS[1]], "far")
    net["far"].testpmd.wait_link(0)
    net["pf"] = splitting("pf", PORTS[0])
    net["vf0"] = splitting("vf0", vfs[0])
    yield net, vfs[1]
    for station in net.values():
        station.testpmd.kill9()
        station.close()


@pytest.fixture
def net(everything):
    return everything[0]


@pytest.fixture
def spare_vf(everything):
    return everything[1]


def received_as(station, far, frames):
    """(EtherType, pool of the first mbuf, frame's length, mbufs) of frames from the far port."""
    line = re.compile(r"pool=(\S+) - type=0x(\w+) - length=(\d+) - nb_segs=(\d+)")
    before = len(line.findall(station.testpmd.log))

    def told():
        # Reads it, too: a testpmd that prints more than its terminal holds stands still.
        found = line.findall(station.testpmd.log)[before:]
        return found if len(found) >= len(frames) else None

    station.testpmd.cmd("set verbose 1")
    far.send(frames)
    found = wait_for("testpmd tells of the frames", told)
    station.testpmd.cmd("set verbose 0")
    return [(int(kind, 16), pool, int(length), int(nb)) for pool, kind, length, nb in found]


@pytest.mark.parametrize("who", ["pf", "vf0"])
def test_headers_and_the_rest_come_in_mbufs_of_their_own(net, who):
    station, far = net[who], net["far"]
    assert "Burst mode: Scalar Header Split" in station.cmd("show rxq info {} 0")
    sizes = 18, 19, 1000, 1472
    frames = [frame(station.mac, far.mac, ipv4("udp", bytes(size)), kind=0x0800) for size in sizes]
    frames += [frame(station.mac, far.mac, size=1514)]
    wanted = [(0x0800, HEADER_POOL, HEADERS + size, 2) for size in sizes]
    assert received_as(station, far, frames) == [*wanted, (0x88B5, REST_POOL, 1514, 1)]
    taken = []
    wait_for("the tap gets them", lambda: len(taken.extend(station.take()) or taken) >= len(frames))
    assert taken == frames


@pytest.mark.parametrize("who", ["pf", "vf0"])
def test_split_frames_are_whole_to_the_octet(net, who):
    station, far = net[who], net["far"]
    payloads = [bytes((n * 7 + size) % 251 for n in range(size)) for size in (18, 19, 64, 1000, 1472)]
    frames = [frame(station.mac, far.mac, ipv4("udp", one), kind=0x0800) for one in payloads * 20]
    frames.insert(50, frame(station.mac, far.mac, size=1514))
    # More than once around the ring.
    for _ in range(6):
        assert exchange(net, "far", frames)[who] == frames


def test_split_frames_pass_between_a_vf_and_its_pf(net):
    vf, pf = net["vf0"], net["pf"]
    frames = [frame(pf.mac, vf.mac, ipv4("udp", bytes([n]) * 300), kind=0x0800) for n in range(64)]
    assert exchange(net, "vf0", frames)["pf"] == frames
    everybodys = [frame(BROADCAST, pf.mac, ipv4("udp", bytes([n]) * 300), kind=0x0800) for n in range(8)]
    received = exchange(net, "pf", everybodys)
    assert received["vf0"] == everybodys
    assert received["far"] == everybodys


def start(device, *args):
    """As doc/port.md says."""
    return Testpmd([device], args=["--rx-offloads=0x100000", "--mbuf-size=256,2176", *args])


def test_a_port_is_started_with_it(spare_vf):
    with start(spare_vf, "--rxhdrs=ipv6-tcp") as vf:
        assert "Burst mode: Scalar Header Split" in vf.cmd("show rxq info 0 0")


@pytest.mark.parametrize(("args", "says"), [
    ("--rxhdrs=eth", "Requested Rx split header protocols 0x1 is not supported"),
    ("--rxpkts=128,2048", "the chip splits once, behind TCP or UDP"),
])
def test_what_the_chip_can_not_split_is_refused(spare_vf, args, says):
    with start(spare_vf, args) as vf:
        assert says in vf.log
        assert "Start ports failed" in vf.log
