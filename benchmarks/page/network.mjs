// Shared by the contenders in JavaScript: the initial state of a network, and timing.

const CHECKED_STEPS = 3;

/**
 * @typedef {{kind: string, filters?: number, kernel?: number, padding?: number, size?: number, outputs?: number}} Layer
 * @typedef {{name: string, batch: number, input: number[], layers: Layer[], learning_rate: number}} Network
 * @typedef {{weight: Float32Array, bias: Float32Array, shape: number[]}} Weights shape: outputs, height, width, channels
 */

/**
 * The images, labels and initial weights that convlens uses, with the channels last.
 * @param {Network} network
 */
export async function fetchStart(network) {
  const numbers = new Float32Array(await (await fetch(`/start/${network.name}.f32`)).arrayBuffer());
  let place = 0;
  const take = (/** @type {number} */ count) => numbers.subarray(place, (place += count));
  /** @param {number} N @param {number} C @param {number} H @param {number} W */
  const takeImages = (N, C, H, W) => channelsLast(take(N * C * H * W), N, C, H, W);

  let [C, H, W] = network.input;
  const images = takeImages(network.batch, C, H, W);
  /** @type {Weights[]} */
  const weights = [];
  for (const { kind, filters = 0, kernel = 0, padding = 0, size = 1, outputs = 0 } of network.layers) {
    if (kind === "conv") {
      weights.push({
        weight: takeImages(filters, C, kernel, kernel),
        bias: take(filters),
        shape: [filters, kernel, kernel, C],
      });
      [C, H, W] = [filters, H + 2 * padding - kernel + 1, W + 2 * padding - kernel + 1];
    } else if (kind === "pool") {
      [H, W] = [Math.floor(H / size), Math.floor(W / size)];
    } else if (kind === "dense") {
      weights.push({ weight: takeImages(outputs, C, H, W), bias: take(outputs), shape: [outputs, H, W, C] });
    }
  }
  if (place !== numbers.length) throw new Error(`${numbers.length - place} initial numbers are left over`);
  const classes = network.layers.at(-1)?.outputs ?? 0;
  const labels = Array.from({ length: network.batch }, (_, n) => n % classes);
  return { images, labels, classes, weights };
}

/** @param {Float32Array} numbers @param {number} N @param {number} C @param {number} H @param {number} W */
function channelsLast(numbers, N, C, H, W) {
  const result = new Float32Array(numbers.length);
  let to = 0;
  for (let n = 0; n < N; n++)
    for (let place = 0; place < H * W; place++)
      for (let c = 0; c < C; c++) result[to++] = numbers[(n * C + c) * H * W + place];
  return result;
}

/** The losses of the first steps. @param {() => number | Promise<number>} step */
export async function firstLosses(step) {
  const losses = [];
  for (let count = 0; count < CHECKED_STEPS; count++) losses.push(await step());
  return losses;
}

/**
 * Train for some seconds, for at least one step.
 * @param {() => number | Promise<number>} step @param {number} seconds
 */
export async function timed(step, seconds) {
  const start = performance.now();
  for (let steps = 1; ; steps++) {
    const loss = await step();
    const elapsed = (performance.now() - start) / 1000;
    if (elapsed >= seconds) return { steps, seconds: elapsed, loss };
  }
}
