#!/usr/bin/env python3
"""Makes wordproblems_reference.json: three answers of the demo scored with transformers and peft.

    make_wordproblems_reference.py    (torch, transformers, peft; writes beside itself)
"""
import json
from pathlib import Path

import peft
import torch
import transformers

HERE = Path(__file__).resolve().parent
DEMO = HERE.parents[2] / "resources/demo"


def logits(model, ids):
    with torch.no_grad():
        return model(torch.tensor([ids])).logits[0].double()


def shown(values, digits=8):
    return [None] + [round(float(v), digits) for v in values]


def main():
    rows = [json.loads(line) for line in (DEMO / "trajectories.jsonl").read_text().splitlines()]
    wrong = [row for row in rows if row["slip"] is not None]
    chosen = [wrong[0], wrong[len(wrong) // 2], wrong[-1]]

    def load():
        return transformers.AutoModelForCausalLM.from_pretrained(DEMO / "model", dtype=torch.float32).eval()

    base = load()
    sides = [peft.PeftModel.from_pretrained(load(), DEMO / name).eval() for name in ("positive", "negative")]
    cases = []
    for row in chosen:
        ids = row["ids"]
        at, next_ids = torch.arange(len(ids) - 1), torch.tensor(ids[1:])
        plain = torch.log_softmax(logits(base, ids), -1)[:-1]
        positive, negative = (torch.log_softmax(logits(side, ids), -1)[:-1] for side in sides)
        contrast = torch.softmax(2 * positive - negative, -1)
        cases.append({"ids": ids, "prompt_tokens": row["prompt_tokens"], "slip": row["slip"],
                      "token_logprobs": shown(plain[at, next_ids]),
                      "entropy": shown(-(plain.exp() * plain).sum(-1)),
                      "token_logprobs_positive": shown(positive[at, next_ids]),
                      "token_logprobs_negative": shown(negative[at, next_ids]),
                      "scores": shown(contrast[at, next_ids])})
    about = (f"Three cases made by make_wordproblems_reference.py with transformers {transformers.__version__}, torch "
             f"{torch.__version__.split('+')[0]}, float32 model on the bfloat16 weights, float64 softmax, beta 1; null at index 0.")
    (HERE / "wordproblems_reference.json").write_text(json.dumps({"about": about, "cases": cases}) + "\n")


if __name__ == "__main__":
    main()
