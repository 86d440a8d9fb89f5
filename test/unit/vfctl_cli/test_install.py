#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""What `meson install` installs of vfctl works where it lies.

usage: test_install.py BUILD_FOLDER
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path


def installed(folder, name):
    """The one file of that name below a folder."""
    found = list(folder.rglob(name))
    assert len(found) == 1, f"{name} was installed {len(found)} times: {found}"
    return found[0]


def main(build):
    """Fails by an assertion."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.check_call(["meson", "install", "-C", build, "--no-rebuild", "--quiet",
                               "--destdir", name, "--tags", "vfctl,man"])
        command = installed(folder, "bin/vfctl")
        environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run([command, "help"], env=environment, capture_output=True, text=True)
        assert done.returncode == 0 and "usage: vfctl" in done.stdout, done.stderr
        assert "usage: vfctl" in subprocess.check_output(
            ["sh", "-c", 'cd / && PATH=$1:$PATH vfctl help', "sh", command.parent], env=environment, text=True)
        assert "_vfctl" in installed(folder, "bash-completion/completions/vfctl").read_text()
        assert ".Nm vfctl" in installed(folder, "man1/vfctl.1").read_text()


if __name__ == "__main__":
    main(sys.argv[1])
