#!/usr/bin/env bash
# Installs what is missing to build Crux on Debian 12 and says what it does. Safe to run again: when
# nothing is missing it takes well under a second. Writes .deps/env.sh for the Makefile.
#
# Variables:
#   CRUX_HEADLESS=1       no window: leave Qt out
#   CRUX_ENGINE_ONLY=1    the engine alone: leave projects and tokenizers out too; compilers and tools
#                         that are there count, whichever package they came from
#   LIBTORCH=DIR          a LibTorch folder (with share/cmake/Torch) to use
#   Torch_DIR=DIR         the folder of TorchConfig.cmake itself
#   CRUX_TORCH_VERSION    wheel version (default 2.13.0)
#   CRUX_TORCH_VARIANT    wheel variant, e.g. cpu or cu130 (default: by the NVIDIA driver)
#   CRUX_TORCH_INDEX      another wheel index for pip
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*"; }
die() { printf 'setup: %s\n' "$*" >&2; exit 1; }

torch_version=${CRUX_TORCH_VERSION:-2.13.0}
mkdir -p .deps

# --- Debian packages -------------------------------------------------------------------------------
wanted_packages() {
    local end='^$'
    [ "${CRUX_HEADLESS:-0}" = 1 ] && end='^\[window\]'
    [ "${CRUX_ENGINE_ONLY:-0}" = 1 ] && end='^\[projects\]'
    sed -n "/$end/q; /^[a-z0-9]/p" packaging/debian-packages.txt
}

# Packages of an engine-only set-up whose program is on the PATH.
found_programs() {
    [ "${CRUX_ENGINE_ONLY:-0}" = 1 ] || return 0
    local pair
    for pair in g++:g++ cmake:cmake ninja:ninja-build python3:python3; do
        command -v "${pair%%:*}" >/dev/null && echo "${pair#*:}"
    done
    return 0
}

missing_packages() {
    local have
    have=$({ dpkg-query -W -f='${Package} ${db:Status-Status}\n' 2>/dev/null | awk '$2=="installed"{print $1}'; found_programs; } | sort -u)
    wanted_packages | sort | comm -23 - <(printf '%s\n' "$have")
}

install_packages() {
    command -v dpkg-query >/dev/null || { say "no dpkg here: install the packages of packaging/debian-packages.txt by hand"; return; }
    local missing sudo=
    missing=$(missing_packages | tr '\n' ' ')
    [ -n "${missing// /}" ] || return 0
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || die "missing packages and no root rights; run as root: apt-get install $missing"
        sudo=sudo
    fi
    say "installing Debian packages: $missing"
    $sudo apt-get update -qq || die "apt-get update failed: look at the network and /etc/apt/sources.list"
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $missing >.deps/apt.log 2>&1 ||
        { tail -5 .deps/apt.log >&2; die "apt-get could not install the packages above (log: .deps/apt.log)"; }
}

# --- LibTorch --------------------------------------------------------------------------------------
has_nvidia() { [ -r /proc/driver/nvidia/version ] || command -v nvidia-smi >/dev/null 2>&1; }

# Prints "FOLDER VERSION CUDA" of an importable torch of PYTHON, nothing when there is none.
# --version is read from torch/version.py without importing torch: that takes seconds.
torch_of() {
    "$1" - 2>/dev/null <<'PY' || true
import importlib.util, os, re
spec = importlib.util.find_spec("torch")
if spec and spec.submodule_search_locations:
    root = list(spec.submodule_search_locations)[0]
    text = open(os.path.join(root, "version.py")).read()
    version = re.search(r"__version__ = '([^']+)'", text).group(1)
    cuda = re.search(r"(?m)^cuda\b[^=]*= (\S+)", text).group(1).strip("'")
    if os.path.exists(os.path.join(root, "share/cmake/Torch/TorchConfig.cmake")):
        print(root, version, cuda)
PY
}

