#!/usr/bin/env python3
"""Detectors of critical tokens against the planted slips.

    detectors.py lines OUT STUDY MOST    wrong answers with a slip, and some right and wrong ones, as lines of ids
    detectors.py change STUDY FILE       what a policy did to the log-probabilities of those some
    detectors.py curves OUT MOST         the first wrong answer of each question, as a list of trajectories

measured(study) then reads what those gave and the rollout curves. A detector gives every token of a response a value,
low = critical; a wrong answer has one slip.
"""
import json
import math
import sys
from pathlib import Path


def read(path):
    with open(path) as lines:
        return [json.loads(line) for line in lines if line.strip()]


def write_lines(out, study, most):
    sys.path.insert(0, str(Path(__file__).parent))
    import slips
    rows = slips.trajectories(Path(out) / "text/questions.jsonl", Path(out) / "answers.jsonl", "test")
    shares = {}
    for row in rows:
        shares.setdefault(row["prompt"], []).append(row["correct"])
    prior = {prompt: sum(right) / len(right) for prompt, right in shares.items()}
    (Path(study) / "prior.json").write_text(json.dumps(prior))
    wrong = [row for row in rows if row["slip"] is not None][:most]
    write_ids(Path(study) / "wrong.ids.jsonl", wrong)
    write_ids(Path(study) / "some.ids.jsonl", spread([row for row in rows if row["correct"]], 200) + spread(wrong, 200))


def write_ids(path, rows):
    with open(path, "w") as file:
        for row in rows:
            kept = {key: row[key] for key in ("id", "prompt", "ids", "slip", "prompt_tokens")}
            file.write(json.dumps(kept) + "\n")


