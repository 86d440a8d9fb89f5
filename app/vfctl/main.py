#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""vfctl: VF control of a running DPDK process, in the manner of `ip`.

In Python, as DPDK's own dpdk-telemetry.py and dpdk-devbind.py: it needs no more than
the standard library, and none of what it does is in a hurry.
"""

import getopt
import os
import shlex
import signal
import sys

from commands import Session, run, usage
from complete import FILE, complete
from process import Failure
from words import Usage, Words

# As those of `ip`.
DONE, NOT_UNDERSTOOD, NOT_DONE = 0, 1, 2


def complain(text):
    """Tells what is wrong, in one line."""
    sys.stdout.flush()
    print(f"vfctl: {text}", file=sys.stderr)


def one(session, words, where=""):
    """Runs one command; its exit status."""
    try:
        run(session, Words(words))
    except Usage as wrong:
        complain(f"{where}{wrong}; see vfctl help")
        return NOT_UNDERSTOOD
    except Failure as failure:
        complain(f"{where}{failure}")
        return NOT_DONE
    return DONE


def batch(session, path, force):
    """Runs a file's commands, to the first that fails unless `force` is set."""
    status = DONE
    try:
        with sys.stdin if path == "-" else open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                where = f"{path}:{number}: "
                try:
                    words = shlex.split(line, comments=True)
                except ValueError as wrong:
                    complain(f"{where}{wrong}")
                    this = NOT_UNDERSTOOD
                else:
                    this = one(session, words, where) if words else DONE
                status = max(status, this)
                if this != DONE and not force:
                    break
    except (OSError, UnicodeDecodeError) as error:
        complain(f"{path} can't be read: {getattr(error, 'strerror', None) or error}")
        return NOT_UNDERSTOOD
    return status


def main(arguments):
    """The exit status of a command line."""
    if arguments[:1] == ["--complete"]:
        candidates = complete(arguments[1] if len(arguments) > 1 else "")
        if candidates is FILE:
            return NOT_DONE
        print("\n".join(candidates))
        return DONE
    try:
        options, words = getopt.getopt(arguments, "jpf:b:h", [
            "json", "pretty", "file-prefix=", "batch=", "force", "help"])
    except getopt.GetoptError as wrong:
        complain(f"{wrong}; see vfctl help")
        return NOT_UNDERSTOOD
    given = {name.lstrip("-")[0] if name != "--force" else "force": of for name, of in options}
    if "h" in given:
        print(usage())
        return DONE
    session = Session(given.get("f"), "j" in given, "p" in given)
    if "b" in given:
        return batch(session, given["b"], "force" in given)
    if not words:
        print(usage(), file=sys.stderr)
        return NOT_UNDERSTOOD
    return one(session, words)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    except BrokenPipeError:
        # Whoever read has had enough; nothing more may be written, at exit neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(NOT_DONE)
