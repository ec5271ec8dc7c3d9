#!/usr/bin/env bash
# The miniature study on what make.sh made in OUT:   resources/demo/recipe/study.sh OUT
#
# Base, SFT, DPO, RPO, TDPO, SimPO and cDPO with SEEDS (1 2 3 4 5) seeds: greedy accuracy on the held-out questions;
# learning rate, beta and size of the data varied (SWEEP=0 leaves that out); and the detectors s_t, entropy,
# log-ratios and rollouts against the planted slips. Writes OUT/study/study.json and OUT/study/STUDY.md.
# JOBS runs side by side; DEVICE, THREADS and CRUX_CLI as for make.sh. A stopped study goes on.
set -euo pipefail
out=$(cd "${1:?usage: study.sh OUT}" && pwd)
source "$(dirname "${BASH_SOURCE[0]}")/stages.sh"
study=$out/study
read -ra seeds <<< "${SEEDS:-1 2 3 4 5}"
mkdir -p "$study/accuracy"

greedy() { # PROJECT NAME [ADAPTER]
    local adapter=()
    [ -n "${3:-}" ] && adapter=(--adapter "$3")
    "$CLI" sample "$1" --model "$out/base" "${adapter[@]}" --dataset held_out --preset demo --n 1 --temperature 0 --no-select \
        --batch "$draw" "${drawing[@]}" > "$study/accuracy/$2.partial"
    grep '"questions"' "$study/accuracy/$2.partial" | tail -n 1 > "$study/accuracy/$2.json"
    rm "$study/accuracy/$2.partial"
}

copied() { # PROJECT: a file of its own, so that runs side by side do not wait for each other
    mkdir -p "$(dirname "$1")"
    rm -f "$1"*
    "$CLI" project backup "$out/work.crux" "$1"
}

trained() { # PLACE METHOD SEED [OPTIONS...]
    local place=$1 method=$2 seed=$3 project=$study/$1/study.crux
    shift 3
    stage "study-$place-$method" policy "$project" "$method" "$method" "$seed" "$@"
    # By its folder: the copied project also holds an adapter of this name that make.sh trained.
    stage "study-$place-$method-greedy" greedy "$project" "$place-$method" "$study/$place/runs/$method/adapter"
}

seed_runs() { # SEED
    stage "study-seed$1" copied "$study/seed$1/study.crux"
    local method
    for method in "${methods[@]}"; do trained "seed$1" "$method" "$1"; done
}

# One setting changed, first seed: METHOD:KIND:VALUE.
sweep_run() {
    local method kind value place more
    IFS=: read -r method kind value <<< "$1"
    place=$kind$value-$method
    case $kind in
    rate) more=(--learning-rate "$value") ;;
    beta) more=(--beta "$value") ;;
    rows) more=(--limit "$value" --max-steps "${SWEEP_STEPS:-100}") ;;
    esac
    stage "study-$place" copied "$study/$place/study.crux"
    trained "$place" "$method" 1 "${more[@]}"
}
sweep=()
for method in cdpo dpo sft; do
    for value in 5e-5 2e-4 1e-3 2e-3; do sweep+=("$method:rate:$value"); done
    for value in 100 300; do sweep+=("$method:rows:$value"); done
    [ $method = sft ] || for value in 0.02 0.3 1; do sweep+=("$method:beta:$value"); done
done

# Runs `$1 WORD` for each further word, JOBS at a time; fails when one of them failed.
side_by_side() {
    local body=$1 word failed=0
    shift
    for word in "$@"; do
        while [ "$(jobs -rp | wc -l)" -ge "${JOBS:-1}" ]; do wait -n || failed=1; done
        "$body" "$word" &
    done
    while [ -n "$(jobs -rp)" ]; do wait -n || failed=1; done
    return $failed
}

detectors() {
    python3 "$recipe/detectors.py" lines "$out" "$study" "${DETECT:-1000}"
    local lines=$study/wrong.ids.jsonl runs=$out/runs
    "$CLI" contrast --model "$out/base" --positive "$runs/positive/adapter" --negative "$runs/negative/adapter" "$lines" \
        "${where[@]}" > "$study/contrast.jsonl"
    "$CLI" logprobs --model "$out/base" "$lines" "${where[@]}" > "$study/base.jsonl"
    "$CLI" logprobs --model "$out/base" --adapter "$runs/dpo/adapter" "$lines" "${where[@]}" > "$study/dpo.jsonl"
    "$CLI" logprobs --model "$out/base" --adapter "$runs/cdpo/adapter" "$lines" "${where[@]}" > "$study/cdpo.jsonl"
}

rollouts() { # a share of right rollouts at every position of some wrong answers
    "$CLI" search "$out/work.crux" --model "$out/base" --method curve --preset demo --n "${ROLLOUTS:-32}" --points 1000 \
        --ids "$(python3 "$recipe/detectors.py" curves "$out" "${CURVES:-60}")" --batch "$draw" "${drawing[@]}"
    "$CLI" export "$out/work.crux" --kind cliff --where verdict=wrong -o "$study/rollouts.json"
}

stage study-base greedy "$out/work.crux" base
side_by_side seed_runs "${seeds[@]}"
stage study-detectors detectors
stage study-rollouts rollouts
python3 "$recipe/study.py" "$out"
[ "${SWEEP:-1}" = 0 ] || side_by_side sweep_run "${sweep[@]}"
python3 "$recipe/study.py" "$out"
