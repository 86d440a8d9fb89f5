#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""No source of the plugin ends the process: a port that fails is no reason for others to.

Sources and not symbols, because DPDK's own inline functions panic over a damaged mbuf.

usage: test_no_exit.py FOLDER...
"""

import pathlib
import re
import sys

ENDS = re.compile(r"\b(rte_panic|__rte_panic|rte_exit|RTE_VERIFY|RTE_ASSERT|assert|abort|_?exit"
                  r"|_Exit|quick_exit|raise|kill)\s*\(")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')


def without_comments(source):
    """The same lines, with nothing but code on them."""
    source = COMMENT.sub(lambda found: "\n" * found.group().count("\n"), source)
    return TEXT.sub('""', source)


def main(*folders):
    """Prints what is wrong; 0 where nothing is."""
    paths = [p for folder in folders for p in sorted(pathlib.Path(folder).rglob("*.[ch]"))]
    wrong = 0
    for path in paths:
        for number, line in enumerate(without_comments(path.read_text()).splitlines(), 1):
            if found := ENDS.search(line):
                print(f"{path}:{number}: {found.group(1)}() ends the whole process")
                wrong += 1
    if not paths:
        print("no sources, so this looks at the wrong thing")
    return 0 if paths and not wrong else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
