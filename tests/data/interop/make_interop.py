#!/usr/bin/env python3
"""Makes the files of this folder: small ones in the forms of the paper's scripts
(chenzhiling9954/Critical-Tokens-Matter), of codelion/pts and of Cliff Tokens.

Needs: pip install tokenizers==0.23.3 (the version used). Run in this folder; never part of a build.
Texts, answers and shares are made up by hand. Tokenizers are those of ../text.
"""
import json
import pathlib

from tokenizers import Tokenizer

QUESTIONS = [
    ("#0#", "Ann has 13 apples and gives 5 away. How many are left?", "8"),
    ("#1#", "He worked 4 hours at $12 an hour. How much was he paid?", "48"),
]
SHOTS = "Question: How many is 2 + 2?\nAnswer: 2 + 2 = 4. The answer is 4.\n\n"
# What a model writes after the stripped prompt: the white space is its own.
GENERATED = {
    "#0#": [" 13-5=8. The answer is 8.", " 13+5=18. The answer is 18.", " 13-5=8. So the answer is 8.",
            "\n13 apples. The answer is 13."],
    "#1#": [" 4*12=48. The answer is 48.", " 4+12=16. The answer is 16.", " 12 an hour. The answer is 16.", " ?"],
}
CHECKED = {
    "#0#": [["8", True], ["18", False], ["8", True], ["13", False]],
    "#1#": [["48", True], ["16", False], ["16", False], ["", False]],
}


def prompt(question):
    return f"Question: {question}\nAnswer: "


def lines(name, rows):
    pathlib.Path(name).write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows))


def document(name, value, indent=2):
    pathlib.Path(name).write_text(json.dumps(value, indent=indent))


def sampling():
    rows = []
    for qid, question, gold in QUESTIONS:
        rows.append({"id": qid, "question": question, "response": "", "answer": [gold],
                     "response_label": None, "model_source": "", "question_source": "GSM8K",
                     "question_type": "train", "prompt": prompt(question),
                     "final_prompt": SHOTS + prompt(question), "generation_result": GENERATED[qid]})
    lines("GSM8K_train_sampling.T0.50.finished.jsonl", rows)
    checked = {r["id"]: {**r, "generation_check": [[text, *check] for text, check in
                                                   zip(r["generation_result"], CHECKED[r["id"]])]}
               for r in rows}
    document("GSM8K_train_sampling.T0.50.finished.checked.json", checked)


CONFIG = {"sft_pos": {"top-k": 1, "top-p": None, "name": "sft_pos_top_k1"},
          "sft_neg": {"top-k": None, "top-p": 0.5, "name": "sft_neg_top_p0.5"},
          "dpo": {"top-k": 1, "top-p": None, "name": "dpo_top_k1"}}


def selections():
    picked = {qid: (GENERATED[qid][0].strip(), GENERATED[qid][1].strip()) for qid, _, _ in QUESTIONS}
    sft = {"config": CONFIG, "pos": {}, "neg": {}}
    dpo = {"config": CONFIG, "prompt": [], "chosen": [], "rejected": [], "answer": []}
    for qid, question, gold in QUESTIONS:
        sft["pos"][qid] = {"question": question, "response": picked[qid][0], "answer": gold}
        sft["neg"][qid + "_0"] = {"question": question, "response": picked[qid][1], "answer": gold}
        dpo["prompt"].append(prompt(question))
        dpo["chosen"].append(picked[qid][0])
        dpo["rejected"].append(picked[qid][1])
        dpo["answer"].append([gold])
    sft["neg"]["#1#_1"] = {"question": QUESTIONS[1][1], "response": GENERATED["#1#"][2].strip(), "answer": "48"}
    document("GSM8K.sft_pos_top_k1_sft_neg_top_p0.5.T0.50.json", sft)
    document("GSM8K.dpo_top_k1.T0.50.json", dpo)
    return dpo


def scored(tokenizer, name, dpo):
    """One score for every id but the first, as a gather of logits shifted by one gives them."""
    out = {"prompt": dpo["prompt"], "chosen": dpo["chosen"], "rejected": dpo["rejected"], "prob_result": []}
    for question, chosen, rejected in zip(dpo["prompt"], dpo["chosen"], dpo["rejected"]):
        sides = {}
        for side, answer in (("pos", chosen), ("neg", rejected)):
            ids = tokenizer.encode(question + answer).ids
            start = len(tokenizer.encode(question).ids) - 1
            sides[side] = {"ce_prob": [round(1 - 0.9 * ((7 * i) % 11) / 11, 6) for i in range(len(ids) - 1)],
                           "response_start_idx": start,
                           "text": tokenizer.decode(ids[1:][start:], skip_special_tokens=False)}
        out["prob_result"].append(sides)
    document(f"GSM8K.dpo_top_k1.T0.50.{name}.CE_scored.json", out)


