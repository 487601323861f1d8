import torch
from torch import nn

def parameters(layer):
    return sum(p.numel() for p in layer.parameters())

image = torch.zeros(1, 3, 32, 32)
asked, meant = nn.Conv2d(3, 1, 32, padding=1), nn.Conv2d(3, 1, 3, padding=1)
print("as asked:", parameters(asked), "parameters, map", *asked(image).shape[2:])
print("as meant:", parameters(meant), "parameters, map", *meant(image).shape[2:])
print("dense:", parameters(nn.Linear(3 * 32 * 32, 32 * 32)), "parameters for the same map")
print("50 filters, then 50 more:", parameters(nn.Conv2d(3, 50, 3)), parameters(nn.Conv2d(50, 50, 3)))
