#!/usr/bin/env bash
# Configures (once) and builds one preset. Usage: packaging/build.sh PRESET [TARGET..]
set -euo pipefail
cd "$(dirname "$0")/.."
preset=$1
shift
. .deps/env.sh
export CRUX_TORCH_CMAKE
folder=build/$preset
[ "$preset" = ci ] && folder=build/release
if [ ! -e "$folder/build.ninja" ] || ! grep -qF "Torch_DIR:PATH=$CRUX_TORCH_CMAKE" "$folder/CMakeCache.txt" ||
    { [ "$preset" = ci ] && ! grep -q 'CRUX_WERROR:.*=ON' "$folder/CMakeCache.txt"; }; then
    echo "build: configuring $preset"
    log=$folder/configure.log
    mkdir -p "$folder"
    cmake --preset "$preset" >"$log" 2>&1 || { tail -20 "$log" >&2; exit 1; }
fi
if [ $# -gt 0 ]; then
    cmake --build "$folder" --target "$@"
else
    cmake --build "$folder"
fi
