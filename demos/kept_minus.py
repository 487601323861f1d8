# %% [markdown]
# ---
# title: "Which filters become the line?"
# description: All filters of fifty networks, sorted by the sign that the next layer gives them. Which of them become the line?
# hide: [toc]
# ---
#
# # Which filters become the line?
#
# The next layer listens to each filter with a plus or with a minus. This notebook trains fifty networks on
# [the black line](black_line.py), sorts their 400 filters by that sign, and asks which of them become the line.

# %%
from typing import Annotated, Literal, NamedTuple

import numpy as np
from black_line import (
    BAR,
    LINE_LIKE,
    OPTIMIZER,
    START,
    STEPS,
    likeness,
    make_images,
    model_of,
    simulate,
)

from convlens import shapes
from convlens.types import Params
from convlens_live.demo import Choice, demo
from convlens_live.figures import *

# %% [markdown]
# ## The measurements
#
# The likeness says what *shape* a filter has. The other measure says what it *responds* to: the mean of its map over the line
# images, divided by the sum of that for line images, squiggles and class 0. A filter without a preference gives each a third.

# %%
HALF = 0.5
KINDS = "begin with a plus", "turn from minus to plus", "keep their minus"


def responses(params: Params, x: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Return each filter's response, the mean of its map, to each group that has images, line images first, (groups, K)."""
    means = model_of(len(params["conv1"]["weight"])).trace(params, x)["relu1"].mean(axis=(2, 3))
    return np.array([means[kinds == kind].mean(axis=0) for kind in (1, 2, 0) if (kinds == kind).any()])


def line_share(groups: np.ndarray) -> np.ndarray:
    """Return the share of each filter's response that goes to line images, (K,); 0 for a filter that never responds."""
    total = groups.sum(axis=0)
    return np.divide(groups[0], total, out=np.zeros_like(total), where=total > 0)


def kinds_of(first: np.ndarray, minus: np.ndarray) -> np.ndarray:
    """Return 0 for a filter that begins with a plus, 1 for one that loses its minus, 2 for one with a minus at every step."""
    return np.where(first >= 0, 0, np.where(minus, 2, 1))


def measure(start: str, optimizer: str, seed: int) -> np.ndarray:
    """Train one network; return of each filter what its sign did, its likeness, and its response to line images, (3, K)."""
    *_, run = simulate(start, optimizer, seed, every=STEPS)
    x, _, kinds = make_images(np.random.default_rng(seed), 0.8, "squiggle")
    params = run.moments[-1].step.params
    kind = kinds_of(run.moments[0].sign, run.minus)
    return np.array(
        [kind, likeness(params["conv1"]["weight"][:, 0]), line_share(responses(params, x, kinds))]
    )


# %% [markdown]
# ## The fifty networks
#
# To train fifty networks takes minutes. So here is what `measure` gave for seeds 0 to 49, of each start and optimizer: three
# characters for each filter, which are what its sign did, its likeness and its response. Both are rounded down to 0.02.

# %%
WIDTH, LEAST, EACH = 0.02, -40, 3 * 400
CHARACTERS = "".join(each for each in map(chr, range(33, 127)) if each not in "\"'\\")
FIFTY = """
1a@0hB0l@0lC2D00nA2C/0d<0pA0a>15:0jA0o@1<<2?02B32S32B10nC0f?1oB0f>0h?0qE2430e82@32B30iD0kA0YF1b>0oD1bA08A2B10b@0_A0iB0c?2F10aF0p
E0i;2E22:60l@0g82A20c:2A11d?0pA2<30q>0<11b<0kE1:=0gD0nD1h;2@31g;0mA1[:2>20b<0f=0i=1Z:0jC0k>1a72=20s@0a;0c?2820hD2C/2D.2:41S72=60
[:0q@0lA0Y;2A30kB0k@14:1V;2A/2D31`90j=0h?1W80d>2E22D20k>0oA2E12S31a82A21h?0gB1?62A22A10B<1j=0f;2B00oD1d<0430l<0oA0j@2<22E10qB0p@
0aB0cA08>0fA1hF0fB0tB2?12D22=00jB0d?0i=0p?0A<0hA1352V50i?0hA0nB2?30s@0o@0cF2=22B31W=1f<0mC0j?1980eA0eE2C30o<18=1b;2930eA2C30sG0/
E1nA2^30Y=0h;1?50i@0oD2C10c?2F/1S82E00lB2?12B,1:92=/1_<0d@0`@0vE2;41X62W50s@2@10j>0hD0iF0f?0f@1h>0n@2@42H12A20f?2D/2F10mA0l>2@/0
n@2:/1g<2D20A12?20b<1f;2>42@10lE1;90jA17<2@22W41jE0hB0cC2880nA0o?1Q51`@2A32C01l;0mD2F31fB0`>0d>0q;0e=1qC0dA2910pE0c?0c?2S60hA0b?
1k?0l@2>11_A0q?0b>2B12F21T70dA2G.0:60dD0b>0]B2A40gD0m?2?32?20p<1d=0c=0961>40k@0jB2@31822C21hB0l?0fB0nA2C20lA0qA0f?2C22D10i@0f?0p
=2@.2A12C01h@2=00qA0d>0oD0oB2S52D21eC2?00c@0rA0b>0f?0q@2A10[=0;D0dC0^?0dB0>00`A0lC0bC0dA0;<2=+2F22E/1iB0kB1952C12?.1a?2D31j80wA2
430mA2?20g?0jD2>22@40a?0h>0fC1.90;<0lA0gA1b<0c?2A20d?0iC2>10oB2A11Y;0r;2>206A2A22@11_91_820408;0pB1o:0:@0h@0p?0pF0n@0b92<.0jG2F2
0m=0t?0`>1a71f<0k?2B02A10cG0_A0jB0d@2@32C40jD0cB1dE0]=0e>0hD2G10i=2C10b@01;0b<2D-0d:00=2B02A/2E02O22E10f?0`B1d?0d<0b=0d>2>10d:2D
22C20bB0dA0`@13<02A1^>0`B2G10dB0eC0b>0[>2B005<0b>0c92F12N10d<02F2D.0b:2E/1cA01<2?/0b;0E,2D20g=2?/0hB0gA1e92D/2C/0b>1cB2F10i>0g>0
/@2E20dB0e?2R22F00g>0g;0b@2@00]=2C.2B.2D-2P22>20^90e>0e;0h;2D/0f=00<2D12P22>02C02G10g<0b=2E00g:2H12M10g;0cA2B02:/2A42I11g>0g:2B0
2E12>00/?2?00b<2A/0-?1d=0i@0g?0d?03?2Q32A00hB0`=06>0cB04=0^=2C/0cA0kC2C/2V42C00fC0b=0j<0l?0c?0iC2C/2C10]=0_>0b@2G20j:0f@0d=2>12N
12M015<0f@0i=2B10c=03B2D/0h82E/2F02A00f<2O20/?05F1X42A10`=0h71F007<0e=2B/0e<2P/2C(2D/0_=2A12;/25,2D,1270h<0f;02?2E/2D.2N10e;2@.0
f=0f@03<0`;0c<10>0[:2S22D.2F-0`=2@/2D/0c@0]92>-0`=2<-1b<2N10A/2B.0e81e:2B/2C.00@2N00g=2N02@22H11380f=0`C2B00c>0291@/2I/2?12A/1g;
0g?2O21G10eA0e;0-A0d92G10c@2;006?0]=0gB2C20g@0b?1c?0b>2B/2C20f=0d>2>02F12E.0[;2A+0_=0+E0170^@2H103G00>2A02G100<1N101;0d<2B100:04
B2R22F12E01d@0d:02C05>2G10b?0a=0e=2N22@00.:0_;0/>2;.2E,2A.2D42?/02=0fA0hA0h>2H22D/1i@2A/05@03@0d?0fC0e@2@00j@0bC0`A0:80^>0@.02<0
a=09>05B0d:2G.2C.2F-2G/0f>1D,2P11@/13?2E11j;0b;2E/0g:2>,01>02@2@/2M20c90g<00C2G10/A0i@0eA1B00i>2@-0g@0a?2=/0->2?01c<0eC2F203?2@-
2B.2C-2=*2C/0_<0c<1d60.:0lF0e<0eF0e>0f=2C/0gE2C/0f=0/<0d?2H11h80lB2?02?004?0[;0c=0`A2F/2D/0dD0[>1gF0oE0jC0kD2?20jC2;10iC0n?0iA1q
B0qD0oA1mB2732?22A32?30l@0uF1oG0j@0oG0rE1k<0e:1f:2d30mG0qC0iE1h:0mE1iG0jF2@20lD0lD0qC0k@2930xG0xG0n<2;31aB0nB0sH2,30m?2<21hC0xE2
=20q>0<21o@0nC1jH0mE0rE1k<1jD1j<0nB1l=2330nA0j>0jC1n>0lC0i?1i?2,20w@0l?0mB2-20oC2C12C12B21eC1e=0vF0vE0k@0lA2/30lD0k@1tC1h=2/31kC
1l?0k@0oB1h?0g?2.22.20j>0oC2/31iB1i;2721jC0jA1pC2:22;10mB1iA0jA2;20rD1l>0e?0o>0nC0mB2!31`C0sA0sA0kB0oC0tB0kB1iF0iF0jB2<12732=30o
D0jB0g;0n?0jA0jA1f@1pA0xC0tC0sA2:20q@0nB0lA1g;2031n@1i@0nC0m@1rA0l<0gF2530l>1pC1mA2=30pC2<30{J0mH1mC2j30vJ0k=1iC0kC0rE2B10g@2@11
l@2B10kC2A12A11lF2A11lB0oC0g>0zF2=21l@1rC0r@2;20gE0qG0kH0nA0j?1h=0iB1[?2F32C+0m@2B12B20oA0sA2B20oA2B21k?2;30832720k=1k=1^<2<30qD
1kA0mB1qD2?21mB1vE0lC0kI1oC0qD0sA1jA1lA2+32;31j<0rC1j@1rE0rC0iC0mA0l>1l>0nA2*20sE0lA0k>1k<0lB0hA1k@0kA2121k>0q@0j@2122021kF0mE2H
20tE0rE0xB0rE1jD0rC0oA2c32g30nD1oA0g=0k?1nC0k@0nE2131722431oD0pA0iE0v>2@20oA0rB0oC2722920q@0jB0jC2<12=12-21oB2620tB0rD0oE0nC1qE2
<21rD2=20i>0pD0nD0j@0lB2<20mB0tD0sE0fB0rD0R30pE0sE0hD0fE0vD2D12B32C11mC0nD1872C21h=1jA2431n>0yB2<30q@18F0mA0oC2432=30k>0mA0hD1oC
0kC0kA0kA1kA0nD2330kB0qD2,30uB2621t=0v;2,30pG2,32821r<1n<2240nC0nA1o=0k<0tG0q?0mH0qB0o=2C20kI2@30o=0z@0s@1s@1p?0pA2732730q>0sB0l
D0lB1iA1h?0kE0|L1gE0[@0iI0hI1Y>0iI15G0/H0fE0gI1]E0gE0eI1Y=1Z:1^?1fF1W:0aF0jF1]?0dE0gH0gG1gJ0kI1Z>1Y>04B0gG0aH1^<0cE1_F0aE1eH0gH0
dE0aC0jF1_A0fB0fB0hC1b@1gE0cA0iF1kG0qF1lG1b>0jD1f@0fD0_A1lD0gG1bC0bJ0fF1[@1dF1V90kF1]=1bF0sE0hF0kG1^<0gG0_A1Y;1gG0fF0hF0iG1[;0jH
1D01<=1fG1/B11F0-B0jC0f;0:>1ZI0hH0nF11E1cH1Y=1Z>1V90eF0hG1dE0<?1iG1<?0gG01G1aE1X91]=1aF1aE0hF1bE1gI1aB0W:1_A0sH1bG0gH1:B0C00j<0i
B00C1_;10C0fA0c?0g@0dC0gA0g@1dC0dA0/A2C01]=1;<0fF00F0iC00F02E00F1D21[:0cE0gB0cG1.A0l;0h>0gD1iG1Z:1Z=1eB0gF0lC18@0mC0:<1jE0hF1]:1
a>1mE0nD1[>0iE0eJ1`B1Y;0gF0jC1:@0h@03B1X70h@2Q21Z>1fA0i@1:=2A01:;19=19;0gB0gC0bA1Z<1Y<1iF0lE1iF0kG0kG0jK0dC0eC1Z<0[:1cE1^>1cG0gC
2G01f?0fB0h@10>0fA1.=1f@1bI0V81gD0jD1aD1eE1cC0iG1bD0jG1fF16F1a?1kC0Z<0]E1eF0hF0mC12G1dA18?1Z<1dA0jG14C1Z;0jD0mC0dB0nF1fE0dD1^A0g
G0kE0nG1bA0gG0kE1cE0j;2D01eE0f@0i;1]91_;1U70eF13H0dB0gK0_F0oF1Z;0hL0kD1fB1`D09=1[>0lF0iG1_J0iD0dG13E1cG1aE1eC0kE0^A0fC1fE0iF0fF0
jG1]@1^C02?0gA0g@1[=2D11W71eC1g@0kD0lC0cE0`E1dG1gF1aE1[>0g=0fC0fC0f=01@2E00hC0hC0iH08A04M0>90lG0hG0jH0]C0hE1fD1Z>1eF1X80jG1fG1Z>
1`=1bJ1fC1gD0sF1];0cK1gE0f?0fB1Z<1N20j:0e?0eD1eE0lF0iF0iF1[<0kG1]A0jF0eD1aF0kG1]>1`E0hI1V90bF1eD1rE1gG1eA1lF0Z;0gG1eD0eG0hG0eA0k
I0mF0eA19?0dI1nB0gA0d?0d?10<1c=0cH1a@2D006A0kD0iH0iI1aH1U80jG08H
"""


def read(start: str, optimizer: str) -> np.ndarray:
    """Return the measurements of fifty networks, (3, 400), each in the middle of the interval to which it was rounded."""
    at = EACH * (2 * (start == "tiny") + (optimizer == "adam"))
    text = FIFTY.replace("\n", "")[at : at + EACH]
    _, like, share = np.array([CHARACTERS.index(each) for each in text]).reshape(-1, 3).T
    return np.array([[int(kind) for kind in text[::3]], WIDTH * (like + LEAST + 0.5), WIDTH * (share + 0.5)])


class Sorted(NamedTuple):
    """All filters: what their sign did, likeness, response (3, 400), and which measure is shown."""

    filters: np.ndarray
    measure: str

    @property
    def groups(self) -> list[np.ndarray]:
        """The measure of the filters of each kind."""
        values = self.filters[1 if self.measure == "shape" else 2]
        return [values[self.filters[0] == kind] for kind in range(3)]


# %% [markdown]
# ## The picture
#
# Three strips on one axis, a dot for each filter. Filled dots count: they are to the right of the handle.

# %%
DIALS = {
    "shape": BAR,
    "response": Dial("response", "Count a filter from this share of its response on", 0, 1, 0.02, HALF),
}
AXES = {
    "shape": ((-0.6, 1.0), "likeness to the line"),
    "response": ((0, 1), "share of its response to line images"),
}
SIGNS = "+", "− → +", "−"


def draw_strips(state: Sorted, width: float, high: float, above: float) -> Box:
    """The dots: one strip for each kind of filter, and the handle below them; above: the room that a strip leaves free."""
    dial, ((low, high_end), label) = DIALS[state.measure], AXES[state.measure]
    x, y = Linear(low, high_end), Linear(-0.16, 3 + 12 / high)
    r = min(0.5 * (width - 24) * dial.step / (high_end - low) - 0.2, 3.3)
    marks = []
    for kind, values in enumerate(state.groups):
        values = np.maximum(values, low)
        marks += [
            rule(y=2 - kind, pen=Pen(HAIRLINE)),
            *draw_dots(values, 2 - kind, dial, low, r, high, 1 - above / high),
        ]
    handle = dial.handle(-0.16, top=y.high, text=f"from {dial.at:.2f} on")
    strips = plot(*marks, handle, x=x, y=y, width=width - 24, height=(y.high - y.low) * high)
    ticks = [tick for tick in (-0.5, 0, 0.5, 1) if tick >= low]
    names = [
        centred(12 + (width - 24) * float(x.share(tick)), 8, note(f"{tick:g}".replace("-", "−")))
        for tick in ticks
    ]
    axis = place(width, 36, *names, centred(width / 2, 28, note(label)))
    return column(pad(strips, 12, 0, 12, 11), axis, gap=6)


def draw_dots(
    values: np.ndarray, floor: float, dial: Dial, low: float, size: float, high: float, most: float
) -> list[Mark]:
    """A pile of dots for each stop of the dial: hollow, and filled while they count. size: of a dot, in pixels.

    high: of a strip, in pixels; most: the share of it that dots may fill.
    """
    marks, (stops, counts) = (
        [],
        np.unique(np.floor((values - dial.low) / dial.step + 1e-9), return_counts=True),
    )
    gap = min(2.2 * size / high, most / max(counts, default=1))
    for stop, count in zip(stops.tolist(), counts.tolist(), strict=True):
        x = np.full(count, dial.low + (stop + 0.5) * dial.step)
        y = floor + (np.arange(count) + 0.6) * gap
        marks += [
            dots(x, y, size, QUIET, hollow=True),
            dial.until(dots(x, y, size), dial.low + stop * dial.step),
        ]
    return marks


def draw_name(kind: int, state: Sorted) -> Box:
    """The sign, what it does, and what a line image does to such a filter."""
    line = np.where(shapes.horizontal() == 0, np.nan, 1.0)
    kernels = [-line, line] if kind == 1 else [line if kind == 0 else -line]
    tiles = row(*[cells(kernel, 7, frame=Pen(QUIET)) for kernel in kernels], gap=5)
    said = text(f"{SIGNS[kind]}  {KINDS[kind]}", bold=True)
    return column(said, tiles, gap=7)


def draw_count(values: np.ndarray, dial: Dial) -> Box:
    """How many of the filters of a kind count."""
    number = dial.varying(
        dial.count(values), lambda n: text(str(n), LARGE, bold=True, width=62, align="end"), said=True
    )
    return column(number, note(f"of {len(values)}", align="end"), gap=1)


def draw(state: Sorted) -> Figure:
    """The three strips; beside or above them their names and counts."""
    dial, groups = DIALS[state.measure], state.groups
    names = [draw_name(kind, state) for kind in range(3)]
    counts = [draw_count(values, dial) for values in groups]
    strips = draw_strips(state, 700, 104, 14)
    down = [12 + 104 * kind for kind in range(3)]
    left = place(250, strips.height, *[(0, y + 26, box) for y, box in zip(down, names, strict=True)])
    right = place(
        66, strips.height, *[(66 - box.width, y + 50, box) for y, box in zip(down, counts, strict=True)]
    )
    across = row(left, strips, right, gap=12)
    small = draw_strips(state, 352, 132, 46)
    over = [(12, 12 + 132 * k + 18, text(f"{SIGNS[k]}  {KINDS[k]}", bold=True)) for k in range(3)]
    ends = [(340 - box.width, 12 + 132 * k + 6, box) for k, box in enumerate(counts)]
    small = place(352, small.height, (0, 0, small), *over, *ends)
    return Figure((wide(across), narrow(small)), describe(state), tabulate(state), explain(state))


# %% [markdown]
# ## The words and the table


# %%
def describe(state: Sorted) -> str:
    """Say how many filters of each kind count."""
    dial = DIALS[state.measure]
    limit = f"{dial.at:.2f} or more"
    what = f"a likeness of {limit}" if state.measure == "shape" else f"{limit} of its response to line images"
    plus, turned, kept = ((int((values >= dial.at).sum()), len(values)) for values in state.groups)
    said = f"Of the {kept[1]} filters that keep their minus, {kept[0] or 'none'} has {what}."
    return f"{said} Of the {turned[1]} that turn to plus, {turned[0]} do; of the {plus[1]} that begin with a plus, {plus[0]}."


def explain(state: Sorted) -> str:
    """Say what to do next; the exception, where there is one."""
    like, share = (values[state.filters[0] == 2] for values in state.filters[1:])
    shaped = share[like >= LINE_LIKE]
    if state.measure == "response" or not len(shaped):
        return "Drag the handle: how far to the left must it go before a filter in the last strip counts?"
    return "It has the shape, but line images get less than half of its response. Sort by response."


def tabulate(state: Sorted) -> Table:
    """Return how many filters of each kind there are, and how many of them count by each measure."""
    kinds, like, share = state.filters
    rows = []
    for kind, name in enumerate(KINDS):
        these = kinds == kind
        shape, response = these & (like >= LINE_LIKE), these & (share >= HALF)
        rows.append((name, *(int(each.sum()) for each in (these, shape, response, shape & response))))
    columns = "sign", "filters", f"likeness {LINE_LIKE:.2f} or more", "half of the response or more", "both"
    return Table(columns, tuple(rows))


# %% [markdown]
# ## The demo


# %%
@demo(
    question="questions/the-black-line.md",
    budget_seconds=5,
    picture=draw,
    recorded=("start", "optimizer", "measure"),
    sentence="400 filters: weights of {start}, {optimizer}, sorted by {measure}.",
)
def kept_minus(
    start: Annotated[Literal["he", "tiny"], START] = "he",
    optimizer: Annotated[Literal["sgd", "adam"], OPTIMIZER] = "sgd",
    measure: Annotated[Literal["shape", "response"], Choice("Measure", ("shape", "response"))] = "shape",
) -> Sorted:
    """What do the filters that become the line have in common?"""
    return Sorted(read(start, optimizer), measure)


kept_minus
