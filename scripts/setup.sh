#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Fetches what Cenote is built from: Debian packages, libtorch (as the torch Python package), DuckDB
# and LightGBM (as its Python package).
# Safe to run again: what is already there is checked, not fetched, and then no network is used.
#
#   CENOTE_DEPS         where everything goes; default .deps in the repository
#   CENOTE_DUCKDB_ROOT  use the DuckDB installed there (lib/libduckdb.so, include/duckdb.h) instead
#   CENOTE_TORCH_INDEX  package index of the CPU build of torch; default: see torch_cpu_index below
#   CENOTE_DOWNLOADS    a folder that may already hold the archives, for machines without a network
#   CENOTE_PYTHON       the python3 (3.11 or newer) the virtual environment is made from

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

torch_version=2.13.0
duckdb_version=1.5.5
lightgbm_version=4.6.0
# The one place that names torch's official index. It is tried after what pip itself is configured with.
torch_cpu_index="${CENOTE_TORCH_INDEX:-https://download.pytorch.org/whl/cpu}"

deps="${CENOTE_DEPS:-.deps}"
duckdb="$deps/duckdb"
downloads="${CENOTE_DOWNLOADS:-}"
extensions=(postgres_scanner sqlite_scanner tpch)

# Pinned SHA-256. The C header is the one of DuckDB 1.4.4: newer packages no longer ship it, and the C API only grows.
header_npm='duckdb@1.4.4'
header_tgz=duckdb-1.4.4.tgz
header_tgz_sum=5bb967dcbcd517670ba5f169f238fb9d6787e53752c60ebe24386169d76941ed
header_sum=cbe6a827284375c5a646b8f27dbd3a00808ce8738b5bbb49c190cb1e08540281
declare -A extension_sum
lightgbm_sum=''  # not checked where it is empty
case "$(uname -m)" in
  x86_64)
    lightgbm_sum=6a12e1a7b13824d14c252d2a4d2e36af467383331a114eb0e7448eecbf02d7b1
    library_npm='@duckdb/node-bindings-linux-x64@1.5.5-r.5'
    library_tgz=duckdb-node-bindings-linux-x64-1.5.5-r.5.tgz
    library_tgz_sum=86d2bda909785550e8a14a57a8a4584827aff0e268d8f1a58c3fd48559f7020e
    library_sum=fc23f12e376c47be520f75221288281906e7942e8fd6f6ce4849198ba60d0405
    extension_sum[postgres_scanner]=b1ced4cfc6311313e117c2afb3eac76508718778dde0716421503c7dbfb5605c
    extension_sum[sqlite_scanner]=693d2bf90779df23ca5ebe0688639b9adfc11c2d55ae3466b33e28be16afaa5e
    extension_sum[tpch]=3da16edae72039b20afccf092f49b9e17ebbcf56c93f89a9fcb54a39a027e088 ;;
  aarch64)
    library_npm='@duckdb/node-bindings-linux-arm64@1.5.5-r.5'
    library_tgz=duckdb-node-bindings-linux-arm64-1.5.5-r.5.tgz
    library_tgz_sum=3b85f3ea438f7dc3691d7b5e6e4222ffe9127fd17885f96ca72e0c99925c348e
    library_sum=d00d007f3f7ca1f2896a5e4b89c2ce141bf0508506a9d6d56f9598b8e59d074e
    extension_sum[postgres_scanner]=e2469cce1e855e8c842a1487dd8168cf27904c03baaf1f2c227529403315d819
    extension_sum[sqlite_scanner]=8d3dafb7dce28c7e74abac9f78a9063b8eda02c257e7aaa026e441bf277aece7
    extension_sum[tpch]=a7a919c6e272442efccbb1cf9ce2724206d6355a6ecb95d499228913d292afc9 ;;
  *) library_npm='' ;;
esac

