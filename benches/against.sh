#!/usr/bin/env bash
# Measures the program against `cat` of the same file, and against what else is installed of tshark, tcptrace, ssldump and
# ndpiReader. Writes a table in Markdown to the standard output stream.
#
#   benches/against.sh              captures of 1 GB (bulk) and 0.5 GB (small, handshakes), five rounds: about ten minutes
#   benches/against.sh 20MB 1       all of them 20 MB, one round
#   ROUNDS_OF_OTHERS=1              rounds of the other programs, which take up to minutes each; 0: leave them out
#
# Run it on a machine that does nothing else. What swings with the page cache and the neighbours does so for all: compare
# within one table.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
size=${1:-}
rounds=${2:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cargo build --release --quiet --bin tlscensus --example generate
generate() { target/release/examples/generate "$@" 2>"$work/$(basename "$3").said"; }
generate bulk "${size:-1GB}" "$work/bulk.pcap"
generate bulk "${size:-1GB}" "$work/bulk.pcapng" --format pcapng
generate small "${size:-500MB}" "$work/small.pcap"
generate handshakes "${size:-500MB}" "$work/handshakes.pcap"
# What is still to be written back would take part of the disk and of a core.
sync

python3 benches/measure.py --program target/release/tlscensus --rounds "$rounds" --others "${ROUNDS_OF_OTHERS:-1}" \
    "$work"/bulk.pcap "$work"/bulk.pcapng "$work"/small.pcap "$work"/handshakes.pcap
