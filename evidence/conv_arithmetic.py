"""The arithmetic of a convolution, in numbers; `make evidence EVIDENCE_ARGS=conv_arithmetic` writes the JSON beside this file."""

from conv_arithmetic import PRESETS
from conv_costs import costs_of

SEEDS = 1
SHORT = {"fully connected": "dense", "locally connected": "locally", "convolution": "convolution"}
CASES = {name: {"preset": name} for name in PRESETS}


def measure(seed: int, preset: str) -> dict[str, float]:
    """Return sizes and counts of one of the presets; the seed changes nothing."""
    layer = PRESETS[preset]
    costs = {f"{SHORT[name]}_parameters": cost.parameters for name, cost in costs_of(layer).items()}
    one = layer.kernel**2 * layer.channels + 1
    return {"side": layer.places, "padded": layer.padded, "one_filter": one, **costs}
