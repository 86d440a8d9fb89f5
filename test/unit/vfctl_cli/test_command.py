#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""Every command of vfctl, against VF control itself.

usage: test_command.py TELEMETRY_SERVER
"""

import json
import os
import re
import subprocess

from cli import COMMAND, PATIENCE, CliTest, environment, run_tests

# One value that isn't the default for every setting, as typed, and as JSON shows it.
CHANGES = {
    "mac": ("02:00:00:00:00:99", "02:00:00:00:00:99"),
    "mac_locked": ("on", True),
    "max_macs": ("1", 1),
    "macs": ("02:00:00:00:00:9a,02:00:00:00:00:9b", ["02:00:00:00:00:9a", "02:00:00:00:00:9b"]),
    "allow_macs": ("02:00:00:00:00:99,02:00:00:00:00:9a,02:00:00:00:00:9b",
                   ["02:00:00:00:00:99", "02:00:00:00:00:9a", "02:00:00:00:00:9b"]),
    "vlan": ("100", 100),
    "qos": ("3", 3),
    "trunk": ("1-10,20", ["1-10", "20"]),
    "max_vlans": ("2", 2),
    "strip": ("on", True),
    "insert": ("7", 7),
    "max_tx_rate": ("100", 100),
    "spoofchk_mac": ("off", False),
    "spoofchk_vlan": ("off", False),
    "trust": ("on", True),
    "allow_promisc": ("on", True),
    "allow_allmulti": ("on", True),
    "broadcast": ("off", False),
    "untagged": ("off", False),
    "unknown_unicast": ("on", True),
    "all_multicast": ("on", True),
    "state": ("off", "off"),
    "rx": ("off", False),
    "tx": ("off", False),
    "max_mtu": ("9000", 9000),
    "queues": ("2", 2),
    "mirror": ("rx:0", "rx:0"),
    "budget": ("7", 7),
    "burst": ("9", 9),
    "quarantine_after": ("5", 5),
}
PORT_CHANGES = {
    "loopback": ("off", False),
    "drop_enable": ("off", False),
    "default_pool": ("1", "1"),
    "storm_broadcast": ("10", 10),
    "storm_multicast": ("20", 20),
}
# The chip can't, as the 82576: there is a test for its refusal.
CANNOT = {"vlan_proto"}


def typed(value):
    """A value of JSON's, as it is typed."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return (",".join(value) or "none") if isinstance(value, list) else str(value)


