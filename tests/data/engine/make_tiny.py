"""Writes tiny/ (a random LLaMA, bfloat16) and tiny/adapter (a random PEFT LoRA on it). Plain Python with
numpy; `python make_tiny.py` regenerates both, bit for bit."""
import json, os, struct
import numpy as np

HIDDEN, LAYERS, HEADS, KV_HEADS, HEAD_DIM, INNER, VOCAB, RANK = 40, 2, 4, 2, 10, 56, 97, 3
HERE = os.path.dirname(os.path.abspath(__file__))
random = np.random.default_rng(20261123)


def bfloat16(values):
    bits = np.ascontiguousarray(values, dtype=np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def write(path, tensors, dtype):
    header, data, offset = {}, [], 0
    for name, values in tensors.items():
        raw = (bfloat16(values) if dtype == "BF16" else values.astype(np.float32)).tobytes()
        header[name] = {"dtype": dtype, "shape": list(values.shape), "data_offsets": [offset, offset + len(raw)]}
        offset += len(raw)
        data.append(raw)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text + b"".join(data))


shapes = {"self_attn.q_proj": (HEADS * HEAD_DIM, HIDDEN), "self_attn.k_proj": (KV_HEADS * HEAD_DIM, HIDDEN),
          "self_attn.v_proj": (KV_HEADS * HEAD_DIM, HIDDEN), "self_attn.o_proj": (HIDDEN, HEADS * HEAD_DIM),
          "mlp.gate_proj": (INNER, HIDDEN), "mlp.up_proj": (INNER, HIDDEN), "mlp.down_proj": (HIDDEN, INNER)}
model = {"model.embed_tokens.weight": random.normal(0, 1, (VOCAB, HIDDEN)),
         "model.norm.weight": random.uniform(0.8, 1.2, HIDDEN)}
adapter = {}
for layer in range(LAYERS):
    prefix = f"model.layers.{layer}."
    for norm in ("input_layernorm", "post_attention_layernorm"):
        model[f"{prefix}{norm}.weight"] = random.uniform(0.8, 1.2, HIDDEN)
    for name, (out, inner) in shapes.items():
        model[f"{prefix}{name}.weight"] = random.normal(0, 1.5 / inner**0.5, (out, inner))
        lora = f"base_model.model.{prefix}{name}.lora_"
        adapter[lora + "A.weight"] = random.normal(0, 1 / inner**0.5, (RANK, inner))
        adapter[lora + "B.weight"] = random.normal(0, 0.3, (out, RANK))
os.makedirs(os.path.join(HERE, "tiny/adapter"), exist_ok=True)
write(os.path.join(HERE, "tiny/model.safetensors"), model, "BF16")
write(os.path.join(HERE, "tiny/adapter/adapter_model.safetensors"), adapter, "F32")
config = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": HIDDEN,
          "intermediate_size": INNER, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS,
          "num_key_value_heads": KV_HEADS, "head_dim": HEAD_DIM, "vocab_size": VOCAB,
          "max_position_embeddings": 128, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "hidden_act": "silu",
          "tie_word_embeddings": True, "bos_token_id": 1, "eos_token_id": 2, "torch_dtype": "bfloat16"}
json.dump(config, open(os.path.join(HERE, "tiny/config.json"), "w"), indent=1)
json.dump({"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": RANK, "lora_alpha": 6,
           "target_modules": sorted(name.split(".")[1] for name in shapes), "bias": "none"},
          open(os.path.join(HERE, "tiny/adapter/adapter_config.json"), "w"), indent=1)
