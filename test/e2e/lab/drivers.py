# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""DPDK's own drivers: few of them, so that programs start quickly.

A stock program loads all of its distribution's drivers, some 150, whatever it is given; that is a
quarter of a testpmd's start in the guest.
"""

import re
import shutil
from pathlib import Path

from .system import run

_PROGRAMS = ("/usr/bin/dpdk-testpmd", "/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk")
# What tests name, and what these need.
_NAMED = {f"librte_{name}" for name in (
    "bus_pci", "bus_vdev", "dma_skeleton", "mempool_ring", "net_af_packet", "net_e1000", "net_null", "net_ring",
    "net_tap", "net_vhost", "net_virtio")}
_FEW = Path("/run/few-drivers")


def _folder():
    return next(Path("/usr/lib").glob("*/dpdk/pmds-*"))


def take_few():
    """From now on programs load only drivers that they are linked with and that tests name."""
    linked = "".join(run("ldd", program) for program in _PROGRAMS if Path(program).exists())
    keep = _NAMED | set(re.findall(r"(librte_\w+)\.so", linked))
    if not _FEW.exists():
        _FEW.mkdir()
        for path in _folder().iterdir():
            if path.name.partition(".")[0] in keep:
                shutil.copy2(path, _FEW, follow_symlinks=False)
    run("mount", "--bind", _FEW, _folder())


def take_all():
    """And from now on all again."""
    run("umount", _folder())
