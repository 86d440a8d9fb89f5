#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""`meson install` puts the plugin where pkg-config says that it is.

usage: test_install.py BUILD_FOLDER
"""

import os
import pathlib
import subprocess
import sys
import tempfile


def installed_variable(folder, name):
    """A variable of the igbiov.pc below a folder."""
    found = list(folder.rglob("igbiov.pc"))
    if len(found) != 1:
        raise SystemExit(f"igbiov.pc was installed {len(found)} times: {found}")
    environment = os.environ | {"PKG_CONFIG_PATH": str(found[0].parent)}
    return subprocess.check_output(
        ["pkg-config", f"--variable={name}", "igbiov"], env=environment, text=True
    ).strip()


def main(build):
    """Prints what is wrong; 0 where nothing is."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.check_call(
            ["meson", "install", "-C", build, "--no-rebuild", "--quiet", "--destdir", name]
        )
        path = installed_variable(folder, "plugin")
        plugin = folder / path.lstrip("/")
        if not path.startswith("/") or not plugin.is_file():
            print(f"pkg-config says {path}, where nothing was installed")
            return 1
        if plugin.stat().st_mode & 0o022 or plugin.parent.stat().st_mode & 0o002:
            print(f"{path} is writable by others: EAL would refuse it")
            return 1
        if installed_variable(folder, "dpdk_release") != "24.11":
            print("pkg-config does not say that the plugin is for DPDK 24.11")
            return 1
        exported = subprocess.check_output(["nm", "-D", "--defined-only", str(plugin)], text=True)
        if exported:
            print(f"the plugin exports symbols, which may shadow an application's:\n{exported}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
