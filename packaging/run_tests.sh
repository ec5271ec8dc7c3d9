#!/usr/bin/env bash
# Runs the tests of build/release and ends with "N passed, N failed", counted in Qt Test functions and
# rows. A program that crashes or times out counts as one failure; so does a skip without a declared
# reason. Usage: packaging/run_tests.sh [ctest options]; CRUX_PEERS=1 adds tests that need Python peers.
set -uo pipefail
cd "$(dirname "$0")/.."
folder=build/release
log=$folder/test.log
exclude=peer
[ "${CRUX_PEERS:-0}" = 1 ] && exclude='^$'
export CRUX_SHARED=${CRUX_SHARED:-$PWD/../shared/data}

ctest --test-dir "$folder" -j "$(nproc)" -V -LE "$exclude" "$@" >"$log" 2>&1
status=$?

# ctest -V puts "N: " before each line a test prints, so runs in parallel stay apart.
awk -v status="$status" '
/^[0-9]+: Totals: / {
    split($0, part, /[: ,]+/); id = part[1] + 0
    for (i = 2; i <= NF; i++) {
        if ($(i + 1) ~ /^passed/) { passed += $i }
        if ($(i + 1) ~ /^failed/) { failed += $i; counted[id] += $i }
        if ($(i + 1) ~ /^skipped/) { skipped += $i }
    }
}
/^[0-9]+: (FAIL!|XPASS|QFATAL|QCRITICAL)/ { print }
/^[0-9]+:    (Actual|Expected|Loc:)/ { print }
/^[0-9]+: SKIP / {
    if ($0 !~ /needs /) { print "undeclared skip: " $0; undeclared++ }
    else { reason = $0; sub(/.*needs /, "needs ", reason); reasons[reason]++ }
}
/^ *[0-9]+\/[0-9]+ Test +#[0-9]+:/ {
    name = $4
    if ($0 ~ /\*\*\*/) {
        id = $3; sub(/#/, "", id); sub(/:/, "", id)
        bad[id + 0] = name " " $0
    }
    seconds = $(NF - 1)
    if (seconds + 0 > 20) printf "slow: %s took %s s\n", name, seconds
}
END {
    for (id in bad) if (!counted[id]) { failed++; print "failed as a whole: " bad[id] }
    for (r in reasons) printf "skipped %d: %s\n", reasons[r], r
    failed += undeclared
    if (status != 0 && failed == 0) { failed = 1; print "ctest failed; see the log" }
    if (passed == 0 && failed == 0) { failed = 1; print "no test ran" }
    printf "%d passed, %d failed\n", passed, failed
    exit failed > 0
}' "$log"
result=$?
[ $result -eq 0 ] || tail -60 "$log" >&2
exit $result
