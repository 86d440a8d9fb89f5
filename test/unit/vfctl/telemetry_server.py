# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""telemetry_server.c as an object, for tests."""

import json
import os
import socket
import subprocess
import tempfile

# Bounds a test that hangs; nothing is timed.
PATIENCE = 60


class Server:
    """A process with VF control; its socket lies where a DPDK process' with that prefix would.

    base    what RUNTIME_DIRECTORY is to be for those that look for it
    """

    def __init__(self, program, base, prefix="rte", ports=1):
        self.folder = os.path.join(base, "dpdk", prefix)
        self.path = os.path.join(self.folder, "dpdk_telemetry.v2")
        os.makedirs(self.folder, exist_ok=True)
        self.process = subprocess.Popen([program, self.folder, str(ports)], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdout.readline() == "ready\n", "the server didn't start"

    def act(self, *words):
        """Lets a VF do something."""
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer == "done\n", f"{words}: {answer!r}"

    def send(self, request):
        """The raw answer to a raw request."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(self.path)
            room = json.loads(connection.recv(4096))["max_output_len"]
            connection.send(request)
            return connection.recv(room)

    def ask(self, command, *parameters):
        """The answer to a command, decoded."""
        request = ",".join([command, *map(str, parameters)])
        return json.loads(self.send(request.encode()))[command]

    def kill(self):
        """Ends it without a word."""
        self.process.kill()
        self.process.wait(PATIENCE)
        self.process.stdin.close()
        self.process.stdout.close()

    def close(self):
        """Ends it in the orderly way; a sanitizer's complaint is an error."""
        if self.process.poll() is None:
            self.process.stdin.close()
            status = self.process.wait(PATIENCE)
            self.process.stdout.close()
            assert status == 0, f"the server ended with {status}"


def temporary():
    """A folder short enough for the names of sockets."""
    return tempfile.TemporaryDirectory(prefix="vfctl", dir="/tmp")
