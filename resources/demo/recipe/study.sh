#!/usr/bin/env bash
# The miniature study on what make.sh made in OUT:   resources/demo/recipe/study.sh OUT
#
# Base, SFT, DPO, RPO, TDPO, SimPO and cDPO with SEEDS (1 2 3 4 5) seeds: greedy accuracy on the held-out questions, where
# they slip, and what each did to the log-probabilities of right and wrong answers; the same at other learning rates (RATES), and with
# other betas and less data at the first seed (SWEEP=0 leaves all that out); and the detectors s_t, entropy, log-ratios
# and rollouts against the planted slips. Writes OUT/study/study.json and OUT/study/STUDY.md.
# JOBS runs side by side; DEVICE, THREADS and CRUX_CLI as for make.sh. A stopped study goes on.
set -euo pipefail
out=$(cd "${1:?usage: study.sh OUT}" && pwd)
source "$(dirname "${BASH_SOURCE[0]}")/stages.sh"
study=$out/study
read -ra seeds <<< "${SEEDS:-1 2 3 4 5}"
read -ra rates <<< "${RATES:-5e-5 1.5e-4 1.5e-3}" # beside the preset's 5e-4
mkdir -p "$study/accuracy" "$study/change" "$study/places"

lines() { python3 "$recipe/detectors.py" lines "$out" "$study" "${DETECT:-1000}"; }

greedy() { # PROJECT NAME [ADAPTER]
    local adapter=()
    [ -n "${3:-}" ] && adapter=(--adapter "$3")
    "$CLI" sample "$1" --model "$out/base" "${adapter[@]}" --dataset held_out --preset demo --n 1 --temperature 0 --no-select \
        --batch "$draw" "${drawing[@]}" > "$study/accuracy/$2.partial"
    grep '"questions"' "$study/accuracy/$2.partial" | tail -n 1 > "$study/accuracy/$2.json"
    rm "$study/accuracy/$2.partial"
    local answers=$study/$2.answers.jsonl
    "$CLI" export "$1" --kind jsonl --where dataset=held_out -o "$answers"
    python3 "$recipe/slips.py" "$out/text/questions.jsonl" "$answers" --places > "$study/places/$2.json"
    rm "$answers"
}

base_run() {
    greedy "$out/work.crux" base
    "$CLI" logprobs --model "$out/base" "$study/some.ids.jsonl" "${where[@]}" > "$study/some.base.jsonl"
}

# A run has a project file of its own, so that runs side by side do not wait for each other. The adapter is named by its
# folder: the copied project may hold one of the same name that make.sh trained.
one_run() { # NAME METHOD SEED [OPTIONS...]
    local name=$1 method=$2 seed=$3 place=$study/$1
    shift 3
    rm -rf "$place" && mkdir -p "$place"
    "$CLI" project backup "$out/work.crux" "$place/study.crux"
    policy "$place/study.crux" "$method" "$method" "$seed" "$@"
    greedy "$place/study.crux" "$name" "$place/runs/$method/adapter"
    "$CLI" logprobs --model "$out/base" --adapter "$place/runs/$method/adapter" "$study/some.ids.jsonl" "${where[@]}" > "$place/some.jsonl"
    python3 "$recipe/detectors.py" change "$study" "$place/some.jsonl" > "$study/change/$name.json"
    rm -r "$place"
}

run_of() { # "NAME METHOD SEED OPTIONS"
    local words
    read -ra words <<< "$1"
    stage "study-${words[0]}" one_run "${words[@]}"
}

# Names of runs: [KINDVALUE-]seedN-METHOD, which study.py reads.
runs=() sweep=()
for seed in "${seeds[@]}"; do
    for method in "${methods[@]}"; do runs+=("seed$seed-$method $method $seed"); done
    for value in "${rates[@]}"; do
        for method in "${methods[@]}"; do sweep+=("rate$value-seed$seed-$method $method $seed --learning-rate $value"); done
    done
done
first=${seeds[0]}
for method in cdpo dpo; do
    for value in 0.02 0.5 2; do sweep+=("beta$value-seed$first-$method $method $first --beta $value"); done
done
for value in 0.2 10; do sweep+=("beta$value-seed$first-simpo simpo $first --beta $value"); done
for method in cdpo dpo sft; do
    for value in 100 300; do
        sweep+=("rows$value-seed$first-$method $method $first --limit $value --max-steps ${SWEEP_STEPS:-100}")
    done
done

# Runs `run_of WORDS` for each further argument, JOBS at a time; fails when one of them failed.
side_by_side() {
    local words failed=0
    for words in "$@"; do
        while [ "$(jobs -rp | wc -l)" -ge "${JOBS:-1}" ]; do wait -n || failed=1; done
        run_of "$words" &
    done
    while [ -n "$(jobs -rp)" ]; do wait -n || failed=1; done
    return $failed
}

detectors() {
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

stage study-lines lines
stage study-base base_run
side_by_side "${runs[@]}"
stage study-detectors detectors
stage study-rollouts rollouts
python3 "$recipe/study.py" "$out"
[ "${SWEEP:-1}" = 0 ] || side_by_side "${sweep[@]}"
python3 "$recipe/study.py" "$out"