say() { printf 'setup: %s\n' "$*"; }
warn() { printf 'setup: note: %s\n' "$*" >&2; }
fail() { printf 'setup: error: %s\n' "$*" >&2; exit 1; }

# True if the file $1 is there and has the SHA-256 $2.
has_sum() { [ -f "$1" ] && printf '%s  %s\n' "$2" "$1" | sha256sum --check --status; }

# ---- Debian packages ------------------------------------------------------------------------------------------------

installed() { [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null)" = 'ii ' ]; }

apt_install() {  # apt_install WHAT-FOR PACKAGE...
  local purpose="$1" sudo=()
  shift
  if [ "$(id -u)" != 0 ]; then
    sudo=(sudo)
    command -v sudo >/dev/null || { warn "neither root nor sudo; as root run: apt-get install $*"; return 1; }
  fi
  say "installing packages for $purpose: $*"
  local install=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@")
  # The lists are often there but old or empty (containers), so the first failure fetches them and tries once more.
  "${install[@]}" </dev/null >"$deps/apt.log" 2>&1 ||
    { "${sudo[@]}" apt-get update -qq </dev/null >"$deps/apt.log" 2>&1 && "${install[@]}" </dev/null >>"$deps/apt.log" 2>&1; } ||
    { tail -n 5 "$deps/apt.log" >&2; return 1; }
}

setup_packages() {
  if ! command -v dpkg-query >/dev/null; then
    warn 'not a Debian system; needed: g++ cmake ninja ccache mold make git CLI11 nlohmann-json yaml-cpp spdlog fmt googletest benchmark zlib'
    return
  fi
  local missing=() missing_for_tests=() package
  for package in g++ cmake ninja-build ccache mold make git ca-certificates libcli11-dev nlohmann-json3-dev libyaml-cpp-dev \
                 libspdlog-dev libfmt-dev libgtest-dev libgmock-dev libbenchmark-dev zlib1g-dev; do
    installed "$package" || missing+=("$package")
  done
  # npm and Python may have come from elsewhere than Debian; npm only serves to fetch DuckDB.
  command -v npm >/dev/null || duckdb_complete || missing+=(npm)
  "${CENOTE_PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
  command -v sqlite3 >/dev/null || missing_for_tests+=(sqlite3)
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing_for_tests+=(postgresql)
  if [ ${#missing[@]} -gt 0 ]; then
    apt_install 'the build' "${missing[@]}" ||
      fail "could not install ${missing[*]}; install them by hand and run this again (log: $deps/apt.log)"
  fi
  if [ ${#missing_for_tests[@]} -gt 0 ]; then
    apt_install 'tests' "${missing_for_tests[@]}" ||
      warn "could not install ${missing_for_tests[*]}; tests that need them skip"
  fi
}

# ---- Python: torch --------------------------------------------------------------------------------------------------

venv="$deps/venv"
pip() { "$venv/bin/python3" -m pip --disable-pip-version-check "$@" </dev/null; }
packages_glob() { compgen -G "$venv/lib/python3*/site-packages/$1" >/dev/null; }

setup_venv() {
  "$venv/bin/python3" -c '' 2>/dev/null && return
  local python="${CENOTE_PYTHON:-python3}"
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$python is older than 3.11; set CENOTE_PYTHON to a newer one"
  say "making the virtual environment $venv"
  rm -rf "$venv"
  "$python" -m venv "$venv" || fail "$python cannot make a virtual environment; install python3-venv"
}

torch_complete() {
  packages_glob "torch-$torch_version*.dist-info" && packages_glob 'torch/include/ATen/core/Tensor.h' &&
    packages_glob 'torch/lib/libtorch_cpu.so'
}

setup_torch() {
  torch_complete && return
  local log="$deps/pip.log" cpu="torch==$torch_version+cpu" found=()
  [ -z "$downloads" ] || found=(--find-links "$downloads")
  : >"$log"
  say "installing torch $torch_version, CPU build (about 190 MB; minutes on a slow line)"
  # The plain index brings the CUDA build (3 GB), so it comes last.
  if [ -n "${CENOTE_TORCH_INDEX:-}" ]; then
    pip install --index-url "$torch_cpu_index" "torch==$torch_version" >>"$log" 2>&1 ||
      fail "torch $torch_version cannot be had from CENOTE_TORCH_INDEX=$torch_cpu_index (log: $log)"
  elif ! pip install "${found[@]}" "$cpu" >>"$log" 2>&1 &&
       ! pip install --index-url "$torch_cpu_index" --retries 1 --timeout 15 "$cpu" >>"$log" 2>&1; then
    warn "the index of the CPU builds cannot be reached; trying torch $torch_version from the index pip is configured with"
    pip install "torch==$torch_version" >>"$log" 2>&1 ||
      fail "torch $torch_version cannot be had; set CENOTE_TORCH_INDEX to an index with its CPU build (log: $log)"
  fi
  torch_complete || fail "torch was installed but its headers are missing in $venv; remove $venv and run this again"
  local build
  build="$("$venv/bin/python3" -W ignore -c 'import torch; print(torch.__version__, torch.version.cuda or "cpu")')" ||
    fail "torch was installed but does not load (log: $log)"
  say "torch $build"
  case "$build" in *' cpu') ;; *) warn 'this is the CUDA build; CENOTE_TORCH_INDEX can name an index with the smaller CPU build' ;; esac
}

# Of the package only the C library is used, so what its Python side needs stays away. libgomp comes with g++.
lightgbm_library() { compgen -G "$venv/lib/python3*/site-packages/lightgbm/lib/lib_lightgbm.so"; }

lightgbm_complete() {
  local library
  packages_glob "lightgbm-$lightgbm_version.dist-info" && library="$(lightgbm_library)" || return 1
  [ -z "$lightgbm_sum" ] || has_sum "$library" "$lightgbm_sum"
}

setup_lightgbm() {
  lightgbm_complete && return
  local log="$deps/pip-lightgbm.log" found=()
  [ -z "$downloads" ] || found=(--find-links "$downloads")
  say "installing lightgbm $lightgbm_version"
  pip install --no-deps --force-reinstall "${found[@]}" "lightgbm==$lightgbm_version" >"$log" 2>&1 ||
    fail "lightgbm $lightgbm_version cannot be had; put its wheel into a folder named by CENOTE_DOWNLOADS (log: $log)"
  lightgbm_complete ||
    fail "lib_lightgbm.so of lightgbm $lightgbm_version is missing or does not have the pinned SHA-256 ${lightgbm_sum:-}; not used"
}

# Only scripts that make example data use it; the engine and its tests do not.
setup_python_duckdb() {
  packages_glob "duckdb-$duckdb_version.dist-info" && return
  local found=()
  [ -z "$downloads" ] || found=(--find-links "$downloads")
  say "installing the Python package duckdb $duckdb_version"
  pip install "${found[@]}" "duckdb==$duckdb_version" >"$deps/pip-duckdb.log" 2>&1 ||
    warn "the Python package duckdb $duckdb_version cannot be had; only scripts that make example data need it"
}

# ---- DuckDB ---------------------------------------------------------------------------------------------------------

duckdb_complete() {
  if [ -n "${CENOTE_DUCKDB_ROOT:-}" ]; then return 0; fi
  has_sum "$duckdb/lib/libduckdb.so" "${library_sum:-none}" && has_sum "$duckdb/include/duckdb.h" "$header_sum"
}

# npm_file PACKAGE ARCHIVE SUM MEMBER TARGET SUM: one file out of an npm package, checked before and after.
npm_file() {
  has_sum "$5" "$6" && return
  local archive="$work/$2"
  if [ -n "$downloads" ] && [ -f "$downloads/$2" ]; then
    archive="$downloads/$2"
    say "taking $4 from $archive"
  else
    say "fetching $1"
    command -v npm >/dev/null || fail "npm is missing and $1 is not in CENOTE_DOWNLOADS; install npm or set CENOTE_DUCKDB_ROOT"
    npm pack --silent --pack-destination "$work" "$1" </dev/null >/dev/null ||
      fail "npm cannot fetch $1; put $2 into a folder named by CENOTE_DOWNLOADS, or set CENOTE_DUCKDB_ROOT"
  fi
  has_sum "$archive" "$3" || fail "$archive does not have the pinned SHA-256 $3; not used"
  tar -xzf "$archive" -C "$work" "$4"
  has_sum "$work/$4" "$6" || fail "$4 of $1 does not have the pinned SHA-256 $6; not used"
  mkdir -p "$(dirname "$5")"
  mv "$work/$4" "$5.part" && mv "$5.part" "$5"
}

setup_duckdb() {
  if [ -n "${CENOTE_DUCKDB_ROOT:-}" ]; then
    local file
    for file in lib/libduckdb.so include/duckdb.h; do
      [ -f "$CENOTE_DUCKDB_ROOT/$file" ] || fail "CENOTE_DUCKDB_ROOT=$CENOTE_DUCKDB_ROOT holds no $file"
    done
    say "using DuckDB of $CENOTE_DUCKDB_ROOT"
    return
  fi
  [ -n "$library_npm" ] || fail "no DuckDB is pinned for $(uname -m); set CENOTE_DUCKDB_ROOT to an installed one"
  npm_file "$library_npm" "$library_tgz" "$library_tgz_sum" package/libduckdb.so "$duckdb/lib/libduckdb.so" "$library_sum"
  npm_file "$header_npm" "$header_tgz" "$header_tgz_sum" package/src/duckdb/src/include/duckdb.h "$duckdb/include/duckdb.h" "$header_sum"
}

# postgres_scanner and sqlite_scanner let Cenote read those databases; tpch makes test databases.
setup_extensions() {
  local name target wheel found=()
  [ -z "$downloads" ] || found=(--find-links "$downloads")
  for name in "${extensions[@]}"; do
    target="$duckdb/extensions/$name.duckdb_extension"
    [ -n "${extension_sum[$name]:-}" ] || continue
    has_sum "$target" "${extension_sum[$name]}" && continue
    say "fetching the DuckDB extension $name"
    mkdir -p "$duckdb/extensions"
    if ! pip download -q --no-deps "${found[@]}" -d "$work" "duckdb-extension-${name//_/-}==$duckdb_version" >"$deps/pip-extension.log" 2>&1; then
      warn "the DuckDB extension $name cannot be had (log: $deps/pip-extension.log); what needs it says so, its tests skip"
      continue
    fi
    wheel="$(echo "$work/duckdb_extension_$name"-*.whl)"
    "$venv/bin/python3" - "$wheel" "duckdb_extension_$name/extensions/v$duckdb_version/$name.duckdb_extension" "$target.part" <<'PY'
import sys, zipfile
wheel, member, target = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive, open(target, "wb") as out:
    out.write(archive.read(member))
PY
    has_sum "$target.part" "${extension_sum[$name]}" ||
      { rm -f "$target.part"; fail "$name.duckdb_extension does not have the pinned SHA-256 ${extension_sum[$name]}; not used"; }
    mv "$target.part" "$target"
  done
}

# ---- all of it ------------------------------------------------------------------------------------------------------

mkdir -p "$deps"
exec 9>"$deps/.lock"
flock -n 9 || { say 'another set-up is at work; waiting for it'; flock 9; }
work="$(mktemp -d "$deps/work.XXXXXX")"
trap 'rm -rf "$work"' EXIT

start=$SECONDS
setup_packages
setup_venv
setup_torch
setup_lightgbm
setup_python_duckdb
setup_duckdb
setup_extensions
say "everything is there ($((SECONDS - start)) s)"
