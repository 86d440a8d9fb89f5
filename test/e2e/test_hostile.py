# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""Attacks of a VF, each while honest ones go on. doc/threats.md says which threat is which test's.

One PF with four VFs: VF 0 is the attacker's, VFs 1 to 3 and the PF are honest.
During every attack frames go round between two of the honest, and VF 3 makes requests
that must be granted. After it, the attacker's row in the registers is as
bare as before, and the others' rows are what they were.
"""

import re
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from lab import BROADCAST, PORTS, End, Testpmd, bind, circle, create_vfs, run, wait_for
from lab.evil import Evil, registers, rows

pytestmark = pytest.mark.usefixtures("shared_nics")
SECOND = 1000
OUTSIDER = "02:de:ad:00:00:01"
GROUP = "01:00:5e:00:12:34"
JOIN = 0x10004
# Honest ports in their testpmd: VFs 1, 2 and 3.
FIRST, SECOND_VF, ASKER = 0, 1, 2


@pytest.fixture(scope="module")
def house(shared_nics):
    for port in PORTS:
        bind(port, "vfio-pci")
    vfs = create_vfs(PORTS[0], 4)
    house = SimpleNamespace(vfs=vfs, pf=Testpmd([PORTS[0]], name="pf"))
    house.honest = Testpmd(vfs[1:], name="honest")
    # Without a filter of its own the PF is in every VLAN that somebody joins.
    house.pf.cmd("vlan set filter on 0")
    house.pf.wait_link(0)
    for port in (FIRST, SECOND_VF, ASKER):
        house.honest.wait_link(port)
    house.honest.cmd(f"vlan set filter on {ASKER}")
    house.macs = [house.honest.mac(port) for port in (FIRST, SECOND_VF, ASKER)]
    with Evil(vfs[0]) as evil:
        house.own = address(evil)
    house.rows = bare(house)
    return house


def bare(house):
    """All rows, once the reset of the attacker's function has been served."""
    last = []

    def still():
        last.append(rows(house.pf))
        return len(last) > 2 and last[-1] == last[-2] == last[-3] and last[-1]
    return wait_for("quiet registers", still)


def ask(house, number):
    """VF 3 asks for each kind of thing, and must get it."""
    honest, mac = house.honest, f"02:aa:00:00:{number >> 8 & 0xFF:02x}:{number & 0xFF:02x}"
    said = [honest.cmd(line) for line in (
        f"mac_addr set {ASKER} {mac}",
        f"mac_addr add {ASKER} 02:bb:00:00:00:01",
        f"rx_vlan add 77 {ASKER}",
        f"mcast_addr add {ASKER} {GROUP}")]
    assert honest.mac(ASKER) == mac
    held = rows(house.pf)[1 + ASKER]
    assert held["macs"] == [mac, "02:bb:00:00:00:01"] and held["vlans"] == [0, 77], said
    said += [honest.cmd(line) for line in (
        f"mcast_addr remove {ASKER} {GROUP}",
        f"rx_vlan rm 77 {ASKER}",
        f"mac_addr remove {ASKER} 02:bb:00:00:00:01",
        f"mac_addr set {ASKER} {house.macs[ASKER]}")]
    assert not re.search("refuses|no answer|error", "".join(said)), said


def endure(house, evil, *words, other=None):
    """Plays an attack while the honest go on; returns what came of it."""
    asked = []

    def meanwhile():
        evil.start(*words)
        while not asked or evil.busy():
            ask(house, len(asked))
            asked.append(words)
    ends = End(house.honest, FIRST), End(*other) if other else End(house.honest, SECOND_VF)
    assert circle(*ends, meanwhile=meanwhile).faults() == []
    result = evil.result()
    print(result)  # pytest shows it when the test fails
    return result


