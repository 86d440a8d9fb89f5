#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""What bash completes, asked of bash.

usage: test_completion.py TELEMETRY_SERVER
"""

import subprocess
import unittest

from cli import COMMAND, PATIENCE, TOP, CliTest, environment, run_tests

# As bash does at a Tab; "default" stands for its own completion, of files.
SCRIPT = r"""
compopt() { echo default; }
. "$1"
COMP_LINE=$2 COMP_POINT=${#2} COMP_WORDS=("$3") COMP_WORDBREAKS=${4-$COMP_WORDBREAKS}
_vfctl
printf '%s\n' "${COMPREPLY[@]}"
complete -p vfctl > /dev/null
"""


class CompletionTest(CliTest):
    def complete(self, line, *breaks):
        """The words that bash would offer."""
        done = subprocess.run(["bash", "-c", SCRIPT, "bash", TOP / "app/vfctl/vfctl.bash", line,
                               COMMAND, *breaks], env=environment(self.folder), text=True,
                              capture_output=True, timeout=PATIENCE)
        self.assertEqual((done.returncode, done.stderr), (0, ""), line)
        return done.stdout.split()

    def test_commands_without_a_process(self):
        self.assertIn("show", self.complete("vfctl "))
        self.assertEqual(self.complete("vfctl s"), ["show", "set", "stats", "save"])
        self.assertEqual(self.complete("vfctl --f"), ["--file-prefix", "--force"])
        self.assertEqual(self.complete("vfctl show "), [])
        self.assertEqual(self.complete("vfctl nothing "), [])

    def test_everything_of_a_process(self):
        self.serve("vs", ports=2)
        for line, words in {
            "vfctl show ": ["0", "0000:01:00.0", "1", "0000:01:00.1"],
            "vfctl sh 0 ": ["vf"],
            "vfctl set 0 vf ": ["0", "1", "2", "3", "4", "5", "6", "all"],
            "vfctl set 0 vf 3 spo": ["spoofchk_mac", "spoofchk_vlan", "spoofchk"],
            "vfctl set 0 vf 3 state ": ["auto", "on", "off"],
            "vfctl set 0 vf 3 spoofchk ": ["on", "off"],
            "vfctl set 0 vf 3 vlan 5 tru": ["trunk", "trust"],
            "vfctl set 0 vf 3 vlan_proto 802.1": ["802.1q", "802.1ad"],
            "vfctl set 0 vf 3 max_tx_rate ": [],
            "vfctl set 0 ": ["vf", "loopback", "drop_enable", "default_pool", "storm_broadcast",
                             "storm_multicast"],
            "vfctl set 0 loopback o": ["on", "off"],
            "vfctl stats re": ["reset"],
            "vfctl stats reset 0 ": ["vf"],
            "vfctl stats reset 0 vf a": ["all"],
            "vfctl release 0000:01:00.1 vf 6": ["6"],
            "vfctl create 0 ": ["0", "1", "2", "3", "4", "5", "6", "7"],
            "vfctl monitor 0 ": ["all"],
            "vfctl fields loop": ["loopback"],
            "vfctl apply 0 ": ["default"],
            "vfctl save 0 pol": ["default"],
            "vfctl -b ": ["default"],
            "vfctl -f ": ["vs"],
            "vfctl -f vs show 1 v": ["vf"],
            "vfctl -j show 1 vf 3": ["3"],
        }.items():
            with self.subTest(line=line):
                self.assertEqual(self.complete(line), words)

    def test_addresses_have_colons(self):
        self.serve("vs", ports=2)
        self.assertEqual(self.complete("vfctl show 0000:01:", " :="), ["00.0", "00.1"])
        self.assertEqual(self.complete("vfctl show 0000:01:", " "), ["0000:01:00.0", "0000:01:00.1"])

    def test_script_is_clean(self):
        try:
            done = subprocess.run(["shellcheck", "-s", "bash", TOP / "app/vfctl/vfctl.bash"],
                                  capture_output=True, text=True, timeout=PATIENCE)
        except FileNotFoundError:
            raise unittest.SkipTest("there is no shellcheck here") from None
        self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    run_tests()
