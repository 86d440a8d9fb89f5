#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""The benchmark, run in the guest by `ci/lab bench vm`: ours and the in-tree driver, in turns.

256 frames go round at bursts of 32 in stock testpmd. Each ratio pairs two slices
that follow each other in one boot, and the order within a pair alternates, since
the speed of an emulated machine drifts; the median of the ratios is what counts.
Software emulation runs the device inside the driver's register writes: the rates
say how many of these, and how many descriptors and DMA accesses, a driver needs.
nic_events.py counts them. A third arm, ours made to ask for a write-back of each
descriptor as the in-tree driver does, says what a write-back costs.
"""

import argparse
import datetime
import json
import statistics
import sys
from pathlib import Path

from lab import IN_TREE, OURS, PORTS, End, Testpmd, bind, circle, create_vfs, qmp, reset_nics
from nic_events import count

RING = 512
BURSTS = 8
EAGER = "ours, RS always"
# Ours between the two that it is compared with.
ARMS = {IN_TREE: (IN_TREE, []), OURS: (OURS, []), EAGER: (OURS, ["--txrst=1"])}


def start(arm, devices, name):
    """An arm's process with two ports, and their ends."""
    driver, args = ARMS[arm]
    process = Testpmd(devices, driver, f"{name}-{list(ARMS).index(arm)}", forwarders=2, pinned=True,
                      args=["--burst=32", f"--rxd={RING}", f"--txd={RING}", *args])
    return End(process, 0), End(process, 1)


def rate(leg, arm, ends, seconds):
    """kpps of one slice; who loses frames must not look fast."""
    for end in ends:
        end.testpmd.wait_link(end.port)
    slice_ = circle(*ends, seconds, BURSTS)
    faults = slice_.faults()
    if faults:
        raise RuntimeError(f"{leg}, {arm}: {'; '.join(faults)}")
    print(f"  {leg}: {arm} {slice_.kpps:.1f} kpps", flush=True)
    return slice_.kpps


def turns(number):
    """The order of the arms in so many turns: there and back."""
    return [list(ARMS)[::1 if turn % 2 else -1] for turn in range(number)]


def vf_to_vf(number, seconds):
    """All arms side by side, each driver with a port of its own; half-way ports and VFs are swapped."""
    slices, work = [], {}
    for ports, ours in ((PORTS, (OURS, EAGER)), (PORTS[::-1], (EAGER, OURS))):
        reset_nics()
        pfs, ends = [], {}
        for port, driver, arms in zip(ports, (OURS, IN_TREE), (ours, (IN_TREE,))):
            bind(port, "vfio-pci")
            vfs = create_vfs(port, 4)
            pfs.append(Testpmd([port], driver, f"pf-{driver}"))
            for arm in arms:
                ends[arm], vfs = start(arm, vfs[:2], "vfs"), vfs[2:]
        for order in turns(number // 2):
            slices.append({arm: rate("VF to VF", arm, ends[arm], seconds) for arm in order})
        work = work or {arm: count(ends[arm], RING, BURSTS) for arm in ARMS}
        for process in [*(end[0].testpmd for end in ends.values()), *pfs]:
            process.quit()
    return slices, work


def port_to_port(number, seconds):
    """Both ports are needed, so the arms take turns at being started."""
    reset_nics()
    for port in PORTS:
        bind(port, "vfio-pci")
    slices, work = [], {}
    for order in turns(number):
        slices.append({})
        for arm in order:
            ends = start(arm, PORTS, "ports")
            slices[-1][arm] = rate("port to port", arm, ends, seconds)
            if arm not in work:
                work[arm] = count(ends, RING, BURSTS)
            ends[0].testpmd.quit()
    return slices, work


def spread(values):
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return {"median": median, "low": low, "high": high}


def summary(slices, work):
    """What a leg found: by arm, and the time that a write-back takes."""
    # A frame is sent once and received once, and both ends receive.
    times = [{arm: 500 / kpps for arm, kpps in turn.items()} for turn in slices]
    more = {arm: work[arm]["dma"]["TX write-back"] for arm in (EAGER, OURS)}
    return {
        "arms": {arm: {"kpps": spread([turn[arm] for turn in slices]),
                       "of_in_tree": spread([turn[arm] / turn[IN_TREE] for turn in slices]),
                       "us_per_frame": spread([turn[arm] for turn in times]), **work[arm]} for arm in ARMS},
        "us_per_write_back": spread([(turn[EAGER] - turn[OURS]) / (more[EAGER] - more[OURS]) for turn in times]),
        "slices": slices,
    }


def show(leg, found):
    arms = found["arms"]

    def row(title, cells):
        print(f"{title:28}" + "".join(f"{cell:>24}" for cell in cells))

    def spreads(title, name, digits):
        row(title, [f"{one['median']:.{digits}f} [{one['low']:.{digits}f}, {one['high']:.{digits}f}]"
                    for one in (arm[name] for arm in arms.values())])
    print()
    row(leg, arms)
    spreads("kpps", "kpps", 0)
    spreads("of in-tree", "of_in_tree", 2)
    spreads("us a frame", "us_per_frame", 2)
    for name in next(iter(arms.values()))["registers"]:
        row(f"{name} writes a frame", [f"{arm['registers'][name]:.3f}" for arm in arms.values()])
    for name in next(iter(arms.values()))["dma"]:
        row(f"{name}s", [f"{arm['dma'][name]:.3f}" for arm in arms.values()])
    row("DMA operations a frame", [f"{sum(arm['dma'].values()):.3f}" for arm in arms.values()])
    cost = found["us_per_write_back"]
    print(f"a write-back: {cost['median']:.2f} us [{cost['low']:.2f}, {cost['high']:.2f}]")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--turns", type=int, default=14)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--machine", default="unknown", help="the host's CPU, for the report")
    parser.add_argument("--json", type=Path, default=Path("/share/vm.json"))
    options = parser.parse_args()
    report = {"date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
              "machine": options.machine, "qemu": qmp("query-version")["package"]}
    report["legs"] = {name: summary(*leg(options.turns, options.seconds))
                      for name, leg in (("VF to VF", vf_to_vf), ("port to port", port_to_port))}
    print(f"{report['machine']}, QEMU {report['qemu']}, {report['date']}")
    for name, found in report["legs"].items():
        show(name, found)
    rounded = json.loads(json.dumps(report), parse_float=lambda text: round(float(text), 4))
    options.json.write_text(json.dumps(rounded, indent=1) + "\n")


if __name__ == "__main__":
    try:
        main()
    except Exception:
        for process in Testpmd.running:
            print(f"--- {process.name}\n{process.tail()}", file=sys.stderr)
        Testpmd.kill_all()
        raise
