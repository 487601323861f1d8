import torch, torch.nn as nn
torch.manual_seed(0)
y, x = torch.arange(64) % 2, 0.1 * torch.randn(64, 1, 12, 12)
for n, (i, j) in enumerate(torch.randint(8, (64, 2))):        # class 1: a horizontal line, twice as strong
    if y[n]: x[n, 0, i + 2, j : j + 5] += 2.0
    else: x[n, 0, i : i + 5, j + 2] += 1.0
conv, out, minus = nn.Conv2d(1, 8, 5), nn.Linear(8, 2), torch.ones(8, dtype=torch.bool)
optimizer = torch.optim.SGD([*conv.parameters(), *out.parameters()], lr=1.0)
for step in range(300):
    minus &= out.weight[1] < out.weight[0]                    # a minus at every step so far
    optimizer.zero_grad()
    nn.functional.cross_entropy(out(conv(x).relu().mean((2, 3))), y).backward()
    optimizer.step()
cosine = conv.weight[:, 0].sum(2).max(1).values / conv.weight.flatten(1).norm(dim=1) / 5**0.5
print("look like the line:", (cosine >= 0.6).sum().item(), "of 8")
print("kept a minus:", minus.sum().item(), "and look like the line:", (cosine[minus] >= 0.6).sum().item())
