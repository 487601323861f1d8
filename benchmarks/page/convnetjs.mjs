// ConvNetJS: float64, one example at a time, plain loops.

import { fetchStart, firstLosses, timed } from "./network.mjs";

/** @type {any} */ let convnetjs;
/** @type {() => number} */ let step;

export async function boot() {
  // It expects a page, and exports itself as a property of `window` under the name of another library.
  globalThis.window = /** @type {any} */ (globalThis);
  await import("/convnetjs.js");
  convnetjs = /** @type {any} */ (globalThis).jsfeat;
  return {};
}

/** @param {import("./network.mjs").Layer} layer */
function definition({ kind, filters, kernel, padding, size, outputs }) {
  if (kind === "conv") return { type: "conv", sx: kernel, filters, stride: 1, pad: padding };
  if (kind === "pool") return { type: "pool", sx: size, stride: size };
  if (kind === "dense") return { type: "softmax", num_classes: outputs };
  return { type: kind };
}

/** @param {import("./network.mjs").Network} network */
export async function make(network) {
  const { images, labels, weights } = await fetchStart(network);
  const [C, H, W] = network.input;
  const net = new convnetjs.Net();
  net.makeLayers([{ type: "input", out_sx: W, out_sy: H, out_depth: C }, ...network.layers.map(definition)]);
  const trainable = net.layers.filter((/** @type {any} */ layer) => layer.filters);
  trainable.forEach((/** @type {any} */ layer, /** @type {number} */ index) => {
    const { weight, bias } = weights[index];
    const length = weight.length / bias.length;
    layer.filters.forEach((/** @type {any} */ filter, /** @type {number} */ k) =>
      filter.w.set(weight.subarray(k * length, (k + 1) * length)),
    );
    layer.biases.w.set(bias);
  });
  const examples = labels.map((label, n) => {
    const volume = new convnetjs.Vol(W, H, C, 0);
    volume.w.set(images.subarray(n * H * W * C, (n + 1) * H * W * C));
    return { volume, label };
  });
  const trainer = new convnetjs.Trainer(net, {
    method: "sgd",
    learning_rate: network.learning_rate,
    momentum: 0,
    l1_decay: 0,
    l2_decay: 0,
    batch_size: network.batch,
  });
  step = () =>
    examples.reduce((sum, { volume, label }) => sum + trainer.train(volume, label).cost_loss, 0) /
    examples.length;
  const parameters = net
    .getParamsAndGrads()
    .reduce((/** @type {number} */ sum, /** @type {any} */ group) => sum + group.params.length, 0);
  return { parameters, losses: await firstLosses(step) };
}

/** @param {number} seconds */
export const run = (seconds) => timed(step, seconds);
