#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""On a port of another driver the installed testpmd answers as it does without us.

usage: test_stock.py TESTPMD_EXT DPDK_TESTPMD
"""

import os
import pathlib
import subprocess
import sys
import unittest

LAUNCHER, STOCK = sys.argv[1:]
OPTIONS = ["--no-huge", "-m", "128", "--no-pci", "--no-shconf", "--no-telemetry", "--vdev", "net_null0",
           "--", "-i", "--total-num-mbufs=2048"]

# Every VF command that testpmd 24.11 has, for ixgbe or i40e, and what else is nearby.
COMMANDS = """
set vf mac addr 0 1 02:00:00:00:00:01
mac_addr add port 0 vf 1 02:00:00:00:00:01
set vf mac antispoof 0 1 on
set vf vlan antispoof 0 1 off
set vf vlan stripq 0 1 on
set vf vlan insert 0 1 100
set vf vlan tag 0 1 on
rx_vlan add 100 port 0 vf 0x1
rx_vlan rm 100 port 0 vf 0x1
set vf broadcast 0 1 on
set vf promisc 0 1 on
set vf allmulti 0 1 on
set port 0 vf 1 rxmode AUPE on
set port 0 vf 1 rxmode MPE off
set port 0 vf 1 rx on
set port 0 vf 1 tx off
set port 0 vf 1 rate 100 queue_mask 0x1
set vf tx max-bandwidth 0 1 100
set vf tc tx max-bandwidth 0 1 0 100
set vf tc tx min-bandwidth 0 1 (10,20)
set vf split drop 0 1 on
set all queues drop 0 on
set tx loopback 0 on
show vf stats 0 1
clear vf stats 0 1
set vf mac antispoof 9 1 on
set vf mac antispoof 0 1 maybe
set vf vlan
set port 0 uta all on
mac_addr add 0 02:00:00:00:00:01
mac_addr remove 0 02:00:00:00:00:01
rx_vlan add 100 0
set promisc 0 off
show port stats 0
""".strip().splitlines()


def answers(program, commands, **environment):
    """What each command printed."""
    done = subprocess.run([program, *OPTIONS], input="\n".join([*commands, "quit", ""]), text=True,
                          env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=120)
    # One prompt before each line, echoed or not.
    parts = done.stdout.split("testpmd> ")[1:]
    if len(parts) != len(commands) + 1:
        raise AssertionError(f"{program} gave {len(parts)} prompts: {done.stdout}")
    return dict(zip(commands, parts))


class Stock(unittest.TestCase):
    def test_commands_of_its_own_answer_as_ever(self):
        stock, ours = answers(STOCK, COMMANDS), answers(LAUNCHER, COMMANDS)
        for command in COMMANDS:
            with self.subTest(command):
                self.assertEqual(ours[command], stock[command])

    def test_the_rest_says_what_is_missing(self):
        commands = ["set vf trust 0 1 on", "show vf 0", "release vf 0 1", "set port 0 num_vfs 4", "vfctl save 0 /tmp/x"]
        for command, answer in answers(LAUNCHER, commands).items():
            with self.subTest(command):
                self.assertIn("port 0 (net_null0) has no VF control", answer)

    def test_without_the_driver_commands_say_so(self):
        library = str(pathlib.Path(LAUNCHER).with_name("testpmd-ext.so"))
        for command, answer in answers(STOCK, ["set vf trust 0 1 on", "show vf 0"], LD_PRELOAD=library).items():
            with self.subTest(command):
                self.assertIn("no driver with VF control is loaded: start testpmd-ext", answer)

    def test_help(self):
        answer = answers(LAUNCHER, ["help", "help vf", "help ports"])
        self.assertIn("help vf", answer["help"])
        self.assertIn("help ports", answer["help"])
        self.assertIn("set port (port_id) num_vfs", answer["help vf"])
        self.assertIn("port start (port_id|all)", answer["help ports"])

    def test_lines_that_nobody_knows_are_still_errors(self):
        answer = answers(LAUNCHER, ["set vf", "set vf trust", "nonsense"])
        self.assertIn("Bad arguments", answer["set vf"])
        self.assertIn("Bad arguments", answer["set vf trust"])
        self.assertIn("Command not found", answer["nonsense"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
