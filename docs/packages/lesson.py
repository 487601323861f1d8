import numpy as np
from convlens import SGD, Conv2d, Dropout, GlobalAveragePool2d, Linear, ReLU, Sequential, Tanh, batches, data, train
from convlens.ties import tie
SEED, SAME_FILTERS, SAME_NEXT, SPECK, STEPS = 0, True, True, 0, 300
rng = np.random.default_rng(SEED)
x, labels = data.several_filters_task(rng, dtype=np.float64)
network = Sequential(Conv2d(2, kernel=5), ReLU(), GlobalAveragePool2d(), Linear(4))
params, _ = network.init(rng, in_shape=x.shape[1:], dtype=np.float64)
params = tie(params, incoming=SAME_FILTERS, outgoing=SAME_NEXT)
params["conv1"]["weight"][1, 0, 2, 2] += SPECK
for step in train(network, params, batches(x, labels), SGD(1.0), rng):
    if step.number == STEPS: break
one, other = step.params["conv1"]["weight"]
print("The two filters are", abs(one - other).max(), "apart.")
