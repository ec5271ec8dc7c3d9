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
