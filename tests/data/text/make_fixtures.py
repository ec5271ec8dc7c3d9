#!/usr/bin/env python3
"""Makes the small tokenizers of this folder and what the reference libraries say of them.

Needs: pip install tokenizers==0.23.3 sentencepiece==0.2.3 (the versions used). Run in this folder;
never part of a build. Each folder gets its tokenizer files and expected.jsonl with lines
{"text", "ids", "ids_special", "decoded", "decoded_skip"}.
"""
import copy
import io
import json
import pathlib

import sentencepiece
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

CORPUS = [
    "Natalia sold 48 clips to her friends in April, and then she sold half as many clips in May.",
    "How many clips did Natalia sell altogether in April and May? She'll have sold them all.",
    "He was paid $12 an hour; he's worked 50 minutes. #### 10\n\nThe answer is 18.",
    "Question: Ann has 13 apples.\nAnswer: 13-5=8. Now 8+4=12.\n",
    "for (int i = 0; i < n; ++i) {\n    total += values[i];\n}\n",
    "café naïve Ångström 한국어 ελληνικά русский 日本語 हिन्दी",
] * 4

TEXTS = [
    "", " ", "  ", "\n", " \n \n", "a", " a", "Ann has 13 apples.", "She'll SHE'LL it's I'D we\u2019re",
    "12345 6 789 ½ ² ٣٤", "tabs\t\tand   runs    of blanks   ", "trailing   ", "   leading",
    "line\r\nline\r\n\r\nend", "for (int i = 0; i < n; ++i) {\n    total += values[i];\n}\n",
    "caf\u00e9 cafe\u0301 A\u030angstro\u0308m", "q\u0307\u0323 q\u0323\u0307 \u0344 \u0f73",
    "\u1112\u1161\u11ab\u1100\u116e\u11a8 \ud55c\uad6d", "\u0928\u093c \u0929 \u0958",
    "\ufb01 \u2126 \u212b \uff21\uff76\uff9e \u00bd", "e" + "\u0301\u0316" * 5 + "x",
    "emoji \U0001f600 \U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea",
    "nbsp\u00a0\u2003\u3000\u180e\u200b\u0085end", "\u0000\u0001\u007f", "日本語のテキスト 한국어",
    "<s>a</s> <s> b", "<|end|>x<|end|> <|end|>", "ab[MASK] [MASK]cd [MASK]  x[MASK]y", "the word theword word",
    "<tool>call</tool>", "▁ a▁b", "x" * 120, "ab " * 60, "0" * 70, "'s's 's", "\u017fs '\u017f 'K",
    "õ dõ õõ", "a\u089c\u05b8 \U0001e132\U0001d182 \U000107ba \U00011938",
    "Question: Ann has 13 apples.\nAnswer: 13-5=8.", "-5-5--5 1,234.50%", "A\u0300\u0315\u05ae\u0300b",
]

LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
          r"|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
BYTES = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}


def split(pattern, behavior="Isolated", invert=False, kind="Regex"):
    return {"type": "Split", "pattern": {kind: pattern}, "behavior": behavior, "invert": invert}


def sequence(*steps):
    return {"type": "Sequence", "pretokenizers": list(steps)}


def added(token_id, content, **flags):
    entry = {"id": token_id, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
             "normalized": False, "special": True}
    entry.update(flags)
    return entry


