#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""The operator's guide and the manual know every setting that there is, and no other.

    test_doc.py SCHEMA GUIDE MANUAL

The schema's names are held to the library's tables by test_config.c.
"""

import json
import re
import sys
import unittest
from pathlib import Path

schema, guide, manual = (Path(name).read_text(encoding="utf-8") for name in sys.argv[1:4])
TABLES = {"vf": "Settings of a VF", "port": "Settings of a port"}
# One name for two, as in `ip`.
ALIAS = {"spoofchk"}


def fields(target):
    return set(json.loads(schema)["$defs"][target]["properties"]) - ALIAS


class Documents(unittest.TestCase):
    def test_guide_has_a_row_for_each_setting(self):
        for target, title in TABLES.items():
            section = guide.split(f"## {title}")[1].split("\n## ")[0]
            rows = re.findall(r"^\| (`[^|]*) \|", section, re.M)
            named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
            self.assertEqual(named, fields(target))

    def test_manual_names_each_setting(self):
        for target in TABLES:
            self.assertEqual({name for name in fields(target) if name not in manual}, set())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
