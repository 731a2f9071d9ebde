#!/usr/bin/env python3
"""Cuts and rewrites recorded classic pcap files (used by record.sh).

  pcaptool.py cut IN PREFIX SEL...   write PREFIX0, PREFIX1, ...; a new file begins with each selected packet
  pcaptool.py drop IN OUT SEL...     copy without the selected packets
  pcaptool.py big-endian IN OUT      copy with big-endian file and packet headers

SEL is STREAM:SIDE:N - the N-th (from 1) packet with TCP payload that SIDE ('c' client, 's' server) of the
STREAM-th connection (from 0, in order of the first packet) sent. Ethernet with IPv4 or IPv6 and TCP only.
"""
import struct
import sys

MAGICS = {
    b"\xd4\xc3\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">",  # microseconds
    b"\x4d\x3c\xb2\xa1": "<", b"\xa1\xb2\x3c\x4d": ">",  # nanoseconds
}


def read(path):
    """The file header's fields and the packets as (header fields, bytes)."""
    data = open(path, "rb").read()
    order = MAGICS[data[:4]]
    head = struct.unpack(order + "IHHiIII", data[:24])
    packets, at = [], 24
    while at < len(data):
        fields = struct.unpack(order + "IIII", data[at:at + 16])
        packets.append((fields, data[at + 16:at + 16 + fields[2]]))
        at += 16 + fields[2]
    return head, packets


def write(path, head, packets, order="<"):
    with open(path, "wb") as out:
        out.write(struct.pack(order + "IHHiIII", *head))
        for fields, data in packets:
            out.write(struct.pack(order + "IIII", *fields) + data)


def tcp(frame):
    """(source, destination, flags, payload length, sequence number) or None."""
    kind = struct.unpack("!H", frame[12:14])[0]
    if kind == 0x0800 and frame[23] == 6:
        ihl = (frame[14] & 15) * 4
        total = struct.unpack("!H", frame[16:18])[0]
        end = 14 + total if total else len(frame)
        src, dst, at = frame[26:30], frame[30:34], 14 + ihl
    elif kind == 0x86DD and frame[20] == 6:
        end = 54 + struct.unpack("!H", frame[18:20])[0]
        src, dst, at = frame[22:38], frame[38:54], 54
    else:
        return None
    sport, dport, seq = struct.unpack("!HHI", frame[at:at + 8])
    payload = end - at - (frame[at + 12] >> 4) * 4
    return (src, sport), (dst, dport), frame[at + 13], payload, seq


def select(packets, selectors):
    """Indices of the packets that the selectors name."""
    wanted = {}
    for text in selectors:
        stream, side, number = text.split(":")
        wanted[(int(stream), side, int(number))] = text
    streams, counts, found = {}, {}, []
    for index, (_, frame) in enumerate(packets):
        info = tcp(frame)
        if info is None:
            continue
        src, dst, _, payload, _ = info
        key = tuple(sorted((src, dst)))
        if key not in streams:
            streams[key] = (len(streams), src)
        number, client = streams[key]
        if payload <= 0:
            continue
        at = (number, "c" if src == client else "s")
        counts[at] = counts.get(at, 0) + 1
        if at + (counts[at],) in wanted:
            found.append(index)
            del wanted[at + (counts[at],)]
    if wanted:
        sys.exit("pcaptool.py: not in the file: " + " ".join(wanted.values()))
    return found


def main(args):
    if len(args) < 3:
        sys.exit(__doc__)
    action, source, target, selectors = args[0], args[1], args[2], args[3:]
    head, packets = read(source)
    if action == "cut":
        bounds = [0] + select(packets, selectors) + [len(packets)]
        for number, (start, end) in enumerate(zip(bounds, bounds[1:])):
            write(f"{target}{number}", head, packets[start:end])
    elif action == "drop":
        gone = set(select(packets, selectors))
        write(target, head, [p for i, p in enumerate(packets) if i not in gone])
        print("left out: frame " + ", ".join(str(i + 1) for i in sorted(gone)) + " of the recorded file")
    elif action == "big-endian":
        write(target, head, packets, ">")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
