#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The bundled Formula 1 database: what is in it, a short training, an honest evaluation. `make demo` builds first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cenote=build/cenote
source=examples/f1
task="${1:-driver-top3}"
run="$(mktemp -d)/run"
trap 'rm -rf "$(dirname "$run")"' EXIT

show() { printf '\n$ cenote %s\n' "$*"; "$cenote" "$@"; }

show inspect "$source"
show fit "$source" --task "$task" --protocol frozen --seed 0 --set epochs=3 --out "$run"
show evaluate "$run" --split test
