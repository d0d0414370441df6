#!/bin/bash
# Runs a command with a container engine to talk to, and TEST_SERVERS=docker:
#   with-engine.sh <command> [arguments]
# An engine that answers is used as it is. Otherwise, as root on Debian or Ubuntu, podman is installed and started for as long as the
# command runs, with images made from the servers of this machine, so that no image registry is needed.
# Ends with the command's exit code, or with 75 and one line that says why when there is no engine to be had.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cannot() {
  echo "no container engine: $1"
  exit 75
}
export TEST_SERVERS=docker

work=$(mktemp -d)
service=
clean_up() {
  if [ -n "$service" ]; then
    podman rm -fa > /dev/null 2>&1 || true
    kill "$service" 2> /dev/null || true
    wait "$service" 2> /dev/null || true
    # The monitor of every command that was run in a container stays for a while; ours are known by our directory.
    for process in /proc/[0-9]*; do
      ! tr '\0' ' ' 2> /dev/null < "$process/cmdline" | grep -q "conmon.* $work/" || kill "${process#/proc/}" 2> /dev/null || true
    done
  fi
  rm -rf "$work" 2> /dev/null || true
}
trap clean_up EXIT

# Images made here stand in for those of a registry. Ryuk, which removes what a killed run leaves behind, would be one more of them.
use_images_of_here() {
  export REDIS_IMAGE=localhost/visavis-redis:local POSTGRES_IMAGE=localhost/visavis-postgres:local
  export TESTCONTAINERS_RYUK_DISABLED=true
}

if engine=$(node "$root/scripts/run.mjs" scripts/containers/engine.ts); then
  export DOCKER_HOST=$engine
  from='images from a registry'
  for image in redis:7-alpine postgres:16-alpine; do
    ! command -v docker > /dev/null || docker image inspect "$image" > /dev/null 2>&1 || docker pull -q "$image" > /dev/null 2>&1 \
      || from='images from the servers of this machine'
  done
  if [ "$from" != 'images from a registry' ]; then
    made=$("$root/scripts/containers/images.sh" "$work/images" docker 2>&1) \
      || cannot "$engine answers, but images can neither be pulled nor made ($(tail -1 <<< "$made"))"
    use_images_of_here
  fi
  echo "container engine: $engine, $from"
  "$@"
  exit
fi

[ "$(uname -s)" = Linux ] || cannot 'none answers, and podman can only be set up on Linux'
[ "$(id -u)" = 0 ] || cannot 'none answers, and setting up podman takes root'
if ! command -v podman > /dev/null; then
  command -v apt-get > /dev/null || cannot 'none answers, and podman can only be installed with apt-get'
  echo 'installing podman'
  log=$(mktemp)
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends \
    podman crun netavark aardvark-dns iptables; } > "$log" 2>&1 \
    || cannot "podman could not be installed ($(grep -E '^E:' "$log" | head -1 || tail -1 "$log"))"
  rm "$log"
fi

socket=$work/podman.sock
# Its own storage and settings: what podman may hold for somebody else stays untouched. The limits are what a container may
# be given where the limits of this process are lower than podman's defaults.
cat > "$work/containers.conf" << CONF
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
exit_command_delay = 1
CONF
export CONTAINERS_CONF=$work/containers.conf CONTAINERS_STORAGE_CONF=$work/storage.conf
for driver in overlay vfs; do
  # Overlay is the fast one, and does not work on every file system.
  printf '[storage]\ndriver = "%s"\ngraphroot = "%s"\nrunroot = "%s"\n' \
    "$driver" "$work/storage-$driver" "$work/run-$driver" > "$work/storage.conf"
  made=$("$root/scripts/containers/images.sh" "$work/images" podman 2>&1) && break
  [ "$driver" = overlay ] || cannot "podman is there, but images could not be made ($(tail -1 <<< "$made"))"
done
rm -rf "$work/images"

# Where cgroups of both versions are mounted, crun takes the machine for one with version 2 and fails; a mount namespace without the
# second one helps.
serve='exec podman system service --time=0 "unix://$0"'
[ ! -d /sys/fs/cgroup/unified ] || serve="umount /sys/fs/cgroup/unified; $serve"
unshare -m sh -c "$serve" "$socket" > "$work/podman.log" 2>&1 &
service=$!
for _ in $(seq 100); do
  [ ! -S "$socket" ] || break
  sleep 0.1
done
[ -S "$socket" ] || cannot "podman does not start its service ($(tail -1 "$work/podman.log"))"

echo "container engine: podman $(podman version --format '{{.Client.Version}}'), images from the servers of this machine"
use_images_of_here
DOCKER_HOST=unix://$socket TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1 "$@"
