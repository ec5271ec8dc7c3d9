#!/usr/bin/env python3
"""The first slip of any answer: where its text leaves every right solution.

A question (a row of questions.jsonl) holds, of every step, all right wordings. Their sequences are all right
solutions; an answer is walked along them as far as one of them goes, however it was drawn. The token that holds the
first character beyond is the slip.

    slips.py QUESTIONS ANSWERS [--split test]

reads answers as `crux-cli export --kind jsonl` writes them and prints rows of the demo's trajectories.jsonl.

    slips.py QUESTIONS ANSWERS --places

counts where the greedy answers of an adapter (of the base, where there is none) go wrong.
"""
import argparse
import json
import sys


def walk(sentences, answer, text):
    """(characters of `text` that some right solution shares, the rest of that solution); the rest is "" where the
    whole text is right. `text` and solutions end in a line end."""
    best = (-1, "")
    stack = [(0, 0)]
    while stack:
        step, at = stack.pop()
        last = step == len(sentences)
        for wording in [f"#### {answer}\n"] if last else [sentence + " " for sentence in sentences[step]]:
            same = common(wording, text[at:at + len(wording)])
            if same == len(wording) and not last:
                stack.append((step + 1, at + same))
            elif at + same > best[0]:
                rest = "" if last else "".join(one[0] + " " for one in sentences[step + 1:]) + f"#### {answer}\n"
                best = (at + same, wording[same:] + rest)
    shared, rest = best
    return (shared, rest) if rest or shared < len(text) else (len(text), "")


def common(a, b):
    for i, (x, y) in enumerate(zip(a, b)):
        if x != y:
            return i
    return min(len(a), len(b))


def first_slip(question, text):
    """(index of the first wrong character, the right solution that agrees up to there), or None."""
    shared, rest = walk(question["steps"], question["answer"], text)
    return None if shared == len(text) and not rest else (shared, text[:shared] + rest)


def token_at(offsets, place):
    """Index of the token that holds character `place` (answers are ASCII: characters are bytes)."""
    for i in range(len(offsets) // 2):
        if offsets[2 * i] <= place < offsets[2 * i + 1]:
            return i
    return None


def ended(row, line_end):
    """Response, ids and offsets with the line end that stopped the answer; sampling leaves it out."""
    response, ids, offsets = row["response"], list(row["ids"]), list(row["offsets"])
    if row.get("finish_reason") == "stop" and not response.endswith("\n"):
        end = len(row["prompt"]) + len(response)
        response, ids, offsets = response + "\n", ids + [line_end], offsets + [end, end + 1]
    return response, ids, offsets


def trajectory(row, question, line_end):
    response, ids, offsets = ended(row, line_end)
    correct = row["verdict"] == "right"
    made = {"id": f"{question['id']}_{row['sample']}", "question_id": question["id"], "prompt": row["prompt"],
            "response": response, "answer": question["answer"], "correct": correct,
            "prompt_tokens": row["prompt_tokens"], "ids": ids, "slip": None, "temperature": 1.0, "top_p": 1.0}
    slip = None if correct else first_slip(question, response)
    if slip is not None:
        # A text that stops short has its slip at its last token.
        place = token_at(offsets, len(row["prompt"]) + slip[0])
        made["slip"] = len(ids) - 1 if place is None else place
        made["mended"] = slip[1]
    return made


def read(path):
    with open(path) as lines:
        return [json.loads(one) for one in lines if one.strip()]


def trajectories(questions_file, answers_file, split):
    questions = {row["id"]: row for row in read(questions_file) if row["split"] == split}
    rows = [row for row in read(answers_file) if row["source"] == "sampled" and int(row["question_id"]) in questions]
    line_end = 3  # the first symbol of make.sh's tokenizer
    made = [trajectory(row, questions[int(row["question_id"])], line_end) for row in rows]
    return sorted(made, key=lambda row: (row["question_id"], int(row["id"].split("_")[1])))


def places(questions, rows):
    """Right answers at questions with and without traps, and what the slips of the others are in: numbers, or words."""
    made = {"plain": 0, "plain_right": 0, "trap": 0, "trap_right": 0, "slip_in_words": 0, "slip_in_numbers": 0}
    for row in rows:
        question = questions[int(row["question_id"])]
        kind = "trap" if question["traps"] else "plain"
        made[kind] += 1
        if row["verdict"] == "right":
            made[kind + "_right"] += 1
            continue
        text = row["response"].rstrip("\n") + "\n"
        slip = first_slip(question, text)
        if slip is not None:
            around = text[slip[0]:slip[0] + 1] + slip[1][slip[0]:slip[0] + 1]
            made["slip_in_numbers" if any(c in "0123456789+-*/=" for c in around) else "slip_in_words"] += 1
    return made


def greedy_rows(answers_file):
    rows = [row for row in read(answers_file) if row["source"] == "sampled" and row["provenance"]["params"]["temperature"] == 0]
    adapted = [row for row in rows if row["provenance"]["adapter_hash"]]
    return adapted or rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions")
    parser.add_argument("answers")
    parser.add_argument("--split", default="test")
    parser.add_argument("--places", action="store_true")
    options = parser.parse_args()
    if options.places:
        questions = {row["id"]: row for row in read(options.questions)}
        print(json.dumps(places(questions, greedy_rows(options.answers))))
        return
    for row in trajectories(options.questions, options.answers, options.split):
        sys.stdout.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
