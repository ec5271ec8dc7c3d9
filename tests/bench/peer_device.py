"""What bench_device does, by transformers + peft on the same files and device; and the files themselves.
  make SHAPE FOLDER       a random model folder and two adapters of a shape: 0.5b, 1b or tiny
  ids FILE FOLDER         ids.json, prompts.json and pairs.json of GSM8K's model solutions
  score | generate | train | check: see tests/bench/gpu.sh
Figures are lines "FIGURE name value unit"."""
import argparse, json, os, re, sys, time
import torch
from peer_machine import contrast, padded

parser = argparse.ArgumentParser()
parser.add_argument("command")
parser.add_argument("words", nargs="*")
for name in ("model", "positive", "negative", "ids", "pairs", "ours", "adapter"):
    parser.add_argument(f"--{name}")
parser.add_argument("--device", default="cuda")
parser.add_argument("--dtype", default="bfloat16")
parser.add_argument("--batches", type=int, nargs="*", default=[1, 4, 16, 64])
parser.add_argument("--n", type=int, default=64)
parser.add_argument("--new", type=int, default=128)
parser.add_argument("--temperature", type=float, default=1)
parser.add_argument("--steps", type=int, default=10)
parser.add_argument("--batch", type=int, default=8)
parser.add_argument("--checkpointing", type=int, default=0)
parser.add_argument("--count", type=int, default=256)
parser.add_argument("--vocabulary", type=int, default=128256)
options = parser.parse_args()
cuda = options.device.startswith("cuda")
dtype = getattr(torch, options.dtype)


def figure(name, value, unit):
    print(f"FIGURE {name} {value:.6g} {unit}", flush=True)


def wait():
    if cuda:
        torch.cuda.synchronize()
    return time.perf_counter()


def memory(restart=False):
    if not cuda:
        return 0
    if restart:
        torch.cuda.reset_peak_memory_stats()
        return torch.cuda.memory_allocated() / 2**30
    return torch.cuda.max_memory_allocated() / 2**30


# Wider initial weights than a fresh model's: next-token distributions about as peaked as a trained one's.
SHAPES = {
    "0.5b": dict(architectures=["Qwen2ForCausalLM"], model_type="qwen2", hidden_size=896, intermediate_size=4864, num_hidden_layers=24,
                 num_attention_heads=14, num_key_value_heads=2, vocab_size=151936, max_position_embeddings=32768, rms_norm_eps=1e-6,
                 rope_theta=1000000.0, tie_word_embeddings=True, use_sliding_window=False, bos_token_id=151643, eos_token_id=151643),
    "1b": dict(architectures=["LlamaForCausalLM"], model_type="llama", hidden_size=2048, intermediate_size=8192, num_hidden_layers=16,
               num_attention_heads=32, num_key_value_heads=8, head_dim=64, vocab_size=128256, max_position_embeddings=131072,
               rms_norm_eps=1e-5, rope_theta=500000.0, attention_bias=False, mlp_bias=False, tie_word_embeddings=True,
               rope_scaling=dict(rope_type="llama3", factor=32.0, low_freq_factor=1.0, high_freq_factor=4.0,
                                 original_max_position_embeddings=8192), bos_token_id=128000, eos_token_id=128001),
    "tiny": dict(architectures=["LlamaForCausalLM"], model_type="llama", hidden_size=64, intermediate_size=160, num_hidden_layers=2,
                 num_attention_heads=4, num_key_value_heads=2, head_dim=16, vocab_size=8192, max_position_embeddings=2048,
                 rms_norm_eps=1e-5, rope_theta=10000.0, attention_bias=False, mlp_bias=False, tie_word_embeddings=True,
                 bos_token_id=1, eos_token_id=2),
}


