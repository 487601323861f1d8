// How fast this browser's WebAssembly multiplies and adds float32 numbers one by one (scalar): a module written by hand.

import { timed } from "./network.mjs";

const ACCUMULATORS = 13; // independent sums: enough to hide the latency of each, few enough to stay in registers
const ROUNDS = 1_000_000; // in one call: some milliseconds

const I32 = 0x7f,
  F32 = 0x7d;
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

/** A section or a body: its length stands before it (all are shorter than 16,384 bytes). @param {number[]} bytes */
const sized = (bytes) => [(bytes.length & 0x7f) | 0x80, bytes.length >> 7, ...bytes];

/** run(rounds: i32, a: f32, b: f32) -> f32: in each round, every sum s becomes s * a + b. */
function moduleBytes() {
  const [rounds, a, b, first] = [0, 1, 2, 3];
  const sums = Array.from({ length: ACCUMULATORS }, (_, index) => first + index);
  const body = [
    1,
    ACCUMULATORS,
    F32, // one group of locals
    op.loop,
    op.none,
    ...sums.flatMap((sum) => [op.get, sum, op.get, a, op.f32Mul, op.get, b, op.f32Add, op.set, sum]),
    op.get,
    rounds,
    op.i32Const,
    1,
    op.i32Sub,
    op.tee,
    rounds,
    op.brIf,
    0,
    op.end,
    op.get,
    first,
    ...sums.slice(1).flatMap((sum) => [op.get, sum, op.f32Add]),
    op.end,
  ];
  return new Uint8Array([
    0x00,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0, // "\0asm", version 1
    1,
    ...sized([1, 0x60, 3, I32, F32, F32, 1, F32]), // types: (i32, f32, f32) -> f32
    3,
    ...sized([1, 0]), // functions: one, of type 0
    7,
    ...sized([1, 3, 0x72, 0x75, 0x6e, 0, 0]), // exports: "run" is function 0
    10,
    ...sized([1, ...sized(body)]), // code
  ]);
}

/** @type {(rounds: number, a: number, b: number) => number} */ let kernel;

export async function boot() {
  const { instance } = await WebAssembly.instantiate(moduleBytes());
  kernel = /** @type {any} */ (instance.exports.run);
  const sum = kernel(100, 0.5, 1);
  if (Math.abs(sum - 2 * ACCUMULATORS) > 1e-3) throw new Error(`the kernel sums to ${sum}`);
  return {};
}

/** Run for so long; return the number of calls, their seconds, and what one computes. @param {number} seconds */
export async function run(seconds) {
  const { steps, seconds: passed } = await timed(() => kernel(ROUNDS, 0.5, 1), seconds);
  return { steps, seconds: passed, gflop: (ROUNDS * ACCUMULATORS * 2) / 1e9 };
}