def spread(rows, most):
    """At most so many of the rows, from all along the list."""
    return [rows[i * len(rows) // most] for i in range(most)] if len(rows) > most else rows


def change(rows, base, policy):
    """Mean change of log p from the base to the policy, in nats: of the slip, and of one token of right answers and of
    the tokens of wrong answers before and after their slip."""
    parts = {"right": [], "before": [], "slip": [], "after": []}
    for row, old, new in zip(rows, base, policy, strict=True):
        for i in range(row["prompt_tokens"], len(row["ids"])):
            if row["slip"] is None:
                part = "right"
            else:
                part = "slip" if i == row["slip"] else "before" if i < row["slip"] else "after"
            parts[part].append(new["logprobs"][i] - old["logprobs"][i])
    made = {name: sum(values) / len(values) if values else None for name, values in parts.items()}
    answers = sum(row["slip"] is None for row in rows)
    return made | {"right_answer": sum(parts["right"]) / answers if answers else None}


def curve_ids(out, most):
    """Ids in the project of one wrong answer a question."""
    first = {}
    for row in read(Path(out) / "answers.jsonl"):
        if row["verdict"] == "wrong" and row["provenance"]["params"].get("temperature") != 0:
            first.setdefault(row["question"], row)
    split = {row["question"] for row in read(Path(out) / "text/questions.jsonl") if row["split"] == "test"}
    return [row["id"] for question, row in first.items() if question in split][:most]


def area(positives, negatives):
    """AUROC by ranks, ties counted half: the chance that a slip has a lower value than another token."""
    ordered = sorted([(v, 1) for v in positives] + [(v, 0) for v in negatives])
    below, total, i = 0, 0.0, 0
    while i < len(ordered):
        j = i
        while j < len(ordered) and ordered[j][0] == ordered[i][0]:
            j += 1
        here = sum(label for _, label in ordered[i:j])
        others = j - i - here
        total += others * (below + here / 2)
        below += here
        i = j
    return total / (len(positives) * len(negatives)) if positives and negatives else None


def best_cut(cases):
    """The threshold of the highest F1 over all tokens, with its precision and recall."""
    marked = sorted((value, label) for values, slip in cases for label, value in
                    ((int(i == slip), v) for i, v in enumerate(values)))
    slips, hits, best = len(cases), 0, (0.0, None, 0.0, 0.0)
    for i, (value, label) in enumerate(marked):
        hits += label
        if i + 1 < len(marked) and marked[i + 1][0] == value:
            continue
        precision, recall = hits / (i + 1), hits / slips
        f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
        if f1 > best[0]:
            best = (f1, value, precision, recall)
    return best


def judged(cases):
    """cases: (values of the response's tokens, index of the slip among them)."""
    first = third = 0
    positives, negatives = [], []
    for values, slip in cases:
        place = sum(v < values[slip] for i, v in enumerate(values) if i != slip)
        ties = sum(v == values[slip] for i, v in enumerate(values) if i != slip)
        first += place == 0 and ties == 0
        third += place + ties < 3
        positives.append(values[slip])
        negatives += [v for i, v in enumerate(values) if i != slip]
    f1, cut, precision, recall = best_cut(cases)
    return {"answers": len(cases), "lowest_is_slip": first, "among_three_lowest": third,
            "auroc": area(positives, negatives), "f1": f1, "threshold": cut, "precision": precision, "recall": recall}


def response_cases(wrong, value):
    """value(i) -> list over all tokens of line i."""
    cases = []
    for i, row in enumerate(wrong):
        values = value(i)[row["prompt_tokens"]:]
        cases.append(([math.inf if v is None else v for v in values], row["slip"] - row["prompt_tokens"]))
    return cases


def minus(a, b):
    return [None if x is None or y is None else x - y for x, y in zip(a, b)]


def logs(values):
    return [None if v is None else math.log(max(v, 1e-30)) for v in values]


def rollout_cases(study, wrong, prior):
    """(index of the answer in `wrong`, the change of the share of right rollouts at every token, its slip) of each answer
    with a curve; `prior` holds, by prompt, the share before the first one."""
    known = {}
    for index, row in enumerate(wrong):
        response = row["ids"][row["prompt_tokens"]:]
        for ids in (response, response[:-1]):  # the curve is of the answer as drawn, without its line end
            known[(row["prompt"], tuple(ids))] = index
    cases = []
    for path in json.loads((study / "rollouts.json").read_text()):
        index = known.get((path["full_prompt"], tuple(path["response_token_ids"])))
        shares = path["all_position_scores"]
        if index is None or None in shares:
            continue
        row = wrong[index]
        steps = minus(shares, [prior[row["prompt"]]] + shares[:-1])
        slip = row["slip"] - row["prompt_tokens"]
        if slip < len(steps):
            cases.append((index, steps, slip))
    return cases


def measured(study):
    study = Path(study)
    wrong = read(study / "wrong.ids.jsonl")
    contrast, base = read(study / "contrast.jsonl"), read(study / "base.jsonl")
    made = {"s_t (positive against negative)": judged(response_cases(wrong, lambda i: contrast[i]["scores"])),
            "log p+ - log p-": judged(response_cases(
                wrong, lambda i: minus(logs(contrast[i]["p_positive"]), logs(contrast[i]["p_negative"])))),
            "log p of the base": judged(response_cases(wrong, lambda i: base[i]["logprobs"])),
            "entropy of the base (high = critical)": judged(response_cases(
                wrong, lambda i: [None if v is None else -v for v in base[i]["entropy"]]))}
    for name in ("dpo", "cdpo"):
        rows = read(study / f"{name}.jsonl")
        made[f"log-ratio of {name} to the base"] = judged(response_cases(
            wrong, lambda i, rows=rows: minus(rows[i]["logprobs"], base[i]["logprobs"])))
    cases = rollout_cases(study, wrong, json.loads((study / "prior.json").read_text()))
    if cases:
        made["change of the share of right rollouts"] = judged([(steps, slip) for _, steps, slip in cases])
        scored = response_cases(wrong, lambda i: contrast[i]["scores"])
        made["s_t on the answers that have rollouts"] = judged([scored[index] for index, _, _ in cases])
    return made


if __name__ == "__main__":
    if sys.argv[1] == "lines":
        write_lines(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    elif sys.argv[1] == "change":
        folder = Path(sys.argv[2])
        print(json.dumps(change(read(folder / "some.ids.jsonl"), read(folder / "some.base.jsonl"), read(sys.argv[3]))))
    else:
        print(",".join(str(one) for one in curve_ids(sys.argv[2], int(sys.argv[3]))))
