#!/usr/bin/env python3
"""Prints what tshark says of a capture as Markdown (used by record.sh): facts.py [--brief|--reorder|--datagrams] FILE

One line a TCP stream, then a table of the TLS messages in the order in which tshark completes them. Lengths: a
handshake message with its 4-byte header; of an encrypted one and of application data the record's length field. --brief: hellos, certificates and alerts
only. --reorder: tshark puts TCP segments in order first (tcp.reassemble_out_of_order; it then stops at a gap for good).
--datagrams: one line a datagram of DTLS or QUIC instead, with tshark's column Info.
The TCP frames are those that tshark names as reassembled; it may join several messages.
"""
import re
import subprocess
import sys
import xml.etree.ElementTree as ET


def tshark(path, *args):
    reorder = "TRUE" if "--reorder" in sys.argv[1:-1] else "FALSE"
    command = ("tshark", "-n", "-o", "tcp.reassemble_out_of_order:" + reorder, "-r", path)
    return subprocess.run(command + args, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


def numbers(values):
    """1, 2, 3, 7 as '1-3, 7'."""
    parts = []
    for value in values:
        if parts and parts[-1][1] == value - 1:
            parts[-1][1] = value
        else:
            parts.append([value, value])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in parts)


def streams(path):
    names = ("frame.number tcp.stream ip.src ipv6.src tcp.srcport ip.dst ipv6.dst tcp.dstport tcp.len tcp.flags "
             "tcp.options.mss_val tcp.analysis.retransmission tcp.analysis.out_of_order tcp.analysis.lost_segment").split()
    fields = [part for name in names for part in ("-e", name)]
    table, client = {}, {}
    for line in tshark(path, "-T", "fields", "-E", "separator=|", "-E", "occurrence=l", *fields).splitlines():
        row = dict(zip(names, line.split("|")))
        if not row["tcp.stream"]:
            continue
        frame, stream = int(row["frame.number"]), int(row["tcp.stream"])
        src = (row["ip.src"] or row["ipv6.src"]), row["tcp.srcport"]
        dst = (row["ip.dst"] or row["ipv6.dst"]), row["tcp.dstport"]
        side = "server" if int(src[1]) < 1024 else "client"
        facts = table.setdefault(stream, {
            "ends": (src, dst) if side == "client" else (dst, src), "frames": 0, "first": frame, "marks": [], "end": [],
            "client": [], "server": [], "mss": {}})
        facts["frames"] += 1
        facts["last"] = frame
        if int(row["tcp.len"]):
            facts[side].append(int(row["tcp.len"]))
        if row["tcp.options.mss_val"]:
            facts["mss"][side] = row["tcp.options.mss_val"]
        flags = int(row["tcp.flags"], 16)
        for bit, name in ((1, "FIN"), (4, "RST")):
            if flags & bit:
                facts["end"].append(f"{name} {side} {frame}")
        for name, text in (("retransmission", "retransmission"), ("out_of_order", "out of order"),
                           ("lost_segment", "previous segment not captured")):
            if row["tcp.analysis." + name]:
                facts["marks"].append(f"{text} {frame}")
        client[stream] = facts["ends"][0]
    for stream, facts in sorted(table.items()):
        (a, ap), (b, bp) = facts["ends"]
        data = "; ".join(
            f"{side} {len(sizes)} data segments, {sum(sizes)} bytes, largest {max(sizes)}" if sizes else f"{side} no data"
            for side, sizes in (("client", facts["client"]), ("server", facts["server"])))
        text = f"- TCP stream {stream}: {a} port {ap} to {b} port {bp}; {facts['frames']} frames, {facts['first']} to {facts['last']}"
        if facts["mss"]:
            text += "; MSS " + ", ".join(f"{side} {value}" for side, value in sorted(facts["mss"].items()))
        print(f"{text}; {data}; end: {', '.join(facts['end']) or 'not seen'}"
              + (f"; tshark's marks: {', '.join(facts['marks'])}" if facts["marks"] else ""))


def field(node, name):
    return next((f for f in node.iter("field") if f.get("name") == name), None)


def label(node, name):
    found = field(node, name)
    return found.get("showname") if found is not None else ""


