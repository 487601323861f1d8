// The messages between page and worker. Pure, tested without a browser.

/** The version of the messages. A message of another version is dropped. */
export const VERSION = 1;

/**
 * @typedef {{panels: string[], alt: string, caption: string, outcome: string, heading?: string,
 *   table: {columns: string[], rows: {text: string, value: string}[][]}}} Figure
 *
 * To the worker:   boot{expected}  part{name, value}  run{run, demo, settings, sources?}  next{run, count}
 *                  cell{run, source, name, sources?}  cancel{run}
 * From the worker: progress{phase}  ready{versions}  frame{run, figure, done, heap}
 *                  done{run}  output{run, text, figure?}  result{run, result, heap}  error{run?, kind, message}
 * @typedef {{v: number, type: string, run?: number, [field: string]: any}} Message
 */

const TYPES = {
  toWorker: ["boot", "part", "run", "next", "cell", "cancel"],
  fromWorker: ["progress", "ready", "frame", "done", "output", "result", "error"],
};

/**
 * Is this a message of our version and of a known type?
 * @param {any} data @param {"toWorker"|"fromWorker"} way
 */
export const isMessage = (data, way) => Boolean(data) && data.v === VERSION && TYPES[way].includes(data.type);

/** Add the version to a message. @param {object} fields @returns {Message} */
export const message = (fields) => /** @type {Message} */ ({ v: VERSION, ...fields });

/**
 * How many training steps to take before the next frame: one at first, when most happens, then gradually more.
 * With reduced motion, always ten.
 * @param {number} frames painted so far @param {boolean} reducedMotion
 */
export const stride = (frames, reducedMotion) => (reducedMotion ? 10 : 1 + Math.floor(frames / 40));

/** @param {number} bytes */
export const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
