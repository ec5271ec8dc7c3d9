"""Writes odd/ (a random LLaMA with every option that tiny/ lacks: biases, llama3 RoPE, untied, two float16
shards) and reference.json of tiny/, tiny/adapter and odd/ by transformers and peft (float32, eager, CPU).
Made with transformers 5.23.0, peft 0.21.2, torch 2.13.0: `python make_reference.py` after make_tiny.py."""
import json, os
import peft, torch, transformers

HERE = os.path.dirname(os.path.abspath(__file__))
torch.manual_seed(7)
config = transformers.LlamaConfig(
    vocab_size=61, hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=1, head_dim=8, max_position_embeddings=128, attention_bias=True, mlp_bias=True,
    tie_word_embeddings=False, bos_token_id=1, eos_token_id=2, initializer_range=0.3,
    rope_parameters={"rope_type": "llama3", "rope_theta": 50000.0, "factor": 8.0, "low_freq_factor": 1.0,
                     "high_freq_factor": 4.0, "original_max_position_embeddings": 32})
odd = transformers.LlamaForCausalLM(config)
for name, value in odd.named_parameters():
    if name.endswith(".bias"):
        torch.nn.init.normal_(value, 0, 0.3)
odd.to(torch.float16).save_pretrained(os.path.join(HERE, "odd"), max_shard_size="16KB")


def cases(model, vocabulary, seed):
    generator = torch.Generator().manual_seed(seed)
    rows = []
    for length in (2, 17, 90):
        ids = torch.cat([torch.tensor([1]), torch.randint(3, vocabulary, (length - 1,), generator=generator)])
        with torch.no_grad():
            logp = model(ids[None]).logits[0].double().log_softmax(-1)
        rows.append({"ids": ids.tolist(),
                     "logp": [round(logp[t, ids[t + 1]].item(), 6) for t in range(length - 1)],
                     "entropy": [round(v, 6) for v in (-(logp.exp() * logp).sum(-1))[:-1].tolist()],
                     "rank": [int((logp[t] > logp[t, ids[t + 1]]).sum()) + 1 for t in range(length - 1)]})
    return rows


def load(folder):
    return transformers.AutoModelForCausalLM.from_pretrained(
        os.path.join(HERE, folder), dtype=torch.float32, attn_implementation="eager").eval()


reference = {"odd": cases(load("odd"), 61, 1), "tiny": cases(load("tiny"), 97, 2)}
reference["tiny/adapter"] = cases(peft.PeftModel.from_pretrained(load("tiny"), os.path.join(HERE, "tiny/adapter")), 97, 2)
json.dump(reference, open(os.path.join(HERE, "reference.json"), "w"))
