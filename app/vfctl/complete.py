# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""What could come next on a command line, for the shell's completion."""

from commands import COMMANDS
from process import Failure, find, find_all
from words import Usage, field_names, is_port, match

# Instead of words: the name of a file.
FILE = object()

_OPTIONS = ["--json", "--pretty", "--file-prefix", "--batch", "--force", "--help"]
_WITH_VALUE = {"-f": "prefix", "--file-prefix": "prefix", "-b": "file", "--batch": "file"}


class _Line:
    """The words before the one that is being typed, and the process that they are for."""

    def __init__(self, words):
        self.words, self.prefix, self.waits = list(words), None, None
        while self.words and self.words[0].startswith("-"):
            option = self.words.pop(0)
            self.waits = _WITH_VALUE.get(option)
            if self.waits and self.words:
                of = self.words.pop(0)
                self.prefix = of if self.waits == "prefix" else self.prefix
                self.waits = None

    def process(self):
        return find(self.prefix)


def _ports(process):
    return [word for number, info in process.ports().items() for word in (str(number), info["name"])]


def _vfs(process, port):
    return [*map(str, range(process.ask("port", port)["max_vfs"])), "all"]


def _values(field):
    """The words that a field's values are described by, where they are words."""
    if field["kind"] == "bool":
        return ["on", "off"]
    words = [part.strip() for part in field["values"].split(",")]
    return [word for word in words if word.replace(".", "").isalnum() and not word.isupper()]


def _settings(words, process, target):
    """Names, and values after a name."""
    fields = process.fields()[target]
    names = field_names({target: fields}, target)
    if len(words) % 2 == 0:
        return [name for name in names if name not in words[::2]]
    name = match(words[-1], names, "setting")
    return _values(fields[name]) if name in fields else ["on", "off"]


def _after_port(name, words, process, port):
    if name in ("show", "stats", "set", "release") and words == ["vf"]:
        return _vfs(process, port)
    if name == "set":
        if words[:1] == ["vf"]:
            return _settings(words[2:], process, "vf")
        return [*([] if words else ["vf"]), *_settings(words, process, "port")]
    if words:
        return []
    if name == "create":
        return list(map(str, range(process.ask("port", port)["max_vfs"] + 1)))
    return {"apply": FILE, "save": FILE, "monitor": ["all"], "fields": []}.get(name, ["vf"])


def _candidates(line):
    words, waits = line.words, line.waits
    if waits == "file":
        return FILE
    if waits == "prefix":
        return [process.prefix for process in find_all()[0]]
    if not words:
        return [*COMMANDS, *_OPTIONS]
    name, words = match(words[0], list(COMMANDS), "command", first=True), words[1:]
    if name == "help":
        return []
    process = line.process()
    if name == "fields":
        return [name for fields in process.fields().values() for name in fields]
    first = []
    if name == "stats":
        if words[:1] == ["reset"]:
            words = words[1:]
        elif not words:
            first = ["reset"]
    if not words:
        return [*first, *_ports(process)]
    if is_port(words[0]):
        return _after_port(name, words[1:], process, words[0])
    # The port may be left out.
    return _after_port(name, words, process, next(iter(process.ports()), 0))


def complete(text):
    """Words that may stand at the end of a line as typed so far, command's name included; or FILE."""
    words = text.split()[1:]
    typed = words.pop() if words and not text[-1:].isspace() else ""
    try:
        candidates = _candidates(_Line(words))
    except (Failure, Usage):
        return []
    if candidates is FILE:
        return FILE
    return [word for word in candidates if word.startswith(typed)]
