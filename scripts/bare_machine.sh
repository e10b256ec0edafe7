#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Shows that a stranger's machine is enough: makes a Debian 12 root that holds only git, make, sudo, python3 with venv,
# npm and certificates, clones the repository into it, and runs `make demo` and `make test` there as an ordinary user
# with sudo. Prints the time of each step. Needs root and debootstrap.
#
#   scripts/bare_machine.sh [--root FOLDER] [--keep] [--reuse] [--as-root] [STEP...]
#
#   --root     where the root goes; default /var/tmp/cenote-bare (it takes about 6 GB)
#   --reuse    go on in the root of an earlier run that was kept
#   --keep     leave the root there afterwards
#   --as-root  run the steps as root instead of as a user
#   STEP       make targets or quoted shell lines; default: demo test
#
# How this host reaches package registries (apt sources, pip and npm settings, proxies, certificates) is copied into the
# root at run time, so that it works behind mirrors too.

set -euo pipefail
repository="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

root=/var/tmp/cenote-bare
keep=0 reuse=0 user=stranger
steps=()
while [ $# -gt 0 ]; do
  case "$1" in
    --root) root="$2"; shift ;;
    --keep) keep=1 ;;
    --reuse) reuse=1 ;;
    --as-root) user=root ;;
    -*) echo "bare_machine: unknown option $1" >&2; exit 2 ;;
    *) steps+=("$1") ;;
  esac
  shift
