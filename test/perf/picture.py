# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""The picture: cycles per frame as bars, RX and TX on top of each other, with the sum's quartiles."""

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402 the backend comes first

RX_COLOUR, TX_COLOUR = "#4477AA", "#CCBB44"
PANELS = [("warm", False, "descriptors in this core's cache"),
          ("warm", True, "the same, all offloads"),
          ("cold", False, "descriptors written by another core")]


def rows_of(report, mode, offloads):
    names = {arm["arm"] for arm in report["arms"] if arm["offloads"] == offloads and "again" not in arm["arm"]}
    return [row for row in report["rows"]
            if row["mode"] == mode and row["burst"] == 32 and row["arm"] in names]


def panel(axes, rows, title):
    places = range(len(rows))
    rx, tx = ([row[side]["median"] for row in rows] for side in ("rx", "tx"))
    sums = [row["sum"] for row in rows]
    axes.barh(places, rx, color=RX_COLOUR, label="RX")
    axes.barh(places, tx, left=rx, color=TX_COLOUR, label="TX")
    middle = [one["median"] for one in sums]
    axes.errorbar(middle, places, fmt="none", ecolor="black", capsize=3, linewidth=1,
                  xerr=[[one["median"] - one["low"] for one in sums],
                        [one["high"] - one["median"] for one in sums]])
    right = max(one["high"] for one in sums)
    for place, value in zip(places, middle):
        axes.text(right * 1.02, place, f"{value:.1f}", va="center", fontsize=8)
    axes.set_yticks(places, [row["arm"] for row in rows], fontsize=8)
    axes.set_xlim(0, right * 1.15)
    axes.invert_yaxis()
    axes.set_title(title, fontsize=9)
    axes.spines[["top", "right"]].set_visible(False)


def draw(report, folder):
    """bench.svg and bench.png."""
    panels = [(rows_of(report, mode, offloads), title) for mode, offloads, title in PANELS]
    panels = [one for one in panels if one[0]]
    # So that the same figures give the same file.
    matplotlib.rcParams["svg.hashsalt"] = "igbiov"
    figure, axes = pyplot.subplots(len(panels), 1, squeeze=False, layout="constrained",
                                   figsize=(8, 1.2 + 0.26 * sum(len(rows) + 2 for rows, _ in panels)),
                                   height_ratios=[len(rows) + 1 for rows, _ in panels])
    for one, (rows, title) in zip(axes[:, 0], panels):
        panel(one, rows, title)
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="upper right", ncols=2, fontsize=8)
    axes[-1, 0].set_xlabel("TSC cycles a frame, bursts of 32: median; whiskers: quartiles of RX + TX", fontsize=8)
    figure.suptitle(f"{report['machine']['cpu']}, {report['date'][:10]}", fontsize=10)
    figure.savefig(folder / "bench.svg", metadata={"Date": None})
    figure.savefig(folder / "bench.png", dpi=120)
