# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""Instructions per frame: they repeat, on any machine, under any load.

Callgrind counts what it can run. It knows no AVX-512 (its CPU has none, so those arms refuse
there): for them the CPU counts itself, trap by trap.
"""

import json
import re
import subprocess

VALGRIND = ["valgrind", "--quiet", "--tool=callgrind", "--instr-atstart=no", "--collect-atstart=no"]


def dumps(folder):
    """{arm: {phase: instructions}} of callgrind's dumps in a folder."""
    found = {}
    for path in folder.glob("callgrind.out.*"):
        text = path.read_text()
        name = re.search(r"^desc: Trigger: Client Request: (.+)/(\w+)$", text, re.M)
        if name:
            arm, phase = name.groups()
            found.setdefault(arm, {})[phase] = int(re.search(r"^summary: (\d+)", text, re.M)[1])
    return found


def per_frame(counted):
    """Figures of one arm, the counter's own instructions, which come with each burst, taken off."""
    own = counted["loop"]
    result = {phase: (counted[phase] - own) / counted["frames"] for phase in ("rx", "tx") if phase in counted}
    if result:
        result["sum"] = result["rx"] + result["tx"]
    if "empty" in counted:
        result["empty"] = (counted["empty"] - own) / counted["polls"]
    return result


def run(command, output, arms=()):
    """Runs test/perf's program; what it wrote."""
    if arms:
        command = [*command, "--arms=" + ",".join(arms)]
    subprocess.run([*command, output], check=True, stdin=subprocess.DEVNULL)
    return json.loads(output.read_text())


def by_cpu(program, plugin, folder, arms=()):
    """(all that the program says, {arm: figures}), for any arm that this CPU can run."""
    told = run([program, f"--plugin={plugin}", "--instructions"], folder / "instructions-cpu.json", arms)
    return told, {row["arm"]: per_frame(row) for row in told["instructions"]}


def by_callgrind(program, plugin, folder, arms=()):
    """The same for the arms that callgrind can run."""
    for old in folder.glob("callgrind.out.*"):
        old.unlink()
    told = run([*VALGRIND, f"--callgrind-out-file={folder}/callgrind.out.%p", program, f"--plugin={plugin}",
                "--instructions"], folder / "instructions-callgrind.json", arms)
    counted = dumps(folder)
    return told, {row["arm"]: per_frame({**row, **counted[row["arm"]]}) for row in told["instructions"]}
