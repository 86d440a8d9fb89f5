# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""A PF's process that is killed and started again and again, while its VFs live.

Its hugepages stay behind when it dies, as an application's do that doesn't unlink
them, and it comes back under the same file prefix.
"""

import os
import re
from pathlib import Path

import pytest
from lab import OURS, PORTS, End, Testpmd, bind, circle, config, create_vfs, wait_for
from lab.kernel import Host, remove_host

# All hundred of `ci/lab soak` take too long for every day.
CYCLES = int(os.environ.get("LAB_CRASHES", "3"))
PCI_COMMAND, BUS_MASTER = 4, 4
VID = 7
SETTINGS = (
    "mac=02:00:00:00:00:a0 mac_locked=on vlan=100 qos=3 max_tx_rate=100 spoofchk_vlan=off",
    "mac=02:00:00:00:00:a1 vlan=100 max_mtu=1400 trust=on budget=77",
    "mac=02:00:00:00:00:a2 trunk=7,9-11 max_vlans=3 broadcast=on",
    "mac=02:00:00:00:00:a3 max_tx_rate=250 allow_allmulti=on",
)


def start_pf():
    pf = Testpmd([PORTS[0]], OURS, "pf", shared=True)
    pf.wait_link(0)
    return pf


def told(pf):
    """What the PF tells of each VF: settings and what it has, without what is counted."""
    answers = [pf.telemetry(f"/vfctl/vf,0,{vf}")["/vfctl/vf"] for vf in range(len(SETTINGS))]
    for answer in answers:
        assert "error" not in answer, answer
        # Counted since the process began.
        del answer["stats"], answer["info"]["violations"]
    return answers


def left_behind():
    """What a dead process could leave for ever, by kind."""
    pages = re.search(r"HugePages_Free: +(\d+)", Path("/proc/meminfo").read_text())
    return {
        "free hugepages": int(pages[1]),
        "hugepage files": sorted(os.listdir("/dev/hugepages")),
        "DPDK's files": sorted(str(path) for path in Path("/run/dpdk").rglob("*")),
        "kept settings": sorted(str(path) for path in Path("/run/vfctl").rglob("*")),
    }


def recover(vfs, resets):
    """What an application does that was told of its resets; `resets` were seen before."""
    for port in (0, 1):
        wait_for(f"a reset event of port {port}",
                 lambda port=port: vfs.log.count(f"Port {port}: reset event") > resets[port])
    vfs.cmd("stop")
    for port in (0, 1):
        vfs.cmd(f"port stop {port}")
        vfs.cmd(f"port reset {port}")
        vfs.cmd(f"port start {port}")
    for port in (0, 1):
        vfs.wait_link(port)


def forward(vfs):
    """Makes frames go round between both VFs, and leaves them doing it."""
    vfs.clear_stats()
    vfs.cmd("start tx_first 1")
    wait_for("frames go round", lambda: vfs.stats(0)["RX-packets"] > 64 and vfs.stats(1)["RX-packets"] > 64)


def kill_and_restart(pf):
    pf.kill9()
    return start_pf()


@pytest.fixture
def hosts():
    """Linux hosts on VFs: hosts(*functions)."""
    def make(*functions):
        return [Host(f"vf{n}", vf, "igbvf", n) for n, vf in enumerate(functions, 1)]
    yield make
    for host in list(Host.hosts):
        remove_host(host)


@pytest.mark.seconds(240 + 15 * CYCLES)
def test_vfs_outlive_a_pf_that_is_killed_again_and_again(hosts):
    bind(PORTS[0], "vfio-pci")
    functions = create_vfs(PORTS[0], len(SETTINGS))
    pf = start_pf()
    for number, text in enumerate(SETTINGS):
        answer = pf.telemetry(f"/vfctl/set,0,{number},{text}")["/vfctl/set"]
        assert "error" not in answer, answer
    vfs = Testpmd(functions[:2], OURS, "vfs", forwarders=2)
    for port in (0, 1):
        vfs.wait_link(port)
    a, b = End(vfs, 0), End(vfs, 1)
    assert [a.mac, b.mac] == [one["settings"]["mac"] for one in told(pf)[:2]]
    assert circle(a, b, seconds=0.5).faults() == []

    vfs.cmd("set fwd mac")
    before, files = told(pf), None
    for cycle in range(CYCLES):
        forward(vfs)
        resets = [vfs.log.count(f"Port {port}: reset event") for port in (0, 1)]
        pf = kill_and_restart(pf)
        recover(vfs, resets)
        assert told(pf) == before, f"cycle {cycle}"
        # Of a first start nothing lay there yet.
        files = files or left_behind()
        assert left_behind() == files, f"cycle {cycle}"
        print(f"cycle {cycle}: as before")
    assert circle(a, b, seconds=0.5).faults() == []

    first, second = hosts(*functions[2:])
    for host in (first, second):
        host.wait_carrier()
    first.reach(second.number)
    pf = kill_and_restart(pf)
    # Whoever opens a PF resets its function. QEMU's NIC then forgets that its VFs may use the bus, which
    # VFIO gives our VFs back; igbvf needs its device anew.
    assert not any(config(function, PCI_COMMAND, 2) & BUS_MASTER for function in functions[2:])
    for host in (first, second):
        remove_host(host)
    first, second = hosts(*functions[2:])
    first.reach(second.number, timeout=120)
    assert [first.mac, second.mac] == [one["settings"]["mac"] for one in before[2:]]
