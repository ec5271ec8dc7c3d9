"""The optimiser steps of bench_train by TRL + peft, on the same model, adapter and rows, in the same order."""
import argparse, json, tempfile, time
import torch, transformers, trl
from datasets import Dataset
from peft import PeftModel
import peer_machine as machine
from tokenizers import Tokenizer, models, pre_tokenizers

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--methods", nargs="*", default=["dpo", "sft"])
parser.add_argument("--steps", type=int, default=3)
parser.add_argument("--accumulation", type=int, default=4)
parser.add_argument("--threads", type=int, default=0)
parser.add_argument("--dtype", choices=["bfloat16", "float32"], default="bfloat16")
parser.add_argument("--checkpointing", type=int, nargs="*", default=[0, 1])
options = parser.parse_args()
transformers.logging.set_verbosity_error()
if options.threads:
    torch.set_num_threads(options.threads)
dtype = getattr(torch, options.dtype)
rows = json.load(open(f"{options.folder}/pairs.json"))
names = {i: f"t{i}" for row in rows for part in row.values() for i in part}
words = lambda ids: "".join(f" {names[i]}" for i in ids)


def tokenizer():
    end = 151643
    table = {name: i for i, name in names.items()} | {"<end>": end}
    plain = Tokenizer(models.WordLevel(table, unk_token="<end>"))
    plain.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return transformers.PreTrainedTokenizerFast(tokenizer_object=plain, eos_token="<end>", pad_token="<end>")


class Timed(transformers.TrainerCallback):
    """Time and losses of the steps; the first, which also warms up, is left out of the time."""

    def __init__(self):
        self.losses, self.steps, self.begin, self.end = [], 0, 0, 0

    def on_step_end(self, args, state, control, **kwargs):
        self.steps, self.end = self.steps + 1, time.perf_counter()
        if self.steps == 1:
            self.begin = self.end

    def on_log(self, args, state, control, logs=None, **kwargs):
        if "loss" in logs:
            self.losses.append(float(logs["loss"]))


def run(method, checkpointing):
    base = transformers.AutoModelForCausalLM.from_pretrained(f"{options.folder}/model", dtype=dtype)
    model = PeftModel.from_pretrained(base, f"{options.folder}/start", is_trainable=True)
    kind, config = (trl.SFTTrainer, trl.SFTConfig) if method == "sft" else (trl.DPOTrainer, trl.DPOConfig)
    more = dict(completion_only_loss=True) if method == "sft" else dict(beta=0.1)
    settings = config(output_dir=tempfile.mkdtemp(), per_device_train_batch_size=2, gradient_accumulation_steps=options.accumulation,
                      max_steps=options.steps, learning_rate=1e-4, lr_scheduler_type="constant", max_length=None, logging_steps=1,
                      save_strategy="no", report_to="none", use_cpu=True, bf16=options.dtype == "bfloat16",
                      gradient_checkpointing=bool(checkpointing), disable_tqdm=True, **more)
    sides = [("prompt", "prompt"), ("completion", "right")] if method == "sft" else [("prompt", "prompt"), ("chosen", "right"), ("rejected", "wrong")]
    data = Dataset.from_list([{to: words(row[key]) for to, key in sides} for row in rows])

    class Ordered(kind):
        def _get_train_sampler(self, dataset=None):
            return torch.utils.data.SequentialSampler(dataset if dataset is not None else self.train_dataset)

    timed = Timed()
    trainer = Ordered(model=model, args=settings, train_dataset=data, processing_class=tokenizer(), callbacks=[timed])
    machine.forget_peak()
    resident = machine.status("VmRSS")
    trainer.train()
    sequences = [len(row["prompt"]) + len(row["right"]) + (0 if method == "sft" else len(row["prompt"]) + len(row["wrong"]))
                 for row in rows[2 * options.accumulation:2 * options.accumulation * options.steps]]
    print(f"TRL {trl.__version__} + peft, {method}, {options.dtype}, checkpointing {checkpointing}: "
          f"{sum(sequences) / (timed.end - timed.begin):.1f} tokens/s, {(machine.status('VmHWM') - resident) / 1e9:.2f} GB above the weights, "
          f"losses {' '.join(f'{loss:.4f}' for loss in timed.losses)}", flush=True)


for method in options.methods:
    for checkpointing in options.checkpointing:
        run(method, checkpointing)
