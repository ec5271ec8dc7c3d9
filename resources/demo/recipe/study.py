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


RUN = re.compile(r"(?:(rate|beta|rows)([\d.e-]+)-)?seed(\d+)-(\w+)")
PRESET_RATE = 5e-4


def of_seeds(found, value=lambda row: row["right"] / row["asked"]):
    """(setting, its value, method) -> value by seed; the setting of the runs as the preset has them is None."""
    made = {}
    for name, row in found.items():
        match = RUN.fullmatch(name)
        if match:
            setting = (match[1], float(match[2]) if match[1] else None, match[4])
            made.setdefault(setting, {})[int(match[3])] = value(row)
    return made


def by_rate(found):
    """Method -> learning rate -> accuracy by seed."""
    made = {}
    for (kind, value, method), shares in of_seeds(found).items():
        if kind in (None, "rate"):
            made.setdefault(method, {})[PRESET_RATE if kind is None else value] = shares
    return made


def mean_of(shares):
    return statistics.mean(shares.values())


def half_interval(values):
    """Half of Student's 95 % interval of the mean; None of one value."""
    if len(values) < 2:
        return None
    return STUDENT.get(len(values) - 1, 1.96) * statistics.stdev(values) / math.sqrt(len(values))


def best_rate(rates):
    return max(sorted(rates), key=lambda rate: mean_of(rates[rate]))


def spread_over(shares, asked):
    values = list(shares.values())
    mean, half = statistics.mean(values), half_interval(values)
    if half is not None:
        return f"{percent(max(0, mean - half))} to {percent(min(1, mean + half))}"
    low, high = wilson(round(mean * asked), asked)  # nothing to spread over: the questions alone
    return f"{percent(low)} to {percent(high)} (Wilson, one seed)"


def seed_rows(by_method, asked, more=lambda method: ""):
    lines = []
    for method, shares in sorted(by_method.items(), key=lambda item: -mean_of(item[1])):
        lines.append(f"| {NAMES.get(method, method)} | {more(method)}{len(shares)} | {percent(mean_of(shares))} | "
                     f"{spread_over(shares, asked)} | " + ", ".join(percent(shares[seed]) for seed in sorted(shares)) + " |")
    return lines


def seed_table(found):
    base = found["base"]
    low, high = wilson(base["right"], base["asked"])
    lines = ["| method | seeds | greedy accuracy, mean | 95 % of the mean over seeds | each seed |", "|---|---|---|---|---|",
             f"| base | - | {percent(base['right'] / base['asked'])} | {percent(low)} to {percent(high)} (Wilson, {base['asked']} questions) | |"]
    return lines + seed_rows({m: rates[PRESET_RATE] for m, rates in by_rate(found).items() if PRESET_RATE in rates}, base["asked"])


