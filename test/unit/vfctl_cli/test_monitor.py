#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""vfctl monitor: each event once, gaps told, over restarts.

usage: test_monitor.py TELEMETRY_SERVER
"""

import json
import queue
import signal
import subprocess
import threading

from cli import COMMAND, PATIENCE, CliTest, environment, run_tests


class Watching:
    """A running vfctl monitor, and its lines as they come."""

    def __init__(self, folder, *words):
        self.process = subprocess.Popen([COMMAND, *words], env=environment(folder), text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.lines = queue.Queue()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.process.stdout.close()

    def line(self):
        return self.lines.get(timeout=PATIENCE)

    def stop(self):
        """Ctrl-C; its status."""
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        return status


class MonitorTest(CliTest):
    def watch(self, *words):
        watching = Watching(self.folder, *map(str, words))
        self.addCleanup(lambda: watching.process.poll() is None and watching.stop())
        return watching

    def change(self, vlan):
        self.done("-f", "rte", "set", 0, "vf", 1, "vlan", vlan)

    def watch_from_now(self, server, *words):
        """Watches, and returns once it does: what it began with is what there was."""
        watching = self.watch(*words)
        for vlan in range(1, PATIENCE * 10):
            server.ask("/vfctl/set", 0, 1, f"vlan={vlan}")
            try:
                watching.lines.get(timeout=0.5)
            except queue.Empty:
                continue
            # What was told now may have been followed by more.
            server.ask("/vfctl/set", 0, 0, "vlan=4000")
            while "vf 0" not in watching.line():
                pass
            return watching
        self.fail("monitor tells nothing")

    def test_each_event_once(self):
        server = self.serve()
        for vlan in range(1, 41):
            self.assertNotIn("error", server.ask("/vfctl/set", 0, 1, f"vlan={vlan}"))
        watching = self.watch("-j", "monitor", 0, "all")
        numbers = [json.loads(watching.line())["number"] for _ in range(40)]
        self.assertEqual(numbers, list(range(1, 41)))
        server.act("reset", 1)
        event = json.loads(watching.line())
        self.assertEqual((event["number"], event["type"], event["vf"], event["verdict"]),
                         (41, "request", 1, "granted"))
        self.assertEqual(watching.stop(), 0)
        self.assertTrue(watching.lines.empty())

    def test_begins_now_and_ends_without_a_word(self):
        server = self.serve()
        server.ask("/vfctl/set", 0, 1, "vlan=4094")
        watching = self.watch_from_now(server, "monitor")
        server.act("nonsense", 1)
        self.assertRegex(watching.line(), r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} 0: vf 1: request "
                                          r"not-clear: ")
        self.assertEqual(watching.stop(), 0)
        self.assertTrue(watching.lines.empty())

    def test_lost_events_are_told(self):
        server = self.serve()
        watching = self.watch_from_now(server, "monitor", 0)
        watching.process.send_signal(signal.SIGSTOP)
        before = server.ask("/vfctl/port", 0)["last_event"]
        for vlan in range(300):
            self.assertNotIn("error", server.ask("/vfctl/set", 0, 1, f"vlan={vlan + 1}"))
        watching.process.send_signal(signal.SIGCONT)
        last = server.ask("/vfctl/port", 0)["last_event"]
        self.assertEqual(watching.line(), f"vfctl: port 0: {last - before - 256} events lost")
        for _ in range(256):
            self.assertIn("settings", watching.line())

    def test_port_that_there_is_not(self):
        self.serve()
        self.fails(2, "port 3 has no VF control", "monitor", 3)
        self.fails(1, "one of all", "monitor", "some")

    def test_restart(self):
        server = self.serve()
        watching = self.watch_from_now(server, "monitor")
        server.kill()
        self.assertEqual(watching.line(), "vfctl: process rte has ended: waiting for it")
        server = self.serve()
        self.assertEqual(watching.line(), "vfctl: process rte is back")
        server.ask("/vfctl/set", 0, 1, "vlan=77")
        self.assertIn("0: vf 1: settings", watching.line())
        self.assertEqual(watching.stop(), 0)


if __name__ == "__main__":
    run_tests()
