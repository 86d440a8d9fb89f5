# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""What is taken and what is refused at start, and in which words."""

import pytest
from lab import OURS, PORTS, bind, create_vfs, drivers
from lab.testpmd import PLUGIN

OTHER_TOKEN = "ffffffff-8445-11ea-8900-1f9ce7d5650d"


@pytest.fixture
def all_drivers():
    drivers.take_all()
    yield
    drivers.take_few()


def test_stock_testpmd_beside_all_of_dpdks_drivers_lists_ours(testpmd, all_drivers):
    bind(PORTS[0], "vfio-pci")
    vfs = create_vfs(PORTS[0], 2)
    process = testpmd([PORTS[0], *vfs], OURS)
    names = [f"{PORTS[0]} net_igbiov", *(f"{vf} net_igbiov_vf" for vf in vfs)]
    shown = process.cmd("show device info all")
    for name in names:
        bdf, driver = name.split()
        block = shown[shown.index(bdf):][:300]
        assert f"Driver name: {driver}\n" in block
    for port, name in enumerate(names):
        assert f"Driver name: {name.split()[1]}\n" in process.cmd(f"show port info {port}")
    process.wait_link(0)
    assert process.quit() == 0


def test_a_pf_with_eight_vfs_is_refused(testpmd):
    bind(PORTS[0], "vfio-pci")
    create_vfs(PORTS[0], 8)
    process = testpmd([PORTS[0]], OURS)
    assert "8 VFs leave the PF no pool: write at most 7 to sriov_numvfs" in process.log
    assert "net_igbiov" not in process.cmd("show port info all")
    process.quit()
    create_vfs(PORTS[0], 7)
    process = testpmd([PORTS[0]], OURS)
    process.wait_link(0)


def test_seven_vfs_and_the_pf_have_addresses_of_their_own(testpmd):
    bind(PORTS[0], "vfio-pci")
    vfs = create_vfs(PORTS[0], 7)
    pf = testpmd([PORTS[0]], OURS, "pf")
    process = testpmd(vfs, OURS, "vfs")
    macs = {process.mac(port) for port in range(7)} | {pf.mac(0)}
    assert len(macs) == 8
    for port in range(7):
        process.wait_link(port)


def test_a_vf_with_another_token_is_refused(testpmd):
    bind(PORTS[0], "vfio-pci")
    vfs = create_vfs(PORTS[0], 1)
    testpmd([PORTS[0]], OURS, "pf")
    stranger = testpmd(vfs, OURS, "stranger", token=OTHER_TOKEN)
    assert "net_igbiov" not in stranger.cmd("show port info all")
    assert "token" in stranger.log.lower() or "No probed ethernet devices" in stranger.log
    stranger.quit()
    vf = testpmd(vfs, OURS, "vf")
    vf.wait_link(0)


@pytest.mark.parametrize(("argument", "named"), [("vf_vlan=some", "vf_vlan=some"), ("vf_colour=red", "vf_colour")])
def test_a_device_argument_that_is_not_known_is_refused(testpmd, argument, named):
    bind(PORTS[0], "vfio-pci")
    process = testpmd([f"{PORTS[0]},{argument}"], OURS)
    assert named in process.log.replace(" ".join(process.command), "")
    assert "net_igbiov" not in process.cmd("show port info all")


def test_a_port_on_another_kernel_driver_is_not_touched(testpmd):
    bind(PORTS[0], "igb")
    process = testpmd([PORTS[0]], OURS)
    assert "net_igbiov" not in process.cmd("show port info all")
