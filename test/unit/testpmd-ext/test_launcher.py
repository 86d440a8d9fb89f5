#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""testpmd-ext starts the testpmd that it finds, and says what is wrong with one that it can't use.

usage: test_launcher.py TESTPMD_EXT FAKE_TESTPMD C_COMPILER...
"""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

LAUNCHER, FAKE, *COMPILER = sys.argv[1:]
# Built with the sanitizer, it isn't the first library here.
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"


def launch(*args, **environment):
    """Status and output of testpmd-ext."""
    base = {name: value for name, value in os.environ.items() if name not in ("TESTPMD", "LD_PRELOAD")}
    done = subprocess.run([environment.pop("launcher", LAUNCHER), *args], env=base | environment, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    return done.returncode, done.stdout


class Launcher(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def refused(self, reason, *args, **environment):
        status, output = launch(*args, **environment)
        self.assertEqual(status, 1, output)
        self.assertEqual(output.count("\n"), 1, output)
        self.assertTrue(output.startswith("testpmd-ext: "), output)
        self.assertIn(reason, output)

    def test_help(self):
        for option in ("--help", "-h"):
            status, output = launch(option, PATH="")
            self.assertEqual(status, 0)
            self.assertIn("usage: testpmd-ext", output)

    def test_options_go_on_with_the_driver_before_them(self):
        status, output = launch("-a", "0000:01:00.0", "--", "-i", "a b", TESTPMD=FAKE)
        self.assertEqual(status, 7, output)
        words = output.splitlines()
        self.assertEqual(words[:2], [FAKE, "-d"])
        self.assertTrue(Path(words[2]).is_absolute() and Path(words[2]).is_file())
        self.assertEqual(Path(words[2]).name, "librte_net_igbiov.so")
        self.assertEqual(words[3:7], ["-a", "0000:01:00.0", "--", "-i"])
        self.assertEqual(words[7], "a b")

    def test_children_of_testpmd_do_not_get_the_library(self):
        _, output = launch(TESTPMD=FAKE)
        self.assertIn("LD_PRELOAD not set\n", output)
        self.assertNotIn("child LD_PRELOAD", output)

    def test_what_else_is_preloaded_stays(self):
        _, output = launch(TESTPMD=FAKE, LD_PRELOAD="libm.so.6")
        self.assertIn("LD_PRELOAD libm.so.6\n", output)
        self.assertIn("child LD_PRELOAD=libm.so.6\n", output)

    def test_testpmd_is_looked_for_in_path(self):
        first = self.folder / "first"
        second = self.folder / "second"
        first.mkdir()
        second.mkdir()
        shutil.copy(FAKE, second / "dpdk-testpmd")
        path = f"{first}:{second}:{os.environ['PATH']}"
        _, output = launch(PATH=path)
        self.assertEqual(output.splitlines()[0], str(second / "dpdk-testpmd"))

    def test_no_testpmd(self):
        self.refused("no dpdk-testpmd in PATH", PATH=str(self.folder))
        self.refused("No such file", TESTPMD=str(self.folder / "none"))

    def test_no_executable(self):
        script = self.folder / "script"
        script.write_text("#!/bin/sh\n")
        script.chmod(0o755)
        self.refused("Exec format error", TESTPMD=str(script))
        script.write_text("")
        self.refused("Exec format error", TESTPMD=str(script))

    def compile(self, name, source, *options):
        program = self.folder / name
        (self.folder / f"{name}.c").write_text(source)
        subprocess.check_call([*COMPILER, "-o", program, self.folder / f"{name}.c", *options])
        return program

    def test_a_static_testpmd(self):
        program = self.compile("static", "int main(void) { return 0; }\n", "-static")
        self.refused("doesn't use DPDK's shared libraries", TESTPMD=str(program))
        # Linked with DPDK's archives, but with a shared C library.
        program = self.compile("archives", "int main(void) { return 0; }\n")
        self.refused("doesn't use DPDK's shared libraries", TESTPMD=str(program))

    def test_another_release(self):
        self.compile("librte_eal.so.99", "int rte_version_year(void) { return 25; }\n"
                     "int rte_version_month(void) { return 11; }\n", "-shared", "-fPIC", "-Wl,-soname,librte_eal.so.99")
        self.compile("librte_cmdline.so.99", "int c;\n", "-shared", "-fPIC", "-Wl,-soname,librte_cmdline.so.99")
        program = self.compile("other", "int main(void) { return 0; }\n", "-Wl,--no-as-needed", f"-L{self.folder}",
                               "-l:librte_eal.so.99", "-l:librte_cmdline.so.99")
        self.refused("of DPDK 25.11", TESTPMD=str(program), LD_LIBRARY_PATH=str(self.folder))
        self.refused("librte_eal.so.99", TESTPMD=str(program))

    def test_neither_built_nor_installed(self):
        """Away from its build folder it wants the installed files."""
        alone = shutil.copy(LAUNCHER, self.folder / "testpmd-ext")
        self.refused("install igbiov", TESTPMD=FAKE, launcher=str(alone))

    def test_a_folder_that_ld_so_cannot_name(self):
        build = Path(LAUNCHER).parent
        folder = self.folder / "a b" / "app" / "testpmd-ext"
        folder.mkdir(parents=True)
        for name in ("testpmd-ext", "testpmd-ext.so"):
            shutil.copy(build / name, folder / name)
        drivers = folder.parent.parent / "drivers"
        drivers.mkdir()
        shutil.copy(build.parent.parent / "drivers" / "librte_net_igbiov.so", drivers)
        self.refused("space or a colon", TESTPMD=FAKE, launcher=str(folder / "testpmd-ext"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
