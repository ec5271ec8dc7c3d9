#!/usr/bin/env bash
# Runs every benchmark of build/release and prints their lines. `tests/bench/run.sh NAME..` runs some.
# Benchmarks with a Python peer build a venv of their own in .deps/peer (once); CRUX_NO_PEERS=1 leaves
# the peers out.
set -euo pipefail
cd "$(dirname "$0")/../.."
. .deps/env.sh
bin=build/release/bench

peer_python=
prepare_peer() {
    [ "${CRUX_NO_PEERS:-0}" = 1 ] && return
    if [ ! -x .deps/peer/bin/python ]; then
        echo "bench: making a venv with transformers and peft (once)"
        python3 -m venv .deps/peer
        .deps/peer/bin/python -m pip install -q --disable-pip-version-check "torch==2.13.0+cpu" ||
            .deps/peer/bin/python -m pip install -q --disable-pip-version-check "torch==2.13.0"
        .deps/peer/bin/python -m pip install -q --disable-pip-version-check transformers peft tokenizers
    fi
    peer_python=$PWD/.deps/peer/bin/python
}

names=("$@")
if [ ${#names[@]} -eq 0 ]; then
    for program in "$bin"/bench_*; do [ -x "$program" ] && names+=("$(basename "$program")"); done
fi
for name in "${names[@]}"; do
    name=bench_${name#bench_}
    [ "$name" = bench_score ] && prepare_peer
    echo "== $name"
    CRUX_PEER_PYTHON=$peer_python QT_QPA_PLATFORM=offscreen "$bin/$name"
done
