import torch
from torch.nn.functional import conv2d

torch.manual_seed(0)
image, filters, bias = torch.rand(1, 3, 5, 5), torch.randn(2, 3, 3, 3), torch.randn(2)
maps = conv2d(image, filters, bias)
products = image[0, :, 1:4, 2:5] * filters[1]                 # the window of row 1, column 2
print("products in one number:", products.numel())
print("their sum and the bias:", f"{products.sum() + bias[1]:.4f}", "conv2d:", f"{maps[0, 1, 1, 2]:.4f}")
print("with the mean of the channels:", f"{products.mean(0).sum() + bias[1]:.4f}")
