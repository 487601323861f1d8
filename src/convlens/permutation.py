"""Put filters into another order, and find the order in which two networks match best."""

import copy
from collections.abc import Sequence

import numpy as np

from convlens._checks import check_array, check_network, with_place
from convlens._settings import check_numbers
from convlens._words import show
from convlens.layers.filters import filter_parameters, outgoing_weights
from convlens.types import Array, Numbers, Params

type Order = Numbers[np.int64]


def permute_channels(
    params: Params,
    order: Order | Sequence[int],
    *,
    layer: str = "conv1",
    next_layer: str = "linear1",
    between: Sequence[str] | None = None,
) -> Params:
    """Return the same network with its filters in another order: new filter k is old filter order[k].

    The weights in `next_layer` that read the maps move along, and so do the parameters of layers `between`
    (BatchNorm2d), so that the output stays the same, up to the rounding of sums in another order.
    Raises ValueError when a layer does not exist, `next_layer` does not read the maps, order is not a permutation
    of the filters, or between is missing where it matters.

    >>> params = {"conv1": {"weight": np.array([[1.0], [2.0]])}, "linear1": {"weight": np.array([[3.0, 4.0]])}}
    >>> moved = permute_channels(params, np.array([1, 0]))
    >>> moved["conv1"]["weight"].ravel(), moved["linear1"]["weight"]
    (array([2., 1.]), array([[4., 3.]]))
    """
    columns = outgoing_weights(params, layer, next_layer)
    count = columns.shape[1]
    numbers = check_numbers("order", order, count)
    if len(numbers) != count:
        raise ValueError(f"order is {show(order)}; it must hold each number from 0 to {count - 1} once")
    permuted = copy.deepcopy(params)
    for name, tree in filter_parameters(params, layer, next_layer, between).items():
        permuted[name] = {key: value[numbers] for key, value in tree.items()}
    permuted[next_layer]["weight"] = columns[:, numbers].reshape(params[next_layer]["weight"].shape)
    return permuted


def best_match(
    a: Params,
    b: Params,
    *,
    layer: str = "conv1",
    next_layer: str = "linear1",
    between: Sequence[str] | None = None,
) -> tuple[Order, float]:
    """Return the order of b's filters in which b is nearest to a, and the distance that remains.

    The distance is Euclidean, over all numbers of the filters: weights, biases, outgoing weights, and the
    parameters of layers `between` (BatchNorm2d).
    Returns order, for permute_channels(b, order), and the distance, 0.0 for the same network.
    Raises ValueError when the networks differ in shape.
    Source: Kuhn (1955), The Hungarian method; Ainsworth, Hayase, Srinivasa (2022), Git Re-Basin.

    >>> a = {"conv1": {"weight": np.array([[1.0], [2.0]])}, "linear1": {"weight": np.array([[3.0, 4.0]])}}
    >>> best_match(a, permute_channels(a, np.array([1, 0])))[1]
    0.0
    """
    rows_a = _rows("a", a, layer, next_layer, between)
    rows_b = _rows("b", b, layer, next_layer, between)
    if rows_a.shape != rows_b.shape or set(a[layer]) != set(b[layer]):
        raise ValueError(
            f"b has {rows_b.shape} filters and weights of each; it must be {rows_a.shape}, as a has"
        )
    cost = ((rows_a[:, None] - rows_b[None]) ** 2).sum(axis=2)
    order = cheapest_pairs(cost)
    return order, float(np.sqrt(cost[np.arange(len(order), dtype=np.int64), order].sum()))


def _rows(argument: str, params: Params, layer: str, next_layer: str, between: Sequence[str] | None) -> Array:
    """Return all numbers that belong to each filter, (K, D), in the order of the keys' names."""
    check_network(params, argument)
    try:
        columns = outgoing_weights(params, layer, next_layer)
        trees = filter_parameters(params, layer, next_layer, between).values()
    except ValueError as error:
        raise with_place(f"network {argument}", error) from None
    parts = [*(tree[key] for tree in trees for key in sorted(tree)), columns.swapaxes(0, 1)]
    rows = np.concatenate([part.reshape(len(part), -1) for part in parts], axis=1).astype(np.float64)
    if not np.isfinite(rows).all():
        raise ValueError(
            f"{argument} has a number that is not finite; it must be a network whose training did not diverge"
        )
    return rows


def cheapest_pairs(cost: Array) -> Order:
    """Return a column for each row, no column twice, so that the sum of the costs is as small as possible.

    cost: (K, K). The Hungarian method: rows are assigned one by one, and each may move others to new columns along
    the cheapest path. Raises ValueError when cost is not square.
    Source: Kuhn (1955); scipy.optimize.linear_sum_assignment.

    >>> cheapest_pairs(np.array([[1.0, 2.0], [1.0, 9.0]])).tolist()
    [1, 0]
    """
    check_array("cost", cost, "K, K")
    count = len(cost)
    if cost.shape[1] != count:
        raise ValueError(f"cost has shape {cost.shape}; it must be ({count}, {count}), a column for each row")
    if not np.isfinite(cost).all():
        raise ValueError("cost has a number that is not finite; each of its costs must be finite")
    cost = cost.astype(np.float64) / (np.abs(cost).max() or 1.0)  # so that no sum of costs overflows
    row_price = np.zeros(count)
    column_price = np.zeros(count + 1)
    owner = np.full(count + 1, -1, np.int64)  # the row of each column; the last column is where a row enters
    for row in range(count):
        column = count
        owner[column] = row
        distance = np.full(count, np.inf)
        came_from = np.zeros(count, np.int64)
        visited = np.zeros(count + 1, bool)
        while owner[column] >= 0:
            visited[column] = True
            current = owner[column]
            reduced = cost[current] - row_price[current] - column_price[:count]
            nearer = ~visited[:count] & (reduced < distance)
            distance[nearer] = reduced[nearer]
            came_from[nearer] = column
            column = int(np.where(visited[:count], np.inf, distance).argmin())
            step = distance[column]
            row_price[owner[visited]] += step
            column_price[visited] -= step
            distance[~visited[:count]] -= step
        while column != count:
            owner[column], column = owner[came_from[column]], int(came_from[column])
    pairs = np.empty(count, np.int64)
    pairs[owner[:count]] = np.arange(count, dtype=np.int64)
    return pairs
