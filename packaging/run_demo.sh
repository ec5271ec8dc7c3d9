#!/usr/bin/env bash
# `make run`: the window on the demo project, or, without a display, the demo's main job with its
# pictures and report.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=build/release/bin

if [ -n "${WAYLAND_DISPLAY:-}" ] || { [ -n "${DISPLAY:-}" ] && [ "${QT_QPA_PLATFORM:-}" != offscreen ]; }; then
    echo "run: opening the demo project"
    exec "$bin/crux" --demo
fi

out=${CRUX_DEMO_OUT:-build/demo}
echo "run: no display; running the demo's main job into $out"
mkdir -p "$out"
if [ -z "${XDG_RUNTIME_DIR:-}" ]; then # Qt complains without one
    XDG_RUNTIME_DIR=$(mktemp -d)
    export XDG_RUNTIME_DIR
    trap 'rm -rf "$XDG_RUNTIME_DIR"' EXIT
fi
"$bin/crux-cli" demo run --out "$out"
QT_QPA_PLATFORM=offscreen "$bin/crux" "$out/demo.crux" --screenshots "$out/pictures"
echo "run: report   $out/report.html"
echo "run: pictures $out/pictures/*.png"
echo "run: project  $out/demo.crux"
