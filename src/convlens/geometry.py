"""How large is the result? Sizes of what slides over an image."""


def output_size(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    """Return at how many places a window of `kernel` cells fits on a line of `size` cells.

        output = floor((size + 2 padding - kernel) / stride) + 1

    `padding` cells are added at both ends, and `stride` is the step from place to place. `ValueError` if the window
    fits nowhere. Source: cs231n notes, "Spatial arrangement"; PyTorch, `torch.nn.Conv2d`, "Shape".

    >>> output_size(32, kernel=5), output_size(227, kernel=11, stride=4)
    (28, 55)
    """
    padded = size + 2 * padding
    if kernel > padded:
        added = f" ({size} and 2 x {padding} of padding)" if padding else ""
        raise ValueError(f"kernel = {kernel} is larger than the image, {padded}{added}: it must be at most {padded}")
    return (padded - kernel) // stride + 1
