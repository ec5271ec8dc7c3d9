"""A LLaMA folder (config.json, safetensors, tokenizer.model) as a GGUF file for llama.cpp, with the gguf package.
`write_gguf.py FOLDER OUT [f32|f16]`. Its LLaMA rotates neighbouring pairs, so rows of q and k are put in that order."""
import glob, json, sys

import gguf, numpy, sentencepiece, torch
from safetensors.torch import load_file


def write(folder, out, kind="f32"):
    config = json.load(open(f"{folder}/config.json"))
    heads, kv = config["num_attention_heads"], config.get("num_key_value_heads") or config["num_attention_heads"]
    width = config.get("head_dim") or config["hidden_size"] // heads
    rope = config.get("rope_parameters") or {"rope_theta": config.get("rope_theta", 10000.0)}
    pieces = sentencepiece.SentencePieceProcessor(f"{folder}/tokenizer.model")
    w = gguf.GGUFWriter(out, "llama")
    w.add_name("crux bench")
    w.add_context_length(config["max_position_embeddings"])
    w.add_embedding_length(config["hidden_size"])
    w.add_block_count(config["num_hidden_layers"])
    w.add_feed_forward_length(config["intermediate_size"])
    w.add_head_count(heads)
    w.add_head_count_kv(kv)
    w.add_key_length(width)
    w.add_value_length(width)
    w.add_rope_dimension_count(width)
    w.add_rope_freq_base(rope["rope_theta"])
    w.add_layer_norm_rms_eps(config["rms_norm_eps"])
    w.add_vocab_size(config["vocab_size"])
    types, tokens, scores = gguf.TokenType, [], []
    kinds = []
    for id in range(config["vocab_size"]):
        known = id < pieces.vocab_size()
        tokens.append(pieces.id_to_piece(id).encode() if known else f"[{id}]".encode())
        scores.append(pieces.get_score(id) if known else -1000.0)
        kinds.append(
            types.UNUSED if not known
            else types.UNKNOWN if pieces.is_unknown(id)
            else types.CONTROL if pieces.is_control(id)
            else types.BYTE if pieces.is_byte(id)
            else types.NORMAL
        )
    w.add_tokenizer_model("llama")
    w.add_token_list(tokens)
    w.add_token_scores(scores)
    w.add_token_types(kinds)
    w.add_bos_token_id(config["bos_token_id"])
    w.add_eos_token_id(config["eos_token_id"])
    w.add_add_bos_token(False)
    weights = {}
    for file in sorted(glob.glob(f"{folder}/*.safetensors")):
        weights.update(load_file(file))

    def put(name, key, of=0):
        t = weights[key].to(torch.float32)
        if of:
            t = t.reshape(of, 2, t.shape[0] // of // 2, -1).swapaxes(1, 2).reshape(t.shape)
        values = t.numpy()
        w.add_tensor(name, values.astype(numpy.float16) if kind == "f16" and values.ndim > 1 else values)

    put("token_embd.weight", "model.embed_tokens.weight")
    put("output_norm.weight", "model.norm.weight")
    if "lm_head.weight" in weights:
        put("output.weight", "lm_head.weight")
    for i in range(config["num_hidden_layers"]):
        at = f"model.layers.{i}."
        put(f"blk.{i}.attn_norm.weight", at + "input_layernorm.weight")
        put(f"blk.{i}.ffn_norm.weight", at + "post_attention_layernorm.weight")
        put(f"blk.{i}.attn_q.weight", at + "self_attn.q_proj.weight", heads)
        put(f"blk.{i}.attn_k.weight", at + "self_attn.k_proj.weight", kv)
        for ours, theirs in (("attn_v", "self_attn.v"), ("attn_output", "self_attn.o"), ("ffn_gate", "mlp.gate"),
                             ("ffn_up", "mlp.up"), ("ffn_down", "mlp.down")):
            put(f"blk.{i}.{ours}.weight", f"{at}{theirs}_proj.weight")
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


if __name__ == "__main__":
    write(*sys.argv[1:])
