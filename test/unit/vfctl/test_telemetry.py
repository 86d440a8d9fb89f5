#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""VF control over DPDK's own telemetry: every command, every kind of junk.

usage: test_telemetry.py TELEMETRY_SERVER
"""

import errno
import json
import os
import random
import sys
import unittest

from telemetry_server import Server, temporary

PROGRAM = ""
COMMANDS = ["apply", "create", "events", "fields", "list", "port", "port_set", "ports", "release",
            "save", "set", "stats", "stats_reset", "vf"]


class TelemetryTest(unittest.TestCase):
    def setUp(self):
        folder = temporary()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.server = Server(PROGRAM, self.folder)
        self.addCleanup(self.server.close)

    def ask(self, command, *parameters):
        return self.server.ask("/vfctl/" + command, *parameters)

    def refused(self, code, words, command, *parameters):
        answer = self.ask(command, *parameters)
        self.assertEqual(set(answer) - {"error_more"}, {"error", "code"}, answer)
        self.assertEqual(answer["code"], code, answer)
        self.assertIn(words, answer["error"] + answer.get("error_more", ""))

    def settings(self, vf):
        return self.ask("vf", 0, vf)["settings"]

    def test_every_command_is_there_with_help(self):
        names = ["/vfctl/" + name for name in COMMANDS]
        self.assertEqual([name for name in self.server.ask("/") if name.startswith("/vfctl")], names)
        for name in names:
            self.assertGreater(len(self.server.ask("/help", name)[name]), 20)

    def test_ports_by_number_and_address(self):
        ports = self.ask("ports")
        self.assertEqual(list(ports), ["0"])
        self.assertEqual({"name": "0000:01:00.0", "nb_vfs": 2, "max_vfs": 7, "serving": 1},
                         {key: ports["0"][key] for key in ("name", "nb_vfs", "max_vfs", "serving")})
        self.assertEqual(self.ask("port", 0), self.ask("port", "0000:01:00.0"))
        self.assertEqual(self.ask("port", 0)["settings"], {
            "loopback": 1, "drop_enable": 1, "default_pool": "none", "storm_broadcast": 0,
            "storm_multicast": 0})

    def test_every_setting_of_a_vf_is_told_typed(self):
        fields, settings = self.ask("fields"), self.settings(3)
        self.assertEqual(list(fields["vf"]), list(settings))
        types = {"bool": int, "number": int, "text": str, "list": list}
        for name, field in fields["vf"].items():
            self.assertIsInstance(settings[name], types[field["kind"]], name)
            self.assertTrue(field["values"] and field["help"])
        self.assertEqual((settings["trunk"], settings["spoofchk_mac"], settings["state"]),
                         (["all"], 1, "auto"))

    def test_settings_are_set_together(self):
        answer = self.ask("set", 0, 3, "mac=02:00:00:00:00:33 vlan=100 qos=3 spoofchk=off "
                          "macs=02:00:00:00:00:34,02:00:00:00:00:35 state=off max_tx_rate=100")
        self.assertEqual(answer, {"port": 0, "vf": 3})
        got = self.settings(3)
        self.assertEqual([got[name] for name in (
            "mac", "vlan", "qos", "spoofchk_mac", "spoofchk_vlan", "macs", "state", "max_tx_rate")],
            ["02:00:00:00:00:33", 100, 3, 0, 0, ["02:00:00:00:00:34", "02:00:00:00:00:35"], "off",
             100])

    def test_what_is_wrong_changes_nothing(self):
        before = self.settings(3)
        self.refused(errno.EINVAL, "vlan", "set", 0, 3, "qos=3 vlan=5000")
        self.refused(errno.ENOENT, "did you mean", "set", 0, 3, "vlam=5")
        self.refused(errno.EINVAL, "no setting", "set", 0, 3, "   ")
        self.refused(errno.EINVAL, "missing", "set", 0, 3)
        self.refused(errno.ENOTSUP, "802.1ad", "set", 0, 3, "vlan=5 vlan_proto=802.1ad")
        self.refused(errno.EADDRINUSE, "", "set", 0, 3, "mac=" + self.settings(2)["mac"])
        self.assertEqual(self.settings(3), before)

    def test_port_settings(self):
        self.assertEqual(self.ask("port_set", 0, "loopback=off default_pool=2"), {})
        settings = self.ask("port", 0)["settings"]
        self.assertEqual((settings["loopback"], settings["default_pool"]), (0, "2"))
        self.refused(errno.ENOENT, "such", "port_set", 0, "mac=02:00:00:00:00:01")
        self.refused(errno.EINVAL, "no setting", "port_set", 0, " ")

    def test_ports_and_vfs_that_there_are_not(self):
        self.refused(errno.ENODEV, "port 3", "port", 3)
        self.refused(errno.ENODEV, "port 3", "vf", 3, 0)
        self.refused(errno.ENODEV, "0000:01:00.7", "port", "0000:01:00.7")
        self.refused(errno.EINVAL, "VF 7", "vf", 0, 7)
        self.refused(errno.EINVAL, "VF", "vf", 0, 64)
        self.refused(errno.EINVAL, "VF 7", "set", 0, 7, "vlan=1")
        self.refused(errno.EINVAL, "VF 7", "stats_reset", 0, 7)
        self.refused(errno.EINVAL, "VF 7", "release", 0, 7)

    def test_numbers_that_are_none(self):
        for junk in ("", " 1", "+1", "-1", "1x", "0x1", "65536", "4294967296", "1" * 23, "1" * 40):
            self.refused(errno.EINVAL, "", "vf", 0, junk)
            self.refused(errno.EINVAL, "", "create", 0, junk)
        for junk in ("+1", "-1", "99", "65536", "18446744073709551616", "x" * 31, "x" * 200):
            answer = self.ask("port", junk)
            self.assertIn(answer["code"], (errno.EINVAL, errno.ENODEV))

    def test_too_much(self):
        self.refused(errno.EINVAL, "too much", "port", 0, 1)
        self.refused(errno.EINVAL, "too much", "ports", 1)
        self.refused(errno.EINVAL, "too much", "vf", 0, 1, 2)
        self.refused(errno.EINVAL, "a port", "vf")

    def test_what_dpdk_cuts_is_refused(self):
        # Cut after its 1023rd octet, this would set VLAN 10.
        begin = "/vfctl/set,0,1,"
        text = begin + "vlan=100".rjust(1024 - len(begin))
        self.assertEqual(len(text), 1024)
        self.refused(errno.E2BIG, "1023", *text.removeprefix("/vfctl/").split(",", 1))
        self.assertEqual(self.settings(1)["vlan"], 0)
        text = begin + "vlan=100".rjust(1022 - len(begin))
        self.assertEqual(self.ask(*text.removeprefix("/vfctl/").split(",", 1)), {"port": 0, "vf": 1})
        self.assertEqual(self.settings(1)["vlan"], 100)

    def test_long_errors_are_whole(self):
        path = os.path.join(self.folder, "a-long-name-for-a-file.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"vfctl": 1, "vfs": {"1": {"mirror": "x" * 300}}}, file)
        answer = self.ask("apply", 0, path)
        self.assertEqual(len(answer["error"]), 127, answer)
        self.assertGreater(len(answer["error_more"]), 10, answer)

    def test_octets_that_are_no_text(self):
        self.server.send(b"/vfctl/set,0,1,\xff\x80\x01\x7f=\xc3\xa4\"\\")
        answer = self.server.ask("/vfctl/set", 0, 1, 'a"b\\c\x01=1')
        self.assertEqual(answer["code"], errno.ENOENT)
        self.assertTrue(answer["error"].isascii() and answer["error"].isprintable(), answer)

    def test_longest_list_goes_in_portions(self):
        # No two are neighbours, so that each is a range of its own.
        text = "trunk=" + ",".join(map(str, range(1, 400, 2)))
        self.ask("set", 0, 1, text)
        settings = self.settings(1)
        self.assertEqual(settings["trunk"], [str(vlan) for vlan in range(1, 200, 2)])
        self.assertEqual(settings["trunk_next"], 100)
        rest = self.ask("list", 0, 1, "trunk", 100)
        self.assertEqual(rest, {"trunk": [str(vlan) for vlan in range(201, 400, 2)]})
        self.assertEqual(self.ask("list", 0, 1, "trunk", 4096), {"trunk": []})
        self.refused(errno.ENOENT, "list", "list", 0, 1, "vlan", 0)
        self.refused(errno.ENOENT, "list", "list", 0, 1, "nothing", 0)
        self.refused(errno.EINVAL, "number", "list", 0, 1, "trunk")
        self.refused(errno.EINVAL, "number", "list", 0, 1, "trunk", 4097)

    def test_what_a_vf_has(self):
        self.server.act("reset", 1)
        self.server.act("vlan", 1, 77)
        info = self.ask("vf", 0, 1)["info"]
        self.assertEqual((info["exists"], info["clear_to_send"], info["quarantined"]), (1, 1, 0))
        self.assertEqual(info["vlans"], ["77"])
        self.assertEqual(info["mac"], self.settings(1)["mac"])
        self.assertEqual(self.ask("vf", 0, 3)["info"]["exists"], 0)
        self.assertEqual(self.ask("list", 0, 1, "vlans", 0), {"vlans": ["77"]})

    def test_statistics_and_their_reset(self):
        self.server.act("reset", 1)
        self.server.act("nonsense", 1)
        self.server.act("count", 1, 5)
        stats = self.ask("stats", 0, 1)
        self.assertEqual((stats["rx_packets"], stats["tx_packets"], stats["rx_bytes"]), (5, 6, 320))
        self.assertEqual((stats["granted"], stats["refused"]["bad_request"]), (1, 1))
        self.assertEqual(len(stats["refused"]), 12)
        self.assertEqual(self.ask("stats_reset", 0, 1), {"port": 0, "vf": 1})
        again = self.ask("vf", 0, 1)["stats"]
        self.assertEqual((again["rx_packets"], again["granted"], again["refused"]["bad_request"]),
                         (0, 0, 0))

    def test_quarantine_and_release(self):
        self.ask("set", 0, 1, "quarantine_after=3")
        self.server.act("reset", 1)
        for _ in range(4):
            if not self.ask("vf", 0, 1)["info"]["quarantined"]:
                self.server.act("nonsense", 1)
        self.assertEqual(self.ask("vf", 0, 1)["info"]["quarantined"], 1)
        self.assertEqual(self.ask("release", 0, 1), {"port": 0, "vf": 1})
        self.assertEqual(self.ask("vf", 0, 1)["info"]["quarantined"], 0)

    def test_events_in_portions(self):
        for number in range(40):
            self.ask("set", 0, 1, f"vlan={number + 1}")
        seen, after = [], 0
        while True:
            answer = self.ask("events", 0, after)
            events = sorted(map(int, answer["events"]))
            if not events:
                break
            self.assertLessEqual(len(events), 32)
            seen += events
            after = events[-1]
        self.assertEqual(seen, list(range(1, answer["last_event"] + 1)))
        self.assertGreaterEqual(len(seen), 40)
        self.assertEqual(self.ask("events", 0)["events"]["1"], self.ask("events", 0, 0)["events"]["1"])
        event = self.ask("events", 0, after - 1)["events"][str(after)]
        self.assertEqual((event["type"], event["vf"]), ("settings", 1))
        self.assertEqual(self.ask("events", 0, 2 ** 63)["events"], {})
        self.refused(errno.EINVAL, "number", "events", 0, 2 ** 64)

    def test_vfs_are_created_and_removed(self):
        self.ask("create", 0, 5)
        self.assertEqual(self.ask("port", 0)["nb_vfs"], 5)
        self.ask("create", 0, 0)
        self.assertEqual(self.ask("port", 0)["nb_vfs"], 0)
        self.assertEqual(self.ask("create", 0, 8)["code"], errno.EINVAL)

    def test_files_have_absolute_names(self):
        for command in ("apply", "save"):
            self.refused(errno.EINVAL, "begin with /", command, 0, "policy.json")
            self.refused(errno.EINVAL, "missing", command, 0)

    def test_settings_go_through_a_file(self):
        path = os.path.join(self.folder, "with,comma.json")
        self.ask("set", 0, 1, "vlan=55 max_tx_rate=20")
        self.assertEqual(self.ask("save", 0, path), {})
        self.ask("set", 0, 1, "vlan=0 max_tx_rate=0")
        self.assertEqual(self.ask("apply", 0, path), {})
        self.assertEqual((self.settings(1)["vlan"], self.settings(1)["max_tx_rate"]), (55, 20))
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"vfctl": 1, "vfs": {"1": {"vlan": 5000}}}, file)
        self.refused(errno.EINVAL, "vlan", "apply", 0, path)

    def test_junk_never_stops_it(self):
        random.seed(1)
        parts = [b"0", b"1", b",", b",,", b"=", b" ", b"vlan", b"mac=", b"\xff", b"\x00", b"-",
                 b"65536", b"/", b"x" * 300, b"trunk=1-4094", b"0000:01:00.0"]
        for _ in range(2000):
            command = random.choice([name for name in COMMANDS if name not in ("save", "apply")])
            junk = b"".join(random.choices(parts, k=random.randrange(8)))
            answer = self.server.send(b"/vfctl/" + command.encode() + b"," + junk)
            self.assertNotIn(b"null", answer, (command, junk))
        self.assertEqual(list(self.ask("ports")), ["0"])


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
