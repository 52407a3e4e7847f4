#!/bin/sh
# Installs the erythema service on this device, or upgrades it in place.
#
#     sudo ./install.sh               install or upgrade
#     sudo ./install.sh --new-token   make a new token; the old one is void
#     sudo ./install.sh --remove      remove it; token, certificate and corrections stay
#
# Where TensorFlow is missing, it is fetched from NVIDIA's index for JetPack. For another one set
# ERYTHEMA_TENSORFLOW to pip's arguments, such as a wheel's file.
set -eu
umask 022

BUNDLE=$(cd "$(dirname "$0")" && pwd)
PROGRAMS=/opt/erythema # release-*: this bundle; packages-*: Python packages; current: a release
STATE=/var/lib/erythema
SETTINGS=$STATE/settings
OPTIONS=/etc/default/erythema
UNIT=/etc/systemd/system/erythema.service
NVIDIA=https://developer.download.nvidia.com/compute/redist/jp
# It warns that TensorBoard is not there, which nobody needs here.
IMPORT_TENSORFLOW="import logging; logging.disable(logging.WARNING); import tensorflow"

export LC_ALL=C.UTF-8 # or Python 3.6 cannot print outside of ASCII
export PYTHONNOUSERSITE=1 # what was installed for one user alone, the service's user cannot see
export PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONWARNINGS=ignore TF_CPP_MIN_LOG_LEVEL=3
# OpenBLAS otherwise takes the Nano for a newer processor and ends with "Illegal instruction".
[ "$(uname -m)" != aarch64 ] || export OPENBLAS_CORETYPE=ARMV8

say() { printf '%s\n' "$*"; }
stop() {
    printf 'install.sh: %s\n' "$*" >&2
    exit 1
}
usage() { sed -n '2,/^set/s/^# \{0,1\}//p' "$BUNDLE/install.sh"; }
with_systemd() { [ -d /run/systemd/system ]; }
is_running() { with_systemd && systemctl --quiet is-active erythema; }

# Checks --------------------------------------------------------------------

problems=0
problem() {
    printf -- '- %s\n' "$*" >&2
    problems=$((problems + 1))
}

check_device() {
    case $(uname -m) in
        aarch64 | x86_64) ;;
        *) problem "The packages are for 64 bits, and this system is $(uname -m)." \
            "Install JetPack's own system." ;;
    esac
    check_python
    check_disk
    check_memory
    [ $problems = 0 ] || stop "nothing was installed."
}

check_python() {
    version=$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || version=
    case $version in
        3.6 | 3.10) ;;
        *) problem "python3 is ${version:-missing}, and the packages are for 3.6 and 3.10." \
            "Install JetPack 4.6, which has 3.6, or JetPack 6, which has 3.10." ;;
    esac
    python3 -c 'import ensurepip, venv' 2>/dev/null \
        || problem "python3 cannot make virtual environments. Type: apt-get install python3-venv"
}

check_disk() {
    needed=1000
    has_tensorflow || needed=4000
    free=$(df -Pm /opt | awk 'NR == 2 { print $4 }')
    [ "$free" -ge $needed ] || problem "$free MB are free on the disk of /opt, and $needed are" \
        "needed. Make room, or take a larger card."
}

has_tensorflow() {
    python3 -c 'import importlib.util, sys; sys.exit(not importlib.util.find_spec("tensorflow"))' \
        2>/dev/null
}

check_memory() {
    memory=$(awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo)
    swap=$(awk '/^SwapTotal/ { print int($2 / 1024) }' /proc/meminfo)
    [ "$memory" -ge 3000 ] || problem "There are $memory MB of memory. Take a device with 4 GB:" \
        "CUDA and the service need 2.5."
    [ $((memory + swap)) -ge 5500 ] || say "Note: $memory MB of memory and $swap MB of swap may" \
        "get tight. README.md says how to add swap."
}

# Parts ---------------------------------------------------------------------

make_user() {
    getent passwd erythema >/dev/null || useradd --system --user-group --home-dir "$STATE" \
        --no-create-home --shell /usr/sbin/nologin erythema
    for group in video render; do # who may use the GPU
        ! getent group $group >/dev/null || usermod --append --groups $group erythema
    done
    mkdir -p "$STATE"
    chown erythema:erythema "$STATE"
    chmod 700 "$STATE"
}

# Sets $packages: a virtual environment with the pinned packages, made where there is none.
make_packages() {
    pins=$({ python3 -V && cat "$BUNDLE"/requirements*.txt; } | sha256sum | cut -c 1-12)
    packages=$PROGRAMS/packages-$pins
    [ ! -e "$packages/complete" ] || return 0
    say "Installing Python packages, which takes some minutes"
    rm -rf "$packages"
    python3 -m venv --system-site-packages "$packages"
    # Ubuntu 18.04's own pip is too old for the packages' wheels; newer ones need Python 3.7.
    pip_install pip==21.3.1
    pip_install -r "$BUNDLE/requirements.txt"
    "$packages/bin/python" -c "$IMPORT_TENSORFLOW" 2>/dev/null || install_tensorflow
    touch "$packages/complete"
}

pip_install() { # without dependencies: all of them are among the pins
    "$packages/bin/python" -m pip install --quiet --no-cache-dir --no-deps "$@" \
        || stop "the packages could not be installed; see above. With the network there, run this again."
}

