# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""The lab itself, with DPDK's own driver: when these fail, believe no other guest test."""

import pytest
from lab import (IN_TREE, PORTS, End, bind, circle, create_vfs, driver_of, netdev, run, send,
                 set_link, wait_for)


def wired(testpmd):
    """Both ports in processes of their own."""
    for port in PORTS:
        bind(port, "vfio-pci")
    far = testpmd([PORTS[1]], IN_TREE, "far", wait=False)
    near = testpmd([PORTS[0]], IN_TREE, "near")
    far.ready()
    ends = End(near, 0), End(far, 0)
    for end in ends:
        end.testpmd.wait_link(end.port)
    return ends


def test_frames_go_round_the_wire_and_none_is_lost(testpmd):
    near, far = wired(testpmd)
    assert circle(near, far, seconds=1).faults() == []


def test_a_pulled_cable_is_seen_and_stops_frames(testpmd):
    near, far = wired(testpmd)
    set_link(0, False)
    near.testpmd.wait_link(0, up=False)
    assert send(far, near, 32)[1] == 0
    set_link(0, True)
    near.testpmd.wait_link(0)
    assert send(far, near, 32) == (32, 32)


def test_vfs_exchange_frames_inside_the_nic(testpmd):
    bind(PORTS[0], "vfio-pci")
    vfs = create_vfs(PORTS[0], 2)
    assert [driver_of(vf) for vf in vfs] == ["vfio-pci", "vfio-pci"]
    testpmd([PORTS[0]], IN_TREE, "pf")
    process = testpmd(vfs, IN_TREE, "vfs", forwarders=2)
    first, second = End(process, 0), End(process, 1)
    process.wait_link(0)
    assert circle(first, second, seconds=1).faults() == []
    process.kill9()
    assert create_vfs(PORTS[0], 0) == []


def test_kernel_drivers_take_the_ports():
    for port in PORTS:
        bind(port, "igb")
        run("ip", "link", "set", netdev(port), "up")
    near = netdev(PORTS[0])
    wait_for("carrier", lambda: "LOWER_UP" in run("ip", "link", "show", near))


def test_a_program_that_fails_says_so():
    with pytest.raises(RuntimeError, match="status 3"):
        run("sh", "-c", "exit 3")
