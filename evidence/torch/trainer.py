"""Train small networks in stock PyTorch for another process; needs torch and NumPy, and nothing of this project.

Reads requests from standard input and writes answers to standard output, each a pickle of plain Python values whose
arrays are (dtype, shape, bytes). The two that matter:

    {"do": "start", "start": "he", "filters": 8, "classes": 2, "seed": 0}                first weights, drawn by torch.nn.init
    {"do": "train", "params": ..., "x": ..., "labels": ..., "optimizer": ..., "steps": 300, "keep": [0, 300], ...}

"sizes", "dense" and "conv2d" ask torch.nn for a layer's parameters, the size of its maps, and its output. The network is that
of the demos: a convolution of 5x5 filters, or two of others, an activation after each, the mean of each map or the whole of it,
and a linear layer; float64, cross-entropy.
"""

import pickle
import platform
import sys

import numpy as np
import torch
from torch import nn

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def start(request):
    """Return the initial weights of such a network."""
    torch.manual_seed(request["seed"])
    filters, kernel = request["filters"], request.get("kernel", 5)
    layers = {
        f"conv{n + 1}": nn.Conv2d(filters if n else 1, filters, kernel)
        for n in range(request.get("layers", 1))
    }
    layers["linear1"] = nn.Linear(filters * request.get("numbers", 1), request["classes"])
    for layer in layers.values():
        if request["start"] != "pytorch":  # a new layer already has PyTorch's default
            nn.init.zeros_(layer.bias)
        if request["start"] == "he":
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        if request["start"] == "glorot":
            nn.init.xavier_uniform_(layer.weight)
    return {name: numbers(layer) for name, layer in layers.items()}


def numbers(layer):
    return {name: value.detach().numpy().copy() for name, value in layer.named_parameters()}


class Reversed(nn.Module):
    """A convolution whose last filter sees, and so sums, the images of a batch in reverse order."""

    def __init__(self, conv):
        super().__init__()
        self.conv = conv

    def forward(self, x):
        weight, bias = self.conv.weight, self.conv.bias
        others = nn.functional.conv2d(x, weight[:-1], bias[:-1])
        last = nn.functional.conv2d(x.flip(0), weight[-1:], bias[-1:]).flip(0)
        return torch.cat([others, last], 1)


class Local(nn.Module):
    """A locally connected layer: each of P places has K filters of its own, weight (P, K, D) and bias (K, P)."""

    def __init__(self, weight, bias, kernel, border):
        super().__init__()
        self.weight, self.bias = (
            nn.Parameter(torch.empty(weight.shape)),
            nn.Parameter(torch.empty(bias.shape)),
        )
        self.unfold = nn.Unfold(kernel, padding=border)

    def forward(self, x):
        return torch.einsum("ndp,pkd->nkp", self.unfold(x), self.weight) + self.bias


class Mean(nn.Module):
    def forward(self, maps):
        return maps.flatten(2).mean(2)


def first_layer(own, request):
    """Return the layer that makes the maps; without another wish, a convolution."""
    weight, kind, border = own["weight"], request.get("first", "convolution"), request.get("border", 0)
    if kind == "convolution":
        return nn.Conv2d(weight.shape[1], weight.shape[0], tuple(weight.shape[2:]), padding=border)
    if kind == "locally connected":
        return Local(weight, own["bias"], request["kernel"], border)
    return nn.Linear(weight.shape[1], weight.shape[0])


def network(params, request):
    """Return the layers that hold the weights, by name, and the network."""
    holders = {name: holder(name, tree, request) for name, tree in params.items()}
    first, *others = [layer for name, layer in holders.items() if name.startswith("conv")]
    act = nn.Tanh if request.get("tanh") else nn.ReLU
    layers = [Reversed(first) if request.get("order") else first]
    if isinstance(first, nn.Linear):
        layers = [nn.Flatten(), first, nn.Unflatten(1, (request["filters"], -1))]
    layers += [nn.BatchNorm2d(len(params["conv1"]["bias"]))] if request.get("norm") else []
    layers += [act()]
    for conv in others:
        layers += [conv, act()]
    layers += [nn.Dropout(0.5)] if request.get("dropout") else []
    layers += [nn.MaxPool2d(2)] if request.get("pooling") else []
    last = params["conv2" if others else "conv1"]["bias"]
    layers += [nn.Flatten() if params["linear1"]["weight"].shape[1] > len(last) else Mean()]
    return holders, nn.Sequential(*layers, holders["linear1"])


