# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""IPv4 packets with sums, right and wrong."""

import struct

PROTOCOLS = {"tcp": 6, "udp": 17}
# Where the sums lie in a frame without tag and without IP options.
_IP, _L4 = 14, 34
_IP_SUM = 24
_L4_SUM = {6: _L4 + 16, 17: _L4 + 6}


def _sum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def ipv4(protocol, payload, source="10.0.0.1", to="10.0.0.2", sport=1000, dport=2000):
    """An IPv4 packet around a UDP or TCP one, sums right."""
    number = PROTOCOLS[protocol]
    addresses = bytes(map(int, source.split("."))) + bytes(map(int, to.split(".")))
    if protocol == "udp":
        l4 = struct.pack("!HHHH", sport, dport, 8 + len(payload), 0) + payload
        place = 6
    else:
        l4 = struct.pack("!HHIIBBHHH", sport, dport, 1, 2, 0x50, 0x10, 512, 0, 0) + payload
        place = 16
    total = 0xFFFF - _sum(addresses + struct.pack("!HH", number, len(l4)) + l4)
    l4 = l4[:place] + struct.pack("!H", total or 0xFFFF) + l4[place + 2:]
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(l4), 1, 0, 64, number, 0) + addresses
    total = 0xFFFF - _sum(header)
    return header[:10] + struct.pack("!H", total) + header[12:] + l4


def spoil(frame, ip=False, l4=False):
    """The frame with a wrong IP or L4 sum."""
    frame = bytearray(frame)
    for wrong, place in ((ip, _IP_SUM), (l4, _L4_SUM[frame[_IP + 9]])):
        if wrong:
            frame[place] ^= 0x55
    return bytes(frame)


def checksums(frame):
    """Whether the IP and the L4 sum of a frame are right."""
    length = struct.unpack("!H", frame[_IP + 2:_IP + 4])[0]
    l4 = frame[_L4:_IP + length]
    pseudo = frame[_IP + 12:_L4] + struct.pack("!HH", frame[_IP + 9], len(l4))
    return _sum(frame[_IP:_L4]) == 0xFFFF, _sum(pseudo + l4) == 0xFFFF