def rollouts(tokenizer, dpo):
    """Prefixes of the rejected answers, each with four rollouts; then with the next token replaced."""
    folder = pathlib.Path("tiny-model")
    folder.mkdir(exist_ok=True)
    inputs, results, without = [], [], []
    for number, (question, rejected, answer) in enumerate(zip(dpo["prompt"], dpo["rejected"], dpo["answer"])):
        ids = tokenizer.encode(question + rejected).ids
        start = len(tokenizer.encode(question.rstrip()).ids) + 1
        for end in range(start, len(ids)):
            prefix = tokenizer.decode(ids[:end], skip_special_tokens=True)
            row = {"id": f"#{number}#", "question": prefix, "answer": answer, "response_label": False}
            inputs.append(row)
            blanks = prefix[len(prefix.rstrip()):]  # stripped before sampling: the model writes them
            right = max(0, 4 - (end - start))
            gold = answer[0]
            texts = [f"{blanks} so. The answer is {gold if i < right else 7}." for i in range(4)]
            results.append({**row, "final_prompt": SHOTS + prefix, "generation_result": texts})
            if end + 1 < len(ids):
                for to in (" the", "8"):
                    new = tokenizer.encode(to, add_special_tokens=False).ids
                    assert len(new) == 1 and tokenizer.decode(new) == to
                    without.append({"replace_token": {"from": tokenizer.decode([ids[end]]), "to": to},
                                    **row, "question": prefix + to, "final_prompt": SHOTS + prefix + to,
                                    "generation_result": [f". The answer is {gold}."]})
    # Named .jsonl by their scripts, and a list.
    (folder / "GSM8K_with_token_on_train_set.jsonl").write_text(json.dumps(inputs, indent=2))
    lines(folder / "GSM8K_with_token_on_train_set_result.jsonl", results)
    lines(folder / "GSM8K_without_token_on_train_set_result.jsonl", without)


def pivotal(tokenizer):
    """Two tokens of one response, one of another; version 1 writes each twice."""
    qid, question, _ = QUESTIONS[0]
    records = []
    for generation, (answer, places) in enumerate(((" 13+5=18. The answer is 18.", (2, 6)), (" 13-5=8.", (3,)))):
        ids = tokenizer.encode(prompt(question).rstrip() + answer).ids
        start = len(tokenizer.encode(prompt(question).rstrip()).ids)
        for place in places:
            at = start + place
            context = tokenizer.decode(ids[:at], skip_special_tokens=True)
            token = tokenizer.decode([ids[at]])
            records.append({"generation": generation, "at": at, "context": context, "token": token, "id": ids[at],
                            "before": 0.5, "after": 0.125 if generation == 0 else 0.875})
    v1 = [{"model_id": "tiny", "query": question, "pivot_context": r["context"], "pivot_token": r["token"],
           "pivot_token_id": r["id"], "prob_before": r["before"], "prob_after": r["after"],
           "prob_delta": r["after"] - r["before"], "is_positive": r["after"] > r["before"], "task_type": "math",
           "dataset_id": "toy", "dataset_item_id": qid, "timestamp": "2026-01-02T03:04:05"} for r in records]
    lines("pts_tokens.jsonl", [row for row in v1 for _ in range(2)])
    events = []
    for r in records:
        delta = r["after"] - r["before"]
        events.append({"event_id": f"token_evt_{len(events):012d}", "event_type": "pivotal_token",
                       "granularity": "token", "visibility": "emitted", "model_id": "tiny", "task_type": "math",
                       "query": question, "context": r["context"], "label": r["token"], "score": abs(delta),
                       "search_method": "token_pts", "schema_version": "2.0", "dataset_id": "toy",
                       "dataset_item_id": qid, "position": r["at"], "token_id": r["id"], "layer": None,
                       "layer_name": None, "prob_before": r["before"], "prob_after": r["after"],
                       "prob_delta": delta, "is_positive": delta > 0, "confidence": None,
                       "intervention_type": "append_token", "readout_method": None, "category": "computation",
                       "tags": ["token_pts"], "parent_event_id": None, "linked_event_ids": [],
                       "precedes_event_ids": [], "follows_event_ids": [],
                       "metadata": {"pivot_context": r["context"], "pivot_token": r["token"],
                                    "prob_threshold": 0.2, "generation_index": r["generation"]},
                       "timestamp": "2026-01-02T03:04:05"})
    anchor = {**events[0], "event_id": "sentence_evt_1", "event_type": "thought_anchor", "granularity": "sentence",
              "label": "13+5=18.", "position": 0, "token_id": None}
    lines("pts_events.jsonl", events + [anchor])
    lines("pts_dpo.jsonl", [{"prompt": records[0]["context"], "chosen": "-", "rejected": records[0]["token"],
                             "metadata": {"original_query": question, "prob_delta": -0.375, "task_type": "math"}}])


def main():
    llama = Tokenizer.from_file("../text/llama3-like/tokenizer.json")
    qwen = Tokenizer.from_file("../text/qwen2-like/tokenizer.json")
    sampling()
    dpo = selections()
    scored(llama, "bos", dpo)
    scored(qwen, "plain", dpo)
    rollouts(llama, dpo)
    pivotal(llama)


main()
