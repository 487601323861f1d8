import torch
from torch import nn
def learn(filters, next_layer):
    torch.manual_seed(0)
    x, y = torch.randn(64, 1, 12, 12), torch.randint(4, (64,))
    conv, out, gradients = nn.Conv2d(1, 4, 5), nn.Linear(4, 4), []
    for layer, value in (conv, filters), (out, next_layer):
        nn.init.zeros_(layer.bias)
        if value is not None: nn.init.constant_(layer.weight, value)
    optimizer = torch.optim.SGD([*conv.parameters(), *out.parameters()], lr=1.0)
    for step in range(100):
        optimizer.zero_grad()
        nn.functional.cross_entropy(out(conv(x).relu().mean((2, 3))), y).backward()
        gradients.append(f"{conv.weight.grad.abs().max():.3g}"); optimizer.step()
    return f"gradients {gradients[0]} {gradients[1]} different: {len(conv.weight.detach().unique(dim=0))} of 4"
for start in (0, None), (None, 0), (1, 1), (None, None): print("start", *start, learn(*start))
