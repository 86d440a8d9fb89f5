#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""The report on made-up slices: ratios pair what ran in one round, and an unsteady control arm
ends it.

usage: test_report.py BENCH.PY
"""

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import figures

ROUNDS = 200
# RX and TX cycles of each arm; the sum's ratio to igbvf is what the report has to find again.
COSTS = {"igbvf": (20, 20), "igbvf again": (20, 20), "ours auto": (6, 4)}


def cell(arm, mode, burst, speeds, noise):
    rx, tx = COSTS[arm]
    return {"arm": arm, "mode": mode, "burst": burst, "dropped": 0,
            "rx": [rx * speed * random.gauss(1, noise) for speed in speeds],
            "tx": [tx * speed * random.gauss(1, noise) for speed in speeds]}


def slices(noise, again=1.0, rounds=ROUNDS):
    """A machine that runs at one of two speeds, a round at a time."""
    random.seed(1)
    cells = []
    for mode in ("warm", "cold"):
        speeds = [random.choice((1, 1.5)) for _ in range(rounds)]
        for arm in COSTS:
            factor = again if arm == "igbvf again" else 1
            cells.append(cell(arm, mode, 32, [speed * factor for speed in speeds], noise))
    return {"machine": {"cpu": "a CPU", "memory": "some", "tsc_mhz": 1000.0, "second_core": True},
            "versions": {"igbiov": "0", "dpdk": "0", "compiler": "0", "built_with": ""},
            "arms": [{"arm": arm, "offloads": False, "rx_mode": "", "tx_mode": "", "skipped": ""} for arm in COSTS],
            "writes": [], "cells": cells}


def report(script, found):
    """The report's exit status and what it left, for a program that finds this."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "found.json").write_text(json.dumps(found))
        program = folder / "program"
        program.write_text(f'#!/bin/sh\nfor output; do :; done\ncp {folder}/found.json "$output"\n')
        program.chmod(0o755)
        done = subprocess.run([sys.executable, script, "time", program, "plugin", folder / "out", "--seconds=1"],
                              capture_output=True, text=True, env={"MPLCONFIGDIR": name, "PATH": "/usr/bin:/bin",
                                                                   "PYTHONDONTWRITEBYTECODE": "1"})
        left = {path.name: path.read_bytes() for path in (folder / "out").iterdir()}
    return done, left


def test_ratios_are_of_the_same_round():
    by_key = figures.index(slices(0.01)["cells"])
    pairs = figures.spread(figures.ratios(by_key["ours auto", "warm", 32], by_key["igbvf", "warm", 32]))
    assert abs(pairs["median"] - 0.25) < 0.005, pairs
    # Unpaired, the two speeds would spread it by half.
    assert pairs["high"] - pairs["low"] < 0.01, pairs


def test_reports_when_steady(script):
    done, left = report(script, slices(0.02))
    assert done.returncode == 0, done.stderr
    written = json.loads(left["bench.json"])
    goal = next(one for one in written["goals"] if one["of"] == "igbvf" and one["mode"] == "warm")
    assert goal["reached"] == (goal["median"] <= 0.25), goal
    assert "ours auto, warm: at most 0.25 of igbvf" in done.stdout
    assert b"<svg" in left["bench.svg"] and left["bench.png"].startswith(b"\x89PNG")


def test_refuses_when_the_control_differs(script):
    without = {**slices(0.02), "cells": [one for one in slices(0.02)["cells"] if one["arm"] != "igbvf again"]}
    for found in slices(0.02, again=1.05), slices(0.9), slices(0, rounds=3), without:
        done, left = report(script, found)
        assert done.returncode == 1, (done.returncode, done.stdout)
        assert "no report" in done.stderr and "at most" not in done.stdout
        assert set(left) == {"slices.json"}, set(left)


def main(script):
    test_ratios_are_of_the_same_round()
    test_reports_when_steady(script)
    test_refuses_when_the_control_differs(script)


if __name__ == "__main__":
    main(sys.argv[1])
