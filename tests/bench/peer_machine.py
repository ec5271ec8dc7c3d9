"""What the Python peers measure with: a clock that waits for the device, peak memory, the best rate of products."""
import time
import torch


def status(key):
    """Bytes of a line of /proc/self/status."""
    return next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith(key))


class Machine:
    def __init__(self, device):
        self.device, self.cuda = device, device.startswith("cuda")

    def clock(self):
        if self.cuda:
            torch.cuda.synchronize()
        return time.perf_counter()

    def resident_bytes(self):
        return torch.cuda.memory_reserved() if self.cuda else status("VmRSS")

    def peak_bytes(self):
        return torch.cuda.max_memory_reserved() if self.cuda else status("VmHWM")

    def forget_peak(self):
        if self.cuda:
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()
        else:
            open("/proc/self/clear_refs", "w").write("5")

    def gemm_rate(self, dtype):
        """GFLOP/s of the best of some shapes."""
        shapes = [(1024, 2048, 2048), (1024, 4864, 896), (1024, 896, 4864)] + [(8192, 8192, 8192)] * self.cuda
        best = 0
        for m, n, k in shapes:
            x, w = torch.randn(m, k).to(self.device, dtype), torch.randn(n, k).to(self.device, dtype)
            for _ in range(4):
                begin = self.clock()
                torch.nn.functional.linear(x, w)
                best = max(best, 2 * m * n * k / (self.clock() - begin) / 1e9)
        return best
