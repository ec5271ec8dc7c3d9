"""bench_grade in Python: the same lines, the last number behind "A:" or "####" or the last of the text, compared
with the gold one. `peer_grade.py FILE`."""
import json, re, sys

marked = re.compile(r"(?:^A:|####)\s*\$?(-?[\d,]*\.?\d+)", re.M)
number = re.compile(r"-?\d[\d,]*\.?\d*")


def answer(text):
    found = marked.findall(text) or number.findall(text)
    return found[-1].replace(",", "").rstrip(".") if found else None


for line in open(sys.argv[1]):
    row = json.loads(line)
    given, gold = answer(row["response"]), answer(row["answer"])
    right = given is not None and (given == gold or float(given) == float(gold))
    sys.stdout.write(json.dumps({"extracted": given, "correct": right}) + "\n")
