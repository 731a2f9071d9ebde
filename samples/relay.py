#!/usr/bin/env python3
"""A bridge between two interfaces with a delay that loses or holds one chosen segment (used by record.sh).

  relay.py IF_CLIENT IF_SERVER DELAY drop N     lose the N-th data segment of the server once
  relay.py IF_CLIENT IF_SERVER DELAY hold N M   keep it back until M more data segments have passed
  relay.py IF_CLIENT IF_SERVER DELAY pass       only the delay

DELAY is one way, in milliseconds. Stands in for netem where the kernel lacks it. Between two real TCP stacks:
frames pass unchanged, so acknowledgements, duplicate acknowledgements and retransmissions are those of the kernel.
A data segment is counted by its sequence number, so a retransmission is not counted again. Ethernet with IPv4 or
IPv6 and TCP.
"""
import collections
import os
import select
import socket
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from pcaptool import tcp

ETH_P_ALL = 3
PACKET_OUTGOING = 4


def interface(name):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    sock.bind((name, 0))
    # promiscuous: the frames are addressed to the hosts behind the other interface
    index = socket.if_nametoindex(name)
    membership = index.to_bytes(4, sys.byteorder) + (1).to_bytes(2, sys.byteorder) + bytes(10)
    sock.setsockopt(263, 1, membership)  # SOL_PACKET, PACKET_ADD_MEMBERSHIP
    return sock


def main():
    client, server = interface(sys.argv[1]), interface(sys.argv[2])
    delay, action = float(sys.argv[3]) / 1000, sys.argv[4]
    number = int(sys.argv[5]) if action != "pass" else 0
    after = int(sys.argv[6]) if action == "hold" else 0
    seen, held = set(), None
    queue = collections.deque()  # (when to send, socket, frame)
    print("relay ready", flush=True)
    while True:
        wait = max(0.0, queue[0][0] - time.monotonic()) if queue else None
        ready, _, _ = select.select([client, server], [], [], wait)
        for sock in ready:
            frame, where = sock.recvfrom(65536)
            if where[2] == PACKET_OUTGOING:
                continue
            due = time.monotonic() + delay
            if sock is client:
                queue.append((due, server, frame))
                continue
            info = tcp(frame)
            fresh = info is not None and info[3] > 0 and info[4] not in seen
            if fresh:
                seen.add(info[4])
                if len(seen) == number:
                    held = frame if action == "hold" else None
                    continue
            queue.append((due, client, frame))
            if held and fresh:
                after -= 1
                if after == 0:
                    queue.append((due, client, held))
                    held = None
        while queue and queue[0][0] <= time.monotonic():
            _, sock, frame = queue.popleft()
            sock.send(frame)


if __name__ == "__main__":
    main()
