#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""Which process vfctl talks to, and what it says of those that are none, or misbehave.

usage: test_process.py TELEMETRY_SERVER
"""

import json
import os
import signal
import socket
import threading

from cli import CliTest, run_tests

INFO = json.dumps({"version": "DPDK 24.11", "pid": 1, "max_output_len": 16384}).encode()
FIELDS = {"vf": {}, "port": {}}


class Misbehaving:
    """A telemetry socket that greets and answers as a test says.

    answers     called with a request, returns the answer, None for a closed connection
    """

    def __init__(self, folder, prefix, answers, greeting=INFO):
        path = folder / "dpdk" / prefix / "dpdk_telemetry.v2"
        path.parent.mkdir(parents=True, exist_ok=True)
        self.answers, self.greeting, self.requests = answers, greeting, []
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.bind(str(path))
        self.socket.listen(5)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                connection.send(self.greeting)
                while self.greeting:
                    request = connection.recv(2000).decode()
                    self.requests.append(request)
                    answer = self.answers(request) if request else None
                    if answer is None:
                        break
                    connection.send(answer)

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def other_dpdk(request):
    """A DPDK process without the plugin."""
    return json.dumps({request.partition(",")[0]: None}).encode()


def answering(answers):
    """Answers commands from a table, others as one who doesn't know them."""
    def answer(request):
        command = request.partition(",")[0]
        return json.dumps({command: answers.get(command)}).encode()
    return answer


class ProcessTest(CliTest):
    def misbehave(self, prefix, answers, **how):
        server = Misbehaving(self.folder, prefix, answers, **how)
        self.addCleanup(server.close)
        return server

    def test_none(self):
        self.fails(2, "no DPDK process with VF control here", "show")
        self.fails(2, "no DPDK process with file prefix vs", "-f", "vs", "show")
        self.misbehave("vfs-only", answering({"/vfctl/ports": {}}))
        self.fails(2, "that has a PF", "show")
        self.assertEqual(self.done("-f", "vfs-only", "show"), "")

    def test_the_only_one_with_vf_control_is_found(self):
        self.misbehave("another", other_dpdk)
        self.misbehave("vfs-only", answering({"/vfctl/ports": {}}))
        self.serve("vs")
        self.assertEqual(self.json("show")[0]["file_prefix"], "vs")
        self.fails(2, "knows no /vfctl/", "-f", "another", "show")

    def test_of_several_one_must_be_named(self):
        self.serve("vs")
        self.serve("rte")
        self.fails(2, "say which by -f, of rte, vs", "show")
        self.assertEqual(self.json("-f", "vs", "show")[0]["file_prefix"], "vs")
        self.assertEqual(self.json("--file-prefix=rte", "show")[0]["file_prefix"], "rte")

    def test_dead_sockets_are_passed_over(self):
        self.serve("dead").kill()
        self.assertTrue((self.folder / "dpdk/dead/dpdk_telemetry.v2").exists())
        self.fails(2, "no DPDK process", "show")
        self.fails(2, "has ended", "-f", "dead", "show")
        self.serve("vs")
        self.assertEqual(self.json("show")[0]["file_prefix"], "vs")

    def test_processes_that_share_a_folder(self):
        self.serve("rte")
        second = self.serve("rte")
        self.assertEqual(second.path[-2:], "v2")
        self.assertTrue((self.folder / "dpdk/rte/dpdk_telemetry.v2:1").exists())
        self.fails(2, "of rte, rte:1", "show")
        self.assertEqual(self.json("-f", "rte:1", "show")[0]["file_prefix"], "rte:1")

    def test_one_that_is_stopped_is_not_waited_for(self):
        server = self.serve("stopped")
        server.process.send_signal(signal.SIGSTOP)
        try:
            self.fails(2, "is it stopped?", "show")
            self.serve("vs")
            self.assertEqual(self.json("show")[0]["file_prefix"], "vs")
        finally:
            server.process.send_signal(signal.SIGCONT)

    def test_no_telemetry(self):
        self.misbehave("junk", other_dpdk, greeting=b"HTTP/1.1 400 Bad Request")
        self.fails(2, "is no DPDK telemetry", "-f", "junk", "show")
        self.misbehave("list", other_dpdk, greeting=b"[1]")
        self.fails(2, "is no DPDK telemetry", "-f", "list", "show")
        self.fails(2, "is no DPDK telemetry", "show")

    def test_too_many_clients(self):
        self.misbehave("full", other_dpdk, greeting=b"")
        self.fails(2, "has ten already", "-f", "full", "show")

    def test_answers_that_can_not_be_read(self):
        for answer in (b"junk", b"[]", b'{"/vfctl/port', b'{"/other": {}}', b'{"/vfctl/ports": '):
            with self.subTest(answer=answer):
                prefix = "p" + answer.hex()
                self.misbehave(prefix, lambda request, answer=answer: answer)
                self.fails(2, "can't be read", "-f", prefix, "show")

    def test_end_in_the_middle(self):
        self.misbehave("rte", lambda request: None if "ports" not in request else
                       b'{"/vfctl/ports": {"0": {"name": "0000:01:00.0"}}}')
        self.fails(2, "closed the connection", "show")

    def test_error_with_its_rest(self):
        self.misbehave("rte", answering({
            "/vfctl/ports": {"0": {}}, "/vfctl/port": {"max_vfs": 7}, "/vfctl/fields": FIELDS,
            "/vfctl/release": {"error": "x" * 127, "error_more": "yz", "code": 22}}))
        self.fails(2, "x" * 127 + "yz\n", "release", 0, "vf", 1)

    def test_user_may_not(self):
        self.serve("rte")
        if os.getuid() == 0:
            self.skipTest("nothing is forbidden to root")
        os.chmod(self.folder / "dpdk/rte/dpdk_telemetry.v2", 0)
        self.fails(2, "be root, or the user", "-f", "rte", "show")

    def test_port_must_be_named_where_there_are_two(self):
        self.serve("rte", ports=2)
        self.fails(1, "which port? 0, 1", "set", "vf", 0, "vlan", 5)
        self.done("set", "0000:01:00.1", "vf", 0, "vlan", 5)
        self.assertEqual([self.settings(0, port)["vlan"] for port in (0, 1)], [0, 5])
        self.assertEqual([port["port"] for port in self.json("show")], [0, 1])


if __name__ == "__main__":
    run_tests()
