#!/usr/bin/env python3
"""Sums up what study.sh measured: study.py OUT writes OUT/study/study.json and OUT/study/STUDY.md."""
import json
import math
import re
import statistics
import sys
from pathlib import Path

import detectors

NAMES = {"base": "base", "sft": "SFT", "dpo": "DPO", "rpo": "RPO", "tdpo": "TDPO", "simpo": "SimPO", "cdpo": "cDPO"}
# Two-sided 95 % points of Student's t, by degrees of freedom.
STUDENT = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}


def accuracies(study):
    found = {}
    for file in sorted((study / "accuracy").glob("*.json")):
        text = file.read_text().strip()
        if text:
            row = json.loads(text)
            found[file.stem] = {"right": row["right"], "asked": row["samples"]}
    return found


def wilson(right, asked, z=1.959964):
    share, spread = right / asked, z * z / asked
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / asked + spread / (4 * asked)) / (1 + spread)
    return middle - half, middle + half


def percent(share):
    return f"{100 * share:.1f} %"


def of_seeds(found):
    """Method -> shares by seed."""
    made = {}
    for name, row in found.items():
        match = re.fullmatch(r"seed(\d+)-(\w+)", name)
        if match:
            made.setdefault(match[2], {})[int(match[1])] = row["right"] / row["asked"]
    return made


def seed_table(found, by_method):
    lines = ["| method | seeds | greedy accuracy, mean | 95 % of the mean over seeds | each seed |", "|---|---|---|---|---|"]
    base = found["base"]
    low, high = wilson(base["right"], base["asked"])
    lines.append(f"| base | - | {percent(base['right'] / base['asked'])} | {percent(low)} to {percent(high)} (Wilson, {base['asked']} questions) | |")
    for method, shares in sorted(by_method.items(), key=lambda item: -statistics.mean(item[1].values())):
        values = [shares[seed] for seed in sorted(shares)]
        mean = statistics.mean(values)
        if len(values) > 1:
            half = STUDENT.get(len(values) - 1, 1.96) * statistics.stdev(values) / math.sqrt(len(values))
            interval = f"{percent(mean - half)} to {percent(mean + half)}"
        else:  # nothing to spread over: the questions alone
            low, high = wilson(round(mean * base["asked"]), base["asked"])
            interval = f"{percent(low)} to {percent(high)} (Wilson, one seed)"
        lines.append(f"| {NAMES.get(method, method)} | {len(values)} | {percent(mean)} | {interval} | "
                     + ", ".join(percent(v) for v in values) + " |")
    return lines


def sweep_table(found):
    rows = []
    for name, row in found.items():
        match = re.fullmatch(r"(rate|beta|rows)([\d.e-]+)-(\w+)-\w+", name)
        if match:
            rows.append((match[3], match[1], float(match[2]), row))
    if not rows:
        return []
    words = {"rate": "learning rate", "beta": "beta", "rows": "rows of data"}
    lines = ["", "## One setting changed", "", "First seed; everything else as above.", "",
             "| method | setting | value | greedy accuracy | 95 % (Wilson) |", "|---|---|---|---|---|"]
    for method, kind, value, row in sorted(rows, key=lambda r: r[:3]):
        low, high = wilson(row["right"], row["asked"])
        lines.append(f"| {NAMES.get(method, method)} | {words[kind]} | {value:g} | {percent(row['right'] / row['asked'])} | {percent(low)} to {percent(high)} |")
    return lines


def detector_table(figures):
    lines = ["", "## Detectors against the planted slips", "",
             "Every wrong answer has one slip. Over the tokens of the responses: how often a detector's most extreme value is",
             "the slip, the area under its ROC curve, and precision and recall at the threshold of its best F1 (chosen on the",
             "same answers).", "",
             "| detector | answers | most extreme is the slip | among three | AUROC | precision | recall |", "|---|---|---|---|---|---|---|"]
    for name, row in figures.items():
        lines.append(f"| {name} | {row['answers']} | {percent(row['lowest_is_slip'] / row['answers'])} | "
                     f"{percent(row['among_three_lowest'] / row['answers'])} | {row['auroc']:.4f} | {percent(row['precision'])} | {percent(row['recall'])} |")
    return lines


def main(out):
    study = Path(out) / "study"
    found = accuracies(study)
    by_method = of_seeds(found)
    figures = detectors.measured(study) if (study / "contrast.jsonl").exists() else {}
    (study / "study.json").write_text(json.dumps(
        {"accuracy": found, "by_method": by_method, "detectors": figures}, indent=1) + "\n")
    lines = ["# The miniature study", "",
             "Made by `resources/demo/recipe/study.sh`; every figure below is from its run (study.json).", "",
             f"Greedy answers to {found['base']['asked']} held-out questions, none of which is in the training texts.", ""]
    lines += seed_table(found, by_method) + sweep_table(found) + (detector_table(figures) if figures else [])
    (study / "STUDY.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
