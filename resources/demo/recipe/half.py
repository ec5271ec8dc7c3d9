#!/usr/bin/env python3
"""A safetensors file in bfloat16, rounded to nearest even: half.py IN OUT

Crux trains in float32 and writes what it trained; the demo ships half of it. Standard library only.
"""
import json
import struct
import sys
from array import array


def rounded(data):
    words = array("I")
    words.frombytes(data)
    half = array("H", (((w + 0x7FFF + ((w >> 16) & 1)) >> 16) & 0xFFFF for w in words))
    return half.tobytes()


def main(source, target):
    with open(source, "rb") as file:
        length, = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        body = file.read()
    out, made = {}, bytearray()
    for name, entry in header.items():
        if name == "__metadata__":
            out[name] = entry
            continue
        begin, end = entry["data_offsets"]
        data = rounded(body[begin:end]) if entry["dtype"] == "F32" else body[begin:end]
        out[name] = {"dtype": "BF16" if entry["dtype"] == "F32" else entry["dtype"], "shape": entry["shape"],
                     "data_offsets": [len(made), len(made) + len(data)]}
        made += data
    text = json.dumps(out, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(target, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + made)


if __name__ == "__main__":
    main(*sys.argv[1:3])