@contextmanager
def attacker(house):
    """VF 0, reset as by an honest driver; afterwards nothing may be left of what it did."""
    # Whatever it did in the last test.
    operator(house, "release")
    with Evil(house.vfs[0]) as evil:
        assert address(evil) == house.own
        yield evil
        # Others are untouched while it is still there, too.
        assert rows(house.pf)[1:] == house.rows[1:]
    wait_for("the row as bare as before", lambda: rows(house.pf) == house.rows)
    with Evil(house.vfs[0]) as honest:
        assert address(honest) == house.own
        assert honest.do("say", JOIN, 9)["answers"]["vlan"]["granted"] == 1
        assert row(house)["macs"] == [house.own] and row(house)["vlans"] == [0, 9]
    wait_for("the row as bare as before", lambda: rows(house.pf) == house.rows)


def row(house):
    return rows(house.pf)[0]


def address(evil):
    """Resets the VF as an honest driver does; the address that the PF gives with the answer."""
    result = evil.do("reset")
    assert result["answers"]["reset"]["granted"] == 1
    _, low, high = result["last"]
    return (low | (high & 0xFFFF) << 32).to_bytes(6, "little").hex(":")


def summed(result):
    """What the PF answered, of all kinds of messages together."""
    answers = result["answers"].values()
    return {kind: sum(of[kind] for of in answers) for kind in ("granted", "refused", "silent", "odd")}


def refused(count):
    return {"granted": 0, "refused": count, "silent": 0, "odd": 0}


# --- floods and storms ---

def test_a_vf_that_floods_sensible_messages_takes_nobodys_turn(house):
    with attacker(house) as evil:
        result = endure(house, evil, "flood", 100, "valid")
    assert result["sent"] > 10
    assert all(of["granted"] > 0 for of in result["answers"].values())


def test_a_vf_that_floods_nonsense_takes_nobodys_turn(house):
    with attacker(house) as evil:
        result = endure(house, evil, "flood", 100, "nonsense", other=(house.pf, 0))
        assert row(house)["macs"] == [house.own] and row(house)["vlans"] == [0]
    answers = summed(result)
    assert answers["granted"] == answers["odd"] == 0
    assert answers["refused"] > 10


def test_a_vf_that_floods_without_waiting_takes_nobodys_turn(house):
    with attacker(house) as evil:
        result = endure(house, evil, "blind", SECOND)
    assert result["sent"] > 100
    assert 0 < result["pfsts"] < result["sent"]


def test_a_vf_that_floods_acknowledgements_takes_nobodys_turn(house):
    with attacker(house) as evil:
        result = endure(house, evil, "acks", SECOND)
        # The PF still listens to it.
        assert evil.do("say", JOIN, 5)["answers"]["vlan"]["granted"] == 1
    assert result["sent"] > 100


def test_a_storm_of_function_resets_stays_the_vfs_own(house):
    with attacker(house) as evil:
        evil.do("say", JOIN, 5)
        result = endure(house, evil, "flr", 10, other=(house.pf, 0))
    assert (result["sent"], result["faults"]) == (10, 0)


def test_a_storm_of_register_resets_stays_the_vfs_own(house):
    with attacker(house) as evil:
        evil.do("say", JOIN, 5)
        result = endure(house, evil, "rst", SECOND)
        assert result["sent"] > 100
        # The resets were seen: it is back at nothing.
        wait_for("a bare row", lambda: row(house) == house.rows[0])
        assert summed(evil.do("say", JOIN, 5)) == refused(1)


def test_a_vf_that_storms_with_broadcasts_cuts_nobody_off(house):
    pf, honest = house.pf, house.honest
    with attacker(house) as evil:
        for process in (pf, honest):
            process.cmd("set portlist " + ("0" if process is pf else f"{FIRST},{SECOND_VF},{ASKER}"))
            process.cmd("set fwd rxonly")
            process.clear_stats()
            process.cmd("start")
        evil.start("storm", SECOND, BROADCAST, house.own)
        while evil.busy():
            ask(house, 0)
        storm = evil.result()
        seen = [settled(*port)["RX-packets"] for port in ((pf, 0), (honest, FIRST), (honest, ASKER))]
        for process in (pf, honest):
            process.cmd("stop")
        assert storm["sent"] > 100 and storm["faults"] == 0
        assert all(0 < count <= storm["sent"] for count in seen)
        # What is over leaves nothing behind.
        endure(house, evil, "received", other=(pf, 0))


