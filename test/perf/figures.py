# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""What the slices say: medians, spread, and ratios of arms that ran in the same round."""

import math
import statistics

# The arm that runs twice in each round, and what its two halves may differ by.
CONTROL = ("igbvf", "igbvf again")
UNSTEADY = 0.03
# Half of the 95 % interval of a median, as a part of it: beyond, the rounds were too few.
TOO_FEW = 0.05
ROUNDS_MIN = 20

# What the issue asks for: (arm, mode, of which arm, at most), in bursts of 32.
GOALS = [
    ("ours auto", "warm", "igbvf", 0.25),
    ("ours auto", "warm", "ixgbevf sse", 0.55),
    ("ours auto", "warm", "null", 0.4),
    ("ours auto", "warm", "ring", 3),
    ("ours auto offloads", "warm", "igbvf offloads", 0.35),
    ("ours auto offloads", "warm", "ours auto", 1.2),
    ("ours auto", "cold", "igbvf", 0.4),
    ("ours auto", "empty", "igbvf", 0.6),
    ("ours 7 VFs", "warm", "ours auto", 1.1),
    ("ours 7 VFs small", "warm", "ours auto", 1.1),
]

# What an empty poll costs before and after the driver, for everybody alike.
POLL_OVERHEAD = "ethdev alone"

# Against these each arm is compared, if they ran under the same condition.
REFERENCES = ["igbvf", "ixgbevf sse", "null", "ring", "igbvf offloads"]


def spread(values):
    """Median and quartiles."""
    if len(values) < 2:
        return {"median": values[0], "low": values[0], "high": values[0]}
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return {"median": median, "low": low, "high": high}


def uncertainty(values):
    """Half of the median's 95 % interval, from the order of the values alone."""
    ordered, n = sorted(values), len(values)
    reach = 0.98 * math.sqrt(n)
    low = ordered[max(0, math.floor(n / 2 - reach))]
    high = ordered[min(n - 1, math.ceil(n / 2 + reach))]
    return (high - low) / 2


def totals(cell):
    """Cycles per frame of each round, RX and TX; or per poll."""
    return [rx + tx for rx, tx in zip(cell["rx"], cell["tx"])] if cell["tx"] else cell["rx"]


def index(cells):
    return {(cell["arm"], cell["mode"], cell["burst"]): cell for cell in cells if cell["rx"]}


def ratios(cell, reference, overhead=None):
    """Round by round: the machine's speed changes in between."""
    off = totals(overhead) if overhead else [0] * len(cell["rx"])
    return [(a - o) / (b - o) for a, b, o in zip(totals(cell), totals(reference), off)]


def control(cells):
    """For each condition how far the control's halves are apart, and whether that is too far."""
    found, by_key = [], index(cells)
    for (arm, mode, burst), cell in by_key.items():
        if arm != CONTROL[0] or (CONTROL[1], mode, burst) not in by_key:
            continue
        pairs = ratios(by_key[CONTROL[1], mode, burst], cell)
        median, apart = statistics.median(pairs), uncertainty(pairs)
        found.append({"mode": mode, "burst": burst, "ratio": median, "uncertainty": apart,
                      "steady": abs(median - 1) <= UNSTEADY and apart <= TOO_FEW and len(pairs) >= ROUNDS_MIN})
    return found


def summary(cells):
    """One row for each arm and condition."""
    rows, by_key = [], index(cells)
    for (arm, mode, burst), cell in by_key.items():
        row = {"arm": arm, "mode": mode, "burst": burst, "rounds": len(cell["rx"]),
               "dropped": cell["dropped"], "sum": spread(totals(cell)), "of": {}}
        if cell["tx"]:
            row["rx"], row["tx"] = spread(cell["rx"]), spread(cell["tx"])
        for name in REFERENCES:
            reference = by_key.get((name, mode, burst))
            if reference is not None and name != arm:
                row["of"][name] = spread(ratios(cell, reference))
        rows.append(row)
    return rows


def goals(cells):
    """Each goal with the ratio reached, as far as both arms ran."""
    by_key, found = index(cells), []
    for arm, mode, reference, limit in GOALS:
        burst = 0 if mode == "empty" else 32
        cell, other = by_key.get((arm, mode, burst)), by_key.get((reference, mode, burst))
        if cell is None or other is None:
            continue
        own = spread(ratios(cell, other))
        found.append({"arm": arm, "mode": mode, "of": reference, "at_most": limit, **own,
                      "reached": own["median"] <= limit})
        overhead = by_key.get((POLL_OVERHEAD, mode, burst))
        if overhead is not None:
            found[-1]["without_ethdev"] = spread(ratios(cell, other, overhead))
    return found


def per_burst(row):
    """Register writes and completion write-backs of one arm at one burst size."""
    return {"arm": row["arm"], "burst": row["burst"],
            "tdt_per_burst": row["tdt"] / row["bursts"],
            "frames_per_rdt": row["frames"] / row["rdt"] if row["rdt"] else None,
            "rdt_per_burst": row["rdt"] / row["bursts"],
            "frames_per_completion": row["frames"] / row["completions"] if row["completions"] else None,
            "other_writes": row["other"], "reads": row["reads"]}
