# Shared by make.sh and study.sh: settings from the environment, and stages that run once.
# shellcheck shell=bash
recipe=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CLI=${CRUX_CLI:-$recipe/../../../build/release/bin/crux-cli}
export PYTHONDONTWRITEBYTECODE=1 # no folders beside the sources
DEVICE=${DEVICE:-cpu}
THREADS=${THREADS:-0}
where=(--device "$DEVICE" --threads "$THREADS")
drawing=(--device "${DRAW_DEVICE:-$DEVICE}" --threads "$THREADS")
# A GPU wants much work a call; on a CPU small packs stay in the cache, and prompts are shared.
if [ "$DEVICE" = cpu ]; then pack=(--pack-tokens 4096)
else pack=(--pack-tokens 65536 --no-share-prompts); fi
if [ "${DRAW_DEVICE:-$DEVICE}" = cpu ]; then draw=64; else draw=2048; fi

# stage NAME COMMAND...: runs it unless it is done, prints its time, keeps what it says in log/NAME.
stage() {
    local name=$1 began
    shift
    if [ -e "$out/done/$name" ]; then
        echo "$name: there"
        return
    fi
    began=${EPOCHREALTIME/[.,]/}
    mkdir -p "$out/done" "$out/log"
    set +e # not `if ! ...`: within a condition a command that fails would not end its stage
    (set -e; "$@") > "$out/log/$name" 2>&1
    local status=$?
    set -e
    if [ $status != 0 ]; then
        echo "$name: failed; its last words ($out/log/$name):" >&2
        tail -5 "$out/log/$name" >&2
        exit 1
    fi
    local took=$(((${EPOCHREALTIME/[.,]/} - began) / 100000))
    echo "$name: $((took / 10)).$((took % 10)) s" | tee "$out/done/$name"
}

# policy PROJECT METHOD NAME SEED [OPTIONS...]: an adapter by preference training (or SFT on the right answers) on the
# project's set "data"; the same size and number of passes for every method.
policy() {
    local project=$1 method=$2 name=$3 seed=$4 runs
    runs=$(dirname "$project")/runs
    shift 4
    mkdir -p "$runs"
    case $method in # what the preset has otherwise, in a file: options given here then take its place
    sft) echo '{"rank": 16, "alpha": 32, "dropout": 0, "schedule": "linear", "weight_decay": 0.01, "learning_rate": 5e-4,
            "targets": ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"], "epochs": 2,
            "role": "positive"}' ;;
    cdpo) echo '{"score_set": "data"}' ;;
    *) echo '{}' ;;
    esac > "$runs/$name.json"
    "$CLI" train "$project" --spec "$runs/$name.json" --preset small_cpu --method "$method" --model "$out/base" --data data \
        --name "$name" --end $'\n' --batch 16 --accumulation 1 "${pack[@]}" --output "$runs/$name" --save-steps 100000 \
        --token-rows 0 --seed "$seed" "$@" "${where[@]}"
}
methods=(cdpo dpo rpo tdpo simpo sft)