def settled(process, port):
    """A port's counters once nothing more comes."""
    last = []

    def still():
        last.append(process.stats(port))
        return len(last) > 1 and last[-1] == last[-2] and last[-1]
    return wait_for("a quiet port", still, interval=0.3)


# --- what belongs to others ---

def test_a_vf_gets_neither_anothers_address_nor_an_impossible_one(house):
    pf = house.pf.mac(0)
    wanted = [*house.macs, pf, BROADCAST, GROUP, "00:00:00:00:00:00", "01:00:00:00:00:00"]
    with attacker(house) as evil:
        assert summed(endure(house, evil, "steal", *wanted)) == refused(2 * len(wanted))
        assert row(house)["macs"] == [house.own]
        # A free address it gets, both ways, and only once.
        assert evil.do("steal", OUTSIDER)["answers"]["mac"]["granted"] == 2
        assert row(house)["macs"] == [OUTSIDER]


def test_a_vf_that_hoards_addresses_leaves_others_theirs(house):
    with attacker(house) as evil:
        answers = summed(endure(house, evil, "hoard", 64))
        held = row(house)["macs"]
    assert answers["granted"] + answers["refused"] == 64
    assert 1 <= answers["granted"] < 10
    assert len(held) == 1 + answers["granted"]


def test_a_vf_that_joins_vlans_without_end_is_in_few_and_shuts_nobody_out(house):
    with attacker(house) as evil:
        answers = summed(endure(house, evil, "hop", 1, 4095, 46))
        held = row(house)["vlans"]
        # VF 3 has got its VLAN meanwhile: see ask().
        assert answers["granted"] + answers["refused"] == 90
        assert 1 <= answers["granted"] < 10
        assert held == [0, *range(1, 4095, 46)][:1 + answers["granted"]]


def test_a_vf_that_tags_its_frames_reaches_nobody_in_foreign_vlans(house):
    honest = house.honest
    honest.cmd(f"rx_vlan add 77 {ASKER}")
    with attacker(house) as evil:
        assert heard(house, evil, ASKER, 78) == 0
        assert heard(house, evil, FIRST, 77) == 0
        # It can be heard.
        assert heard(house, evil, FIRST, 0) == 32
        assert heard(house, evil, ASKER, 77) == 32
        honest.cmd(f"rx_vlan rm 77 {ASKER}")


def heard(house, evil, port, vlan):
    """Of 32 frames of the attacker with a tag, how many an honest VF receives."""
    honest = house.honest
    honest.cmd(f"set portlist {port}")
    honest.cmd("set fwd rxonly")
    honest.clear_stats()
    honest.cmd("start")
    assert evil.do("send", 32, house.macs[port], house.own, vlan)["faults"] == 0
    received = settled(honest, port)["RX-packets"]
    honest.cmd("stop")
    return received


def test_a_vf_that_asks_for_promiscuity_hears_nothing_more(house):
    with attacker(house) as evil:
        before = row(house)["vmolr"]
        result = endure(house, evil, "promisc")
        assert summed(result) == refused(result["sent"]) and result["sent"] > 3
        assert row(house)["vmolr"] == before
        # Asking for none is no offence.
        assert evil.do("say", 6)["answers"]["promisc"]["granted"] == 1


