"""Do equal filters stay equal in stock PyTorch? For 2 to 17 filters; prints JSON. Needs only torch and NumPy.

All filters and all outgoing weights start as copies. 64 random images, 4 classes, full-batch SGD, one thread.
"""

import json
import os
import platform
import statistics
import subprocess
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
SEEDS, STEPS, EARLY, CLASSES = 5, 2000, 300, 4
COUNTS = range(2, 18)


class PlacedLinear(torch.autograd.Function):
    """F.linear whose weight gradient is the same product, in rows that start `shift` + n * `stride` numbers into memory."""

    @staticmethod
    def forward(ctx, x, weight, bias, stride, shift):
        ctx.save_for_backward(x, weight)
        ctx.stride, ctx.shift = stride, shift
        return F.linear(x, weight, bias)

    @staticmethod
    def backward(ctx, dy):
        x, weight = ctx.saved_tensors
        rows, columns = weight.shape
        stride = ctx.stride or columns
        memory = x.new_zeros(rows * stride + ctx.shift)
        dweight = memory[ctx.shift :].view(rows, stride)[:, :columns]
        torch.mm(dy.t(), x, out=dweight)
        return dy @ weight, dweight, dy.sum(0), None, None


def differences(filters, seed, dtype=torch.float32, rate=1.0, images=64, placed=None):
    """Train; return the largest difference of two filters after EARLY and after STEPS steps, and which side differed first."""
    torch.manual_seed(seed)
    x, labels = torch.randn(images, 1, 12, 12, dtype=dtype), torch.randint(CLASSES, (images,))
    conv, out = nn.Conv2d(1, filters, 5, dtype=dtype), nn.Linear(filters, CLASSES, dtype=dtype)
    with torch.no_grad():
        conv.weight[:], conv.bias[:], out.weight[:] = conv.weight[0], conv.bias[0], out.weight[:, :1]
    optimizer = torch.optim.SGD([*conv.parameters(), *out.parameters()], lr=rate)
    early, first = 0.0, 0
    for step in range(1, STEPS + 1):
        means = conv(x).relu().mean((2, 3))
        logits = PlacedLinear.apply(means, out.weight, out.bias, *placed) if placed else out(means)
        optimizer.zero_grad()
        F.cross_entropy(logits, labels).backward()
        optimizer.step()
        if not first:
            read, filters_differ = spread(out.weight.T), spread(conv.weight)
            first = 1 if read and not filters_differ else 2 if filters_differ else 0
        early = spread(conv.weight) if step == EARLY else early
    return {"apart_early": early, "apart": spread(conv.weight), "outgoing_first": int(first == 1)}


def spread(rows):
    """Return the largest difference between two rows: exactly 0 if, and only if, all are equal."""
    rows = rows.detach()
    return float((rows.max(0).values - rows.min(0).values).max())


def case(**settings):
    runs = [differences(seed=seed, **settings) for seed in range(SEEDS)]
    texts = {name: str(value) for name, value in settings.items()}
    return {"settings": texts, **{name: summary([run[name] for run in runs]) for name in runs[0]}}


def summary(values):
    return {
        "median": statistics.median(values),
        "min": min(values),
        "max": max(values),
        "total": sum(values),
        "values": values,
    }


def product(filters):
    """The bits of one weight gradient of nn.Linear, for reproducible inputs, and its offset in memory."""
    rng = np.random.default_rng(filters)
    dy, x = (rng.normal(size=(64, columns)).astype(np.float32) for columns in (CLASSES, filters))
    linear = nn.Linear(filters, CLASSES)
    linear(torch.from_numpy(x)).backward(torch.from_numpy(dy))
    gradient = linear.weight.grad
    bits = gradient.numpy().view(np.uint32).ravel().tolist()
    return {"settings": {"filters": filters}, "offset": gradient.data_ptr() % 16, "bits": bits}


def main():
    if sys.argv[1:] == ["compatible"]:
        print(json.dumps({f"compatible-{K}": case(filters=K) for K in COUNTS}))
        return
    cases = {f"float32-{K}": case(filters=K) for K in COUNTS}
    cases |= {f"float64-{K}": case(filters=K, dtype=torch.float64) for K in COUNTS}
    cases |= {f"slow-{K}": case(filters=K, rate=0.1) for K in COUNTS}
    cases |= {f"images-{N}": case(filters=6, images=N) for N in (4, 7, 8, 9, 64)}
    cases |= {f"padded-{K}": case(filters=K, placed=(16, 0)) for K in COUNTS if K <= 16}
    cases |= {f"shifted-{K}": case(filters=K, placed=(16, 1)) for K in COUNTS if K <= 11}
    environment = {**os.environ, "MKL_CBWR": "COMPATIBLE"}
    compatible = subprocess.run(
        [sys.executable, __file__, "compatible"], env=environment, check=True, capture_output=True
    )
    cases |= json.loads(compatible.stdout)
    versions = {"torch": str(torch.__version__), "numpy": np.__version__, "python": platform.python_version()}
    versions |= {
        "mkl": mkl(),
        "vectors": torch.backends.cpu.get_cpu_capability(),
        "threads": torch.get_num_threads(),
    }
    products = {f"product-{K}": product(K) for K in range(2, 12)}
    print(json.dumps({"seeds": SEEDS, "cases": cases, "products": products, "versions": versions}))


def mkl():
    lines = [line.strip(" -") for line in torch.__config__.show().splitlines()]
    return next((line.split(" for ")[0] for line in lines if "Math Kernel Library" in line), "none")


if __name__ == "__main__":
    main()
