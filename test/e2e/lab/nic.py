# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""The igb ports: their drivers, their VFs, their configuration space."""

from pathlib import Path

from .system import run, wait_for

DEVICES = Path("/sys/bus/pci/devices")
DRIVERS = Path("/sys/bus/pci/drivers")


def _function(bdf):
    return DEVICES / bdf


def _write(path, value):
    # In a process of its own: the kernel may block such a write for as long as
    # somebody holds the device, and then it is the process that is given up.
    run("sh", "-c", 'printf %s "$1" > "$2"', "sh", value, path)


def _find_ports():
    return sorted(path.name for path in DEVICES.glob("*")
                  if (path / "vendor").read_text().strip() == "0x8086"
                  and (path / "device").read_text().strip() == "0x10c9")


PORTS = _find_ports()


def driver_of(bdf):
    """Name of the kernel driver that holds a function, None where none does."""
    link = _function(bdf) / "driver"
    return link.resolve().name if link.exists() else None


def bind(bdf, driver):
    """Gives a function to a kernel driver, or to none; loads the driver's module."""
    if driver_of(bdf) == driver:
        return
    if driver_of(bdf):
        _write(_function(bdf) / "driver" / "unbind", bdf)
    _write(_function(bdf) / "driver_override", driver or "\n")
    if driver is None:
        return
    if not (DRIVERS / driver).exists():
        run("modprobe", driver)
    if driver_of(bdf) != driver:
        _write("/sys/bus/pci/drivers_probe", bdf)
    wait_for(f"{bdf} on {driver}", lambda: driver_of(bdf) == driver)


def virtual_functions(pf):
    """Addresses of a PF's VFs, VF 0 first."""
    links = sorted(_function(pf).glob("virtfn*"), key=lambda link: int(link.name[6:]))
    return [link.resolve().name for link in links]


def create_vfs(pf, count):
    """Makes a bound PF have so many VFs, and returns their addresses."""
    # The kernel refuses to go from one number to another directly.
    remove_vfs(pf)
    if count:
        _write(_function(pf) / "sriov_numvfs", count)
    return wait_for(f"{count} VFs of {pf}", lambda: (
        len(virtual_functions(pf)) == count and (virtual_functions(pf) or [None]))) if count else []


def remove_vfs(pf):
    """Takes a PF's VFs away; nobody may have them open."""
    if virtual_functions(pf):
        _write(_function(pf) / "sriov_numvfs", 0)


def netdev(bdf):
    """Name of the interface of a function on a kernel driver."""
    found = wait_for(f"an interface of {bdf}", lambda: list((_function(bdf) / "net").glob("*")))
    return found[0].name


def config(bdf, offset, size=4):
    """A little-endian number of so many bytes from PCI configuration space."""
    with open(_function(bdf) / "config", "rb") as file:
        file.seek(offset)
        return int.from_bytes(file.read(size), "little")


def reset_nics():
    """No VFs and no drivers: where every test starts."""
    for pf in PORTS:
        remove_vfs(pf)
        bind(pf, None)