def make(shape, folder):
    from safetensors.torch import save_file
    config = SHAPES[shape] | dict(hidden_act="silu", torch_dtype="bfloat16", initializer_range=0.02)
    torch.manual_seed(1)
    h, inner, layers = config["hidden_size"], config["intermediate_size"], config["num_hidden_layers"]
    dim = config.get("head_dim", h // config["num_attention_heads"])
    queries, keys = config["num_attention_heads"] * dim, config["num_key_value_heads"] * dim
    normal = lambda *size, std=0.02: (torch.randn(*size, device=options.device) * std).to(torch.bfloat16).cpu()
    linears = {"self_attn.q_proj": (queries, h), "self_attn.k_proj": (keys, h), "self_attn.v_proj": (keys, h), "self_attn.o_proj": (h, queries),
               "mlp.gate_proj": (inner, h), "mlp.up_proj": (inner, h), "mlp.down_proj": (h, inner)}
    tensors = {"model.embed_tokens.weight": normal(config["vocab_size"], h, std=5 / h**0.5), "model.norm.weight": torch.ones(h).bfloat16()}
    for i in range(layers):
        at = f"model.layers.{i}."
        tensors[at + "input_layernorm.weight"] = torch.ones(h).bfloat16()
        tensors[at + "post_attention_layernorm.weight"] = torch.ones(h).bfloat16()
        for name, size in linears.items():
            tensors[at + name + ".weight"] = normal(*size)
            if config["model_type"] == "qwen2" and name[-6] in "qkv" and "attn" in name:
                tensors[at + name + ".bias"] = normal(size[0], std=0.1)
    os.makedirs(folder + "/model", exist_ok=True)
    save_file(tensors, folder + "/model/model.safetensors", metadata={"format": "pt"})
    json.dump(config, open(folder + "/model/config.json", "w"))
    for side, std in (("positive", 0.01), ("negative", 0.015)):
        os.makedirs(f"{folder}/{side}", exist_ok=True)
        pairs = {}
        for i in range(layers):
            for name in ("mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"):
                out, inputs = linears[name]
                at = f"base_model.model.model.layers.{i}.{name}.lora_"
                pairs[at + "A.weight"] = normal(8, inputs).float()
                pairs[at + "B.weight"] = normal(out, 8, std=std).float()
        save_file(pairs, f"{folder}/{side}/adapter_model.safetensors", metadata={"format": "pt"})
        json.dump(dict(peft_type="LORA", task_type="CAUSAL_LM", r=8, lora_alpha=16, bias="none", base_model_name_or_path=folder + "/model",
                       target_modules=["gate_proj", "up_proj", "down_proj"], lora_dropout=0.0),
                  open(f"{folder}/{side}/adapter_config.json", "w"))


def make_ids(file, folder):
    """Texts cut as a tokenizer would mostly do (a word with its blank, single digits), pieces numbered: real lengths."""
    known = {}
    number = lambda piece: known.setdefault(piece, 3 + len(known) * 7919 % (options.vocabulary - 3))
    ids_of = lambda text: [number(piece) for piece in re.findall(r" ?[A-Za-z]+|[0-9]|[^A-Za-z0-9 ]+| ", text)]
    ids, prompts, pairs = [], [], []
    for line in open(file):
        row = json.loads(line)
        prompt = ids_of(f"Question: {row['question']}\nAnswer:")
        answers = [v["solution"] for v in row.values() if isinstance(v, dict) and "solution" in v]
        ids += [prompt + ids_of(" " + answer) for answer in answers]
        prompts.append(prompt)
        if len(answers) > 1 and answers[0] != answers[1]:
            pairs.append(dict(prompt=prompt, right=ids_of(" " + answers[0]), wrong=ids_of(" " + answers[1])))
        if len(ids) >= options.count and len(pairs) >= options.count:
            break
    os.makedirs(folder, exist_ok=True)
    json.dump(ids[: options.count], open(folder + "/ids.json", "w"))
    json.dump(prompts[:16], open(folder + "/prompts.json", "w"))
    json.dump(pairs, open(folder + "/pairs.json", "w"))
    print(f"{len(ids[:options.count])} solutions, {sum(map(len, ids[:options.count]))} tokens; {len(pairs)} pairs")


def load(**more):
    import transformers
    transformers.logging.set_verbosity_error()
    return transformers.AutoModelForCausalLM.from_pretrained(options.model, dtype=dtype, attn_implementation="sdpa", **more).to(options.device).eval()


def score():
    from peft import PeftModel
    model = PeftModel.from_pretrained(load(), options.positive, adapter_name="positive")
    model.load_adapter(options.negative, adapter_name="negative")
    rows = json.load(open(options.ids))
    if options.ours:
        ours = json.load(open(options.ours))
        theirs = contrast(model, rows[:1], options.device).cpu()[0][0].tolist()
        import math
        logs = [abs(math.log(a) - math.log(b)) for a, b in zip(ours[1:], theirs) if a > 1e-37 and b > 1e-37]
        figure("peer_score_difference_of_log_s_mean", sum(logs) / max(len(logs), 1), "nats")
        figure("peer_score_difference_of_log_s_largest", max(logs, default=float("nan")), "nats")
    best = 0
    for size in options.batches:
        before = memory(True)
        try:
            contrast(model, rows[:size], options.device).cpu()
            rates = []
            for _ in range(1 if size == 1 else 2):
                begin = wait()
                for i in range(0, len(rows), size):
                    contrast(model, rows[i : i + size], options.device).cpu()
                rates.append(sum(map(len, rows)) / (wait() - begin))
        except torch.OutOfMemoryError:
            print(f"peer: batch {size} does not fit")
            torch.cuda.empty_cache()
            continue
        figure(f"peer_score_batch{size}", max(rates), "tokens/s")
        figure(f"peer_score_batch{size}_memory_above_weights", memory() - before, "GiB")
        best = max(best, *rates)
    figure("peer_score_best", best, "tokens/s")


@torch.inference_mode()
def generate():
    model = load()
    prompts = json.load(open(options.ids))
    tokens = 0
    more = dict(do_sample=True, temperature=options.temperature, top_k=0, top_p=1.0) if options.temperature > 0 else dict(do_sample=False)
    def one(prompt, new):
        ids = torch.tensor([prompt] * options.n, device=options.device)
        out = model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=new, min_new_tokens=new, pad_token_id=0,
                             eos_token_id=None, **more)
        return out[:, len(prompt):]
    one(prompts[0], 4)
    memory(True)
    begin = wait()
    for prompt in prompts:
        made = one(prompt, options.new)
        tokens += made.numel()
    figure("peer_generate", tokens / (wait() - begin), "tokens/s")
    figure("peer_generate_memory", memory(), "GiB")


