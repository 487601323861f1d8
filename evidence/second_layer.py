"""What one number of a second layer reads, over many seeds; `make evidence EVIDENCE_ARGS=second_layer` writes the JSON."""

import numpy as np
from pushed_pixel import FILTERS, MAPS, SIZE, Layers, Pushed, make_layers, read

from convlens.geometry import conv_cost
from convlens.ops import conv2d

CASES = {
    "3x3": {"kernel": 3},
    "1x1": {"kernel": 1},
    "one_channel": {"channels": 1},
    "four_channels": {"channels": MAPS},
    "counts": {},
}
WIDE = 16  # filters of 1x1, on one channel or on four


def whole_numbers(layers: Layers, kernel: int) -> np.ndarray:
    """Return the maps of layer 2 in hundredths, computed in whole numbers, product by product."""
    maps, weight, bias = (np.rint(10 * each).astype(int) for each in (layers.maps, *layers.second))
    side, rim = SIZE - 1 - kernel, (3 - kernel) // 2
    sums = np.zeros((FILTERS, side, side), int)
    for f, i, j, m, a, b in np.ndindex(FILTERS, side, side, MAPS, kernel, kernel):
        sums[f, i, j] += maps[m, i + a, j + b] * weight[f, m, a + rim, b + rim]
    return sums + 10 * bias[:, None, None]


def see(layers: Layers, kernel: int) -> dict[str, float]:
    """Push every pixel, and change every map of layer 1; and compare the numbers with whole ones."""
    pushes = {at: Pushed(layers, kernel, at) for at in np.ndindex(SIZE, SIZE)}
    changed, framed = (
        np.array([getattr(each, name) for each in pushes.values()]) for name in ("changed", "reached")
    )
    outputs = read(layers.maps, layers.second, kernel)
    inside = np.broadcast_to(framed[:, None], changed.shape)
    reads, rng = [], np.random.default_rng(0)
    for m in range(MAPS):
        maps = layers.maps.copy()
        maps[m] += rng.integers(1, 20, maps[m].shape) / 10
        reads.append((read(maps, layers.second, kernel) != outputs).any((1, 2)))
    return {
        "maps": len(outputs), "framed": int(inside[:, 0, 0, 0].sum()), "outside": int((changed & ~inside).sum()),
        "most": int(changed.sum(0).max()), "missed": int((inside & ~changed).sum()) / int(inside.sum()),
        "read": int(np.sum(reads, axis=0).min()),
        "off": float(np.abs(100 * outputs - whole_numbers(layers, kernel)).max() / 100),
    }  # fmt: skip


def mix(rng: np.random.Generator, channels: int) -> dict[str, float]:
    """Count how many of 16 maps of 1x1 filters are no mixture of the others."""
    x, weight = rng.normal(size=(1, channels, 12, 12)), rng.normal(size=(WIDE, channels, 1, 1))
    maps = conv2d(x, weight)[0][0].reshape(WIDE, -1)
    off = np.abs(maps - weight[:, 0, 0] * x[0, 0].reshape(1, -1)).max()
    return {"maps": WIDE, "rank": int(np.linalg.matrix_rank(maps)), "off": float(off)}


def counts() -> dict[str, float]:
    """Count parameters; of the layers of the page, of 50 filters and 50 more, and of 6 maps that become 16."""
    layers = {
        "first": ((3, 7, 7), 4, 3), "second": ((4, 5, 5), 3, 3), "small": ((4, 5, 5), 3, 1), "fifty": ((3, 32, 32), 50, 3),
        "fifty_more": ((50, 32, 32), 50, 3), "lenet": ((6, 14, 14), 16, 5),
    }  # fmt: skip
    return {name: conv_cost(*layer).parameters for name, layer in layers.items()}


def measure(seed: int, kernel: int = 0, channels: int = 0) -> dict[str, float]:
    """Measure one of the cases."""
    if channels:
        return mix(np.random.default_rng(seed), channels)
    return see(make_layers(seed), kernel) if kernel else counts()
