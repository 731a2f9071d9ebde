"""How cost grows with the input: CPU time and peak memory of whole scans, as a table in Markdown and as growth.svg.

    python3 benches/growth.py                  about ten minutes on two cores
    python3 benches/growth.py --largest 10MB   the same on small inputs, to try it

Three series: bytes of one stream (bulk, through the standard input stream, so that no disk is needed), flows (small frames,
one flow in ten TLS, the same way), and captures (copies of one sample under other addresses, in files of their own).
CPU time is of the scan alone (wait4), not of the generator.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCAN = ROOT / "target/release/tlscensus"
GENERATE = ROOT / "target/release/examples/generate"
UNITS = {"kB": 10**3, "MB": 10**6, "GB": 10**9}


def size(text):
    return int(float(text[:-2]) * UNITS[text[-2:]])


def measured(command, **streams):
    """CPU seconds, wall seconds, peak memory in MB."""
    start = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, **streams)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - start, usage.ru_maxrss / 1024


def streamed(kind, length, folder):
    source = subprocess.Popen([GENERATE, kind, str(length), "-"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    result = measured([SCAN, "scan", "-", "-q", "-f", "-o", folder / "out"], stdin=source.stdout)
    source.stdout.close()
    said = source.stderr.read().decode()
    source.wait()
    flows = int(said.split(" flows")[0].split()[-1])
    return flows, result


def many(count, folder):
    """Captures of 3 kB or so, all different: the sample's packets under another time."""
    archive = folder / "archive"
    shutil.rmtree(archive, ignore_errors=True)
    sample = bytearray((ROOT / "samples/tls13/tls13.pcap").read_bytes())
    for number in range(count):
        place = archive / f"{number // 1000:04}"
        if number % 1000 == 0:
            place.mkdir(parents=True)
        # Microseconds of the first packet: another file for the search of duplicates, another time for the order.
        sample[28:32] = (number % 1_000_000).to_bytes(4, "little")
        (place / f"{number:07}.pcap").write_bytes(sample)
    names = sorted(str(path) for path in archive.rglob("*.pcap"))
    listed = folder / "names"
    listed.write_bytes(b"\0".join(name.encode() for name in names))
    cat = measured(["xargs", "-0", "-a", listed, "cat"])
    return cat, measured([SCAN, "scan", archive, "--series", "none", "-q", "-f", "-o", folder / "out"])


def plot(series, path):
    """Two panels with logarithmic axes: CPU time and peak memory against the input, each series against its own largest."""
    import math

    width, height, left, top = 420, 260, 60, 30
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * width + 160} {height + 90}" font-family="sans-serif" font-size="12">']
    parts.append("<title>CPU time and peak memory of a scan as the input grows</title>")
    colours = ["#1b6ca8", "#c2571a", "#3b7d3b"]
    for panel, (label, place) in enumerate([("CPU seconds", 2), ("peak memory, MB", 3)]):
        x0 = left + panel * (width + 80)
        points = [row for rows in series.values() for row in rows]
        shares = [row[0] / max(r[0] for r in rows) for rows in series.values() for row in rows]
        low_x, high_x = math.floor(math.log10(min(shares))), 0
        low_y, high_y = (f(math.log10(max(row[place], 1e-3))) for f, row in ((math.floor, min(points, key=lambda r: r[place])), (math.ceil, max(points, key=lambda r: r[place]))))
        high_y = max(high_y, low_y + 1)

        def at(share, value):
            x = x0 + width * (math.log10(share) - low_x) / max(high_x - low_x, 1)
            y = top + height * (high_y - math.log10(max(value, 1e-3))) / (high_y - low_y)
            return f"{x:.1f},{y:.1f}"

        parts.append(f'<text x="{x0}" y="{top - 12}">{label}</text>')
        for power in range(low_y, high_y + 1):
            y = at(1, 10**power).split(",")[1]
            parts.append(f'<line x1="{x0}" x2="{x0 + width}" y1="{y}" y2="{y}" stroke="#ddd"/><text x="{x0 - 6}" y="{y}" text-anchor="end" dy="4">{10**power:g}</text>')
        for power in range(low_x, high_x + 1):
            x = at(10**power, 10**low_y).split(",")[0]
            parts.append(f'<text x="{x}" y="{top + height + 18}" text-anchor="middle">{10**power:g}</text>')
        for (name, rows), colour in zip(series.items(), colours):
            largest = max(row[0] for row in rows)
            line = [at(row[0] / largest, row[place]) for row in rows]
            parts.append(f'<polyline points="{" ".join(line)}" fill="none" stroke="{colour}" stroke-width="2"/>')
            parts.extend(f'<circle cx="{p.split(",")[0]}" cy="{p.split(",")[1]}" r="3" fill="{colour}"/>' for p in line)
    for number, (name, rows) in enumerate(series.items()):
        parts.append(f'<text x="{left + 260 * number}" y="{top + height + 48}" fill="{colours[number]}">● {name}: 1 is {max(rows)[1]}</text>')
    parts.append("</svg>")
    path.write_text("\n".join(parts) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--largest", type=size, default=size("100GB"))
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "benches/growth.svg")
    arguments = parser.parse_args()
    subprocess.run(["cargo", "build", "--release", "--quiet", "--bin", "tlscensus", "--example", "generate"], cwd=ROOT, check=True)
    series = {"bytes": [], "flows": [], "captures": []}
    print("| series | input | CPU s | wall s | peak MB | |\n|---|---|---|---|---|---|")

    def tell(name, amount, text, result, more=""):
        cpu, wall, peak = result
        series[name].append((amount, text, cpu, peak))
        print(f"| {name} | {text} | {cpu:.2f} | {wall:.2f} | {peak:.0f} | {more} |", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for share in (1000, 100, 10, 1):
            length = arguments.largest // share
            _, result = streamed("bulk", length, folder)
            tell("bytes", length, f"{length / 1e9:g} GB", result, f"{length / result[0] / 1e9:.2f} GB a CPU second")
        for share in (1000, 100, 10):
            flows, result = streamed("small", arguments.largest // share, folder)
            tell("flows", flows, f"{flows:,} flows", result, f"{result[0] / flows * 1e6:.1f} µs a flow")
        for share in (1000, 100, 10, 1):
            count = max(arguments.largest // 10**6 // share, 10)
            cat, result = many(count, folder)
            more = f"{(result[0] - cat[0]) / count * 1e6:.0f} µs each over cat"
            tell("captures", count, f"{count:,} captures", result, more)
    plot(series, arguments.out)


main()
