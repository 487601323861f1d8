"""One number of a feature map, over many seeds; `make evidence EVIDENCE_ARGS=conv_walk` writes the JSON beside this file."""

import numpy as np
from conv_walk import KERNEL, make_layer

CASES = {f"stride-{s}-padding-{p}": {"stride": s, "padding": p} for s in (1, 2) for p in (0, 1)}


def measure(seed: int, stride: int, padding: int) -> dict[str, float]:
    """Compare `conv2d` with sums of whole numbers."""
    layer = make_layer(seed, stride, padding)
    tenths = [np.rint(10 * values).astype(np.int64) for values in (layer.padded, layer.weight, layer.bias)]
    x, weight, bias = tenths
    hundredths = np.zeros(layer.maps.shape, np.int64)
    for k, i, j in np.ndindex(layer.maps.shape):
        top, left = i * stride, j * stride
        hundredths[k, i, j] = (x[:, top : top + KERNEL, left : left + KERNEL] * weight[k]).sum() + 10 * bias[
            k
        ]
    return {
        "products": layer.weight[0].size,
        "outputs": layer.maps.size,
        "wrong": int((np.rint(100 * layer.maps) != hundredths).sum()),
        "rounding": float(np.abs(layer.maps - hundredths / 100).max()),
    }