new_enough() { # VERSION: at least 2.11
    local major=${1%%.*} rest=${1#*.}
    local minor=${rest%%.*}
    [ "$major" -gt 2 ] || { [ "$major" = 2 ] && [ "$minor" -ge 11 ]; }
}

python_for_venv() {
    for candidate in /usr/bin/python3 python3; do
        command -v "$candidate" >/dev/null && "$candidate" -c 'import venv, ensurepip' 2>/dev/null && { echo "$candidate"; return; }
    done
    die "python3 with venv is missing: install python3-venv"
}

# The CPU half of a CUDA wheel is linked against two small libraries of CUDA; the wheel names their version.
install_cuda_runtime() {
    local toolkit
    toolkit=$(.deps/torch/bin/python -c '
import importlib.metadata, re
for line in importlib.metadata.requires("torch") or []:
    found = re.match(r"cuda-toolkit\[[^]]*\]\s*(==[0-9.]+)", line)
    if found:
        print("cuda-toolkit[cudart,cupti]" + found.group(1))')
    [ -n "$toolkit" ] || return 0
    .deps/torch/bin/python -m pip install -q --disable-pip-version-check "${index[@]}" "$toolkit" >>.deps/pip.log 2>&1
}

# Installs the wheel into .deps/torch; the variant is asked for explicitly and checked afterwards.
install_wheel() {
    local python variant=${CRUX_TORCH_VARIANT:-} found
    python=$(python_for_venv)
    [ -x .deps/torch/bin/python ] || "$python" -m venv .deps/torch
    if [ -z "$variant" ]; then has_nvidia && variant=cuda || variant=cpu; fi
    local index=()
    [ -z "${CRUX_TORCH_INDEX:-}" ] || index=(--extra-index-url "$CRUX_TORCH_INDEX")
    local tries=("torch==$torch_version+$variant" "torch==$torch_version") deps=()
    [ "$variant" = cuda ] && tries=("torch==$torch_version+cu130" "torch==$torch_version+cu128" "torch==$torch_version")
    [ "$variant" = cpu ] && deps=(--no-deps) # only its libraries and headers are used
    for try in "${tries[@]}"; do
        say "fetching $try (LibTorch, once)"
        if .deps/torch/bin/python -m pip install -q --disable-pip-version-check "${deps[@]}" "${index[@]}" "$try" >.deps/pip.log 2>&1; then
            found=$(torch_of .deps/torch/bin/python)
            [ -n "$found" ] || continue
            case "$variant:${found##* }" in
                cuda:None) say "that wheel has no CUDA; trying the next" ; continue ;;
                cpu:None | cuda:*) ;;
                cpu:*)
                    say "note: this wheel is a CUDA build; it runs on a CPU too, it is only larger"
                    install_cuda_runtime || continue
                    ;;
            esac
            return 0
        fi
    done
    tail -3 .deps/pip.log >&2
    die "no LibTorch: pip found no torch $torch_version ($variant); set LIBTORCH=DIR or CRUX_TORCH_INDEX=URL"
}

find_torch() {
    if [ -n "${Torch_DIR:-}" ]; then echo "$Torch_DIR"; return; fi
    if [ -n "${LIBTORCH:-}" ]; then
        [ -e "$LIBTORCH/share/cmake/Torch/TorchConfig.cmake" ] || die "LIBTORCH=$LIBTORCH holds no share/cmake/Torch"
        echo "$LIBTORCH/share/cmake/Torch"; return
    fi
    local python found
    for python in python3 .deps/torch/bin/python; do
        command -v "$python" >/dev/null || continue
        found=$(torch_of "$python")
        [ -n "$found" ] || continue
        set -- $found
        if ! new_enough "$2"; then continue; fi
        if has_nvidia && [ "$3" = None ] && [ "${CRUX_TORCH_VARIANT:-}" != cpu ]; then continue; fi
        echo "$1/share/cmake/Torch"; return
    done
}

install_packages
torch_cmake=$(find_torch)
if [ -z "$torch_cmake" ]; then
    install_wheel
    torch_cmake=$(find_torch)
    [ -n "$torch_cmake" ] || die "the fetched wheel holds no usable LibTorch (see .deps/pip.log)"
fi
printf 'CRUX_TORCH_CMAKE=%s\n' "$torch_cmake" >.deps/env.new
if ! cmp -s .deps/env.new .deps/env.sh; then
    mv .deps/env.new .deps/env.sh
    say "LibTorch: $torch_cmake"
else
    rm .deps/env.new
fi