def test_a_vf_that_asks_for_giant_frames_changes_nobodys_mtu(house):
    port = registers(house.pf, "RLPML", "RCTL")
    with attacker(house) as evil:
        before = row(house)["vmolr"]
        sizes = 0, 63, 9729, 0x3FFF, 0x4000, 0xFFFF, 0x10000 + 1522, 0x80000000, 0xFFFFFFFF
        assert summed(endure(house, evil, "frames", *sizes)) == refused(len(sizes))
        assert row(house)["vmolr"] == before
        # A size that there is changes its own limit, and the PF's stays.
        assert evil.do("frames", 4000)["answers"]["frame"]["granted"] == 1
        assert row(house)["vmolr"] != before
        assert registers(house.pf, "RLPML", "RCTL") == port
        assert "MTU: 1500" in house.pf.cmd("show port info 0")


def test_counts_and_ids_beyond_what_there_is_are_refused(house):
    multicast = registers(house.pf, "MTA")
    with attacker(house) as evil:
        result = endure(house, evil, "counts")
        assert summed(result) == refused(result["sent"]) and result["sent"] > 20
        assert row(house)["macs"] == [house.own] and row(house)["vlans"] == [0]
        assert registers(house.pf, "MTA") == multicast


def test_a_vf_that_asks_before_its_reset_gets_nothing(house):
    with attacker(house) as evil:
        evil.do("rst", 1)
        wait_for("a bare row", lambda: row(house) == house.rows[0])
        assert summed(endure(house, evil, "early")) == refused(6)
        assert row(house) == house.rows[0]


# --- the mailbox ---

def test_a_vf_that_rewrites_its_message_under_the_reader_gains_nothing(house):
    victim = house.macs[FIRST]
    with attacker(house) as evil:
        result = endure(house, evil, "rewrite", 2 * SECOND, victim)
        # Torn between two messages, an address of its own is all that it can get.
        assert victim not in row(house)["macs"]
        assert row(house)["vlans"] == [0]
    turns = result["last"][0]
    assert result["pfsts"] > 10 and turns > 100


def test_a_vf_that_hogs_its_mailbox_holds_up_nobody(house):
    with attacker(house) as evil:
        result = endure(house, evil, "hog", SECOND)
        assert result["sent"] > 100
        # Nobody answered, for nobody could read.
        assert result["pfsts"] == 0


def test_a_vf_killed_while_it_holds_its_mailbox_comes_back(house):
    with Evil(house.vfs[0]) as evil:
        assert address(evil) == house.own
        evil.start("hog", 60 * SECOND)
        ask(house, 0)
        evil.kill()
    with attacker(house):
        pass


# --- registers, rings and frames ---

@pytest.mark.parametrize("seed", [1, 2])
def test_junk_in_every_register_of_the_window_stays_the_vfs_own(house, seed):
    with attacker(house) as evil:
        result = endure(house, evil, "junk", SECOND, seed, other=(house.pf, 0) if seed == 2 else None)
    assert result["sent"] > 1000


@pytest.mark.parametrize("kind", ["descs", "rings"])
def test_dma_outside_the_vfs_memory_is_stopped(house, kind):
    run("dmesg", "--clear")
    with attacker(house) as evil:
        endure(house, evil, kind, other=(house.pf, 0))
        if kind == "rings":
            # Others' frames to it go to a ring that isn't its own, too.
            assert sent_to_attacker(house, 32)
        endure(house, evil, "received")
    # By the attacker's own function, and by no other.
    stopped = set(re.findall(r"Request device \[(\S+)\]", run("dmesg")))
    assert stopped == {house.vfs[0].removeprefix("0000:")}


def sent_to_attacker(house, frames):
    """Sends so many frames from VF 1 to the attacker."""
    honest = house.honest
    honest.cmd(f"set portlist {FIRST}")
    honest.cmd(f"set eth-peer {FIRST} {house.own}")
    honest.cmd("set fwd rxonly")
    honest.clear_stats()
    honest.cmd(f"start tx_first {frames // 32}")
    sent = honest.stats(FIRST)["TX-packets"]
    honest.cmd("stop")
    return sent == frames


