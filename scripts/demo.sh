#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The bundled Formula 1 database: what is in it, three questions learned and honestly evaluated, one prediction.
# `make demo` builds first. Takes about three minutes on two cores.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

runs="$(mktemp -d)"
trap 'rm -rf "$runs"' EXIT
show() { printf '\n$ cenote %s\n' "$*" | sed "s|$runs|runs|g"; build/cenote "$@"; }

show inspect examples/f1
for task in driver-position driver-top3 driver-dnf; do
  show fit examples/f1 --task "$task" --protocol frozen --budget "40 seconds" --out "$runs/$task"
  show evaluate "$runs/$task" --split test
done
show predict "$runs/driver-top3" --top 5

cat <<'END'

The graph network published with RelBench reaches, under the same protocol (frozen, test split; Robinson et al. 2024,
arXiv:2407.20060): driver-position MAE 4.022 (lower is better), driver-top3 AUROC 0.7554, driver-dnf AUROC 0.7262.
Seeds vary: scripts/bench_f1.py trains several and prints mean and spread.
END
