// TensorFlow.js on its CPU backend in plain JavaScript (the WebAssembly one cannot train a convolution).

import { fetchStart, firstLosses, timed } from "./network.mjs";

/** @type {any} */ let tf;
/** @type {() => Promise<number>} */ let step;

export async function boot() {
  await import("/tf-core.js");
  await import("/tf-layers.js"); // only for its side effect: the gradients of all operations
  await import("/tf-backend-cpu.js");
  tf = /** @type {any} */ (globalThis).tf;
  await tf.setBackend("cpu");
  await tf.ready();
  return {};
}

/**
 * @param {import("./network.mjs").Layer[]} layers @param {{weight: any, bias: any}[]} variables
 * @param {any} x
 */
function logits(layers, variables, x) {
  let next = 0;
  for (const { kind, padding, size } of layers) {
    if (kind === "conv") {
      const { weight, bias } = variables[next++];
      x = tf.add(tf.conv2d(x, weight, 1, padding), bias);
    } else if (kind === "relu") x = tf.relu(x);
    else if (kind === "pool") x = tf.maxPool(x, size, size, "valid");
    else {
      const { weight, bias } = variables[next++];
      x = tf.add(tf.matMul(tf.reshape(x, [x.shape[0], -1]), weight), bias);
    }
  }
  return x;
}

/** In TensorFlow the filters are the last axis. @param {import("./network.mjs").Weights} weights */
function variable({ weight, bias, shape: [K, H, W, C] }, dense = false) {
  return tf.tidy(() => {
    const transposed = tf.transpose(tf.tensor(weight, [K, H, W, C]), [1, 2, 3, 0]);
    return {
      weight: tf.variable(dense ? tf.reshape(transposed, [H * W * C, K]) : transposed),
      bias: tf.variable(tf.tensor(bias)),
    };
  });
}

/** @param {import("./network.mjs").Network} network */
export async function make(network) {
  tf.disposeVariables();
  const { images, labels, classes, weights } = await fetchStart(network);
  const [C, H, W] = network.input;
  const variables = weights.map((each, index) => variable(each, index === weights.length - 1));
  const x = tf.tensor(images, [network.batch, H, W, C]);
  const targets = tf.oneHot(tf.tensor(labels, [network.batch], "int32"), classes);
  const optimizer = tf.train.sgd(network.learning_rate);
  step = async () => {
    const cost = optimizer.minimize(
      () => tf.losses.softmaxCrossEntropy(targets, logits(network.layers, variables, x)),
      true,
    );
    const [loss] = await cost.data();
    cost.dispose();
    return loss;
  };
  const parameters = variables.reduce((sum, { weight, bias }) => sum + weight.size + bias.size, 0);
  return { parameters, losses: await firstLosses(step) };
}

/** @param {number} seconds */
export const run = (seconds) => timed(step, seconds);
