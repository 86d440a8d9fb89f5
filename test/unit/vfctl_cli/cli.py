# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""The vfctl command of this tree, for tests: run as users run it."""

import json
import os
import subprocess
import sys
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]
COMMAND = TOP / "app/vfctl/main.py"
sys.path[:0] = [str(TOP / "test/unit/vfctl"), str(TOP / "app/vfctl")]

from telemetry_server import PATIENCE, Server, temporary  # noqa: E402

__all__ = ["COMMAND", "PATIENCE", "CliTest", "Server", "environment", "run_tests"]


def environment(base):
    """That of a user whose DPDK processes keep their files in `base`."""
    return os.environ | {"RUNTIME_DIRECTORY": str(base), "COLUMNS": "100", "TZ": "UTC",
                         "PYTHONDONTWRITEBYTECODE": "1"}


class CliTest(unittest.TestCase):
    """A folder for sockets, and the command."""

    program = ""

    def setUp(self):
        folder = temporary()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def serve(self, prefix="rte", ports=1):
        """A process with VF control."""
        server = Server(self.program, self.folder, prefix, ports)
        self.addCleanup(server.close)
        return server

    def vfctl(self, *words, stdin=""):
        """(status, output, errors) of a command line."""
        done = subprocess.run([COMMAND, *map(str, words)], env=environment(self.folder), text=True,
                              input=stdin, capture_output=True, timeout=PATIENCE, cwd=self.folder)
        return done.returncode, done.stdout, done.stderr

    def done(self, *words, **how):
        """The output of a command line that must succeed without a complaint."""
        status, output, errors = self.vfctl(*words, **how)
        self.assertEqual((status, errors), (0, ""), words)
        return output

    def json(self, *words):
        """The same, decoded."""
        return json.loads(self.done("-j", *words))

    def fails(self, status, text, *words, **how):
        """A command line that must fail: one line, that says this."""
        got, output, errors = self.vfctl(*words, **how)
        self.assertEqual(got, status, errors)
        self.assertTrue(errors.startswith("vfctl: "), errors)
        self.assertEqual(errors.count("\n"), 1, errors)
        self.assertIn(text, errors)
        return output

    def settings(self, vf, port=0):
        return self.json("show", port, "vf", vf)[0]["vfs"][0]["settings"]


def run_tests():
    """Runs the tests of the main module; the server's program is the first argument."""
    CliTest.program = sys.argv.pop(1)
    unittest.main(verbosity=2)
