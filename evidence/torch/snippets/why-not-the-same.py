import torch
from torch import nn
def apart(same_filters, same_next, filters=2, steps=300):
    torch.manual_seed(0)
    x, y = torch.randn(64, 1, 12, 12), torch.randint(4, (64,))
    conv, out = nn.Conv2d(1, filters, 5), nn.Linear(filters, 4)
    with torch.no_grad():
        if same_filters: conv.weight[:], conv.bias[:] = conv.weight[0], conv.bias[0]
        if same_next: out.weight[:] = out.weight[:, :1]
    optimizer = torch.optim.SGD([*conv.parameters(), *out.parameters()], lr=1.0)
    for step in range(steps):
        optimizer.zero_grad()
        nn.functional.cross_entropy(out(conv(x).relu().mean((2, 3))), y).backward()
        optimizer.step()
    return f"{(conv.weight[0] - conv.weight[1]).abs().max().item():.3g} apart"
for same in (1, 1), (1, 0), (0, 1), (0, 0): print("filters same, next layer same:", *same, apart(*same))
