"""The largest width of a text, without a font: for each character, that of the widest font that the style sheet names.

No font is downloaded, so the reader's font is unknown. DejaVu Sans and Liberation Sans (as wide as Arial) are wider
than the rest of the list in tokens.css: a text that fits here fits everywhere. A test in Chromium checks the table.

After Observable Plot, which measures its labels in the same way.
"""

# The characters from space to ~, in thousandths of the font size.
# fmt: off
REGULAR = (
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636, 636,
    636, 636, 337, 337, 838, 838, 838, 556, 1015, 684, 686, 722, 770, 667, 611, 778, 752, 295, 500, 667, 557, 863, 748, 787,
    667, 787, 722, 667, 611, 732, 684, 989, 685, 667, 685, 390, 337, 390, 838, 556, 500, 613, 635, 550, 635, 615, 352, 635,
    634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
)
BOLD = (
    348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365, 696, 696, 696, 696, 696, 696, 696, 696,
    696, 696, 400, 400, 838, 838, 838, 611, 1000, 774, 762, 734, 830, 683, 683, 821, 837, 372, 556, 775, 637, 995, 837, 850,
    733, 850, 770, 720, 682, 812, 774, 1103, 771, 724, 725, 457, 365, 457, 838, 556, 500, 675, 716, 593, 716, 678, 435, 716,
    712, 343, 343, 665, 343, 1042, 712, 687, 716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712, 365, 712, 838,
)
OTHERS = {  # the wider of regular and bold
    "−": 838, "×": 838, "·": 380, "÷": 838, "²": 438, "³": 438, "¹": 438, "⁰": 438, "⁴": 438, "⁵": 438, "⁶": 438, "⁷": 438,
    "⁸": 438, "⁹": 438, "⁻": 528, "₀": 438, "₁": 438, "₂": 438, "₃": 438, "δ": 687, "●": 873, "○": 873, "–": 556, "—": 1000,
    "≈": 838, "°": 500, "\u202f": 200, "\u00a0": 348, "∞": 833, "←": 1000, "→": 1000, "↑": 838, "↓": 838, "±": 838, "≤": 838,
    "≥": 838, "…": 1000, "’": 380, "“": 657, "”": 657, "≠": 838, "∂": 544, "½": 1035,
}
# fmt: on
WIDEST = 1015  # for all other characters


def text_width(content: str, size: float, *, bold: bool = False) -> float:
    """Return the width in pixels that a line of text never exceeds.

    >>> text_width("0.66", 10)
    22.26
    """
    widths = BOLD if bold else REGULAR
    total = 0
    for character in content:
        code = ord(character)
        total += widths[code - 32] if 32 <= code <= 126 else OTHERS.get(character, WIDEST)
    return total * size / 1000
