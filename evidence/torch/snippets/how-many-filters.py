import torch
from torch import nn
def learn(filters, side):
    torch.manual_seed(1)
    pictures, y = torch.rand(10, 1, 8, 8), torch.randint(10, (2000,))
    x = pictures[y] + 0.3 * torch.randn(2000, 1, 8, 8)
    read = nn.Sequential(nn.Conv2d(1, filters, 5), nn.ReLU(), nn.AdaptiveAvgPool2d(side), nn.Flatten())
    out = nn.Linear(filters * side**2, 10)
    optimizer = torch.optim.Adam([*read.parameters(), *out.parameters()], lr=0.01)
    for step in range(1000):
        optimizer.zero_grad()
        nn.functional.cross_entropy(out(read(x[:1000])), y[:1000]).backward(); optimizer.step()
    kept = [torch.ones(filters), *(1 - torch.eye(filters))]  # all, and all but one
    right = [(out(read(x[1000:]) * k.repeat_interleave(side**2)).argmax(1) == y[1000:]).float().mean() for k in kept]
    return f"right: {right[0]:.2f} can go alone: {sum(each > right[0] - 0.01 for each in right[1:])} of {filters}"
for filters, side in (1, 1), (1, 4), (32, 1), (32, 4): print("whole maps" if side == 4 else "means", learn(filters, side))