done
[ ${#steps[@]} -gt 0 ] || steps=(demo test)
[ "$(id -u)" = 0 ] || { echo 'bare_machine: this needs root' >&2; exit 2; }
command -v debootstrap >/dev/null || { echo 'bare_machine: install debootstrap first' >&2; exit 2; }
home=/home/stranger
[ "$user" = stranger ] || home=/root

mounted=()
clean_up() {
  local index
  for ((index = ${#mounted[@]} - 1; index >= 0; index--)); do umount -l "${mounted[index]}" || true; done
  # Never delete through a mount that did not go away.
  if [ "$keep" = 0 ] && ! grep -q " $root/" /proc/mounts; then rm -rf "$root"; fi
}
trap clean_up EXIT
bind() {  # bind SOURCE [ro]: the same path inside
  if [ -d "$1" ]; then mkdir -p "$root$1"; else mkdir -p "$root$(dirname "$1")"; touch "$root$1"; fi
  mount --bind "$1" "$root$1"
  mounted+=("$root$1")
  [ "${2:-}" != ro ] || mount -o remount,bind,ro "$root$1"
}

times=()
timed() {  # timed NAME COMMAND...
  local name="$1" start=$SECONDS status=0
  shift
  printf '\n==== %s\n' "$name"
  "$@" || status=$?
  times+=("$(printf '%6d s  %s%s' $((SECONDS - start)) "$name" "$([ $status = 0 ] || echo " (failed: $status)")")")
  return $status
}

# Removes what is there first: links in the root may point to the host's own files.
copy() { if [ -e "$1" ]; then mkdir -p "$root$(dirname "$1")" && cp -aL --remove-destination "$1" "$root$(dirname "$1")/"; fi; }

make_root() {
  local mirror
  mirror="$(grep -rhoE '(URIs: *|^deb .*)https?://[^ ]+' /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list 2>/dev/null |
    grep -oE 'https?://[^ ]+/debian/?$' | head -n 1 || true)"
  mkdir -p "$root"
  # debootstrap cannot resolve npm's alternatives, so apt installs the rest from inside.
  debootstrap --variant=minbase --include=ca-certificates bookworm "$root" ${mirror:+"$mirror"} >"$root.debootstrap.log" 2>&1 ||
    { tail -n 20 "$root.debootstrap.log" >&2; return 1; }
  rm -f "$root.debootstrap.log"
}

make_bare() {
  inside_as root 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    git make sudo python3 python3-venv npm ca-certificates >/dev/null'
  copy /etc/ssl/certs/ca-certificates.crt  # installing ca-certificates wrote its own list
}

copy_settings() {
  local file
  # Only Debian's own sources: what else the host has would be no bare machine.
  if [ -e /etc/apt/sources.list.d/debian.sources ]; then
    rm -f "$root/etc/apt/sources.list"
    copy /etc/apt/sources.list.d/debian.sources
  else
    copy /etc/apt/sources.list
  fi
  for file in /etc/apt/apt.conf /etc/apt/apt.conf.d/*proxy* /etc/apt/apt.conf.d/*mirror* /etc/apt/apt.conf.d/*registry* /etc/apt/auth.conf.d \
              /etc/resolv.conf /etc/hosts /etc/pip.conf /etc/xdg/pip /etc/npmrc /etc/ssl/certs/ca-certificates.crt /usr/local/share/ca-certificates; do
    copy "$file"
  done
  for file in .npmrc .config/pip .pip; do
    [ ! -e "$HOME/$file" ] || { mkdir -p "$root$home/$(dirname "$file")" && cp -aL --remove-destination "$HOME/$file" "$root$home/$file"; }
  done
  # npm keeps its own settings beside its program, which differs between machines: take the registry it says.
  if command -v npm >/dev/null && [ ! -e "$root$home/.npmrc" ]; then
    { echo "registry=$(npm config get registry)"; npm config get cafile | grep '^/' | sed 's/^/cafile=/'; } >"$root$home/.npmrc" || true
  fi
  # Variables about proxies, certificates and pip, and nothing else of this host's environment.
  env | grep -iE '^([a-z]*_proxy|pip_[a-z_]*|npm_config_[a-z_]*|[a-z_]*ssl[a-z_]*|node_extra_ca_certs|curl_ca_bundle|requests_ca_bundle)=' |
    sed "s/=\(.*\)/='\1'/; s/^/export /" >"$root/etc/bare-environment" || true
  # Folders of packages on this disk that pip's settings name (the files of an index lie beside its simple/).
  { pip3 config list 2>/dev/null || true; env | grep '^PIP_' || true; } | grep -oE '(file://)?/[a-zA-Z0-9_./-]+' | sed 's|^file://||; s|/simple$||' | sort -u |
    while read -r file; do [ ! -d "$file" ] || echo "$file"; done >"$root/etc/bare-folders"
}

inside_as() {  # inside_as USER SHELL-LINE
  chroot "$root" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb LANG=C.UTF-8 \
    su "$1" -s /bin/bash -c "source /etc/bare-environment; cd; $2" </dev/null
}

if [ "$reuse" = 0 ]; then
  [ ! -e "$root" ] || { keep=1; echo "bare_machine: $root exists; remove it or pass --reuse" >&2; exit 2; }
  timed 'make the root (debootstrap)' make_root
fi
mkdir -p "$root$home"
copy_settings
bind /proc
bind /dev
[ ! -d /dev/pts ] || bind /dev/pts
[ ! -d /dev/shm ] || bind /dev/shm
while read -r folder; do bind "$folder" ro; done <"$root/etc/bare-folders"
# No service may start while packages are installed: there is no init in there.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" && chmod +x "$root/usr/sbin/policy-rc.d"

if [ "$reuse" = 0 ]; then
  timed 'add git make sudo python3 python3-venv npm ca-certificates' make_bare
  [ "$user" = root ] || chroot "$root" useradd --no-create-home --home-dir "$home" --shell /bin/bash stranger
  printf '%s\n' 'stranger ALL=(ALL) NOPASSWD: ALL' 'Defaults env_keep += "http_proxy https_proxy no_proxy SSL_CERT_FILE"' \
    >"$root/etc/sudoers.d/stranger"
fi

if [ ! -d "$root$home/cenote" ]; then
  timed 'clone' git clone -q --no-hardlinks "$repository" "$root$home/cenote"
else
  git -C "$root$home/cenote" -c safe.directory='*' pull -q || true
fi
[ "$user" = root ] || chroot "$root" chown -R stranger:stranger "$home"

status=0
for step in "${steps[@]}"; do
  case "$step" in *[\ /]*) line="$step" ;; *) line="make $step" ;; esac
  timed "$line" inside_as "$user" "cd cenote && $line" || { status=1; break; }
done
printf '\n==== times on %s processors\n' "$(nproc)"
printf '%s\n' "${times[@]}"
exit $status
