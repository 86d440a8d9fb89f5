#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""The line that our bursts may not cross: instructions, register writes, completion write-backs.

They repeat on any machine; times don't, and stand in no test.

usage: test_counts.py BENCH PLUGIN [VALGRIND]
"""

import sys
import tempfile
from pathlib import Path

import instructions

# Instructions a frame, RX and TX together; and of a poll that finds nothing, the application's
# inlined part included. Lower them when a path gets better.
LIMITS = {
    "ours scalar": (120, 30),
    "ours sse": (82, 30),
    "ours avx2": (48, 30),
    "ours avx512": (42, 33),
    "ours scalar offloads": (131, 30),
    "ours sse offloads": (91, 30),
    "ours avx2 offloads": (54, 30),
    "ours avx512 offloads": (46, 33),
}
# What the CPU has to have for a path; without, there is nothing to count.
CPU_NEEDS = {"avx2": "avx2", "avx512": "avx512bw"}
# By callgrind and by the CPU, per frame: what each counts of its own start and stop.
TWO_COUNTS_APART = 2

TDT_PER_BURST = 1
FRAMES_PER_RDT = 64
FRAMES_PER_COMPLETION = 32


def cpu_lacks(arm):
    flags = Path("/proc/cpuinfo").read_text().split()
    return any(path in arm and flag not in flags for path, flag in CPU_NEEDS.items())


def missing(told):
    """Arms that ought to run and don't: a wrong mbuf field or descriptor is such a reason."""
    return [f"{arm['arm']} doesn't run: {arm['skipped']}" for arm in told["arms"]
            if arm["arm"] in LIMITS and arm["skipped"] and not cpu_lacks(arm["arm"])]


def too_many(figures):
    for arm, found in figures.items():
        for what, limit in zip(("sum", "empty"), LIMITS[arm]):
            print(f"{arm}: {what} {found[what]:.1f}, at most {limit}")
            if found[what] > limit:
                yield f"{arm}: {found[what]:.1f} instructions ({what}), at most {limit}"


def disagreeing(by_cpu, by_callgrind):
    for arm, found in by_callgrind.items():
        if abs(found["sum"] - by_cpu[arm]["sum"]) > TWO_COUNTS_APART:
            yield f"{arm}: {found['sum']:.1f} by callgrind, {by_cpu[arm]['sum']:.1f} by the CPU"


def wasteful(rows):
    for row in rows:
        name = f"{row['arm']}, bursts of {row['burst']}"
        if row["other"] or row["reads"]:
            yield f"{name}: {row['other']} writes to other registers, {row['reads']} reads"
        if row["burst"] == 0:
            if row["tdt"] or row["rdt"] or row["completions"]:
                yield f"{name}: TDT {row['tdt']}, RDT {row['rdt']}, completions {row['completions']}"
            continue
        if row["frames"] != row["bursts"] * row["burst"] or not row["tdt"] or not row["rdt"]:
            yield f"{name}: {row['frames']} frames, TDT {row['tdt']}, RDT {row['rdt']}: not counted"
        if row["tdt"] > row["bursts"] * TDT_PER_BURST:
            yield f"{name}: {row['tdt']} TDT writes in {row['bursts']} bursts"
        if row["rdt"] * FRAMES_PER_RDT > row["frames"]:
            yield f"{name}: {row['rdt']} RDT writes for {row['frames']} frames"
        if row["completions"] * FRAMES_PER_COMPLETION > row["frames"]:
            yield f"{name}: {row['completions']} completions for {row['frames']} frames"


def main(program, plugin, has_valgrind):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        told, by_cpu = instructions.by_cpu(program, plugin, folder, LIMITS)
        by_callgrind = instructions.by_callgrind(program, plugin, folder, LIMITS)[1] if has_valgrind else {}
        writes = instructions.run([program, f"--plugin={plugin}"], folder / "writes.json", LIMITS)["writes"]
    wrong = [*missing(told), *too_many(by_cpu), *disagreeing(by_cpu, by_callgrind), *wasteful(writes)]
    if not writes:
        wrong.append("nothing was counted")
    print("\n".join(wrong), file=sys.stderr)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3], len(sys.argv) > 3))
