import torch
from torch import nn

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
first, second = nn.Conv2d(3, 4, 3), nn.Conv2d(4, 3, 3)
image = torch.rand(1, 3, 7, 7, requires_grad=True)
maps = first(image).relu()
print("maps:", maps.shape[1], "then", second(maps).shape[1], "| weights of a filter:", list(second.weight[0].shape))
print("parameters:", *(sum(p.numel() for p in layer.parameters()) for layer in (first, second, nn.Conv2d(4, 3, 1))))
i, j, k = 1, 1, 3
products = maps[0, :, i:i + k, j:j + k] * second.weight[0]                        # a window in all four maps, times one filter
print("sum of 36 products, and bias:", f"{products.sum() + second.bias[0]:.6f}", "Conv2d:", f"{second(maps)[0, 0, i, j]:.6f}")
for size in (3, 1):
    layers = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Softplus(), nn.Conv2d(4, 3, size))   # Softplus is never flat
    print(f"{size}x{size} sees", int(torch.autograd.grad(layers(image)[0, 0, 1, 1], image)[0][0].any(0).sum()), "pixels")
