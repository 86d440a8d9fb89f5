# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""Sixteen queues and RSS on a PF without VFs; more processes at its queues."""

import re
from pathlib import Path

import pytest
from lab import PORTS, End, Testpmd, bind, circle, create_vfs, frame, run, stations, wait_for
from lab.ip import ipv4
from lab.testpmd import PLUGIN, TOKEN

QUEUES = 16
FLOWS = 256
RETA = 128


def toeplitz(key, data):
    """The hash that RSS is defined by."""
    window, bits, result = int.from_bytes(key, "big"), len(key) * 8, 0
    for n, bit in enumerate(f"{int.from_bytes(data, 'big'):0{len(data) * 8}b}"):
        if bit == "1":
            result ^= window >> (bits - 32 - n)
    return result & 0xFFFFFFFF


@pytest.fixture
def spread(testpmd):
    """The near port with 16 queues, and a station at the far one that sends to it."""
    for port in PORTS:
        bind(port, "vfio-pci")
    near = testpmd([PORTS[0]], name="near", args=[f"--rxq={QUEUES}", f"--txq={QUEUES}", "--rss-udp",
                                                  "--total-num-mbufs=20000"])
    far = stations(["far"], [PORTS[1]], "far")["far"]
    near.cmd("set fwd rxonly")
    near.cmd("start")
    for process in (near, far.testpmd):
        process.wait_link(0)
    yield near, far
    far.close()


def by_queue(near, far, flows):
    """Frames of each queue after one frame of each (source, to, sport, dport)."""
    near.cmd("clear port xstats 0")
    mac = near.mac(0)
    far.send([frame(mac, far.mac, ipv4("udp", b"x" * 18, *flow), kind=0x0800) for flow in flows])
    wait_for("all frames", lambda: near.stats(0)["RX-packets"] == len(flows))
    xstats = near.xstats(0)
    return [xstats[f"rx_q{n}_packets"] for n in range(QUEUES)]


def test_the_chip_tells_of_sent_frames_by_its_head(testpmd):
    """QEMU then writes no descriptor back: who looked there would stop at a full ring."""
    for port in PORTS:
        bind(port, "vfio-pci")
    process = testpmd([f"{port},tx_head_wb=1" for port in PORTS], args=["--txd=128"])
    for number in range(2):
        process.wait_link(number)
    seen = circle(End(process, 0), End(process, 1), seconds=1)
    assert seen.faults() == []
    assert seen.a_sent > 128 and seen.b_sent > 128


def test_flows_spread_as_the_hash_and_the_table_say(spread):
    near, far = spread
    flows = [(f"10.0.{n % 7}.{n}", "10.1.0.1", 1000 + n, 53) for n in range(FLOWS)]
    key = bytes.fromhex(re.search(r"RSS key:\s*([0-9A-Fa-f]{80})", near.cmd("show port 0 rss-hash key"))[1])

    def expected(table):
        queues = [0] * QUEUES
        for source, to, sport, dport in flows:
            data = b"".join(bytes(map(int, ip.split("."))) for ip in (source, to))
            data += sport.to_bytes(2, "big") + dport.to_bytes(2, "big")
            queues[table[toeplitz(key, data) % RETA]] += 1
        return queues

    def table():
        shown = near.cmd(f"show port 0 rss reta {RETA} (0xffffffffffffffff,0xffffffffffffffff)")
        found = dict(re.findall(r"hash index=(\d+), queue=(\d+)", shown))
        assert len(found) == RETA
        return [int(found[str(n)]) for n in range(RETA)]

    assert set(table()) == set(range(QUEUES))
    got = by_queue(near, far, flows)
    assert min(got) > 0
    assert got == expected(table())
    # A word of testpmd's commands has 127 characters at most.
    for first in range(0, RETA, 8):
        near.cmd("port config 0 rss reta " + ",".join(f"({n},{3 + n % 2})" for n in range(first, first + 8)))
    assert table() == [3 + n % 2 for n in range(RETA)]
    got = by_queue(near, far, flows)
    assert sum(got[3:5]) == FLOWS
    assert got == expected(table())
    # One flow stays in one queue.
    assert sorted(by_queue(near, far, flows[:1] * 64)) == [0] * (QUEUES - 1) + [64]


def test_sixteen_queues_send(testpmd):
    for port in PORTS:
        bind(port, "vfio-pci")
    near = testpmd([PORTS[0]], name="near", forwarders=2,
                   args=[f"--rxq={QUEUES}", f"--txq={QUEUES}", "--total-num-mbufs=20000"])
    far = testpmd([PORTS[1]], name="far")
    for process in (near, far):
        process.wait_link(0)
    far.cmd("set fwd rxonly")
    far.cmd("start")
    near.cmd("set fwd rxonly")
    near.cmd(f"set eth-peer 0 {far.mac(0)}")
    near.cmd("start tx_first 1")
    wait_for("all frames", lambda: far.stats(0)["RX-packets"] == QUEUES * 32)
    xstats = near.xstats(0)
    assert [xstats[f"tx_q{n}_packets"] for n in range(QUEUES)] == [32] * QUEUES