def template(name, token_id, after=None):
    single = [{"SpecialToken": {"id": name, "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]
    tokens = {name: {"id": name, "ids": [token_id], "tokens": [name]}}
    if after:
        single.append({"SpecialToken": {"id": after[0], "type_id": 0}})
        tokens[after[0]] = {"id": after[0], "ids": [after[1]], "tokens": [after[0]]}
    return {"type": "TemplateProcessing", "single": single, "pair": [{"Sequence": {"id": "A", "type_id": 0}},
            {"Sequence": {"id": "B", "type_id": 1}}], "special_tokens": tokens}


def byte_level_base():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(vocab_size=256 + 130, show_progress=False,
                                  initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.train_from_iterator(CORPUS, trainer)
    base = json.loads(tokenizer.to_str())
    base["decoder"] = dict(BYTES)
    base["post_processor"] = None
    base["added_tokens"] = []
    return base


def char_base():
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    special = ["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)]
    trainer = trainers.BpeTrainer(vocab_size=430, show_progress=False, special_tokens=special, limit_alphabet=60)
    tokenizer.train_from_iterator([line.replace(" ", "▁") for line in CORPUS], trainer)
    base = json.loads(tokenizer.to_str())
    base["added_tokens"] = [added(i, t, normalized=True) for i, t in enumerate(special[:3])]
    base["post_processor"] = template("<s>", 1)
    return base


def write(name, files, tokenizer):
    folder = pathlib.Path(name)
    folder.mkdir(exist_ok=True)
    for file, content in files.items():
        (folder / file).write_text(content, encoding="utf-8")
    with io.open(folder / "expected.jsonl", "w", encoding="utf-8") as out:
        for text in TEXTS:
            ids = tokenizer.encode(text, add_special_tokens=False).ids
            special = tokenizer.encode(text).ids
            out.write(json.dumps({"text": text, "ids": ids, "ids_special": special,
                                  "decoded": tokenizer.decode(special, skip_special_tokens=False),
                                  "decoded_skip": tokenizer.decode(special)}, ensure_ascii=False) + "\n")


def write_json(name, base, config=None, **changes):
    made = copy.deepcopy(base)
    for key, value in changes.items():
        if key in ("ignore_merges",):
            made["model"][key] = value
        else:
            made[key] = value
    text = json.dumps(made, ensure_ascii=False)
    files = {"tokenizer.json": text}
    if config:
        files["tokenizer_config.json"] = json.dumps(config)
    write(name, files, Tokenizer.from_str(text))


def main():
    base = byte_level_base()
    top = len(base["model"]["vocab"])
    write_json("llama3-like", base, {"bos_token": "<|begin|>", "eos_token": {"content": "<|end|>"}},
               ignore_merges=True, pre_tokenizer=sequence(split(LLAMA3), BYTES),
               added_tokens=[added(top, "<|begin|>"), added(top + 1, "<|end|>")],
               post_processor={"type": "Sequence", "processors": [dict(BYTES), template("<|begin|>", top)]})
    pairs = [[a, b] for a, b in base["model"]["merges"]]
    qwen2 = copy.deepcopy(base)
    qwen2["model"]["merges"] = [" ".join(pair) for pair in pairs]
    write_json("qwen2-like", qwen2, {"eos_token": "<|end|>", "bos_token": None}, normalizer={"type": "NFC"},
               pre_tokenizer=sequence(split(QWEN2), BYTES),
               added_tokens=[added(top, "<|end|>"), added(top + 1, "<tool>", special=False)],
               post_processor=dict(BYTES))
    for form in ("NFD", "NFKC", "NFKD"):
        write_json(form.lower(), base, normalizer={"type": "Sequence", "normalizers": [{"type": form}]},
                   pre_tokenizer=dict(BYTES, use_regex=True))
    write_json("deepseek-like", base, {"add_bos_token": True, "bos_token": "<｜begin｜>"},
               normalizer={"type": "Sequence", "normalizers": []},
               pre_tokenizer=sequence(split("[\r\n]"), split(r"\s?\p{L}+"), split(r"\s?\p{P}+"), split(r"\s+$"),
                                      split("[一-龥ࠀ-一가-퟿]+"),
                                      {"type": "Digits", "individual_digits": True}, BYTES),
               added_tokens=[added(top, "<｜begin｜>", normalized=True), added(top + 1, "õ", special=False, normalized=True)],
               post_processor=template("<｜begin｜>", top))
    write_json("added-tokens", base, normalizer={"type": "Strip", "strip_left": True, "strip_right": True},
               pre_tokenizer=dict(BYTES, use_regex=True, add_prefix_space=True),
               added_tokens=[added(top, "[MASK]", lstrip=True), added(top + 1, "<|end|>", rstrip=True),
                             added(top + 2, "word", single_word=True, special=False, normalized=True),
                             added(top + 3, "<s>"), added(top + 4, "<s>a", special=False)],
               post_processor=template("<s>", top + 3, ("<|end|>", top + 1)))
    for behavior in ("Removed", "MergedWithPrevious", "MergedWithNext", "Contiguous"):
        write_json("split-" + behavior.lower(), base,
                   pre_tokenizer=sequence(split(" ", behavior, kind="String"), split(r"\w+", behavior, invert=True),
                                          {"type": "Digits", "individual_digits": False}, BYTES))
    chars = char_base()
    write_json("llama2-like", chars,
               normalizer={"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"},
                           {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
               pre_tokenizer=None,
               decoder={"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
                        {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]})
    for scheme, cut in (("first", False), ("always", True), ("never", True)):
        meta = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": cut}
        write_json("metaspace-" + scheme, chars, normalizer=None, pre_tokenizer=meta, decoder=meta)

    # GPT-2's two files, and the same vocabulary read Qwen2's way.
    vocabulary = json.dumps(dict(base["model"]["vocab"], **{"<|end|>": top}), ensure_ascii=False)
    merges = "#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in pairs)
    for name, config in (("gpt2-like", {"tokenizer_class": "GPT2Tokenizer"}),
                         ("qwen2-vocab", {"tokenizer_class": "Qwen2Tokenizer"})):
        qwen = name == "qwen2-vocab"
        same = copy.deepcopy(base)
        same["added_tokens"] = [added(top, "<|end|>")]
        same["normalizer"] = {"type": "NFC"} if qwen else None
        same["pre_tokenizer"] = sequence(split(QWEN2), BYTES) if qwen else dict(BYTES, use_regex=True)
        config.update({"bos_token": "<|end|>", "eos_token": "<|end|>"})
        write(name, {"vocab.json": vocabulary, "merges.txt": merges, "tokenizer_config.json": json.dumps(config)},
              Tokenizer.from_str(json.dumps(same)))

    folder = pathlib.Path("sentencepiece")
    folder.mkdir(exist_ok=True)
    with open(folder / "tokenizer.model", "wb") as out:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(CORPUS), model_writer=out, vocab_size=380, model_type="bpe", byte_fallback=True,
            normalization_rule_name="identity", remove_extra_whitespaces=False, split_digits=True,
            character_coverage=0.98, minloglevel=2)
    model = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
    with io.open(folder / "expected.jsonl", "w", encoding="utf-8") as out:
        for text in TEXTS:
            ids = model.encode(text)
            special = [model.bos_id()] + ids
            out.write(json.dumps({"text": text, "ids": ids, "ids_special": special, "decoded": model.decode(special),
                                  "decoded_skip": model.decode(special)}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
