"""The same contrastive scores by transformers + peft on the files that bench_score made: both adapters on
one base, switched; float32 softmax over whole rows of logits."""
import argparse, json, time
import torch, transformers
from peft import PeftModel
import peer_machine as machine

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--batch", type=int, nargs="*", default=[1, 4])
parser.add_argument("--count", type=int, default=0, help="solutions, 0 = all")
parser.add_argument("--threads", type=int, default=0)
parser.add_argument("--dtype", choices=["bfloat16", "float32"], default="bfloat16")
options = parser.parse_args()
transformers.logging.set_verbosity_error()
if options.threads:
    torch.set_num_threads(options.threads)
dtype = getattr(torch, options.dtype)
folder, sizes = options.folder, options.batch
sequences = json.load(open(f"{folder}/ids.json"))
sequences = sequences[: options.count or None]


base = transformers.AutoModelForCausalLM.from_pretrained(f"{folder}/model", dtype=dtype)
model = PeftModel.from_pretrained(base, f"{folder}/positive", adapter_name="positive")
model.load_adapter(f"{folder}/negative", adapter_name="negative")
model.eval()
print(f"peer: {options.dtype} linear {machine.gemm_rate(dtype):.0f} GFLOP/s (best of some shapes)", flush=True)
ours = json.load(open(f"{folder}/scores.json"))
theirs = machine.contrast(model, sequences[:1])[0][0]
difference = max(abs(a - b) for a, b in zip(ours[1:], theirs.tolist()))
print(f"peer: largest difference of s_t on the first solution {difference:.2e}, largest s_t {max(ours[1:]):.2e}")
for size in sizes:
    machine.forget_peak()
    resident, begin, cpu, tokens = machine.status("VmRSS"), time.perf_counter(), time.process_time(), 0
    for i in range(0, len(sequences), size):
        rows = sequences[i : i + size]
        machine.contrast(model, rows)
        tokens += sum(map(len, rows))
    seconds = time.perf_counter() - begin
    above = (machine.status("VmHWM") - resident) / 1e9
    print(f"transformers + peft, {options.dtype}, batch {size}, {len(sequences)} solutions: {seconds:.1f} s ({time.process_time() - cpu:.1f} CPU s), {tokens / seconds:.1f} tokens/s, "
          f"{above:.2f} GB above the weights", flush=True)
