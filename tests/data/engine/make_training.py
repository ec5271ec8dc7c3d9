"""Writes training.json: 20 optimiser steps of each method on tiny/ with tiny/adapter, by TRL + peft where TRL has the
method and by plain PyTorch on the same peft model elsewhere. Needs torch, transformers, peft, trl, datasets, tokenizers;
versions are written into the file. `python make_training.py` regenerates it."""
import json, os, random, tempfile
import peft, torch, transformers, trl
from datasets import Dataset
from peft import PeftModel
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast, TrainerCallback
from transformers.optimization import get_scheduler

HERE = os.path.dirname(os.path.abspath(__file__))
VOCAB, EOS, STEPS, BATCH, ACCUMULATION = 97, 2, 20, 2, 2
COMMON = dict(learning_rate=3e-3, weight_decay=0.01, max_grad_norm=1.0, warmup_steps=3)
torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


def sequences():
    draw = random.Random(20261127)
    rows = []
    for i in range(14):
        token = lambda: draw.randrange(3, VOCAB)
        rows.append({"prompt": [1] + [token() for _ in range(5 + i % 7)],
                     "chosen": [token() for _ in range(3 + i % 5)] + [EOS],
                     "rejected": [token() for _ in range(2 + (3 * i) % 11)] + [EOS]})
        rows[-1]["rejected_weights"] = [round(draw.random(), 3) for _ in rows[-1]["rejected"]]
    return rows


ROWS = sequences()
# Special tokens are found inside other words too: none may be the beginning of another.
NAMES = ["<pad>", "<s>", "</s>"] + [f"t{i}" for i in range(3, VOCAB)]
words = lambda ids: "".join(f" {NAMES[i]}" for i in ids)


def tokenizer():
    plain = Tokenizer(models.WordLevel({name: i for i, name in enumerate(NAMES)}, unk_token="<pad>"))
    plain.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(tokenizer_object=plain, eos_token="</s>", pad_token="<pad>")


def model():
    base = AutoModelForCausalLM.from_pretrained(os.path.join(HERE, "tiny"), dtype=torch.float32, attn_implementation="eager")
    return PeftModel.from_pretrained(base, os.path.join(HERE, "tiny/adapter"), is_trainable=True).float()


def summary(trained):
    """Sum, norm and two elements of every trained tensor."""
    tensors = {}
    for name, value in trained.named_parameters():
        if value.requires_grad:
            flat = value.detach().double().flatten()
            tensors[name.replace(".default", "")] = [flat.sum().item(), flat.norm().item(), flat[1].item(), flat[-2].item()]
    return tensors


class Keep(TrainerCallback):
    def __init__(self):
        self.logs = []

    def on_log(self, args, state, control, logs=None, **kwargs):
        if "loss" in logs:
            self.logs.append({k: float(v) for k, v in logs.items() if isinstance(v, (int, float, str)) and k != "epoch"})


def config(kind, decay, **more):
    return kind(output_dir=tempfile.mkdtemp(), per_device_train_batch_size=BATCH, gradient_accumulation_steps=ACCUMULATION,
                max_steps=STEPS, lr_scheduler_type=decay, logging_steps=1, save_strategy="no", report_to="none", use_cpu=True,
                bf16=False, gradient_checkpointing=False, optim="adamw_torch", disable_tqdm=True, logging_strategy="steps",
                **COMMON, **more)


def run_trl(kind, settings, data):
    class Ordered(kind):
        def _get_train_sampler(self, dataset=None):
            return torch.utils.data.SequentialSampler(dataset if dataset is not None else self.train_dataset)

    keep, trained = Keep(), model()
    trainer = Ordered(model=trained, args=settings, train_dataset=Dataset.from_list(data), processing_class=tokenizer(), callbacks=[keep])
    trainer.train()
    return {"by": "trl", "logs": keep.logs, "tensors": {k: v for k, v in summary(trainer.model).items() if ".ref" not in k}}


def dpo(decay="linear", **more):
    data = [{"prompt": words(r["prompt"]), "chosen": words(r["chosen"]), "rejected": words(r["rejected"])} for r in ROWS]
    return run_trl(trl.DPOTrainer, config(trl.DPOConfig, decay, max_length=None, **more), data)


def sft(decay="cosine"):
    data = [{"prompt": words(r["prompt"]), "completion": words(r["chosen"])} for r in ROWS]
    return run_trl(trl.SFTTrainer, config(trl.SFTConfig, decay, max_length=None, completion_only_loss=True, packing=False), data)


def logits_of(network, prompt, completion):
    ids = torch.tensor([prompt + completion])
    return torch.log_softmax(network(input_ids=ids).logits[0, len(prompt) - 1:-1], -1)  # [completion, vocabulary]


