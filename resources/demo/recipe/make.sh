#!/usr/bin/env bash
# Makes Crux's demo from nothing:   resources/demo/recipe/make.sh OUT
#
# Problems -> tokenizer -> random weights -> base model -> answers -> positive and negative adapters -> scores ->
# cDPO and the baselines -> OUT/demo, which replaces resources/demo's model/, adapters, questions.jsonl and
# trajectories.jsonl. Stages that are done are not done again: a stopped run goes on.
#
# DEVICE=cpu|cuda, THREADS=n, CRUX_CLI=program; SIZE=tiny runs every stage on very little, to see that all works.
# Needs python3 and spm_train (Debian: sentencepiece).
set -euo pipefail
out=$(mkdir -p "${1:?usage: make.sh OUT}" && cd "$1" && pwd)
source "$(dirname "${BASH_SOURCE[0]}")/stages.sh"
if [ "${SIZE:-full}" = tiny ]; then
    corpus=6000 train=60 test=10 held=40 rows=32 steps=${STEPS:-60} n=4 shown=4 pages=8
else
    corpus=160000 train=600 test=100 held=1000 rows=128 steps=${STEPS:-3000} n=16 shown=16 pages=40
fi
work=$out/work.crux
cli() { "$CLI" "$@"; }

problems() { python3 "$recipe/problems.py" "$out/text" --corpus $corpus --train $train --test $test --held-out $held; }

# "\n" ends an answer and must be a token; "Answer: " is one too, so that the tokens of a prompt are the beginning of
# those of prompt and answer together. Digits stand alone: sums are learned digit by digit.
tokenizer() {
    spm_train --input="$out/text/corpus.txt" --model_prefix="$out/text/spm" --model_type=bpe --vocab_size=1024 \
        --character_coverage=1.0 --split_digits=true --byte_fallback=true --normalization_rule_name=identity \
        --remove_extra_whitespaces=false --user_defined_symbols=$'\n,Answer:▁' --num_threads=1 --max_sentence_length=8192 \
        --unk_id=0 --bos_id=1 --eos_id=2 --pad_id=-1
    mkdir -p "$out/shape"
    cp "$recipe/shape/"*.json "$out/shape/"
    cp "$out/text/spm.model" "$out/shape/tokenizer.model"
}

untrained() { rm -rf "$out/untrained" && cli init-model "$out/shape" "$out/untrained" --seed 1; }

project() {
    rm -f "$work"*
    cli project create "$work"
    local split
    for split in train test held_out; do
        grep "\"split\": \"$split\"" "$out/text/questions.jsonl" > "$out/text/$split.jsonl"
        cli import "$work" "$out/text/$split.jsonl" --kind questions --dataset $split --split $split --template wordproblems
    done
}

base() {
    cli train "$work" --method sft --trained all --model "$out/untrained" --data "$out/text/corpus.jsonl" --name pretrained \
        --end none --batch $rows --accumulation 1 --max-steps "$steps" --learning-rate "${RATE:-2e-3}" --schedule cosine \
        --warmup-steps $((steps / 20)) --weight-decay 0.05 --clip 1 --no-checkpointing "${pack[@]}" --eval-rows $((rows * 2)) \
        --eval-steps $((steps / 10)) --no-keep-best --save-steps $((steps / 4)) --keep-last 1 --token-rows 0 --seed 1 \
        --output "$out/pretraining" "${where[@]}"
}

halved() {
    rm -rf "$out/base"
    cp -r "$out/pretraining/model" "$out/base"
    python3 "$recipe/half.py" "$out/pretraining/model/model.safetensors" "$out/base/model.safetensors"
}

answers() { # DATASET N
    cli sample "$work" --model "$out/base" --dataset "$1" --preset demo --n "$2" --no-select --batch $draw --seed 1 "${drawing[@]}"
}

choose() {
    cli select "$work" --dataset train --name data --per-answer 2 --negative-repeats 1 --negative-top-p 1 --preference-top-k 2 \
        "${where[@]}"
}

side() { # positive|negative
    cli train "$work" --preset small_cpu --method sft --role "$1" --model "$out/base" --data data --name "$1" --end $'\n' \
        --epochs 3 --batch 16 --accumulation 1 "${pack[@]}" --output "$out/runs/$1" --seed 1 "${where[@]}"
}

scores() {
    echo '{"training_set": "data"}' > "$out/score.json"
    cli score "$work" --spec "$out/score.json" --model "$out/base" --positive positive --negative negative --name data "${where[@]}"
}

written() {
    local demo=$out/demo name
    rm -rf "$demo" && mkdir -p "$demo/model"
    cp "$out/base/"*.json "$out/base/"tokenizer.model "$out/base/model.safetensors" "$demo/model/"
    for name in positive negative "${methods[@]}"; do
        mkdir -p "$demo/$name"
        sed -E 's#"base_model_name_or_path": *"[^"]*"#"base_model_name_or_path": "wordproblems"#' \
            "$out/runs/$name/adapter/adapter_config.json" > "$demo/$name/adapter_config.json"
        python3 "$recipe/half.py" "$out/runs/$name/adapter/adapter_model.safetensors" "$demo/$name/adapter_model.safetensors"
    done
    cli export "$work" --kind jsonl -o "$out/answers.jsonl"
    python3 "$recipe/slips.py" "$out/text/questions.jsonl" "$out/answers.jsonl" > "$out/trajectories.jsonl"
    head -n $((pages * shown)) "$out/trajectories.jsonl" > "$demo/trajectories.jsonl"
    cp "$out/text/test.jsonl" "$demo/questions.jsonl"
    du -sh "$demo"
}

stage problems problems
stage tokenizer tokenizer
stage untrained untrained
stage project project
stage base base
stage halved halved
stage answers-train answers train $n
stage answers-test answers test $shown
stage choose choose
stage positive side positive
stage negative side negative
stage scores scores
for method in "${methods[@]}"; do stage "$method" policy "$work" "$method" "$method" 1; done
stage written written
