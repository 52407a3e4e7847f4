#!/bin/sh
# Runs a command with a folder as its root and nothing but the loopback for a network:
#     unshare --mount --net --pid --fork --kill-child sh chroot.sh ROOT SOURCE=TARGET... -- COMMAND...
# Each SOURCE is seen at TARGET, read-only. All of it vanishes with the command.
set -eu
root=$1
shift
while [ "$1" != -- ]; do
    target=$root${1#*=}
    mkdir -p "$target"
    mount --bind "${1%%=*}" "$target"
    mount -o remount,bind,ro "$target"
    shift
done
shift
mount -t proc proc "$root/proc"
ip link set lo up
exec chroot "$root" "$@"
