import torch, torch.nn as nn
def apart(filters=2, batch=64, dropout=0.0, steps=200):
    torch.manual_seed(0)
    x, y = torch.randn(64, 1, 12, 12), torch.randint(4, (64,))
    conv, drop, out = nn.Conv2d(1, filters, 5), nn.Dropout(dropout), nn.Linear(filters, 4)
    with torch.no_grad():                                     # all are copies, and read alike
        conv.weight[:], conv.bias[:], out.weight[:] = conv.weight[0], conv.bias[0], out.weight[:, :1]
    optimizer = torch.optim.SGD([*conv.parameters(), *out.parameters()], lr=1.0)
    for step in range(steps):
        some = torch.randperm(64)[:batch] if batch < 64 else slice(None)
        optimizer.zero_grad()
        nn.functional.cross_entropy(out(drop(conv(x[some]).relu()).mean((2, 3))), y[some]).backward()
        optimizer.step()
    return f"{(conv.weight - conv.weight[0]).abs().max().item():.2g} apart"
print("minibatches in random order:", apart(batch=16), "| dropout:", apart(dropout=0.5))
print("eight filters, 2000 steps:", apart(8, steps=2000), "| six filters:", apart(6, steps=2000))
