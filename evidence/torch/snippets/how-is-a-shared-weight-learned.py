import torch
from torch.nn.functional import conv2d

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
image, wanted = torch.rand(1, 1, 5, 5), torch.rand(1, 1, 3, 3)
weight, bias = torch.randn(1, 1, 3, 3, requires_grad=True), torch.zeros(1, requires_grad=True)
output = conv2d(image, weight, bias)
output.retain_grad()
((output - wanted) ** 2 / 2).sum().backward()
met = image[0, 0, 1:4, 1:4]                                   # what the middle weight met at the nine places
products = met * output.grad[0, 0]
print("sum of nine products:", f"{products.sum():.6f}")
print("the weight's gradient:", f"{weight.grad[0, 0, 1, 1]:.6f}")
print("sum of errors:", f"{output.grad.sum():.6f}", "the bias's gradient:", f"{bias.grad[0]:.6f}")