def test_a_vf_that_never_empties_its_ring_starves_nobody(house):
    with attacker(house) as evil:
        evil.do("starve", 8)
        assert sent_to_attacker(house, 256)
        endure(house, evil, "received", other=(house.pf, 0))
        assert evil.do("received")["sent"] == 8
    # What keeps a full ring from holding up others on the chip; QEMU's never does.
    assert registers(house.pf, "QDE")["QDE"] == 0xFFFF


def test_a_vf_that_forges_addresses_has_anti_spoofing_on(house):
    with attacker(house) as evil:
        # QEMU's model lets forged frames pass: only that the chip is told to stop them can be seen.
        # To nobody: they would only lie in somebody's ring.
        assert evil.do("send", 32, OUTSIDER, house.macs[FIRST])["faults"] == 0
        assert all(pool["spoofchk"] == 0x101 for pool in rows(house.pf)[:4])


# --- what the operator can do about it ---

def operator(house, command, text="", vf=0):
    """The answer of one of the operator's commands on a VF."""
    path = f"/vfctl/{command}"
    answer = house.pf.telemetry(f"{path},0,{vf}" + (f",{text}" if text else ""))[path]
    assert "error" not in answer, answer
    return answer


@contextmanager
def settings(house, text, back, vfs=(0,)):
    """VFs' settings, and back to what they were."""
    for vf in vfs:
        operator(house, "set", text, vf)
    try:
        yield
    finally:
        for vf in vfs:
            operator(house, "set", back, vf)


def test_a_flood_beyond_the_budget_waits(house):
    with attacker(house) as evil, settings(house, "budget=10 burst=10", "budget=50 burst=128"):
        operator(house, "stats_reset")
        result = endure(house, evil, "flood", 40, "valid")
        # Ten at once and the others at their rate, however fast the machine is.
        assert summed(result) == {"granted": 40, "refused": 0, "silent": 0, "odd": 0}
        assert result["ms"] > 2500
        assert operator(house, "stats")["over_budget"] > 0


def test_a_vf_that_goes_on_comes_into_quarantine_until_it_is_released(house):
    with attacker(house) as evil:
        with settings(house, "quarantine_after=10", "quarantine_after=1000"):
            operator(house, "stats_reset")
            answers = summed(endure(house, evil, "flood", 16, "nonsense"))
            # One is forgiven each second.
            assert answers["refused"] >= 10 and answers["silent"] > 0
            assert answers["refused"] + answers["silent"] == 16
            assert operator(house, "vf")["info"]["quarantined"] == 1
            assert operator(house, "stats")["quarantines"] == 1
            # No reset of its own brings it out, nor does a new owner's.
            assert evil.do("flr", 1)["faults"] == 0
            assert summed(evil.do("say", 1)) == {"granted": 0, "refused": 0, "silent": 1, "odd": 0}
        assert operator(house, "vf")["info"]["quarantined"] == 1
        operator(house, "release")
        assert operator(house, "vf")["info"]["quarantined"] == 0
        assert address(evil) == house.own


def test_refusals_are_counted_by_reason_and_for_the_vf_that_caused_them(house):
    others = [operator(house, "stats", vf=vf)["refused"] for vf in (1, 2, 3)]
    with attacker(house) as evil:
        operator(house, "stats_reset")
        evil.do("steal", *house.macs, house.pf.mac(0))
        evil.do("steal", BROADCAST, GROUP, "00:00:00:00:00:00")
        hoarded = summed(evil.do("hoard", 32))["refused"]
        # One and three are kinds that there are, the other six aren't.
        asked = evil.do("promisc")["sent"]
        counts = evil.do("counts")["sent"]
        evil.do("rst", 1)
        wait_for("a bare row", lambda: row(house) == house.rows[0])
        evil.do("early")
        refused_for = {why: count for why, count in operator(house, "stats")["refused"].items() if count}
        assert refused_for == {"mac_taken": 8, "mac_invalid": 6, "quota": hoarded, "promisc_denied": 3,
                               "bad_request": asked - 3 + counts, "not_clear": 6}
    assert [operator(house, "stats", vf=vf)["refused"] for vf in (1, 2, 3)] == others


