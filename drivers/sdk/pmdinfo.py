#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""Writes, as C, the strings that dpdk-pmdinfo.py finds in a driver.

DPDK's build makes them from the symbols that the RTE_PMD_* macros leave in the driver's objects;
so does this, for a driver outside of that build. A driver called X is described by
  this_pmd_nameN             "X"
  __X_pci_tbl_export         the name of its table of struct rte_pci_id   (optional)
  __X_kmod_dep_export        the kernel modules that it needs             (optional)
  __X_param_string_export    its device arguments                         (optional)
and the result is one JSON text, behind a mark, in .rodata.
"""

import json
import re
import struct
import sys

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

# struct rte_pci_id: class, then the four ids that a device is matched by.
PCI_ID = struct.Struct("<IHHHH")


class Failure(Exception):
    """Ends the program with its text."""


def read_symbols(path):
    """The initial bytes of every data object in an object file, by name."""
    with open(path, "rb") as file:
        try:
            elf = ELFFile(file)
        except ELFError as error:
            raise Failure(f"{path}: {error}: link-time optimisation is not supported") from error
        table = elf.get_section_by_name(".symtab")
        return {
            symbol.name: contents(elf, symbol)
            for symbol in (table.iter_symbols() if table else ())
            if symbol["st_info"]["type"] == "STT_OBJECT"
        }


def contents(elf, symbol):
    """A symbol's bytes; none where the file has none, for it is zero, or defined elsewhere."""
    if not isinstance(symbol["st_shndx"], int):
        return b""
    section = elf.get_section(symbol["st_shndx"])
    if section["sh_type"] == "SHT_NOBITS":
        return b""
    start = symbol["st_value"]
    return section.data()[start : start + symbol["st_size"]]


def text(data):
    """A C string's text."""
    return data.split(b"\0", 1)[0].decode("ascii")


def pci_ids(driver, table):
    """[vendor, device, subsystem vendor, subsystem device] of each row before the last."""
    rows = []
    # A sanitizer may pad the table behind its last row.
    for row in PCI_ID.iter_unpack(table[: len(table) // PCI_ID.size * PCI_ID.size]):
        if row[1] == 0:
            return rows
        rows.append(row[1:])
    raise Failure(f"{driver}: its PCI table has no final row of zeroes")


def describe(name, symbols):
    """What dpdk-pmdinfo.py shall know of a driver, from the symbols of its object."""
    info = {"name": name}
    for key, symbol in (("params", "param_string"), ("kmod", "kmod_dep")):
        exported = symbols.get(f"__{name}_{symbol}_export")
        if exported:
            info[key] = text(exported)

    info["pci_ids"] = []
    exported = symbols.get(f"__{name}_pci_tbl_export")
    if exported:
        table = text(exported)
        if table not in symbols:
            raise Failure(f"{name}: its object does not define the PCI table {table}")
        info["pci_ids"] = pci_ids(name, symbols[table])
    return info


def c_definition(info):
    """A string of its own: the 0 in front parts it from whatever the linker puts before it."""
    mark = "\\0PMD_INFO_STRING= "
    value = json.dumps(info).replace("\\", "\\\\").replace('"', '\\"')
    return (
        f'static const char {info["name"]}_pmd_info[] __attribute__((used)) =\n'
        f'\t"{mark}{value}";\n'
    )


def drivers(path):
    """Describes the drivers in an object file."""
    symbols = read_symbols(path)
    return [
        describe(text(data), symbols)
        for symbol, data in symbols.items()
        if re.fullmatch(r"this_pmd_name\d+", symbol)
    ]


def main(output, *inputs):
    """Reads object files, writes C."""
    found = [driver for path in inputs for driver in drivers(path)]
    if not found:
        raise Failure("no object has RTE_PMD_EXPORT_NAME; link-time optimisation hides it")
    with open(output, "w", encoding="ascii") as file:
        file.writelines(map(c_definition, found))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Failure as failure:
        sys.exit(f"pmdinfo: {failure}")
