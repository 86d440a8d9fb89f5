#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""A driver does not compile when one offset or size in drivers/sdk is wrong.

usage: test_offsets.py SDK_FOLDER COMPILER...
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

DRIVER = "#include <ethdev_driver.h>\n#include <ethdev_pci.h>\n"
FIGURES = "abi_24_11.h"
WORD = 8
ROW = re.compile(r"M\((\w+), (\w+), (\d+), (\d+)\)")
LAST_ROW = re.compile(r"S\((\w+), (\d+)\)")
RESERVED = re.compile(r"\b(unused_\w+)(?:\[(\w+)\])?;")


class Sdk:
    """A copy of the folder, to be spoilt one file at a time."""

    def __init__(self, source, folder, compiler):
        self.folder = pathlib.Path(folder, "sdk")
        shutil.copytree(source, self.folder)
        self.unit = pathlib.Path(folder, "driver.c")
        self.unit.write_text(DRIVER, encoding="ascii")
        dpdk = subprocess.check_output(["pkg-config", "--cflags", "libdpdk"], text=True).split()
        self.command = [*compiler, "-std=gnu11", "-fsyntax-only", f"-I{self.folder}", *dpdk]
        self.command += ["-DALLOW_INTERNAL_API", "-DALLOW_EXPERIMENTAL_API", str(self.unit)]
        if "clang" in subprocess.check_output([*compiler, "--version"], text=True):
            self.command.append("-ferror-limit=0")

    def compile(self):
        """(whether it compiles, what the compiler says)"""
        done = subprocess.run(self.command, capture_output=True, text=True, check=False)
        return done.returncode == 0, done.stderr

    def compile_with(self, name, text):
        """The same, with another text for one of the files."""
        path = self.folder / name
        before = path.read_text(encoding="ascii")
        path.write_text(text, encoding="ascii")
        try:
            return self.compile()
        finally:
            path.write_text(before, encoding="ascii")

    def read(self, name):
        """A file's text."""
        return (self.folder / name).read_text(encoding="ascii")


def check_rows(sdk):
    """No word of a structure is without a row: where none is, operations could be swapped."""
    figures = sdk.read(FIGURES)
    last_rows = LAST_ROW.findall(figures)
    if len(last_rows) < 10:
        yield f"{FIGURES} has only {len(last_rows)} structures"
    for struct, struct_size in last_rows:
        end = 0
        rows = [row[1:] for row in ROW.findall(figures) if row[0] == struct]
        for member, offset, size in [*rows, ("its end", struct_size, 0)]:
            if not end <= int(offset) < end + WORD:
                yield f"{struct}: what is at offset {end}, before {member} at {offset}?"
            end = int(offset) + int(size)


def check_figures(sdk, delta):
    """Every figure is asserted: all are changed at once, and each must be complained about."""
    figures = sdk.read(FIGURES)
    rows, last_rows = ROW.findall(figures), LAST_ROW.findall(figures)

    wrong_offsets = ROW.sub(
        lambda m: f"M({m[1]}, {m[2]}, {int(m[3]) + delta}, {m[4]})", figures
    )
    ok, errors = sdk.compile_with(FIGURES, wrong_offsets)
    for struct, member, offset, _ in rows:
        if ok or f"struct {struct}: {member} is not at offset {int(offset) + delta}" not in errors:
            yield f"{struct}.{member}: offset {offset} changed by {delta} compiles"

    wrong_sizes = ROW.sub(
        lambda m: f"M({m[1]}, {m[2]}, {m[3]}, {int(m[4]) + delta})",
        LAST_ROW.sub(lambda m: f"S({m[1]}, {int(m[2]) + delta})", figures),
    )
    ok, errors = sdk.compile_with(FIGURES, wrong_sizes)
    for struct, member, _, size in rows:
        if ok or f"struct {struct}: {member} is not of size {int(size) + delta}" not in errors:
            yield f"{struct}.{member}: size {size} changed by {delta} compiles"
    for struct, size in last_rows:
        if ok or f"struct {struct} is not of size {int(size) + delta}" not in errors:
            yield f"{struct}: size {size} changed by {delta} compiles"


def check_one_figure(sdk):
    """One wrong figure is enough, whichever it is: here the first member that is not at 0."""
    figures = sdk.read(FIGURES)
    row = next(m for m in ROW.finditer(figures) if m[3] != "0")
    wrong = figures[: row.start(3)] + str(int(row[3]) + WORD) + figures[row.end(3) :]
    if sdk.compile_with(FIGURES, wrong)[0]:
        yield f"{row[1]}.{row[2]}: offset {row[3]} changed by {WORD}, and nothing else, compiles"


def check_reserved_space(sdk, name):
    """A structure with a word of reserved space too many or too few fails, whichever it is."""
    text = sdk.read(name)
    spaces = list(RESERVED.finditer(text))
    if len(spaces) < 15:
        yield f"{name} has only {len(spaces)} pieces of reserved space"
    for space in spaces:
        for delta in (1, -1):
            wrong = f"{space[1]}[{space[2] or 1} + {delta}];"
            if sdk.compile_with(name, text[: space.start()] + wrong + text[space.end() :])[0]:
                yield f"{name}: {space[0]} changed by {WORD * delta} bytes compiles"


def main(source, *compiler):
    """Prints what it found; 0 where nothing is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        sdk = Sdk(source, folder, compiler)
        ok, errors = sdk.compile()
        if not ok:
            print(f"the folder as it is does not compile, so nothing can be shown:\n{errors}")
            return 1
        problems = [
            *check_rows(sdk),
            *check_figures(sdk, WORD),
            *check_figures(sdk, -WORD),
            *check_one_figure(sdk),
            *check_reserved_space(sdk, "ethdev_driver.h"),
        ]
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
