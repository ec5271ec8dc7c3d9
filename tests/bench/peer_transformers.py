"""bench_search by transformers: `generate` with n sequences from every prefix, sampled at temperature 1.
`peer_transformers.py FOLDER OUT TRAJECTORIES`."""
import time

import peer_rollouts as peer

try:
    import sentencepiece, torch, transformers
except ImportError as missing:
    peer.skip(f"transformers is left out: its Python has no {missing.name}.")

transformers.logging.set_verbosity_error()
torch.set_num_threads(peer.threads)
SAMPLED_PROMPTS = 8  # of the prompts, since it is slow
model = transformers.AutoModelForCausalLM.from_pretrained(peer.data["model"], dtype=torch.float32).eval()
pieces = sentencepiece.SentencePieceProcessor(f"{peer.data['model']}/tokenizer.model")
stop = list(peer.stops)


@torch.inference_mode()
def generate(prefix, most):
    rows = model.generate(
        torch.tensor([prefix]), do_sample=True, temperature=1.0, top_k=0, top_p=1.0, num_return_sequences=peer.n,
        max_new_tokens=most, eos_token_id=stop, pad_token_id=stop[0], use_cache=True,
    )[:, len(prefix) :].tolist()
    cut = [next((i for i, id in enumerate(row) if id in peer.stops), len(row)) for row in rows]
    return [row[:end] for row, end in zip(rows, cut)], sum(min(end + 1, most) for end in cut)


def draw(prefixes, rooms):
    for prefix, room in zip(prefixes, rooms):
        yield generate(prefix, room)


def sample(prompts):
    begin, tokens = time.perf_counter(), 0
    for prompt in prompts[:SAMPLED_PROMPTS]:
        tokens += generate(prompt, peer.longest)[1]
    return min(SAMPLED_PROMPTS, len(prompts)), tokens, time.perf_counter() - begin


@torch.inference_mode()
def greedy(prefix, most):
    ids = model.generate(torch.tensor([prefix]), do_sample=False, max_new_tokens=most, eos_token_id=stop, pad_token_id=stop[0])
    return ids[0, len(prefix) :].tolist()[:most]


generate(peer.data["trajectories"][0]["ids"][:8], 4)  # warm
peer.run(f"transformers {transformers.__version__}", draw, lambda ids: pieces.decode(ids), sample, greedy)
