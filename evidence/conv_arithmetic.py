"""The arithmetic of a convolution, in numbers; `make evidence EVIDENCE_ARGS=conv_arithmetic` writes the JSON beside this file."""

from conv_arithmetic import PRESETS

SEEDS = 1
CASES = {
    "asked": {"preset": "as asked: a 32×32 filter"},
    "meant": {"preset": "what was meant: 3×3"},
    "lenet": {"preset": "LeNet-5, first layer"},
    "alexnet": {"preset": "AlexNet, first layer"},
    "vgg": {"preset": "VGG-16, first layer"},
}


def measure(seed: int, preset: str) -> dict[str, float]:
    """Return sizes and counts of one of the presets; the seed changes nothing."""
    layer = PRESETS[preset]
    costs = {f"{name.split()[0]}_parameters": cost.parameters for name, cost in layer.costs().items()}
    one = layer.kernel**2 * layer.channels + 1
    return {"side": layer.places, "padded": layer.padded, "one_filter": one, **costs}
