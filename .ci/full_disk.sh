#!/usr/bin/env bash
# A sweep on a disk that fills up: it stops with a message, keeps what is done, and ends as one that had room. Needs the right to mount.
set -euo pipefail
wattshift=$1
out=$2
disk=$(mktemp -d)
if ! mount -t tmpfs -o size=160k tmpfs "$disk" 2>/dev/null; then
  echo "skipped: no right to mount a small disk here; the tests inject the same error"
  rmdir "$disk"
  exit 0
fi
trap 'umount "$disk"; rmdir "$disk"' EXIT
cat >"$out/disk.toml" <<EOF
[sweep]
name = "disk"
base = "$(pwd)/data/scenarios/texas-campus.toml"
policies = ["all-mining", "all-ai-asap"]
set = ["scenario.end_month=2026-12", "run.paths=4"]

[[parameters]]
path = "conversion.capex_usd_per_it_mw"
from = 8e6
to = 14e6
steps = 300
EOF
"$wattshift" sweep run "$out/disk.toml" -o "$out/room" --quiet
status=0
"$wattshift" sweep run "$out/disk.toml" -o "$disk/sweep" --quiet 2>"$out/disk.err" || status=$?
grep "finished points are kept" "$out/disk.err"
[ "$status" -eq 1 ]
mount -o remount,size=16m "$disk"
"$wattshift" sweep run "$out/disk.toml" -o "$disk/sweep" --quiet
cmp "$disk/sweep/points.csv" "$out/room/points.csv"
