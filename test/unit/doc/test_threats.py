#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""Every test that doc/threats.md names is there, and every attack of the guest is in it.

    test_threats.py SOURCE_ROOT
"""

import re
import sys
from pathlib import Path

top = Path(sys.argv[1])
text = (top / "doc/threats.md").read_text()
named = re.findall(r"`([a-z0-9_]+(?:/[a-z0-9_]+|\.py)): ([a-z0-9_]+)`", text)
wrong = []
for room, name in named:
    if room.endswith(".py"):
        found = f"def test_{name}(" in (top / "test/e2e" / f"test_{room}").read_text()
    else:
        folder, file = room.split("/")
        source = (top / "test/unit" / folder / f"test_{file}.c").read_text()
        # Defined, and in the list of those that run.
        found = len(re.findall(rf"\b{name}\b", source)) >= 2
    if not found:
        wrong.append(f"{room}: {name} is named and not there")
attacks = re.findall(r"^def test_(\w+)", (top / "test/e2e/test_hostile.py").read_text(), re.M)
wrong += [f"hostile.py: {name} is not in the tables" for name in attacks
          if ("hostile.py", name) not in named]
assert len(named) > 50, "the tables are not what they were"
print("\n".join(wrong))
sys.exit(bool(wrong))
