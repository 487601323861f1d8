"""Does it hold elsewhere? The claims of the pages, tested with other starts, optimizers and images, here and in PyTorch."""
