#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""dpdk-pmdinfo.py shows both drivers of the plugin, what they drive and what they need.

usage: test_pmdinfo.py DPDK_PMDINFO PLUGIN
"""

import json
import subprocess
import sys
import tempfile

INTEL = "8086"
# 82576 datasheet, "PCI device ids": the physical functions that every board has; its VF.
EXPECTED = {
    "net_igbiov": {"10c9", "10e6", "10e7"},
    "net_igbiov_vf": {"10ca"},
}


def problems(drivers):
    """What is wrong with a list of drivers as dpdk-pmdinfo.py prints it."""
    names = sorted(driver["name"] for driver in drivers)
    if names != sorted(EXPECTED):
        yield f"drivers are {names}, not {sorted(EXPECTED)}"
    seen = {}
    for driver in drivers:
        name = driver["name"]
        ids = driver.get("pci_ids", [])
        for pci_id in ids:
            if pci_id.get("vendor") != INTEL:
                yield f"{name}: {pci_id} is no Intel device"
            device = pci_id.get("device")
            if device in seen:
                yield f"device {device} is claimed by {seen[device]} and again by {name}"
            seen[device] = name
        missing = EXPECTED.get(name, set()) - {pci_id.get("device") for pci_id in ids}
        if missing:
            yield f"{name}: devices {sorted(missing)} are missing"
        if driver.get("kmod") != "* vfio-pci":
            yield f"{name}: kernel modules are {driver.get('kmod')!r}, not '* vfio-pci'"
        # No parameters: no string. Else "name=<values>", one after the other.
        if "params" in driver and "=<" not in driver["params"]:
            yield f"{name}: {driver['params']!r} describes no parameter"


def show(pmdinfo, path):
    """The list that dpdk-pmdinfo.py prints for a file."""
    return json.loads(subprocess.check_output([pmdinfo, path], text=True))


def main(pmdinfo, plugin):
    """Prints what is wrong; 0 where nothing is."""
    found = list(problems(show(pmdinfo, plugin)))

    # Packagers strip what they ship.
    with tempfile.NamedTemporaryFile(suffix=".so") as stripped:
        subprocess.check_call(["strip", "-o", stripped.name, plugin])
        if show(pmdinfo, stripped.name) != show(pmdinfo, plugin):
            found.append("a stripped plugin shows something else")

    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