@pytest.fixture
def shared_memory():
    """Other processes may open it, so it outlives its processes."""
    yield
    Testpmd.kill_all()
    for file in Path("/dev/hugepages").glob("primary*"):
        file.unlink()


def test_a_second_process_reads_counters(testpmd, shared_memory):
    for port in PORTS:
        bind(port, "vfio-pci")
    far = testpmd([PORTS[1]], name="far")
    primary = testpmd([PORTS[0]], name="primary", shared=True)
    for process in (primary, far):
        process.wait_link(0)
    assert circle(End(primary, 0), End(far, 0), seconds=0.5).faults() == []
    shown = run("dpdk-proc-info", "--file-prefix=primary", "-d", PLUGIN, f"--vfio-vf-token={TOKEN}",
                "-a", PORTS[0], "--", "--xstats", timeout=120)
    xstats = primary.xstats(0)
    for name in ("rx_good_packets", "tx_good_packets", "rx_q0_packets", "mac_rx_good_packets"):
        assert xstats[name] > 0
        assert f"{name}: {xstats[name]}\n" in shown
    # The primary has its port as before.
    assert circle(End(primary, 0), End(far, 0), seconds=0.5).faults() == []


def test_a_second_process_sends_and_receives(testpmd, shared_memory):
    for port in PORTS:
        bind(port, "vfio-pci")
    far = testpmd([PORTS[1]], name="far")
    both = ["--rxq=2", "--txq=2", "--num-procs=2"]
    primary = testpmd([PORTS[0]], name="primary", shared=True, args=[*both, "--proc-id=0"])
    secondary = testpmd([PORTS[0]], name="secondary", primary=primary, args=[*both, "--proc-id=1"])
    for process in (primary, far):
        process.wait_link(0)
    far.cmd("set fwd rxonly")
    far.cmd("start")
    before = primary.xstats(0)
    for sender, queue in ((secondary, 1), (primary, 0)):
        far.cmd("clear port stats 0")
        sender.cmd("set fwd rxonly")
        sender.cmd(f"set eth-peer 0 {far.mac(0)}")
        sender.cmd("start tx_first 2")
        wait_for("frames of the second process", lambda: far.stats(0)["RX-packets"] == 64)
        sender.cmd("stop")
        after = primary.xstats(0)
        assert after[f"tx_q{queue}_packets"] - before[f"tx_q{queue}_packets"] == 64
    assert secondary.quit() == 0
    far.cmd("stop")
    assert primary.link_up(0)


def test_queues_stop_and_start_one_by_one(spread):
    near, far = spread
    flows = [(f"10.0.{n % 7}.{n}", "10.1.0.1", 1000 + n, 53) for n in range(FLOWS)]
    whole = by_queue(near, far, flows)
    assert min(whole) > 0
    near.cmd("stop")
    near.cmd("port 0 rxq 3 stop")
    near.cmd("port 0 txq 3 stop")
    near.cmd("start")
    # What is for a stopped queue the chip drops; the others go on.
    near.cmd("clear port xstats 0")
    mac = near.mac(0)
    far.send([frame(mac, far.mac, ipv4("udp", b"x" * 18, *flow), kind=0x0800) for flow in flows])
    wait_for("frames of the other queues", lambda: near.stats(0)["RX-packets"] == FLOWS - whole[3])
    xstats = near.xstats(0)
    assert [xstats[f"rx_q{n}_packets"] for n in range(QUEUES)] == [*whole[:3], 0, *whole[4:]]
    near.cmd("stop")
    near.cmd("port 0 rxq 3 start")
    near.cmd("port 0 txq 3 start")
    near.cmd("start")
    assert by_queue(near, far, flows) == whole
    # Deferred: a start of the port leaves it out, and its own start brings it.
    near.cmd("stop")
    near.cmd("port stop 0")
    near.cmd("port 0 rxq 5 deferred_start on")
    near.cmd("port start 0")
    assert "Rx queue 5" not in near.cmd("port 0 rxq 5 start")
    near.cmd("start")
    near.wait_link(0)
    assert by_queue(near, far, flows) == whole


def test_cache_tags_reach_the_queues(testpmd):
    bind(PORTS[0], "vfio-pci")
    vf = create_vfs(PORTS[0], 1)[0]
    tags = [(testpmd([f"{PORTS[0]},dca=17:34"], name="pf", args=["--rxq=2", "--txq=2"]), (7, 15), (17, 34)),
            (testpmd([f"{vf},dca=51"], name="vf", args=["--rxq=2", "--txq=2"]), (0, 1), (51, 51))]
    for process, queues, wanted in tags:
        # QEMU has no RXCTL.
        registers = process.telemetry("/ethdev/regs,0,TXCTL")["/ethdev/regs"]["group_0"]
        for queue, tag in zip(queues, wanted, strict=True):
            value = int(registers[f"TXCTL{queue}"], 16)
            assert value >> 24 == tag
            assert value & 1 << 5