def messages(path):
    """Rows of (frame, stream, side, message, bytes, frames)."""
    for packet in ET.fromstring(tshark(path, "-Y", "tls", "-T", "pdml", "-J", "tcp tls")):
        frame = int(packet.find("proto[@name='geninfo']/field[@name='num']").get("show"))
        stream = side = None
        segments = [frame]
        for proto in packet:
            if proto.get("name") == "tcp":
                stream = int(field(proto, "tcp.stream").get("show"))
                side = "server" if int(field(proto, "tcp.srcport").get("show")) < 1024 else "client"
            again = field(proto, "tcp.segments")
            if again is not None:
                segments = [int(n) for n in re.findall(r"#(\d+)\(", again.get("showname"))]
            if proto.get("name") != "tls":
                continue
            for record in proto.iter("field"):
                if record.get("name") != "tls.record":
                    continue
                kind = next((f.get("show") for f in record.iter("field")
                             if f.get("name") in ("tls.record.content_type", "tls.record.opaque_type")), "")
                length = int(field(record, "tls.record.length").get("show"))
                found = [f for f in record.iter("field") if f.get("name") == "tls.handshake"]
                for handshake in found:
                    name = handshake.get("showname").replace("Handshake Protocol: ", "")
                    if name == "Record Layer":
                        name = "Handshake, not read by tshark"
                    size = field(handshake, "tls.handshake.length")
                    size = int(size.get("show")) + 4 if size is not None else length
                    notes = []
                    if name in ("Server Hello", "Hello Retry Request"):
                        notes.append(re.sub(r"Cipher Suite: (\S+).*", r"\1", label(handshake, "tls.handshake.ciphersuite")))
                    sni = label(handshake, "tls.handshake.extensions_server_name")
                    if sni:
                        notes.append("SNI " + sni.split(": ")[1])
                    yield frame, stream, side, name + "".join(f" ({n})" for n in notes), size, segments
                if kind == "20":
                    yield frame, stream, side, "Change Cipher Spec", length, segments
                elif kind == "21":
                    text = label(record, "tls.alert_message").replace("Alert Message: ", "")
                    level, what = label(record, "tls.alert_message.level"), label(record, "tls.alert_message.desc")
                    if what:
                        text = f"{level.split(': ')[1]}, {what.split(': ')[1]}"
                    yield frame, stream, side, "Alert: " + re.sub(r"^Encrypted Alert$", "encrypted", text), length, segments
                elif kind == "23":
                    yield frame, stream, side, "Application Data", length, segments
                elif kind == "22" and not found:
                    yield frame, stream, side, "Handshake, not read by tshark", length, segments
            segments = [frame]


QUIC_PACKETS = {"0": "Initial", "1": "0-RTT", "2": "Handshake", "3": "Retry"}
HELLOS = {"1": "Client Hello", "2": "Server Hello"}


def packets(types, messages, info):
    """The packets with long headers in a datagram of QUIC: Initial (Client Hello), Handshake."""
    names = [QUIC_PACKETS[kind] for kind in types.split(",") if kind] or [re.split(r",| \(", info)[0]]
    hellos = [HELLOS[kind] for kind in messages.split(",") if kind in HELLOS]
    return ", ".join(f"{name} ({hellos.pop(0)})" if name == "Initial" and hellos else name for name in names)


def datagrams(path):
    names = ("frame.number", "udp.stream", "udp.srcport", "udp.length", "quic.long.packet_type", "tls.handshake.type", "_ws.col.Protocol",
             "_ws.col.Info")
    fields = [part for name in names for part in ("-e", name)]
    print("| frame | stream | from | records | payload bytes |\n|---|---|---|---|---|")
    for line in tshark(path, "-Y", "dtls or quic", "-T", "fields", "-E", "separator=|", *fields).splitlines():
        frame, stream, port, length, types, messages, protocol, info = line.split("|")
        side = "server" if int(port) < 1024 else "client"
        records = packets(types, messages, info) if protocol == "QUIC" else info
        print(f"| {frame} | {stream} | {side} | {records} | {int(length) - 8} |")


def main(path, brief=False):
    streams(path)
    rows = list(messages(path))
    if not rows:
        print("\ntshark sees no TLS in it.")
        return
    print("\n| frame | stream | from | message | bytes | TCP frames |\n|---|---|---|---|---|---|")
    if brief:
        rows = [r for r in rows if re.match("Client Hello|Server Hello \\(|Hello Retry|Certificate$|Alert: Fatal", r[3])]
    data = {}
    for row in rows:
        if row[3] == "Application Data":
            data.setdefault(row[1], []).append(row)
    for row in rows:
        frame, stream, side, name, size, segments = row
        many = data.get(stream, [])
        if name == "Application Data" and len(many) > 20:
            if row is not many[0]:
                continue  # one line a direction in place of all of them
            for who in ("client", "server"):
                own = [r for r in many if r[2] == who]
                if own:
                    used = sorted({f for r in own for f in r[5]})
                    print(f"| {own[0][0]} to {own[-1][0]} | {stream} | {who} | Application Data, {len(own)} record{'s'[:len(own) > 1]} | "
                          f"{sum(r[4] for r in own)} | {len(used)} frame{'s'[:len(used) > 1]} |")
        else:
            print(f"| {frame} | {stream} | {side} | {name} | {size} | {numbers(sorted(set(segments)))} |")


if __name__ == "__main__":
    if "--datagrams" in sys.argv[1:-1]:
        datagrams(sys.argv[-1])
    else:
        main(sys.argv[-1], "--brief" in sys.argv[1:-1])