def rate_tables(found):
    runs = by_rate(found)
    columns = sorted({rate for rates in runs.values() for rate in rates})
    if len(columns) < 2:
        return []
    lines = ["", "## Other learning rates", "",
             "Everything else as above: the mean over the seeds, and half of its 95 % interval (Student's t).", "",
             "| method | " + " | ".join(f"{rate:g}" for rate in columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for method, rates in sorted(runs.items(), key=lambda item: -mean_of(item[1][best_rate(item[1])])):
        cells = []
        for rate in columns:
            half = half_interval(list(rates[rate].values())) if rate in rates else None
            cells.append("-" if rate not in rates else percent(mean_of(rates[rate])) + ("" if half is None else f" ± {100 * half:.1f}"))
        lines.append(f"| {NAMES.get(method, method)} | " + " | ".join(cells) + " |")
    best = {method: rates[best_rate(rates)] for method, rates in runs.items()}
    lines += ["", "Each method at the best of these rates (chosen on the same questions, so a little flattered):", "",
              "| method | learning rate | seeds | greedy accuracy, mean | 95 % of the mean over seeds | each seed |", "|---|---|---|---|---|---|"]
    return lines + seed_rows(best, found["base"]["asked"], lambda method: f"{best_rate(runs[method]):g} | ")


def sweep_table(found):
    rows = [(method, kind, value, shares) for (kind, value, method), shares in of_seeds(found).items() if kind in ("beta", "rows")]
    if not rows:
        return []
    words = {"beta": "beta", "rows": "rows of data"}
    lines = ["", "## Other betas, less data", "", "First seed; everything else as in the first table.", "",
             "| method | setting | value | greedy accuracy | 95 % (Wilson) |", "|---|---|---|---|---|"]
    for method, kind, value, shares in sorted(rows, key=lambda r: r[:3]):
        low, high = wilson(round(mean_of(shares) * found["base"]["asked"]), found["base"]["asked"])
        lines.append(f"| {NAMES.get(method, method)} | {words[kind]} | {value:g} | {percent(mean_of(shares))} | {percent(low)} to {percent(high)} |")
    return lines


def kept(folder):
    return {file.stem: json.loads(file.read_text()) for file in sorted(folder.glob("*.json"))}


def places_table(found, places):
    """Where greedy answers go wrong, at the preset's rate and at the best one."""
    if not places:
        return []
    parts = [("without a trap", lambda r: r["plain_right"] / max(1, r["plain"])), ("with traps", lambda r: r["trap_right"] / max(1, r["trap"])),
             ("slips in words", lambda r: r["slip_in_words"]), ("in numbers and signs", lambda r: r["slip_in_numbers"])]
    lines = ["", "## Where greedy answers go wrong", "",
             "Share of right answers to questions without and with traps (wordings that most training texts get wrong), and what the",
             "first slips are in. Mean over the seeds.", "",
             "| method | learning rate | " + " | ".join(name for name, _ in parts) + " |", "|---" * (len(parts) + 2) + "|"]

    def cells(values):
        return " | ".join(percent(value) if i < 2 else f"{value:.0f}" for i, value in enumerate(values))

    if "base" in places:
        lines.append("| base | - | " + cells([value(places["base"]) for _, value in parts]) + " |")
    measured = [of_seeds(places, value) for _, value in parts]
    runs = by_rate(found)
    for method in sorted(runs, key=lambda m: -mean_of(runs[m][best_rate(runs[m])])):
        for rate in sorted({PRESET_RATE, best_rate(runs[method])}):
            setting = (None, None, method) if rate == PRESET_RATE else ("rate", rate, method)
            if setting in measured[0]:
                lines.append(f"| {NAMES.get(method, method)} | {rate:g} | " + cells([mean_of(one[setting]) for one in measured]) + " |")
    return lines


def change_table(found, changed):
    """Which tokens each method moved, at the preset's rate and at its best one."""
    parts = ["right", "before", "slip", "after"]
    values = {part: of_seeds(changed, lambda row, part=part: row[part]) for part in parts}
    lines = ["", "## What training did to the log-probabilities", "",
             "Mean change of log p against the base, in nats a token, on 200 right and 200 wrong answers of the base to questions",
             "that are not in the training data: tokens of right answers, and of wrong answers before the slip, the slip, and",
             "after it. Mean over the seeds.", "",
             "| method | learning rate | right answers | before the slip | the slip | after it | greedy accuracy |", "|---|---|---|---|---|---|---|"]
    runs = by_rate(found)
    for method in sorted(runs, key=lambda m: -mean_of(runs[m][best_rate(runs[m])])):
        for rate in sorted(runs[method]):
            setting = (None, None, method) if rate == PRESET_RATE else ("rate", rate, method)
            if setting in values["right"]:
                cells = [f"{mean_of(values[part][setting]):+.3f}" for part in parts]
                lines.append(f"| {NAMES.get(method, method)} | {rate:g} | " + " | ".join(cells) + f" | {percent(mean_of(runs[method][rate]))} |")
    return lines if changed else []


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
    found, changed, places = accuracies(study), kept(study / "change"), kept(study / "places")
    figures = detectors.measured(study) if (study / "contrast.jsonl").exists() else {}
    (study / "study.json").write_text(json.dumps({"accuracy": found, "places": places, "change": changed, "detectors": figures}, indent=1) + "\n")
    lines = ["# The miniature study", "",
             "Made by `resources/demo/recipe/study.sh`; every figure below is from its run (study.json).", "",
             f"Greedy answers to {found['base']['asked']} held-out questions, none of which is in the training texts.", ""]
    lines += seed_table(found) + rate_tables(found) + sweep_table(found)
    lines += places_table(found, places) + change_table(found, changed)
    lines += detector_table(figures) if figures else []
    (study / "STUDY.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
