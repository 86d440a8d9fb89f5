# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""A VF that means ill, and what the PF's registers say of whom."""

import json
import os
import select
import subprocess
from pathlib import Path

from .testpmd import PLUGIN, TOKEN

EVILVF = os.environ.get("EVILVF", str(Path(PLUGIN).parent.parent / "test/e2e/evilvf/evilvf"))

POOLS = 8
# RAH: valid, pools from bit 18; VLVF: enabled, pools from bit 12.
_RAH_AV, _RAH_POOL, _VLVF_EN, _VLVF_POOL = 1 << 31, 18, 1 << 31, 12


class Evil:
    """An evilvf process that holds a VF: do("steal", mac) plays an attack and says what came of it.

    Its own reset comes with opening and closing. What it says is a dictionary;
    "answers" counts, for each kind of message, what was granted, refused, ...
    """

    def __init__(self, bdf, token=TOKEN):
        self._process = subprocess.Popen([EVILVF, bdf, token], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         bufsize=0)
        self._pending = b""
        self.result()

    def start(self, *words):
        """Begins an attack; result() must follow before the next."""
        self._process.stdin.write(" ".join(map(str, words)).encode() + b"\n")

    def busy(self):
        """Whether the attack still goes on."""
        return b"\n" not in self._pending and not self._more(0)

    def _more(self, timeout):
        if not select.select([self._process.stdout], [], [], timeout)[0]:
            return False
        data = os.read(self._process.stdout.fileno(), 65536)
        if not data:
            raise RuntimeError(f"evilvf ended with status {self._process.wait(10)}")
        self._pending += data
        return b"\n" in self._pending

    def result(self, timeout=60):
        """What came of the attack, once it is over."""
        while b"\n" not in self._pending:
            if not self._more(timeout):
                raise TimeoutError(f"evilvf: no result within {timeout} s")
        line, _, self._pending = self._pending.partition(b"\n")
        return json.loads(line)

    def do(self, *words):
        self.start(*words)
        return self.result()

    def kill(self):
        """Ends the attacker without a word, wherever it is."""
        self._process.kill()

    def close(self):
        """Lets go of the VF, which resets it."""
        self._process.stdin.close()
        self._process.wait(30)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if kind is not None:
            self.kill()
        self.close()


def registers(pf, *filters):
    """A PF's registers whose names hold one of these words, by name."""
    found = {}
    for word in filters:
        answer = pf.telemetry(f"/ethdev/regs,0,{word}")["/ethdev/regs"]
        for group, values in answer.items():
            if group.startswith("group_"):
                found |= {name: int(value, 16) for name, value in values.items()}
    return found


def _address(low, high):
    return (low | (high & 0xFFFF) << 32).to_bytes(6, "little").hex(":")


def rows(pf):
    """What each of a PF's pools has in the registers: a list of dictionaries, pool 0 first."""
    seen = registers(pf, "RAL", "RAH", "VLVF", "VMOLR", "VMVIR", "DTXSWC")
    pools = []
    for pool in range(POOLS):
        owned = [_address(seen[name.replace("RAH", "RAL")], value) for name, value in seen.items()
                 if name.startswith("RAH") and value & _RAH_AV and value >> (_RAH_POOL + pool) & 1]
        vlans = [value & 0xFFF for name, value in seen.items()
                 if name.startswith("VLVF") and value & _VLVF_EN and value >> (_VLVF_POOL + pool) & 1]
        pools.append({"macs": sorted(owned), "vlans": sorted(vlans), "vmolr": seen[f"VMOLR{pool}"],
                      "vmvir": seen[f"VMVIR{pool}"], "spoofchk": seen["DTXSWC"] >> pool & 0x101})
    return pools
