"""Runs the program, cat and other programs over captures in turn, and prints medians as a table in Markdown.

CPU is user and system time of the whole process, memory its largest resident set, both as the kernel counts them (wait4).
A round runs each command once, so that all of them meet the same neighbours; the capture is read once before the first.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

OTHERS = {
    "tshark": ["tshark", "-r", "{capture}", "-q", "-z", "conv,tcp"],
    "tcptrace": ["tcptrace", "-n", "{capture}"],
    "ssldump": ["ssldump", "-n", "-r", "{capture}"],
    "ndpiReader": ["ndpiReader", "-q", "-i", "{capture}"],
}


def run(command, limit=3600):
    """Wall seconds, CPU seconds, peak memory in MB; None of one that takes longer than `limit` seconds."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    alarm = threading.Timer(limit, process.kill)
    alarm.start()
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    alarm.cancel()
    wall = time.perf_counter() - start
    code = os.waitstatus_to_exitcode(status)
    process.returncode = code
    if wall >= limit:
        return None
    if code not in (0, 3):
        sys.exit(f"{command} ended with {code}: {said.decode(errors='replace')[-500:]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def median(samples, place):
    return statistics.median(sample[place] for sample in samples)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--others", type=int, default=1)
    parser.add_argument("--limit", type=int, default=120, help="seconds that another program may take")
    parser.add_argument("captures", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()

    print("| capture | command | CPU s | against cat | wall s | M packets / CPU s | handshakes / CPU s | peak MB |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(dir=arguments.captures[0].parent) as folder:
        for capture in arguments.captures:
            out = f"{folder}/out"
            scan = [arguments.program, "scan", str(capture), "-q", "-f", "-o", out]
            commands = {"cat": ["cat", str(capture)], "scan -j1": [*scan, "-j1"], "scan -j2": [*scan, "-j2"]}
            # Into the page cache, in pieces: a child's peak memory begins with what its parent held.
            with capture.open("rb") as file:
                while file.read(1 << 20):
                    pass
            samples = {name: [] for name in commands}
            for _ in range(arguments.rounds):
                for name, command in commands.items():
                    samples[name].append(run(command))
            totals = json.loads(pathlib.Path(out, "summary.json").read_text())
            packets, handshakes = totals["captures"]["packets"], totals["flows"]["completed"]
            for name, command in OTHERS.items():
                if arguments.others and shutil.which(command[0]):
                    command = [part.format(capture=capture) for part in command]
                    samples[name] = [run(command, arguments.limit) for _ in range(arguments.others)]
            cat = median(samples["cat"], 1)
            for name, of_it in samples.items():
                if None in of_it:
                    print(f"| {capture.name} | {name} | more than {arguments.limit} | | | | | |", flush=True)
                    continue
                wall, cpu, peak = (median(of_it, place) for place in range(3))
                rates = ["", ""] if name == "cat" else [f"{packets / cpu / 1e6:.2f}", f"{handshakes / cpu:,.0f}" if "scan" in name else ""]
                print(f"| {capture.name} | {name} | {cpu:.2f} | {cpu / cat:.2f} | {wall:.2f} | {rates[0]} | {rates[1]} | {peak:.0f} |", flush=True)


main()
