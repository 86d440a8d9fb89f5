#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""The benchmark without a guest, run by `ci/lab bench`: runs test/perf's program, and tells what it
found: tables for people, JSON for machines, a picture. doc/performance.md says how it measures.
"""

import argparse
import contextlib
import datetime
import json
import os
import subprocess
import sys
from pathlib import Path

import figures
import instructions

SECONDS = {"time": 140, "quick": 12}
NICENESS = -15


def run_before_others():
    """A slice that is interrupted is a slice lost. Who may not have this measures all the same.

    Where the kernel shares the CPU out by sessions (autogroup), a process's own niceness counts
    within its session only.
    """
    for step in (os.setsid, lambda: os.nice(NICENESS),
                 lambda: Path("/proc/self/autogroup").write_text(f"{NICENESS}\n")):
        with contextlib.suppress(OSError):
            step()


def machine_line(report):
    machine, versions = report["machine"], report["versions"]
    print(f"{machine['cpu']}, TSC {machine['tsc_mhz']:.0f} MHz, {machine['memory']}, {report['date']}")
    print(f"igbiov {versions['igbiov']} ({versions['compiler']}, {versions['built_with']}), {versions['dpdk']}")


def write(report, folder, name):
    rounded = json.loads(json.dumps(report), parse_float=lambda text: round(float(text), 3))
    (folder / name).write_text(json.dumps(rounded, indent=1) + "\n")


def cycles_text(value):
    return f"{value:7.1f}"


def condition_table(report, mode, burst):
    rows = [row for row in report["rows"] if (row["mode"], row["burst"]) == (mode, burst)]
    title = "empty poll" if mode == "empty" else f"{mode}, bursts of {burst}"
    references = [name for name in figures.REFERENCES if any(name in row["of"] for row in rows)]
    print(f"\n{title:24}" + "".join(f"{head:>8}" for head in ("RX", "TX", "sum")) +
          f"{'quartiles':>16}" + "".join(f"{'of ' + name:>19}" for name in references))
    for row in rows:
        total = row["sum"]
        parts = [cycles_text(row[side]["median"]) if side in row else " " * 7 for side in ("rx", "tx")]
        ratios = [f"{row['of'][name]['median']:19.3f}" if name in row["of"] else " " * 19
                  for name in references]
        print(f"{row['arm']:24} {' '.join(parts)} {cycles_text(total['median'])}"
              f" {total['low']:7.1f} {total['high']:7.1f}{''.join(ratios)}")


def writes_table(report):
    """A row for each arm: its figures for bursts of 4, 32 and 64."""
    heads = {"tdt_per_burst": "TDT a burst", "frames_per_rdt": "frames an RDT",
             "frames_per_completion": "frames a write-back"}
    print(f"\n{'bursts of 4, 32, 64':24}{'TDT, no frame':>15}" + "".join(f"{head:>22}" for head in heads.values()))
    for arm in dict.fromkeys(row["arm"] for row in report["writes"]):
        rows = {row["burst"]: row for row in report["writes"] if row["arm"] == arm}
        empty = rows.pop(0)
        told = [" ".join(f"{row[name]:6.1f}" if row[name] else "     -" for row in rows.values()) for name in heads]
        print(f"{arm:24}{empty['tdt_per_burst']:15.1f}{''.join(f'{text:>22}' for text in told)}")


def goals_table(report):
    print(f"\n{'goal, bursts of 32':58}{'ratio':>8}{'quartiles':>16}")
    for goal in report["goals"]:
        text = f"{goal['arm']}, {goal['mode']}: at most {goal['at_most']} of {goal['of']}"
        print(f"{text:58}{goal['median']:8.3f} {goal['low']:7.3f} {goal['high']:7.3f}"
              f"  {'reached' if goal['reached'] else 'missed'}")
        if "without_ethdev" in goal:
            without = goal["without_ethdev"]
            print(f"{'  the same, without what ethdev itself takes':58}{without['median']:8.3f}"
                  f" {without['low']:7.3f} {without['high']:7.3f}")


def skipped_table(arms):
    for arm in arms:
        if arm["skipped"] not in ("", "not asked for"):
            print(f"not run: {arm['arm']}: {arm['skipped']}")


def control_table(found):
    for row in found:
        print(f"control, {row['mode']}, burst {row['burst']}: {row['ratio']:.3f} +- {row['uncertainty']:.3f}"
              f"  {'steady' if row['steady'] else 'UNSTEADY'}")


def time_arms(options, begun):
    run_before_others()
    raw = options.out / "slices.json"
    command = [options.program, f"--plugin={options.plugin}", f"--seconds={options.seconds}"]
    if options.command == "quick":
        command.append("--quick")
    subprocess.run([*command, raw], check=True, stdin=subprocess.DEVNULL)
    told = json.loads(raw.read_text())
    cells = told.pop("cells")
    report = {"date": begun, "command": options.told_as, **told,
              "control": figures.control(cells), "rows": figures.summary(cells),
              "goals": figures.goals(cells), "writes": [figures.per_burst(row) for row in told["writes"]]}
    machine_line(report)
    control_table(report["control"])
    skipped_table(report["arms"])
    if not report["control"] or not all(row["steady"] for row in report["control"]):
        print("no report: the same arm, run twice in each round, differs from itself. Is the machine busy?\n"
              f"The slices are in {raw}", file=sys.stderr)
        return 1
    for mode, burst in dict.fromkeys((row["mode"], row["burst"]) for row in report["rows"]):
        condition_table(report, mode, burst)
    writes_table(report)
    goals_table(report)
    write(report, options.out, "bench.json")
    import picture  # not before: matplotlib takes seconds to load, and only this needs it
    picture.draw(report, options.out)
    return 0


def count_instructions(options, begun):
    told, rows = instructions.by_callgrind(options.program, options.plugin, options.out)
    refused = [arm["arm"] for arm in told["arms"] if arm["skipped"]]
    by_cpu, more = instructions.by_cpu(options.program, options.plugin, options.out, refused) if refused else (told, {})
    report = {"date": begun, "command": options.told_as, **by_cpu,
              "instructions": [{"arm": arm, "counted_by": by, **row}
                               for by, found in (("callgrind", rows), ("cpu", more)) for arm, row in found.items()]}
    machine_line(report)
    skipped_table(by_cpu["arms"])
    print(f"\n{'instructions a frame':24}{'RX':>8}{'TX':>8}{'sum':>8}{'empty poll':>12}  counted by")
    for row in report["instructions"]:
        cells = "".join(f"{row[name]:8.1f}" if name in row else " " * 8 for name in ("rx", "tx", "sum"))
        empty = f"{row['empty']:.0f}" if "empty" in row else ""
        print(f"{row['arm']:24}{cells}{empty:>12}  {row['counted_by']}")
    write(report, options.out, "instructions.json")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("command", choices=["time", "quick", "instructions"])
    parser.add_argument("program", type=Path)
    parser.add_argument("plugin", type=Path)
    parser.add_argument("out", type=Path, help="folder for what is found")
    parser.add_argument("--seconds", type=float, help="how long to time")
    parser.add_argument("--told-as", default=" ".join(sys.argv), help="command line to put in the report")
    options = parser.parse_args()
    options.seconds = options.seconds or SECONDS.get(options.command)
    options.out.mkdir(parents=True, exist_ok=True)
    begun = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    return (count_instructions if options.command == "instructions" else time_arms)(options, begun)


if __name__ == "__main__":
    sys.exit(main())
