"""What both peers of bench_search share: its input, the verdict of a text, the paper's rule over counts of right
rollouts. The peers draw with their own random numbers, n rollouts from every prefix, as published scripts do."""
import json, os, re, sys, time

folder, out, searched = sys.argv[1], sys.argv[2], int(sys.argv[3])
data = json.load(open(f"{folder}/input.json"))
n, longest, stops = data["n"], data["max_new_tokens"], set(data["stop_ids"])
threads = data["threads"] or os.cpu_count()


def answer_of(text):
    found = re.findall(r"####\s*(-?[\d,]*\.?\d+)", text) or re.findall(r"-?\d[\d,]*\.?\d*", text)
    return found[-1].replace(",", "").rstrip(".") if found else None


def right(text, gold):
    answer = answer_of(text)
    return answer is not None and float(answer) == float(gold)


def critical(counts, first):
    """First position without a right rollout after which no position has more than 3 of 64; -1: none."""
    low = int(0.05 * n - 1e-9)
    last = max((i for i, c in enumerate(counts) if c > low), default=-1)
    return next((first + i for i in range(last + 1, len(counts)) if counts[i] == 0), -1)


def skip(sentence):
    """Leaves this peer out of the comparison, and says so once."""
    print(f"  {sentence}", flush=True)
    sys.exit(77)


cpu_seconds = time.process_time  # of all that the peer runs; a server's are added by its peer


def search(trajectory, draw, decode):
    """`draw(prefixes, most)`: n rollouts of each prefix, as token ids without the stop token, and how many tokens
    were sampled. Positions as Crux counts them: the prefix ends with the token."""
    ids, prompt, gold = trajectory["ids"], trajectory["prompt_tokens"], trajectory["answer"]
    end = next((i for i in range(prompt, len(ids)) if ids[i] in stops), len(ids) - 1)
    begin, cpu, tokens = time.perf_counter(), cpu_seconds(), 0
    positions = list(range(prompt, end))
    counts = []
    for rollouts, drawn in draw([ids[: t + 1] for t in positions], [longest - (t + 1 - prompt) for t in positions]):
        prefix = ids[prompt : positions[len(counts)] + 1]
        counts.append(sum(right(decode(prefix + one), gold) for one in rollouts))
        tokens += drawn
    counts.append(n if right(decode(ids[prompt:end]), gold) else 0)  # after the last token nothing is drawn
    return {
        "seconds": time.perf_counter() - begin, "cpu": cpu_seconds() - cpu, "tokens": tokens,
        "position": critical(counts, prompt),
    }


def run(name, draw, decode, sample=None, greedy=None):
    """`greedy(prefix, most)`: the most likely ids, to see that the peer computes the same model."""
    result = {"name": name, "sample": None, "greedy": None}
    if greedy:
        result["greedy"] = sum(greedy(g["prefix"], len(g["ids"])) == g["ids"] for g in data["greedy"])
    result["search"] = [search(t, draw, decode) for t in data["trajectories"][:searched]]
    if data["prompts"] and sample:
        cpu = cpu_seconds()
        prompts, tokens, seconds = sample(data["prompts"])
        result["sample"] = {"prompts": prompts, "tokens": tokens, "seconds": seconds, "cpu": cpu_seconds() - cpu}
    json.dump(result, open(out, "w"))
