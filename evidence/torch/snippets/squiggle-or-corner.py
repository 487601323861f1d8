import torch, torch.nn as nn; torch.manual_seed(0)
pixels = "0100010100101010010100010" "1000010000100001000011111"   # a squiggle and a right angle
shapes = torch.tensor([float(pixel) for pixel in pixels]).view(2, 5, 5)
clean = nn.functional.pad(shapes[:, None], (3, 4, 3, 4))
y, x = torch.arange(64) % 2, 0.2 * torch.randn(64, 1, 12, 12)
for n, (i, j) in enumerate(torch.randint(8, (64, 2))): x[n, 0, i : i + 5, j : j + 5] += shapes[y[n]]
conv, out = nn.Conv2d(1, 6, 5), nn.Linear(6, 2)
optimizer = torch.optim.SGD([*conv.parameters(), *out.parameters()], lr=2.0)
for step in range(401):
    if step in (0, 400):                                      # each filter's share for its favourite shape
        means = conv(clean).relu().mean((2, 3))
        shares = (means.max(0).values / means.sum(0)).sort().values
        print("step", step, *(f"{100 * share:.0f} %" for share in shares))
    optimizer.zero_grad()
    nn.functional.cross_entropy(out(conv(x).relu().mean((2, 3))), y).backward()
    optimizer.step()
