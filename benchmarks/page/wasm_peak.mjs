// The peak speed of this browser's WebAssembly in scalar float32 arithmetic, by a hand-written module.

import { timed } from "./network.mjs";

const ACCUMULATORS = 13; // independent sums: enough to hide latency, few enough for the registers
const ROUNDS = 1_000_000; // per call: a few milliseconds

const I32 = 0x7f;
const F32 = 0x7d;
const op = {
  loop: 0x03,
  brIf: 0x0d,
  end: 0x0b,
  get: 0x20,
  set: 0x21,
  tee: 0x22,
  i32Const: 0x41,
  i32Sub: 0x6b,
  f32Add: 0x92,
  f32Mul: 0x94,
  none: 0x40,
};

/** Bytes with their length in front, in two bytes: all are shorter than 16,384. @param {number[]} bytes */
const sized = (bytes) => [(bytes.length & 0x7f) | 0x80, bytes.length >> 7, ...bytes];

/** run(rounds: i32, a: f32, b: f32) -> f32: in each round, every sum s becomes s * a + b. */
function moduleBytes() {
  const [rounds, a, b, first] = [0, 1, 2, 3];
  const sums = Array.from({ length: ACCUMULATORS }, (_, index) => first + index);
  const step = sums.flatMap((s) => [op.get, s, op.get, a, op.f32Mul, op.get, b, op.f32Add, op.set, s]);
  const total = sums.slice(1).flatMap((s) => [op.get, s, op.f32Add]);
  const locals = [1, ACCUMULATORS, F32]; // one group of variables: the sums
  const countDown = [op.get, rounds, op.i32Const, 1, op.i32Sub, op.tee, rounds];
  const loop = [op.loop, op.none, ...step, ...countDown, op.brIf, 0, op.end];
  const body = [...locals, ...loop, op.get, first, ...total, op.end];
  const header = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]; // "\0asm", version 1
  const types = sized([1, 0x60, 3, I32, F32, F32, 1, F32]); // one: (i32, f32, f32) -> f32
  const functions = sized([1, 0]); // one, of type 0
  const exports = sized([1, 3, 0x72, 0x75, 0x6e, 0, 0]); // "run" is function 0
  const code = sized([1, ...sized(body)]);
  return new Uint8Array([...header, 1, ...types, 3, ...functions, 7, ...exports, 10, ...code]);
}

/** @type {(rounds: number, a: number, b: number) => number} */ let kernel;

export async function boot() {
  const { instance } = await WebAssembly.instantiate(moduleBytes());
  kernel = /** @type {any} */ (instance.exports.run);
  const sum = kernel(100, 0.5, 1);
  if (Math.abs(sum - 2 * ACCUMULATORS) > 1e-3) throw new Error(`the kernel sums to ${sum}`);
  return {};
}

/**
 * Run for some seconds. Returns the number of calls, their seconds, and the work of one.
 * @param {number} seconds
 */
export async function run(seconds) {
  const { steps, seconds: elapsed } = await timed(() => kernel(ROUNDS, 0.5, 1), seconds);
  return { steps, seconds: elapsed, gflop: (ROUNDS * ACCUMULATORS * 2) / 1e9 };
}