install_tensorflow() {
    say "Installing TensorFlow, some 400 MB"
    case $version in
        3.6) wheel="--index-url $NVIDIA/v461 tensorflow==2.7.0+nv22.1" ;;
        *) wheel="--index-url $NVIDIA/v61 tensorflow==2.16.1+nv24.8" ;;
    esac
    pip_install -r "$BUNDLE/requirements-tensorflow.txt"
    # shellcheck disable=SC2086 # several words
    pip_install ${ERYTHEMA_TENSORFLOW:-$wheel}
    "$packages/bin/python" -c "$IMPORT_TENSORFLOW" \
        || stop "TensorFlow cannot be imported; see above, and README.md, \"If it does not start\"."
}

# Sets $release: a new copy of the bundle, linked to its packages.
make_release() {
    number=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' "$BUNDLE/python/erythema/__init__.py")
    release=$(mktemp -d "$PROGRAMS/release-$number.XXXXXX")
    trap 'rm -rf "$release"' EXIT
    cp -R "$BUNDLE/." "$release"
    ln -sfn "../$(basename "$packages")" "$release/packages"
    "$release/packages/bin/python" -m compileall -q -f "$release/python"
    chmod -R u=rwX,go=rX "$release"
}

as_service() {
    runuser -u erythema -- env HOME="$STATE" PYTHONPATH="$release/python" \
        PYTHONDONTWRITEBYTECODE=1 "$release/packages/bin/python" "$@"
}

try_release() {
    say "Trying the service"
    was_running=no
    if is_running; then # two at once do not fit into a Nano's memory
        was_running=yes
        systemctl stop erythema
    fi
    as_service "$release/try_service.py" "$release/network" && return 0
    [ $was_running = no ] || systemctl start erythema
    stop "nothing was changed. See README.md, \"If it does not start\"."
}

swap_in() {
    ln -sfn "$1" "$PROGRAMS/next"
    mv -T "$PROGRAMS/next" "$PROGRAMS/current"
}

start_under_systemd() {
    install -m 644 "$PROGRAMS/current/erythema.service" "$UNIT"
    systemctl daemon-reload
    systemctl --quiet enable erythema
    since=$(date +%s)
    systemctl restart erythema
    for _ in $(seq 120); do # a Nano takes most of a minute to load TensorFlow and CUDA
        ! journalctl --unit erythema --since "@$since" --output cat \
            | grep -q '^erythema service on ' || return 0
        sleep 1
    done
    systemctl status --no-pager --full --lines 20 erythema >&2 || true
    return 1
}

go_back() {
    if [ -n "$before" ]; then
        swap_in "$before"
        start_under_systemd
        stop "the new version does not start under systemd; see above. The one before runs again."
    fi
    systemctl --quiet disable --now erythema
    rm -f "$PROGRAMS/current" "$UNIT"
    stop "the service does not start under systemd; see above."
}

remove_others() {
    for folder in "$PROGRAMS"/release-* "$PROGRAMS"/packages-*; do
        case $folder in
            "$release" | "$packages") ;;
            *) rm -rf "$folder" ;;
        esac
    done
}

option() { sed -n "s/^ERYTHEMA_OPTIONS=.*--$1[ =]\([^ \"]*\).*/\1/p" "$OPTIONS"; }

address() {
    first=$(hostname -I 2>/dev/null | awk '{ print $1 }')
    say "${first:-$(hostname)}"
}

make_token() {
    as_service -m erythema.service --new-token --settings "$SETTINGS" \
        --host "$(address)" --port "$(option port)"
}

# Verbs ---------------------------------------------------------------------

install_service() {
    check_device
    mkdir -p "$PROGRAMS"
    make_user
    [ -e "$OPTIONS" ] || install -m 644 "$BUNDLE/default-options" "$OPTIONS"
    make_packages
    make_release
    try_release
    if [ -e "$SETTINGS/token.sha256" ]; then
        say "The token stays."
    else
        make_token
    fi
    before=
    [ ! -e "$PROGRAMS/current" ] || before=$(readlink "$PROGRAMS/current")
    swap_in "$(basename "$release")"
    if with_systemd; then
        start_under_systemd || go_back
    else
        say "There is no systemd here: $PROGRAMS/current/erythema.service has the line that starts" \
            "the service."
    fi
    trap - EXIT
    remove_others
    cat <<TEXT

Installed erythema $number. Connect from ImageJ:
    1. Set ERYTHEMA_TOKEN to the token shown at the first installation, or by: sudo $PROGRAMS/current/install.sh --new-token
    2. Set ERYTHEMA_PIN to the certificate's pin: journalctl -u erythema | grep pin
    3. Start ImageJ, Plugins > Erythema > Segment erythema, Service: https://$(address):$(option port)
TEXT
}

new_token() {
    release=$PROGRAMS/current
    [ -e "$release" ] || stop "the service is not installed. Type: sudo $BUNDLE/install.sh"
    make_token
    ! is_running || systemctl restart erythema
}

remove_service() {
    if with_systemd && [ -e "$UNIT" ]; then
        systemctl --quiet disable --now erythema
    fi
    rm -f "$UNIT"
    ! with_systemd || systemctl daemon-reload
    rm -rf "$PROGRAMS"
    say "Removed the service. Kept: $STATE (token, certificate, corrections) and $OPTIONS."
    say "To delete them, too: sudo rm -r $STATE $OPTIONS && sudo userdel erythema"
}

case ${1:-} in
    "") verb=install_service ;;
    --new-token) verb=new_token ;;
    --remove) verb=remove_service ;;
    *) usage >&2 && exit 2 ;;
esac
[ "$(id -u)" = 0 ] || stop "this needs root. Type: sudo $BUNDLE/install.sh $*"
cd / # the service's user may not be able to read this folder
$verb
