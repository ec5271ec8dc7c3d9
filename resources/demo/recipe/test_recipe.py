#!/usr/bin/env python3
"""What the recipe promises: problems that work out, slips that are found wherever they stand, measures of detectors."""
import io
import json
import random
import struct
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
import detectors  # noqa: E402
import half  # noqa: E402
import problems  # noqa: E402
import slips  # noqa: E402
import study  # noqa: E402
from kinds import KINDS  # noqa: E402


def drawn(count, seed=3):
    rng = random.Random(seed)
    return rng, [problems.problem(rng) for _ in range(count)]


def as_question(made):
    return {"steps": made.sentences, "answer": str(made.answer)}


class Problems(unittest.TestCase):
    def test_kinds_and_lengths_are_drawn(self):
        _, made = drawn(600)
        self.assertGreaterEqual(len({one.kind for one in made}), 12)
        self.assertEqual({len(one.steps) for one in made}, {2, 3, 4, 5, 6})
        self.assertTrue(all(len(said) >= 2 for one in made for said in one.sentences))

    def test_every_kind_has_a_trap_and_every_step_two_tellings(self):
        for kind in KINDS:
            tells = [telling for step in kind.steps for telling in step.tells]
            self.assertTrue(any(telling.endswith("!") for telling in tells), kind.name)
            self.assertTrue(all(len(step.tells) >= 2 for step in kind.steps), kind.name)

    def test_the_same_seed_gives_the_same_and_splits_share_no_question(self):
        splits = (("train", 40), ("test", 20))
        first, again = (problems.questions(random.Random(9), splits, set()) for _ in range(2))
        self.assertEqual(first, again)
        self.assertEqual(len({row["question"] for row in first}), 60)

    def test_about_a_third_of_the_texts_slip(self):
        rng, made = drawn(1500)
        wrong = [one for one in made if (text := one.tell(rng)) and slips.first_slip(as_question(one), text)]
        self.assertTrue(0.25 < len(wrong) / len(made) < 0.45, len(wrong))


class Slips(unittest.TestCase):
    question = {"steps": [["Ann finds 5: 13+5=18.", "Ann gets 5: 13+5=18."], ["It halves: 18/2=9."]], "answer": "9"}

    def test_any_mixture_of_wordings_is_right(self):
        for text in ("Ann finds 5: 13+5=18. It halves: 18/2=9. #### 9\n", "Ann gets 5: 13+5=18. It halves: 18/2=9. #### 9\n"):
            self.assertIsNone(slips.first_slip(self.question, text))

    def test_the_slip_is_the_first_wrong_character_and_is_mended_there(self):
        for text, place in (("Ann loses 5: 13-5=8. It halves: 8/2=4. #### 4\n", 4),
                            ("Ann gets 5: 13+5=17. It halves: 17/2=8. #### 8\n", 18),
                            ("Ann gets 5: 13+5=18. It halves: 18/2=9. #### 8\n", 45),
                            ("Ann gets 5: 13+5=18.\n", 20), ("\n", 0)):
            at, mended = slips.first_slip(self.question, text)
            self.assertEqual(at, place, text)
            self.assertEqual(mended[:at], text[:at])
            self.assertIsNone(slips.first_slip(self.question, mended))

    def test_texts_of_the_generator_slip_where_they_part(self):
        rng, made = drawn(800)
        for one in made:
            self.assertIsNone(slips.first_slip(as_question(one), one.tell(rng, slips=False)))
            text = one.tell(rng)
            found = text and slips.first_slip(as_question(one), text)
            if found:
                self.assertIsNone(slips.first_slip(as_question(one), found[1]))
                self.assertNotEqual(text[found[0]:found[0] + 1], found[1][found[0]:found[0] + 1])

    def test_rows_name_the_token(self):
        answer = {"question_id": "7", "sample": 2, "source": "sampled", "verdict": "wrong", "finish_reason": "stop",
                  "prompt": "Q ", "response": "Ann loses 5: 13-5=8. It halves: 8/2=4. #### 4",
                  "ids": [1, 50, 60, 61], "offsets": [0, 0, 0, 2, 2, 5, 5, 47], "prompt_tokens": 2}
        row = slips.trajectory(answer, dict(self.question, id=7), 3)
        self.assertEqual((row["id"], row["slip"], row["ids"][-1]), ("7_2", 3, 3))
        self.assertTrue(row["response"].endswith("\n"))
        right = dict(answer, verdict="right")
        self.assertIsNone(slips.trajectory(right, dict(self.question, id=7), 3)["slip"])


