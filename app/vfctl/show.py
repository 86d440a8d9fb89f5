# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""Ports, VFs, statistics and settings as text for people."""

import shutil
from datetime import datetime

# Where a VF's settings are as nearly all VFs', a line has no room for them.
_USUAL = {"mac_locked": False, "macs": [], "allow_macs": [], "strip": False, "insert": 0,
          "allow_promisc": False, "allow_allmulti": False, "broadcast": True, "untagged": True,
          "unknown_unicast": False, "all_multicast": False, "rx": True, "tx": True,
          "mirror": "none"}


def value(of):
    """A value as `vfctl set` takes it."""
    if isinstance(of, bool):
        return "on" if of else "off"
    if isinstance(of, list):
        return ",".join(of) or "none"
    return str(of)


def _pairs(values):
    return [f"{name} {value(of)}" for name, of in values.items()]


def _wrapped(words, indent):
    """Lines that hold the words, none of them broken."""
    width = min(shutil.get_terminal_size().columns, 100)
    lines = []
    for word in words:
        if lines and len(lines[-1]) + 2 + len(word) <= width:
            lines[-1] += "  " + word
        else:
            lines.append(indent + word)
    return lines


def _aligned(rows):
    """Rows of cells as lines, each column as wide as its widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
            for row in rows]


def _condition(info):
    if not info["exists"]:
        return "absent"
    if info["quarantined"]:
        return "quarantined"
    return "running" if info["clear_to_send"] else "waiting"


def _spoofchk(settings):
    kinds = [kind for kind in ("mac", "vlan") if settings[f"spoofchk_{kind}"]]
    return {0: "off", 1: f"{kinds[0]} only" if kinds else "", 2: "on"}[len(kinds)]


def _row(vf):
    settings, info = vf["settings"], vf["info"]
    vlan = f"vlan {settings['vlan']}"
    if settings["qos"]:
        vlan += f" qos {settings['qos']}"
    unusual = {name: settings[name] for name, usual in _USUAL.items() if settings[name] != usual}
    return [f"    vf {vf['vf']}", info["mac"] if info["clear_to_send"] else settings["mac"],
            _condition(info), vlan, f"max_tx_rate {settings['max_tx_rate']}",
            f"spoofchk {_spoofchk(settings)}", f"trust {value(settings['trust'])}",
            f"state {settings['state']}", "  ".join(_pairs(unusual))]


def _head(port):
    return f"{port['port']}: {port['name']}"


def ports(records):
    """Ports, a line for each VF."""
    lines = []
    for port in records:
        serving = "serving" if port["serving"] else "not serving: the port isn't started"
        lines.append(f"{_head(port)}  {port['nb_vfs']} of {port['max_vfs']} VFs, {serving}, "
                     f"process {port['file_prefix']}")
        lines += _wrapped(_pairs(port["settings"]), "    ")
        lines += _aligned([_row(vf) for vf in port["vfs"]])
    return "\n".join(lines)


def vfs(records):
    """VFs with all their settings, and what they have."""
    lines = []
    for port in records:
        lines.append(_head(port))
        for vf in port["vfs"]:
            lines.append(f"    vf {vf['vf']}  {_condition(vf['info'])}")
            lines += _wrapped(_pairs(vf["settings"]), " " * 8)
            has = {name: of for name, of in vf["info"].items()
                   if name not in ("exists", "clear_to_send", "quarantined")}
            lines += _wrapped(["has:", *_pairs(has)], " " * 8)
    return "\n".join(lines)


def _table(title, counts, names):
    rows = [[f"        {title}:", *(name.partition("_")[2] or name for name in names)],
            ["", *(str(counts[name]) for name in names)]]
    return _aligned(rows)


def stats(records):
    """What VFs received, sent and asked for, in the manner of `ip -s link`."""
    lines = []
    for port in records:
        lines.append(_head(port))
        for vf in port["vfs"]:
            counts = vf["stats"]
            lines.append(f"    vf {vf['vf']}")
            lines += _table("RX", counts, ["rx_bytes", "rx_packets", "rx_multicast"])
            lines += _table("TX", counts, ["tx_bytes", "tx_packets", "spoofed"])
            refused = {name: n for name, n in counts["refused"].items() if n}
            lines += _wrapped([f"requests: granted {counts['granted']}",
                               f"refused {sum(refused.values())}", *_pairs(refused)], " " * 8)
            lines += _wrapped(_pairs({name: counts[name] for name in (
                "resets", "mailbox_busy", "answer_failed", "over_budget", "quarantines")}), " " * 8)
    return "\n".join(lines)


def event(port, record):
    """An event in a line."""
    when = datetime.fromtimestamp(record["time_ns"] / 1e9).isoformat(" ", "milliseconds")
    who = f"{port}: vf {record['vf']}" if "vf" in record else f"{port}"
    what = record["type"] + (f" {record['verdict']}" if "verdict" in record else "")
    return f"{when} {who}: {what}: {record['text']}"


def fields(settings):
    """Names, values and meanings of settings."""
    lines = []
    for target, title in (("vf", "of a VF"), ("port", "of a port")):
        rows = [[f"    {name}", field["values"], field["help"]]
                for name, field in settings.get(target, {}).items()]
        if rows:
            lines += [f"settings {title}:", *_aligned(rows)]
    return "\n".join(lines)
