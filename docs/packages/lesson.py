import numpy as np

from convlens import SGD, Sequential, batches, data, train, until
from convlens.layers import Conv2d, Dropout, GlobalAveragePool2d, Linear, ReLU, Tanh
from convlens.ties import tie

SEED, SAME_FILTERS, SAME_NEXT, SPECK, STEPS = 0, True, True, 0, 300
rng = np.random.default_rng(SEED)
x, labels = data.several_filters_task(rng, dtype=np.float64)
network = Sequential(Conv2d(2, kernel=5), ReLU(), GlobalAveragePool2d(), Linear(4))
params, _ = network.init(rng, in_shape=x.shape[1:], dtype=np.float64)
params = tie(params, incoming=SAME_FILTERS, outgoing=SAME_NEXT)
params["conv1"]["weight"][1, 0, 2, 2] += SPECK
*_, last = until(train(network, params, batches(x, labels), SGD(1.0), rng), STEPS)
weight = last.params["conv1"]["weight"]
print("Filters 1 and 2 are", abs(weight[0] - weight[1]).max(), "apart.")