class Measures(unittest.TestCase):
    def test_area_under_the_curve(self):
        self.assertEqual(detectors.area([0, 1], [2, 3]), 1)
        self.assertEqual(detectors.area([2], [1, 3]), 0.5)
        self.assertEqual(detectors.area([1], [1]), 0.5)
        self.assertEqual(detectors.area([3], [1, 2]), 0)

    def test_lowest_and_best_threshold(self):
        made = detectors.judged([([.5, .1, .9], 1), ([.2, .3, .05, .7], 0)])
        self.assertEqual((made["lowest_is_slip"], made["among_three_lowest"]), (1, 2))
        self.assertAlmostEqual(made["precision"], 2 / 3)
        self.assertEqual(made["recall"], 1)

    def test_places_of_slips(self):
        question = {"id": 1, "traps": 1, "answer": "3", "steps": [["Gets 1: 2+1=3.", "Finds 1: 2+1=3."]]}
        def row(response, verdict="wrong"):
            return {"question_id": "1", "verdict": verdict, "response": response}
        made = slips.places({1: question}, [row("Gets 1: 2+1=3. #### 3", "right"), row("Gets 1: 2+1=4. #### 4"), row("Drops 1: 2-1=1. #### 1")])
        self.assertEqual(made, {"plain": 0, "plain_right": 0, "trap": 3, "trap_right": 1, "slip_in_words": 1, "slip_in_numbers": 1})

    def test_change_of_log_probabilities_by_the_place_of_the_slip(self):
        rows = [{"prompt_tokens": 1, "ids": [0] * 3, "slip": None}, {"prompt_tokens": 1, "ids": [0] * 4, "slip": 2}]
        base = [{"logprobs": [None, -1, -1]}, {"logprobs": [None, -1, -1, -1]}]
        policy = [{"logprobs": [None, -2, -1]}, {"logprobs": [None, -0.5, -4, -3]}]
        self.assertEqual(detectors.change(rows, base, policy),
                         {"right": -0.5, "before": 0.5, "slip": -3, "after": -2, "right_answer": -1})
        self.assertEqual(detectors.spread(list(range(10)), 5), [0, 2, 4, 6, 8])

    def test_runs_are_told_apart_by_their_names(self):
        row = {"right": 6, "asked": 10}
        found = {"base": row, "seed1-dpo": row, "seed2-dpo": {"right": 8, "asked": 10}, "rate1.5e-4-seed1-dpo": {"right": 9, "asked": 10},
                 "beta0.02-seed1-dpo": row, "rows100-seed1-sft": row}
        self.assertEqual(study.by_rate(found), {"dpo": {5e-4: {1: 0.6, 2: 0.8}, 1.5e-4: {1: 0.9}}})
        self.assertEqual(study.best_rate(study.by_rate(found)["dpo"]), 1.5e-4)
        self.assertAlmostEqual(study.half_interval([0.6, 0.8]), 12.706 * 0.1, 3)
        text = "\n".join(study.seed_table(found) + study.rate_tables(found) + study.sweep_table(found))
        self.assertIn("| DPO | 2 | 70.0 % | 0.0 % to 100.0 % | 60.0 %, 80.0 % |", text)
        self.assertIn("| DPO | 0.00015 | 1 | 90.0 % |", text)
        self.assertIn("| DPO | beta | 0.02 | 60.0 % |", text)
        self.assertIn("| SFT | rows of data | 100 | 60.0 % |", text)

    def test_bfloat16_rounds_to_nearest_even(self):
        values = [1.0, -2.5, 1 + 2 ** -8, 1 + 3 * 2 ** -8, 3.14159]
        header = json.dumps({"x": {"dtype": "F32", "shape": [5], "data_offsets": [0, 20]}}).encode()
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder) / "a", Path(folder) / "b"
            source.write_bytes(struct.pack("<Q", len(header)) + header + struct.pack("<5f", *values))
            half.main(source, target)
            data = io.BytesIO(target.read_bytes())
        length, = struct.unpack("<Q", data.read(8))
        self.assertEqual(json.loads(data.read(length))["x"], {"dtype": "BF16", "shape": [5], "data_offsets": [0, 10]})
        halves = struct.unpack("<5H", data.read())
        back = [struct.unpack("<f", struct.pack("<I", word << 16))[0] for word in halves]
        self.assertEqual(back, [1.0, -2.5, 1.0, 1 + 2 ** -6, 3.140625])


if __name__ == "__main__":
    unittest.main()
