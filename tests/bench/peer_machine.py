"""What the Python peers share: padding, contrastive scores, peak memory, the best rate of products."""
import time
import torch


def status(key):
    """Bytes of a line of /proc/self/status."""
    return next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith(key))


def forget_peak():
    open("/proc/self/clear_refs", "w").write("5")


def gemm_rate(dtype):
    """GFLOP/s of the best of three shapes."""
    best = 0
    for m, n, k in ((1024, 2048, 2048), (1024, 4864, 896), (1024, 896, 4864)):
        x, w = torch.randn(m, k).to(dtype), torch.randn(n, k).to(dtype)
        for _ in range(4):
            begin = time.perf_counter()
            torch.nn.functional.linear(x, w)
            best = max(best, 2 * m * n * k / (time.perf_counter() - begin) / 1e9)
    return best


def padded(rows, device="cpu"):
    """Ids and attention mask of rows of uneven lengths."""
    longest = max(map(len, rows))
    ids = torch.tensor([row + [0] * (longest - len(row)) for row in rows], device=device)
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows], device=device)
    return ids, mask


@torch.inference_mode()
def contrast(model, rows, device="cpu"):
    """s_t, p_positive, p_negative [3, rows, tokens] of the adapters "positive" and "negative", float32 softmax over whole rows."""
    ids, mask = padded(rows, device)
    logits = []
    for name in ("positive", "negative"):
        model.set_adapter(name)
        logits.append(model(input_ids=ids, attention_mask=mask, use_cache=False).logits[:, :-1].float())
    target = ids[:, 1:, None]
    values = [l.softmax(-1).gather(-1, target)[..., 0] for l in logits]
    return torch.stack([(2 * logits[0] - logits[1]).softmax(-1).gather(-1, target)[..., 0], *values])