class CommandTest(CliTest):
    def setUp(self):
        super().setUp()
        self.server = self.serve()

    def test_every_setting_is_set_and_read_back(self):
        fields = self.json("fields")
        self.assertEqual(set(fields["vf"]), set(CHANGES) | CANNOT)
        before = self.settings(1)
        lines = []
        for name, (value, _) in CHANGES.items():
            lines += [f"set 0 vf 1 {name} {value}", "show 0 vf 1",
                      f"set 0 vf 1 {name} {typed(before[name])}"]
        batch = "\n".join(lines)
        records = [json.loads(line) for line in self.done("-j", "-b", "-", stdin=batch).splitlines()]
        texts = self.done("-b", "-", stdin=batch).split("0: 0000:01:00.0\n")[1:]
        for (name, (value, shown)), record, text in zip(CHANGES.items(), records, texts, strict=True):
            self.assertNotEqual(before[name], shown, name)
            self.assertEqual(record[0]["vfs"][0]["settings"][name], shown)
            self.assertIn(f"{name} {value}", text)
        self.assertEqual(self.settings(1), before)

    def test_every_setting_of_a_port(self):
        self.assertEqual(set(self.json("fields")["port"]), set(PORT_CHANGES))
        words = [word for name, (typed, _) in PORT_CHANGES.items() for word in (name, typed)]
        self.done("set", 0, *words)
        self.assertEqual(self.json("show", 0)[0]["settings"],
                         {name: shown for name, (_, shown) in PORT_CHANGES.items()})

    def test_many_settings_at_once_in_the_manner_of_ip(self):
        self.done(*"set 0 vf 1 mac 02:00:00:00:00:01 vlan 100 qos 3 spoofchk on max_tx_rate 100 "
                   "trust off state auto".split())
        settings = self.settings(1)
        self.assertEqual([settings[name] for name in (
            "mac", "vlan", "qos", "spoofchk_mac", "spoofchk_vlan", "max_tx_rate", "trust", "state")],
            ["02:00:00:00:00:01", 100, 3, True, True, 100, False, "auto"])

    def test_words_may_be_short(self):
        self.done("se", 0, "vf", 0, "max_tx", 50, "spoofchk_m", "off")
        self.assertEqual(self.settings(0)["max_tx_rate"], 50)
        self.assertEqual(self.done("sh"), self.done("show"))
        self.assertEqual(self.done("s"), self.done("show"))
        self.fails(1, "max_macs or max_vlans", "set", 0, "vf", 0, "max", 1)

    def test_lists_of_vfs(self):
        self.done("set", 0, "vf", "0,2-3", "vlan", 5)
        vfs = self.json("show", 0, "vf", "all")[0]["vfs"]
        self.assertEqual([vf["settings"]["vlan"] for vf in vfs], [5, 0, 5, 5, 0, 0, 0])
        self.fails(2, "vf 1: ", "set", 0, "vf", "0-2", "mac", "02:00:00:00:00:05")
        self.assertEqual(self.settings(0)["mac"], "02:00:00:00:00:05")
        for junk in ("", ",", "0,", "x", "-1", "0-", "3-2", "7", "0-7", "99999999"):
            self.fails(1, "", "set", 0, "vf", junk, "vlan", 6)

    def test_ports_may_be_named_or_left_out(self):
        self.done("set", "0000:01:00.0", "vf", 1, "vlan", 5)
        self.done("set", "01:00.0", "vf", 1, "qos", 5)
        self.done("set", "vf", 1, "max_tx_rate", 9)
        settings = self.settings(1)
        self.assertEqual((settings["vlan"], settings["qos"], settings["max_tx_rate"]), (5, 5, 9))
        self.fails(2, "port 9", "show", 9)
        self.fails(2, "0000:02:00.0", "show", "02:00.0")

    def test_show_for_people(self):
        self.server.act("reset", 1)
        self.done("set", 0, "vf", 1, "vlan", 100, "qos", 3, "rx", "off", "spoofchk_vlan", "off")
        lines = self.done("show").splitlines()
        self.assertEqual(lines[0], "0: 0000:01:00.0  2 of 7 VFs, serving, process rte")
        self.assertIn("loopback on", lines[1])
        self.assertEqual(len(lines), 4)
        self.assertRegex(lines[2], r"^    vf 0  ([0-9a-f]{2}:){5}[0-9a-f]{2}  waiting  vlan 0 ")
        self.assertRegex(lines[3], r"^    vf 1  .*  running  vlan 100 qos 3  max_tx_rate 0  "
                                   r"spoofchk mac only  trust off  state auto  rx off$")
        self.assertEqual(lines[2].index("max_tx_rate"), lines[3].index("max_tx_rate"))
        detail = self.done("show", 0, "vf", "1,5")
        self.assertIn("    vf 1  running\n", detail)
        self.assertIn("    vf 5  absent\n", detail)
        self.assertLessEqual(max(map(len, detail.splitlines())), 100)

    def test_json(self):
        self.server.act("reset", 1)
        self.server.act("vlan", 1, 77)
        port = self.json("show")[0]
        self.assertEqual((port["port"], port["name"], port["serving"], port["file_prefix"]),
                         (0, "0000:01:00.0", True, "rte"))
        vf = port["vfs"][1]
        self.assertEqual((vf["info"]["clear_to_send"], vf["info"]["vlans"]), (True, ["77"]))
        self.assertIs(vf["settings"]["spoofchk_mac"], True)
        self.assertIn("\n    ", self.done("-j", "-p", "show"))
        self.assertEqual(json.loads(self.done("-jp", "show")), json.loads(self.done("-j", "show")))

    def test_lists_that_one_answer_does_not_hold(self):
        vlans = [str(vlan) for vlan in range(1, 450, 2)]
        self.done("set", 0, "vf", 1, "trunk", ",".join(vlans))
        self.assertEqual(self.settings(1)["trunk"], vlans)
        self.assertFalse([name for name in self.settings(1) if name.endswith("_next")])

    def test_stats(self):
        self.server.act("reset", 1)
        self.server.act("nonsense", 1)
        self.server.act("count", 1, 5)
        stats = self.json("stats")[0]["vfs"][1]["stats"]
        self.assertEqual((stats["rx_packets"], stats["granted"]), (5, 1))
        text = " ".join(self.done("stats", 0, "vf", 1).split())
        self.assertIn("RX: bytes packets multicast 320 5 0", text)
        self.assertIn("granted 1 refused 1 bad_request 1", text)
        self.done("stats", "reset", 0, "vf", 1)
        self.assertEqual(self.json("stats", 0, "vf", 1)[0]["vfs"][0]["stats"]["rx_packets"], 0)
        self.fails(1, "which VF", "stats", "reset", 0)

    def test_release(self):
        self.done("set", 0, "vf", 1, "quarantine_after", 1)
        self.server.act("reset", 1)
        self.server.act("nonsense", 1)
        self.assertIn("quarantined", self.done("show", 0))
        self.done("release", 0, "vf", 1)
        self.assertNotIn("quarantined", self.done("show", 0))

    def test_create(self):
        self.done("create", 0, 5)
        self.assertEqual(self.json("show")[0]["nb_vfs"], 5)
        self.done("create", 0)
        self.assertEqual(self.json("show")[0]["nb_vfs"], 0)
        self.fails(2, "7", "create", 0, 8)
        self.fails(1, "no number", "create", 0, "x")
        self.fails(1, "missing", "create")

    def test_save_and_apply(self):
        self.done("set", 0, "vf", 1, "vlan", 55)
        text = self.done("save", 0)
        self.assertIn("55", text)
        self.done("save", 0, "policy.json")
        self.assertEqual((self.folder / "policy.json").read_text(), text)
        self.assertEqual(os.listdir(self.server.folder), ["dpdk_telemetry.v2"])
        self.done("set", 0, "vf", 1, "vlan", 0)
        self.done("apply", 0, "policy.json")
        self.assertEqual(self.settings(1)["vlan"], 55)
        (self.folder / "policy.json").write_text('{"vfctl": 1,\n"vfs": {"1": {"vlan": 5000}}}')
        self.fails(2, "policy.json:2: vfs.1.vlan", "apply", "policy.json")
        self.fails(2, "nothing.json", "apply", "nothing.json")
        self.assertEqual(self.settings(1)["vlan"], 55)

    def test_fields_and_help(self):
        text = self.done("fields")
        for name in [*CHANGES, *CANNOT, *PORT_CHANGES]:
            self.assertRegex(text, rf"(?m)^    {name} +\S")
        self.assertEqual(len(self.done("fields", "qos", "loopb").splitlines()), 4)
        text = self.done("help")
        for name in ("show", "set", "stats", "monitor", "create", "apply", "save", "release"):
            self.assertRegex(text, rf"(?m)^  {name} ")
        self.assertEqual(self.done("-h"), text)

    def test_what_is_refused_says_why(self):
        self.fails(2, "vlan: \"5000\" is not in 0 to 4094", "set", 0, "vf", 1, "vlan", 5000)
        self.fails(2, "802.1ad", "set", 0, "vf", 1, "vlan", 5, "proto", "802.1ad")
        self.fails(1, "not known: it is one of mac,", "set", 0, "vf", 1, "colour", "red")
        self.fails(1, "value of vlan is missing", "set", 0, "vf", 1, "vlan")
        self.fails(1, "nothing to set", "set", 0, "vf", 1)
        self.fails(1, "is no value", "set", 0, "vf", 1, "vlan", "5 trust=on")
        self.fails(1, "is no value", "set", 0, "vf", 1, "vlan", "")
        self.fails(1, "is no value", "set", 0, "vf", 1, "vlan", "５")
        self.fails(1, "one of show,", "frobnicate")
        self.fails(1, "too much", "show", 0, "vf", 1, "more")
        self.fails(1, "-x", "-x", "show")
        self.fails(2, "policy file", "set", 0, "vf", 1, "trunk", ",".join(["4001"] * 300))
        self.assertEqual(self.vfctl()[0], 1)

    def test_batch(self):
        lines = "# comment\n\nset 0 vf 0 vlan 5\n  set 0 vf 1 vlan 6   # and another\n"
        (self.folder / "batch").write_text(lines)
        self.done("-b", "batch")
        self.assertEqual((self.settings(0)["vlan"], self.settings(1)["vlan"]), (5, 6))
        self.assertEqual(len(re.findall("waiting", self.done("-b", "-", stdin="show\nshow\n"))), 4)

    def test_batch_stops_at_what_fails(self):
        lines = "set 0 vf 0 vlan 5\nset 0 vf 0 vlan 5000\nset 0 vf 1 vlan 6\n"
        self.fails(2, "-:2: ", "-b", "-", stdin=lines)
        self.assertEqual((self.settings(0)["vlan"], self.settings(1)["vlan"]), (5, 0))
        self.fails(2, "-:2: ", "--force", "-b", "-", stdin=lines)
        self.assertEqual(self.settings(1)["vlan"], 6)
        self.fails(1, "-:1: ", "-b", "-", stdin='set "0\n')
        self.fails(1, "can't be read", "-b", "nothing")

    def test_reader_that_goes_away(self):
        done = subprocess.run(f"{COMMAND} fields | true", shell=True, capture_output=True, text=True,
                              env=environment(self.folder), timeout=PATIENCE)
        self.assertEqual(done.stderr, "")


if __name__ == "__main__":
    run_tests()
