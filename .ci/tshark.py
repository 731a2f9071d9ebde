"""Asks tshark whether the two filters of a flow find exactly its packets: wireshark_filter, and tcp.stream or udp.stream by number.

    python3 .ci/tshark.py OUT CAPTURES [--flows 200] [--jobs 2]

OUT is a result of tlscensus over the folder CAPTURES, each capture by itself (--series none). The flows are spread over the
captures: one of each in turn, by a fixed order. Members of archives, which tshark does not open, and captures that were not
read to their end are passed over.

Three things are not held against a flow, and counted apart:
- datagrams of other protocols between the ports of a DTLS association or a QUIC connection, such as STUN and RTP;
- fragments of IP, which tshark gives no stream (the filter must find them);
- stream numbers behind a SOCKS connection, whose dissector takes one that no packet has (the filter must be right).
"""

import argparse
import concurrent.futures
import csv
import hashlib
import pathlib
import subprocess
import sys

parser = argparse.ArgumentParser()
parser.add_argument("out", type=pathlib.Path)
parser.add_argument("captures", type=pathlib.Path)
parser.add_argument("--flows", type=int, default=200)
parser.add_argument("--jobs", type=int, default=2)
options = parser.parse_args()
csv.field_size_limit(1 << 20)


def rows(name):
    with open(options.out / "csv" / f"{name}.csv", encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def plain(text):
    """A path without the guard against formulas."""
    return text[1:] if text.startswith("'") else text


paths = {row["capture_id"]: plain(row["path"]) for row in rows("captures") if row["status"] == "ok"}
by_capture = {}
for flow in rows("flows"):
    if flow["capture_id"] not in paths or flow["captures"] != "1":
        continue
    path = options.captures / paths[flow["capture_id"]]
    if path.is_file():
        by_capture.setdefault(path, []).append(flow)
for flows in by_capture.values():
    flows.sort(key=lambda flow: hashlib.sha256(flow["flow_id"].encode()).digest())
wanted = []
for turn in range(max(map(len, by_capture.values()), default=0)):
    wanted += [(path, flows[turn]) for path, flows in sorted(by_capture.items()) if turn < len(flows)]
wanted = wanted[: options.flows]


def frames(path, filter):
    """The frames that a display filter finds."""
    command = ["tshark", "-n", "-r", path, "-Y", filter, "-T", "fields", "-e", "frame.number"]
    # A capture that ends within a packet gives what stands before, and exit code 2.
    out = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if out.returncode not in (0, 2):
        raise SystemExit(f"tshark {path}: {out.stderr}")
    return [int(number) for number in out.stdout.split()]


def look(item):
    """What is wrong with a flow, and what it is excused for."""
    path, flow = item
    packets = int(flow["packets_client"]) + int(flow["packets_server"])
    ends = [int(flow["first_frame"]), int(flow["last_frame"])]
    span = f"frame.number >= {ends[0]} && frame.number <= {ends[1]}"
    stream = f"{flow['transport']}.stream eq {flow['stream']}"
    if flow["transport"] == "udp":
        # Associations follow one another in a conversation.
        stream += f" && {span}"
    found, numbered = frames(path, flow["wireshark_filter"]), frames(path, stream)
    wrong, excuses = [], set()
    if len(found) > packets and flow["transport"] == "udp":
        others = frames(path, f"({flow['wireshark_filter']}) && !{flow['protocol']}")
        if len(found) - len(others) <= packets:
            excuses.add("other protocols between its ports")
            packets = len(found)
    if len(found) != packets or [found[0], found[-1]] != ends:
        wrong.append(f"the filter finds {len(found)} frames from {found[:1]} to {found[-1:]}, not {packets} from {ends[0]} to {ends[1]}")
    elif numbered != found:
        if int(flow["ip_fragments"] or 0) > 0 and set(numbered) < set(found):
            excuses.add("IP fragments have no stream")
        elif flow["transport"] == "tcp" and frames(path, f"socks && frame.number < {ends[0]}"):
            excuses.add("numbered behind a SOCKS connection")
        else:
            wrong.append(f"{stream} finds {len(numbered)} frames, not {len(found)}")
    return path, flow, wrong, excuses


right = 0
excused = {}
with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
    for path, flow, wrong, excuses in pool.map(look, wanted):
        right += not wrong
        for line in wrong:
            print(f"{path.relative_to(options.captures)} {flow['flow_id']} ({flow['protocol']}): {line}")
        for excuse in excuses:
            excused[excuse] = excused.get(excuse, 0) + 1
for excuse, count in sorted(excused.items()):
    print(f"{count}: {excuse}")
print(f"{right} of {len(wanted)}")
sys.exit(right != len(wanted))
