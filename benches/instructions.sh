#!/usr/bin/env bash
# Counts the instructions of a scan of three generated captures, one thread, with callgrind, and compares them with those in
# instructions.txt: fails where one is more than 5 % above. Counts are the same whatever else the machine does; another
# compiler or C library changes them, so both are noted, and a line of another compiler is only told.
#
#   benches/instructions.sh             compares
#   benches/instructions.sh --record    writes them down: say in the commit what made them grow
#
# valgrind has no SHA instructions: some third of the counts is SHA-256 in software.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
recorded=benches/instructions.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cargo build --release --quiet --bin tlscensus --example generate
compiler=$(rustc --version | cut -d' ' -f2)
for kind in bulk small handshakes; do
    target/release/examples/generate "$kind" 8MB "$work/$kind.pcap" 2>"$work/said"
    valgrind --tool=callgrind --callgrind-out-file="$work/counts" \
        target/release/tlscensus scan "$work/$kind.pcap" -j1 -q -f -o "$work/out" 2>"$work/said"
    echo "$kind $(sed -n 's/.*Collected : //p' "$work/said") $compiler" >>"$work/now"
done

if [ "${1:-}" = --record ]; then
    cp "$work/now" "$recorded"
    cat "$recorded"
    exit
fi
status=0
while read -r kind count compiler; do
    read -r _ before by < <(grep "^$kind " "$recorded")
    printf '%-11s %11d instructions, recorded %11d: %+.1f %%\n' "$kind" "$count" "$before" \
        "$(awk -v now="$count" -v before="$before" 'BEGIN { print 100 * (now - before) / before }')"
    if [ "$compiler" != "$by" ]; then
        echo "  recorded with Rust $by, this is $compiler: not judged"
    elif [ $((count * 100)) -gt $((before * 105)) ]; then
        echo "  more than 5 % above: make it less, or record it with the reason"
        status=1
    fi
done <"$work/now"
exit $status