def test_a_vf_with_a_locked_address_keeps_it(house):
    with attacker(house) as evil, settings(house, "mac_locked=on", "mac_locked=off"):
        assert summed(endure(house, evil, "steal", OUTSIDER)) == refused(2)
        assert row(house)["macs"] == [house.own]
        # What it has it may ask for.
        assert evil.do("steal", house.own)["answers"]["mac"]["granted"] == 2
    assert operator(house, "stats")["refused"]["mac_locked"] >= 2


def test_a_vf_with_a_list_of_addresses_takes_no_others(house):
    with attacker(house) as evil, settings(house, f"allow_macs={OUTSIDER}", "allow_macs=none"):
        assert summed(endure(house, evil, "steal", "02:de:ad:00:00:02")) == refused(2)
        assert evil.do("steal", OUTSIDER)["answers"]["mac"]["granted"] == 2


def test_a_vf_with_a_port_vlan_cannot_hop_out_of_it(house):
    honest = house.honest
    with attacker(house) as evil:
        assert evil.do("say", JOIN, 77)["answers"]["vlan"]["granted"] == 1
        with settings(house, "vlan=100 qos=3", "vlan=0 qos=0"):
            # What it had joined before is gone.
            assert 77 not in row(house)["vlans"] and 100 in row(house)["vlans"]
            assert summed(endure(house, evil, "hop", 1, 4095, 46))["granted"] == 0
            assert 100 in row(house)["vlans"] and len(row(house)["vlans"]) <= 2
            # Whatever tag it sends, or none, only those in its VLAN hear it.
            assert heard(house, evil, FIRST, 0) == 0
            honest.cmd(f"rx_vlan add 100 {ASKER}")
            assert heard(house, evil, ASKER, 0) == 32
            honest.cmd(f"rx_vlan rm 100 {ASKER}")


def test_a_vlan_that_isnt_on_its_list_is_closed_to_a_vf(house):
    with attacker(house) as evil, settings(house, "trunk=10-12", "trunk=1-4094"):
        answers = summed(endure(house, evil, "hop", 9, 14, 1))
        assert (answers["granted"], answers["refused"]) == (3, 3)
        assert set(row(house)["vlans"]) - {0} == {10, 11, 12}


def test_vfs_without_broadcast_go_on_in_a_storm(house):
    pf = house.pf
    with settings(house, "broadcast=off", "broadcast=on", vfs=(1, 2, 3)), Evil(house.vfs[0]) as evil:
        assert address(evil) == house.own
        pf.clear_stats()
        storm = endure(house, evil, "storm", SECOND, BROADCAST, house.own)
        assert storm["sent"] > 100 and storm["faults"] == 0
        # It raged: the PF has heard it.
        pf.cmd("set portlist 0")
        pf.cmd("set fwd rxonly")
        pf.cmd("start")
        assert settled(pf, 0)["RX-packets"] > 100
        pf.cmd("stop")


def test_the_attackers_vf_serves_an_honest_owner_at_last(house):
    honest = house.honest
    assert "is attached" in honest.cmd(f"port attach {house.vfs[0]}")
    heir = 3
    honest.cmd(f"port start {heir}")
    honest.wait_link(heir)
    assert honest.mac(heir) == house.own
    assert circle(End(honest, heir), End(honest, FIRST), seconds=1).faults() == []
    assert circle(End(honest, heir), End(house.pf, 0), seconds=1).faults() == []
    for line in (f"port stop {heir}", f"port close {heir}", f"device detach {house.vfs[0]}"):
        honest.cmd(line)
    wait_for("the row as bare as before", lambda: rows(house.pf) == house.rows)
