from itertools import islice

import numpy as np

from convlens import SGD, Sequential, batches, data, train
from convlens.layers import Conv2d, GlobalAveragePool2d, Linear, ReLU
from convlens.ties import tie

rng = np.random.default_rng(0)
x, labels = data.several_filters_task(rng)
model = Sequential(Conv2d(2, kernel=5), ReLU(), GlobalAveragePool2d(), Linear(4))
params, _ = model.init(rng, in_shape=x.shape[1:])
for outgoing in (True, False):  # do their outgoing weights start equal?
    start = tie(params, outgoing=outgoing)
    *_, last = islice(train(model, start, batches(x, labels), SGD(1.0)), 301)
    one, other = last.params["conv1"]["weight"]
    print(
        f"outgoing weights equal: {outgoing}, difference after {last.number} steps: {abs(one - other).max()}"
    )
