#!/usr/bin/env python3
"""Word problems with planted slips: what the demo's model learns from, and what it is tested on.

Every problem is a chain of steps over one running number (kinds.py). A solution says the steps in order, each in
one of several wordings; with a slip, one step takes a wrong operation and everything after it is computed from its
result. So the right solutions of a problem are known, all of them, and the first place where a text leaves every
one of them is its slip (slips.py). A text of the corpus has at most one slip: any step is missed now and then
(CARELESS), a trap more often than not (TRAPPED). So a model of these texts is wrong at some questions however it
is decoded, as real ones are, and has something to unlearn.

    problems.py OUT [--seed N] [--corpus N] [--train N] [--test N] [--held-out N]

writes OUT/corpus.jsonl (prompt, completion), OUT/corpus.txt (for the tokenizer) and OUT/questions.jsonl. The same
seed writes the same bytes; no question of one split stands in another, or in the corpus.
"""
import argparse
import json
import random
from pathlib import Path

from kinds import DISTRACTORS, KINDS, MISSED, NAMES

CARELESS, TRAPPED = 0.03, 0.62  # chance of a slip at a plain step and at a trap
DISTRACTED = 0.4                # share of questions with a sentence that does not count
MOST = 300                      # no number of a solution is larger
COMPUTE = {"+": lambda v, x: v + x, "-": lambda v, x: v - x, "*": lambda v, x: v * x, "/": lambda v, x: v / x}


def whole(number):
    return int(number) if number == int(number) and 0 <= number <= MOST else None


class Taken:
    """A step of one problem: its numbers are drawn, its telling is chosen."""

    def __init__(self, rng, step, people):
        self.step = step
        self.fields = dict(people, x=rng.randint(*step.x))
        if step.y:
            self.fields["y"] = rng.randint(*step.y)
        telling = rng.choice(step.tells)
        self.trap = telling.endswith("!")
        self.telling = telling.rstrip("!").format(**self.fields)

    def right(self, value):
        """(all wordings, the number after), or None where the numbers do not work out."""
        if self.step.y:
            return self.pair(value, self.step.sign, "*")
        return self.plain(value, self.step.sign, self.step.right)

    def wrong(self, rng, value):
        if self.step.y:
            # A sum for the product, or the product on the wrong side.
            sign, inner = rng.choice([(self.step.sign, "+"), (MISSED[self.step.sign], "*")])
            return self.pair(value, sign, inner)
        return self.plain(value, self.step.miss or MISSED[self.step.sign], self.step.wrong)

    def plain(self, value, sign, words):
        after = whole(COMPUTE[sign](value, self.fields["x"]))
        if after is None:
            return None
        return [f"{w.format(**self.fields)} {value}{sign}{self.fields['x']}={after}." for w in words], after

    def pair(self, value, sign, inner):
        part = COMPUTE[inner](self.fields["x"], self.fields["y"])
        after = whole(COMPUTE[sign](value, part))
        if after is None:
            return None
        first = [f"{w.format(**self.fields)} {self.fields['x']}{inner}{self.fields['y']}={part}." for w in self.step.right]
        return [f"{one} {then} {value}{sign}{part}={after}." for one in first for then in self.step.then], after


class Problem:
    def __init__(self, kind, question, start, steps, sentences, answer):
        self.kind, self.question, self.start, self.steps = kind, question, start, steps
        self.sentences, self.answer = sentences, answer  # of every step all right wordings

    @property
    def prompt(self):
        return f"Question: {self.question}\nAnswer: "

    def tell(self, rng, slips=True):
        """A solution's text; None where a slip leads to numbers that do not work out."""
        parts, value, slipped = [], self.start, False
        for step in self.steps:
            slip = slips and not slipped and rng.random() < (TRAPPED if step.trap else CARELESS)
            said = step.wrong(rng, value) if slip else step.right(value)
            if said is None:
                return None
            slipped = slipped or slip
            parts.append(rng.choice(said[0]))
            value = said[1]
        return " ".join(parts) + f" #### {value}\n"


def draw_steps(rng, kind, count):
    """Which steps: each once, and in a long problem some of those after the first once more."""
    index = rng.sample(range(len(kind.steps)), min(count, len(kind.steps)))
    index += [rng.randrange(1, len(kind.steps)) for _ in range(count - len(index))]
    return [kind.steps[i] for i in (index if kind.any_order else sorted(index))]


def attempt(rng, kind, count):
    a, b, c = rng.sample(NAMES, 3)
    people = {"a": a, "b": b, "c": c}
    start = value = rng.randint(*kind.n)
    steps, sentences = [], []
    for step in draw_steps(rng, kind, count):
        taken = Taken(rng, step, people)
        said = taken.right(value)
        if said is None:
            return None
        steps.append(taken)
        sentences.append(said[0])
        value = said[1]
    told = [kind.opening.format(n=start, **people)] + [step.telling for step in steps]
    if rng.random() < DISTRACTED:
        extra = rng.choice(DISTRACTORS).format(d=rng.randint(2, 40), thing=kind.thing, **people)
        told.insert(rng.randint(1, len(told)), extra)
    told.append(kind.asks.format(**people))
    return Problem(kind.name, " ".join(told), start, steps, sentences, value)


def problem(rng):
    """A problem that works out; kinds and numbers of steps are drawn evenly."""
    kind, count = rng.choice(KINDS), rng.randint(2, 6)
    while True:
        made = attempt(rng, kind, count)
        if made is not None:
            return made


def questions(rng, splits, seen):
    rows = []
    for split, count in splits:
        while count:
            made = problem(rng)
            if made.question in seen:
                continue
            seen.add(made.question)
            count -= 1
            solution = " ".join(wordings[0] for wordings in made.sentences) + f" #### {made.answer}\n"
            rows.append({"id": len(rows), "split": split, "kind": made.kind, "question": made.question,
                         "prompt": made.prompt, "solution": solution, "steps": made.sentences,
                         "traps": sum(step.trap for step in made.steps), "answer": str(made.answer)})
    return rows


def corpus(rng, count, seen):
    while count:
        made = problem(rng)
        text = None if made.question in seen else made.tell(rng)
        if text is None:
            continue
        count -= 1
        yield {"prompt": made.prompt, "completion": text}


def line(row):
    return json.dumps(row, ensure_ascii=False) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=int, default=160_000)
    parser.add_argument("--train", type=int, default=600)
    parser.add_argument("--test", type=int, default=100)
    parser.add_argument("--held-out", type=int, default=1_000)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    rng, seen = random.Random(options.seed), set()
    splits = (("train", options.train), ("test", options.test), ("held_out", options.held_out))
    (options.out / "questions.jsonl").write_text("".join(line(row) for row in questions(rng, splits, seen)))
    with open(options.out / "corpus.jsonl", "w") as rows, open(options.out / "corpus.txt", "w") as text:
        for i, row in enumerate(corpus(rng, options.corpus, seen)):
            rows.write(line(row))
            if i < 20_000:
                text.write(row["prompt"] + row["completion"])


if __name__ == "__main__":
    main()
