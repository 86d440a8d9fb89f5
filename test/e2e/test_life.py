# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""Processes and cables that go away and come back while VFs live.

One PF with three VFs: VF 0 alone in a process, VFs 1 and 2 in another. Every
test leaves all of them as it found them.
"""

import re
from types import SimpleNamespace

import pytest
from lab import PORTS, End, Testpmd, bind, circle, create_vfs, set_link, wait_for

pytestmark = pytest.mark.usefixtures("shared_nics")
RESET = "reset event"
LINK = "link state change event"
# What leaks does so each time; a PF's start takes five times as long as a VF's.
CYCLES = {"single": 100, "pf": 25}


@pytest.fixture(scope="module")
def house(shared_nics):
    for port in PORTS:
        bind(port, "vfio-pci")
    vfs = create_vfs(PORTS[0], 3)
    house = SimpleNamespace(vfs=vfs, far=Testpmd([PORTS[1]], name="far", wait=False))
    house.pf = Testpmd([PORTS[0]], name="pf")
    house.single = Testpmd(vfs[:1], name="single")
    house.pair = Testpmd(vfs[1:], name="pair", forwarders=2)
    house.far.ready()
    for process in (house.pf, house.single, house.pair, house.far):
        process.wait_link(0)
    return house


def faults(house):
    """Sends frames round between VF and VF, VF and PF, VF and wire; what went wrong."""
    single, first, second = End(house.single, 0), End(house.pair, 0), End(house.pair, 1)
    legs = (single, second), (first, End(house.pf, 0)), (single, End(house.far, 0))
    return [f"{a} to {b}: {fault}" for a, b in legs
            for fault in circle(a, b, seconds=0.3, echo=False).faults()]


def drain(process, port):
    """Takes in what waits in the ring of a port, until nothing comes any more."""
    counts = []

    def quiet():
        counts.append(process.stats(port)["RX-packets"])
        return len(counts) > 2 and counts[-1] == counts[-2] == counts[-3]
    process.cmd(f"set portlist {port}")
    process.cmd("set fwd rxonly")
    process.cmd("start")
    wait_for(f"{process.name} to be quiet", quiet)
    process.cmd("stop")


def revive(process, *ports):
    """What an application does that was told of a reset."""
    for port in ports:
        process.cmd(f"port stop {port}")
        process.cmd(f"port reset {port}")
        process.cmd(f"port start {port}")
    for port in ports:
        process.wait_link(port)


def told(process, port, what, before=""):
    """The event that testpmd shows, in what it printed since `before`."""
    wait_for(f"{process.name} shows: port {port}: {what}",
             lambda: f"Port {port}: {what}" in process.log[len(before):])


def test_a_killed_vf_comes_back_while_others_go_on(house):
    mac = house.single.mac(0)

    def kill_and_return():
        house.single.kill9()
        house.single = Testpmd(house.vfs[:1], name="single")
        house.single.wait_link(0)

    assert circle(End(house.pair, 0), End(house.pair, 1), meanwhile=kill_and_return).faults() == []
    assert house.single.mac(0) == mac
    assert faults(house) == []


def test_a_vf_killed_amid_its_own_traffic_comes_back(house):
    house.single.cmd("set portlist 0")
    house.single.cmd("set fwd txonly")
    house.single.cmd(f"set eth-peer 0 {house.pair.mac(0)}")
    house.single.cmd("start")
    wait_for("frames leave", lambda: house.single.stats(0)["TX-packets"] > 1000)
    house.single.kill9()
    house.single = Testpmd(house.vfs[:1], name="single")
    house.single.wait_link(0)
    # What it sent before it died is still in the other's ring.
    drain(house.pair, 0)
    assert faults(house) == []


def test_a_pf_that_stops_tells_its_vfs_and_serves_them_again(house):
    before = house.single.log, house.pair.log
    house.pf.restart(0)
    house.pf.wait_link(0)
    told(house.single, 0, RESET, before[0])
    told(house.pair, 0, RESET, before[1])
    told(house.pair, 1, RESET, before[1])
    revive(house.single, 0)
    revive(house.pair, 0, 1)
    assert faults(house) == []


def test_vfs_see_a_stopped_pf_as_no_link(house):
    house.pf.cmd("port stop 0")
    house.single.wait_link(0, up=False)
    assert "doesn't answer" in house.single.restart(0) + house.single.log
    house.pf.cmd("port start 0")
    house.pf.wait_link(0)
    revive(house.single, 0)
    revive(house.pair, 0, 1)
    assert faults(house) == []


def test_a_killed_pf_comes_back_and_its_vfs_recover(house):
    macs = house.single.mac(0), house.pair.mac(0), house.pair.mac(1)
    before = house.single.log, house.pair.log
    house.pf.kill9()
    house.pf = Testpmd([PORTS[0]], name="pf")
    house.pf.wait_link(0)
    told(house.single, 0, RESET, before[0])
    told(house.pair, 1, RESET, before[1])
    revive(house.single, 0)
    revive(house.pair, 0, 1)
    assert (house.single.mac(0), house.pair.mac(0), house.pair.mac(1)) == macs
    assert faults(house) == []


def test_a_vf_started_before_its_pf_says_so_and_works_later(house):
    house.single.quit()
    house.pf.quit()
    house.single = Testpmd(house.vfs[:1], name="single")
    assert "the PF doesn't answer: no link until its driver has started" in house.single.log
    assert not house.single.link_up(0)
    before = house.single.log
    assert RESET not in before
    house.pf = Testpmd([PORTS[0]], name="pf")
    house.pf.wait_link(0)
    told(house.single, 0, RESET, before)
    revive(house.single, 0)
    revive(house.pair, 0, 1)
    assert faults(house) == []


def test_a_pulled_cable_is_seen_by_pf_and_vfs(house):
    before = house.pf.log, house.single.log
    set_link(0, False)
    house.pf.wait_link(0, up=False)
    for process, port in ((house.single, 0), (house.pair, 0), (house.pair, 1)):
        process.wait_link(port, up=False)
    told(house.pf, 0, LINK, before[0])
    told(house.single, 0, LINK, before[1])
    assert house.far.link_up(0)
    before = house.pf.log, house.single.log
    set_link(0, True)
    for process, port in ((house.pf, 0), (house.single, 0), (house.pair, 0), (house.pair, 1)):
        process.wait_link(port)
    told(house.pf, 0, LINK, before[0])
    told(house.single, 0, LINK, before[1])
    assert faults(house) == []


def test_a_link_switched_off_by_the_pf_comes_back(house):
    house.pf.cmd("set link-down port 0")
    house.pf.wait_link(0, up=False)
    house.pf.cmd("set link-up port 0")
    for process in (house.pf, house.single, house.pair):
        process.wait_link(0)
    assert faults(house) == []


def memory_in_use(process):
    """Free mbufs of the pool, and names of memory zones."""
    pool = process.cmd("dump_mempool mb_pool_0")
    free = sum(map(int, re.findall(r"(?:common_pool_count|cache_count\[\d+\])=(\d+)", pool)))
    zones = sorted(re.findall(r"name:([^,]+),", process.cmd("dump_memzone")))
    assert free and zones
    return free, zones


@pytest.mark.parametrize("who", CYCLES)
def test_many_starts_and_stops_leave_nothing_behind(house, who):
    process = getattr(house, who)
    process.restart(0)
    process.cmd("port stop 0")
    before = memory_in_use(process)
    for _ in range(CYCLES[who]):
        process.cmd("port start 0")
        process.cmd("port stop 0")
    assert memory_in_use(process) == before
    process.cmd("port start 0")
    house.pf.wait_link(0)
    revive(house.single, 0)
    revive(house.pair, 0, 1)
    assert faults(house) == []


def test_a_vf_is_detached_and_attached_again(house):
    mac = house.single.mac(0)
    zones = memory_in_use(house.single)[1]
    for _ in range(3):
        house.single.cmd("port stop 0")
        house.single.cmd("port close 0")
        assert house.vfs[0] in house.single.cmd(f"device detach {house.vfs[0]}")
        assert "is attached" in house.single.cmd(f"port attach {house.vfs[0]}")
        house.single.cmd("port start 0")
        house.single.wait_link(0)
    assert house.single.mac(0) == mac
    assert memory_in_use(house.single)[1] == zones
    assert faults(house) == []


def test_the_last_process_to_go_leaves_clean_devices(house):
    for process in (house.single, house.pair, house.pf, house.far):
        assert process.quit() == 0
    assert create_vfs(PORTS[0], 0) == []