def holder(name, tree, request):
    """Return the layer of that name, with these numbers."""
    outputs, inputs, *kernel = tree["weight"].shape
    if name == "conv1":
        layer = first_layer(tree, request)
    else:
        layer = nn.Conv2d(inputs, outputs, tuple(kernel)) if kernel else nn.Linear(inputs, outputs)
    with torch.no_grad():
        for key, value in tree.items():
            getattr(layer, key).copy_(torch.from_numpy(value))
    return layer


def optimizer_of(request, parameters):
    """Return torch.optim's optimizer of that name, with these settings."""
    kind, settings = request["optimizer"]
    return {"SGD": torch.optim.SGD, "Adam": torch.optim.Adam}[kind](parameters, **settings)


def batches(request, generator):
    """Yield the images of each step: all, or some of them, or all with new noise."""
    x, labels = torch.from_numpy(request["x"]), torch.from_numpy(request["labels"])
    size, noise = request.get("minibatches"), request.get("noise")
    while True:
        if size:
            order = torch.randperm(len(x), generator=generator)
            for begin in range(0, len(x) - size + 1, size):
                yield x[order[begin : begin + size]], labels[order[begin : begin + size]]
        elif noise:
            yield x + noise * torch.randn(x.shape, generator=generator), labels
        else:
            yield x, labels


def train(request):
    """Return the weights, the loss and the accuracy at each step in `keep`, until the loss is not finite."""
    torch.manual_seed(request.get("seed", 0))
    generator = torch.Generator().manual_seed(request.get("seed", 0) + 1)
    holders, model = network(request["params"], request)
    conv = holders["conv1"]
    optimizer = optimizer_of(request, model.parameters())
    keep, states = set(request["keep"]), []
    for number, (x, labels) in zip(range(request["steps"] + 1), batches(request, generator), strict=False):
        optimizer.zero_grad()
        logits = model(x)
        loss = nn.functional.cross_entropy(logits, labels)
        if not torch.isfinite(loss):
            break
        loss.backward()
        if number in keep:
            accuracy = float((logits.argmax(1) == labels).double().mean())
            weights = {name: numbers(layer) for name, layer in holders.items()}
            grads = {name: slopes(layer) for name, layer in holders.items()}
            states.append(
                {"step": number, "loss": loss.item(), "accuracy": accuracy, "params": weights, "grads": grads}
            )
            if "test" in request:
                states[-1]["scores"] = model(torch.from_numpy(request["test"])).detach().numpy()
        if request.get("rate"):  # the last filter learns at half the rate
            for value in (conv.weight, conv.bias):
                value.grad[-1] *= 0.5
        optimizer.step()
    return states


def slopes(layer):
    return {name: value.grad.numpy().copy() for name, value in layer.named_parameters()}


def sizes(request):
    """Return the number of parameters of a convolution, and the side of its maps."""
    channels, *size = request["in_shape"]
    conv = nn.Conv2d(channels, request["filters"], request["kernel"], request["stride"], request["padding"])
    y = conv(torch.zeros(1, channels, *size))
    return [sum(value.numel() for value in conv.parameters()), y.shape[2]]


def dense(request):
    return sum(value.numel() for value in nn.Linear(request["inputs"], request["outputs"]).parameters())


def conv2d(request):
    x, weight, bias = (torch.from_numpy(request[name]) for name in ("x", "weight", "bias"))
    return nn.functional.conv2d(x, weight, bias, request["stride"], request["padding"]).numpy()


def versions(request):
    return {
        "torch": str(torch.__version__),
        "python": platform.python_version(),
        "threads": torch.get_num_threads(),
    }


def encode(value):
    """Replace arrays by plain tuples, because the two Pythons may have different versions of NumPy."""
    if isinstance(value, np.ndarray):
        return ("array", value.dtype.str, value.shape, value.tobytes())
    if isinstance(value, dict):
        return {key: encode(each) for key, each in value.items()}
    return [encode(each) for each in value] if isinstance(value, list) else value


def decode(value):
    if isinstance(value, tuple) and value[:1] == ("array",):
        return np.frombuffer(value[3], value[1]).reshape(value[2]).copy()
    if isinstance(value, dict):
        return {key: decode(each) for key, each in value.items()}
    return [decode(each) for each in value] if isinstance(value, list) else value


def main():
    while True:
        try:
            request = decode(pickle.load(sys.stdin.buffer))
        except EOFError:
            return
        handlers = {
            "start": start,
            "train": train,
            "sizes": sizes,
            "dense": dense,
            "conv2d": conv2d,
            "versions": versions,
        }
        answer = handlers[request["do"]](request)
        pickle.dump(encode(answer), sys.stdout.buffer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
