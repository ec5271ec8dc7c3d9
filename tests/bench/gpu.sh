#!/usr/bin/env bash
# What this machine's GPU does: the self test, then scoring, sampling and training on random models of
# Qwen2.5-0.5B's and Llama-3.2-1B's shapes, beside transformers + peft on the same files where Python has
# them. `tests/bench/gpu.sh [BUILD [SOLUTIONS]]`: a build folder with bin/crux-cli and bench/bench_device
# (default build/headless), and GSM8K solutions in the shape of model_solutions.jsonl.
# DEVICE=cpu TINY=1 tries the script out. Steps go on after failures, each within its own time.
set -u
cd "$(dirname "$0")/../.."
build=${1:-build/headless} solutions=${2:-../shared/data/gsm8k/model_solutions.jsonl}
device=${DEVICE:-cuda} python=${PYTHON:-python3} work=${WORK:-$(mktemp -d)}
half=0.5b big=1b dtype=bfloat16 batches="1 4 16 64" n=64 new=128 steps=20 count=256
if [ "${TINY:-0}" = 1 ]; then half=tiny big=tiny dtype=float32 batches="1 4" n=4 new=8 steps=4 count=16; fi
export PYTHONUNBUFFERED=1 HF_HUB_OFFLINE=1
peer() { "$python" tests/bench/peer_device.py "$@" --device "$device"; }
bench() { "$build/bench/bench_device" "$@" --device "$device" --dtype "$dtype"; }
step() { # LIMIT COMMAND...: a shell function has no timeout of its own
    local limit=$1; shift
    echo "== $*"
    ("$@") & local pid=$!
    (sleep "$limit"; kill "$pid" 2>/dev/null) & local watch=$!
    wait "$pid"; echo "-- exit $?"
    kill "$watch" 2>/dev/null
}

step 200 "$build/bin/crux-cli" selftest --device "$device"
step 60 bench rate
for shape in "$half" "$big"; do
    folder=$work/$shape
    vocabulary=128000; [ "$shape" = tiny ] && vocabulary=8000
    model="--model $folder/model"
    sides="$model --positive $folder/positive --negative $folder/negative --ids $folder/ids.json"
    step 120 peer make "$shape" "$folder"
    step 60 peer ids "$solutions" "$folder" --count "$count" --vocabulary "$vocabulary"
    step 120 bench score $sides --out "$folder/scores.json"
    step 200 peer score $sides --dtype "$dtype" --ours "$folder/scores.json" --batches $batches
    step 120 bench generate $model --ids "$folder/prompts.json" --n "$n" --new "$new"
    step 200 peer generate $model --dtype "$dtype" --ids "$folder/prompts.json" --n "$n" --new "$new"
    for method in dpo cdpo sft; do step 120 bench train $model --pairs "$folder/pairs.json" --method "$method" --steps "$steps"; done
    step 200 peer train $model --dtype "$dtype" --pairs "$folder/pairs.json" --steps 10
    step 200 peer train $model --dtype "$dtype" --pairs "$folder/pairs.json" --steps 10 --checkpointing 1
done
[ -n "${WORK:-}" ] || rm -rf "$work"
