#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""pmdinfo.py on small drivers: what it writes, and what it refuses.

usage: test_pmdinfo_generator.py GENERATOR COMPILER...
"""

import json
import pathlib
import subprocess
import sys
import tempfile

HEAD = """
struct id { unsigned int class; unsigned short ids[4]; };
#define TEXT(name) static const char name[] __attribute__((used))
"""
DRIVER_A = HEAD + """
TEXT(this_pmd_name0) = "net_a";
TEXT(__net_a_pci_tbl_export) = "table";
TEXT(__net_a_kmod_dep_export) = "* vfio-pci";
TEXT(__net_a_param_string_export) = "mode=<\\"x\\"|y>";
static const struct id table[] __attribute__((used)) = {
	{ 0xffffff, { 0x8086, 0x10c9, 0xffff, 0xffff } },
	{ 0xffffff, { 0x8086, 0x10e6, 0x1234, 0x5678 } },
	{ 0, { 0 } },
};
"""
# The same counter and the same name of the table as in the other object.
DRIVER_B = HEAD + """
TEXT(this_pmd_name0) = "net_b";
TEXT(__net_b_pci_tbl_export) = "table";
static const struct id table[] __attribute__((used)) = {
	{ 0xffffff, { 0x8086, 0x10ca, 0xffff, 0xffff } },
	{ 0, { 0 } },
};
"""
ANY = 0xFFFF
WANTED = [
    {
        "name": "net_a",
        "params": 'mode=<"x"|y>',
        "kmod": "* vfio-pci",
        "pci_ids": [[0x8086, 0x10C9, ANY, ANY], [0x8086, 0x10E6, 0x1234, 0x5678]],
    },
    {"name": "net_b", "pci_ids": [[0x8086, 0x10CA, ANY, ANY]]},
]
REFUSED = {
    "no driver": HEAD,
    "a table that is not there": HEAD
    + 'TEXT(this_pmd_name0) = "c"; TEXT(__c_pci_tbl_export) = "table";',
    "a table without an end": DRIVER_B.replace("\t{ 0, { 0 } },\n", ""),
}


class Bench:
    """A folder in which drivers are compiled and described."""

    def __init__(self, folder, generator, compiler):
        self.folder = pathlib.Path(folder)
        self.generator = generator
        self.compiler = compiler

    def object(self, name, source):
        """Compiles a source text."""
        unit = self.folder / f"{name}.c"
        unit.write_text(source, encoding="ascii")
        subprocess.check_call([*self.compiler, "-fPIC", "-c", unit, "-o", unit.with_suffix(".o")])
        return unit.with_suffix(".o")

    def describe(self, *objects):
        """Runs the generator: (its exit status, the text that it wrote)."""
        output = self.folder / "info.c"
        output.unlink(missing_ok=True)
        done = subprocess.run(
            [sys.executable, self.generator, output, *objects], capture_output=True, check=False
        )
        return done.returncode, output.read_text(encoding="ascii") if output.exists() else ""

    def strings(self, source):
        """The JSON texts that a program would find in the compiled result."""
        data = self.object("info", source).read_bytes()
        return [
            json.loads(part.split(b"\0", 1)[0]) for part in data.split(b"\0PMD_INFO_STRING= ")[1:]
        ]


def main(generator, *compiler):
    """Prints what is wrong; 0 where nothing is."""
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(folder, generator, compiler)

        status, source = bench.describe(bench.object("a", DRIVER_A), bench.object("b", DRIVER_B))
        if status != 0 or bench.strings(source) != WANTED:
            print(f"exit status {status}; wanted {WANTED}, written:\n{source}")
            wrong = 1

        for what, text in REFUSED.items():
            status, source = bench.describe(bench.object("refused", text))
            if status == 0 or source:
                print(f"{what}: exit status {status}, written: {source!r}")
                wrong = 1
    return wrong


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