def token_logps(model, rows, prompts):
    """Sum over each completion of log p, padded batch."""
    ids, mask = padded(rows, options.device)
    logits = model(input_ids=ids, attention_mask=mask, use_cache=False).logits[:, :-1].float()
    logp = logits.log_softmax(-1).gather(-1, ids[:, 1:, None])[..., 0]
    place = torch.arange(ids.size(1) - 1, device=ids.device)[None]
    first = torch.tensor(prompts, device=ids.device)[:, None] - 1
    last = torch.tensor([len(row) for row in rows], device=ids.device)[:, None] - 1
    return (logp * ((place >= first) & (place < last))).sum(1)


def train():
    """DPO steps as TRL makes them: reference by the bare model, chosen and rejected padded together."""
    from peft import LoraConfig, get_peft_model
    model = get_peft_model(load(), LoraConfig(r=16, lora_alpha=32, task_type="CAUSAL_LM", target_modules=[
        "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]))
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.float()
    model.train()
    if options.checkpointing:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs=dict(use_reentrant=False))
        model.enable_input_require_grads()
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-4, weight_decay=0)
    pairs = json.load(open(options.pairs))
    before, tokens, losses, begin = memory(True), 0, [], 0
    for step in range(options.steps):
        if step == 2:
            begin = wait()
        rows = [pairs[(step * options.batch + i) % len(pairs)] for i in range(options.batch)]
        sequences = [row["prompt"] + row[side] for side in ("right", "wrong") for row in rows]
        prompts = [len(row["prompt"]) for _ in range(2) for row in rows]
        with torch.autocast(options.device.split(":")[0], dtype=torch.bfloat16, enabled=dtype == torch.bfloat16):
            with torch.no_grad(), model.disable_adapter():
                reference = token_logps(model, sequences, prompts)
            policy = token_logps(model, sequences, prompts)
        ratio = policy - reference
        loss = -torch.nn.functional.logsigmoid(0.1 * (ratio[: options.batch] - ratio[options.batch :])).mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        if step >= 2:
            tokens += sum(map(len, sequences))
    print("peer losses of dpo:", " ".join(f"{loss:.4f}" for loss in losses))
    name = f"peer_train_dpo{'_checkpointing' if options.checkpointing else ''}"
    figure(name, tokens / (wait() - begin), "tokens/s")
    figure(f"{name}_memory_above_weights", memory() - before, "GiB")


@torch.inference_mode()
def check():
    """Log-probabilities of crux-cli logprobs (--ours, lines) against peft with the same adapter, in float32 and in --dtype."""
    from peft import PeftModel
    model = load()
    if options.adapter:
        model = PeftModel.from_pretrained(model, options.adapter)
    worst, mean, count = 0.0, 0.0, 0
    for line in open(options.ours):
        row = json.loads(line)
        ids = torch.tensor([row["ids"]], device=options.device)
        logits = model(input_ids=ids, use_cache=False).logits[0, :-1].float()
        theirs = logits.log_softmax(-1).gather(-1, ids[0, 1:, None])[:, 0].tolist()
        for a, b in zip(row["logprobs"][1:], theirs):
            worst, mean, count = max(worst, abs(a - b)), mean + abs(a - b), count + 1
    figure("adapter_against_peft_largest", worst, "nats")
    figure("adapter_against_peft_mean", mean / count, "nats")


def lines(file, folder):
    """A few sequences as JSON Lines for crux-cli, and pairs as it trains on them."""
    rows = json.load(open(file))
    with open(folder + "/ids.jsonl", "w") as out:
        for row in rows[:8]:
            out.write(json.dumps({"ids": row}) + "\n")
    with open(folder + "/pairs.jsonl", "w") as out:
        for i, row in enumerate(json.load(open(folder + "/pairs.json"))):
            out.write(json.dumps(dict(prompt=f"question {i}", chosen="right", rejected="wrong", prompt_token_ids=row["prompt"],
                                      chosen_token_ids=row["right"], rejected_token_ids=row["wrong"])) + "\n")


commands = dict(make=lambda: make(*options.words), ids=lambda: make_ids(*options.words), lines=lambda: lines(*options.words),
                score=score, generate=generate, train=train, check=check)
commands[options.command]()