def plain(loss_of_batch, decay="linear"):
    """The same loop as TRL's, with a loss of our own on lists of (row, log-probabilities) of a per-device batch."""
    trained, frozen = model(), model()
    frozen.eval()
    trained.eval()  # no dropout anywhere
    parameters = [p for p in trained.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=COMMON["learning_rate"], weight_decay=COMMON["weight_decay"])
    schedule = get_scheduler(decay, optimizer, num_warmup_steps=COMMON["warmup_steps"], num_training_steps=STEPS)
    logs, at = [], 0
    for _ in range(STEPS):
        groups = []
        while len(groups) < ACCUMULATION and at < len(ROWS):
            groups.append(ROWS[at:at + BATCH])
            at += BATCH
        if at >= len(ROWS):
            at = 0
        total = 0.0
        for group in groups:
            sides = []
            for row in group:
                with torch.no_grad():
                    reference = [logits_of(frozen, row["prompt"], row[k]) for k in ("chosen", "rejected")]
                sides.append((row, [logits_of(trained, row["prompt"], row[k]) for k in ("chosen", "rejected")], reference))
            loss = loss_of_batch(sides) / len(groups)
            loss.backward()
            total += loss.item()
        norm = torch.nn.utils.clip_grad_norm_(parameters, COMMON["max_grad_norm"]).item()
        rate = schedule.get_last_lr()[0]
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        logs.append({"loss": total, "grad_norm": norm, "learning_rate": rate})
    return {"by": "torch", "logs": logs, "tensors": summary(trained)}


pick = lambda table, ids: table.gather(1, torch.tensor(ids).unsqueeze(1)).squeeze(1)
ratios = lambda side, k: pick(side[1][k], side[0][("chosen", "rejected")[k]]) - pick(side[2][k], side[0][("chosen", "rejected")[k]])
soft = torch.nn.functional.logsigmoid


def cdpo(sides, beta=0.3):
    values = [-soft(beta * (ratios(s, 0).sum() - (torch.tensor(s[0]["rejected_weights"]) * ratios(s, 1)).sum())) for s in sides]
    return torch.stack(values).mean()


def cdpo_authors(sides, beta=0.3):
    longest = max(len(s[0]["prompt"]) + max(len(s[0]["chosen"]), len(s[0]["rejected"])) for s in sides) - 1
    rows = []
    for s in sides:
        x = torch.zeros(longest)
        for k, sign, weights in ((0, 1, None), (1, -1, torch.tensor(s[0]["rejected_weights"]))):
            r = ratios(s, k) if weights is None else weights * ratios(s, k)
            begin = len(s[0]["prompt"]) - 1
            x = x + torch.nn.functional.pad(sign * r, (begin, longest - begin - len(r)))
        rows.append(-soft(beta * x))
    return torch.stack(rows).mean()


def smoothed(sides, beta=0.3, e=0.1):
    x = torch.stack([beta * (ratios(s, 0).sum() - ratios(s, 1).sum()) for s in sides])
    return (-(1 - e) * soft(x) - e * soft(-x)).mean()


def simpo(sides, beta=2.0, gamma=0.8):
    mean = lambda s, k: pick(s[1][k], s[0][("chosen", "rejected")[k]]).mean()
    return torch.stack([-soft(beta * (mean(s, 0) - mean(s, 1)) - gamma) for s in sides]).mean()


def tdpo(version):
    def loss(sides, beta=0.3, alpha=0.5):
        values = []
        for s in sides:
            kl = [(s[2][k].exp() * (s[2][k] - s[1][k])).sum(-1).sum() for k in (0, 1)]
            d = ratios(s, 0).sum() - ratios(s, 1).sum()
            shift = kl[1] - kl[0] if version == 1 else alpha * (kl[1] - kl[0].detach())
            values.append(-soft(beta * (d - shift)))
        return torch.stack(values).mean()
    return loss


cases = {
    "sft": sft(),
    "dpo": dpo(beta=0.3),
    "dpo_cosine": dpo("cosine", beta=0.3),
    "robust": dpo(beta=0.3, loss_type=["robust"], label_smoothing=0.1),
    "hinge": dpo(beta=0.3, loss_type=["hinge"]),
    "ipo": dpo(beta=0.3, loss_type=["ipo"]),
    "sigmoid_norm": dpo(beta=0.3, loss_type=["sigmoid_norm"]),
    "ld_dpo": dpo(beta=0.3, ld_alpha=0.4),
    "rpo": dpo(beta=0.3, loss_type=["sigmoid", "sft"], loss_weights=[1.0, 0.7]),
    "label_smoothing": plain(smoothed),
    "simpo": plain(simpo),
    "cdpo": plain(cdpo),
    "cdpo_authors": plain(cdpo_authors),
    "tdpo1": plain(tdpo(1)),
    "tdpo2": plain(tdpo(2)),
}
versions = {"torch": torch.__version__, "transformers": transformers.__version__, "peft": peft.__version__, "trl": trl.__version__}
rounded = json.loads(json.dumps({"versions": versions, "rows": ROWS, "cases": cases}), parse_float=lambda x: float(f"{float(x):.8g}"))
json.dump(rounded, open(os.path.join(HERE, "training.json"), "w"), separators=(",", ":"))
