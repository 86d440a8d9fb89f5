#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""The benchmark, run in the guest by `ci/lab bench vm`: ours and the in-tree driver, in turns.

256 frames go round at bursts of 32 in stock testpmd. Each ratio pairs two slices
that follow each other in one boot, and the order within a pair alternates, since
the speed of an emulated machine drifts; the median of the ratios is what counts.
Software emulation runs the device inside the driver's register writes: the rates
say how many of these, and how many descriptors and DMA accesses, a driver needs.
"""

import argparse
import json
import statistics
import sys
from pathlib import Path

from lab import IN_TREE, OURS, PORTS, End, Testpmd, bind, circle, create_vfs, reset_nics

ARGS = ["--burst=32", "--rxd=512", "--txd=512"]
BURSTS = 8


def open_vfs(port, driver):
    """A port's PF and two of its VFs under one driver: processes, and both VFs' ends."""
    bind(port, "vfio-pci")
    vfs = create_vfs(port, 2)
    pf = Testpmd([port], driver, f"pf-{driver}", args=ARGS)
    process = Testpmd(vfs, driver, f"vfs-{driver}", forwarders=2, pinned=True, args=ARGS)
    return [process, pf], End(process, 0), End(process, 1)


def open_ports(driver):
    """Both ports, wired to each other, under one driver."""
    process = Testpmd(PORTS, driver, f"ports-{driver}", forwarders=2, pinned=True, args=ARGS)
    return [process], End(process, 0), End(process, 1)


def rate(leg, driver, ends, seconds):
    """kpps of one slice; who loses frames must not look fast."""
    for end in ends:
        end.testpmd.wait_link(end.port)
    slice_ = circle(*ends, seconds, BURSTS)
    faults = slice_.faults()
    if faults:
        raise RuntimeError(f"{leg}, {driver}: {'; '.join(faults)}")
    print(f"  {leg}: {driver} {slice_.kpps:.1f} kpps", flush=True)
    return slice_.kpps


def turns(pairs):
    """The order of the drivers in each pair of slices."""
    return [(OURS, IN_TREE) if number % 2 == 0 else (IN_TREE, OURS) for number in range(pairs)]


def vf_to_vf(pairs, seconds):
    """Both drivers side by side, each with a port of its own; half-way they swap ports."""
    found = []
    for ports in (PORTS, PORTS[::-1]):
        reset_nics()
        arms = {driver: open_vfs(port, driver) for port, driver in zip(ports, (OURS, IN_TREE))}
        for order in turns(pairs // 2):
            found.append({driver: rate("VF to VF", driver, arms[driver][1:], seconds)
                          for driver in order})
        for processes, *_ in arms.values():
            for process in processes:
                process.quit()
    return found


def port_to_port(pairs, seconds):
    """Both ports are needed, so the drivers take turns at being started."""
    reset_nics()
    for port in PORTS:
        bind(port, "vfio-pci")
    found = []
    for order in turns(pairs):
        found.append({})
        for driver in order:
            processes, *ends = open_ports(driver)
            found[-1][driver] = rate("port to port", driver, ends, seconds)
            for process in processes:
                process.quit()
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--json", type=Path, default=Path("/share/bench-vm.json"))
    options = parser.parse_args()
    legs = {"VF to VF": vf_to_vf, "port to port": port_to_port}
    results = {name: leg(options.pairs, options.seconds) for name, leg in legs.items()}
    summary = {}
    for name, rows in results.items():
        ours, in_tree = (statistics.median(row[driver] for row in rows) for driver in (OURS, IN_TREE))
        ratio = statistics.median(row[OURS] / row[IN_TREE] for row in rows)
        summary[name] = {"ours_kpps": ours, "in_tree_kpps": in_tree, "ratio": ratio, "slices": rows}
        print(f"{name}: ours {ours:.1f} kpps, in-tree {in_tree:.1f} kpps, ratio {ratio:.2f}")
    options.json.write_text(json.dumps(summary, indent=1) + "\n")


if __name__ == "__main__":
    try:
        main()
    except Exception:
        for process in Testpmd.running:
            print(f"--- {process.name}\n{process.tail()}", file=sys.stderr)
        Testpmd.kill_all()
        raise
