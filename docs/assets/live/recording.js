// Recorded runs: figures that were computed when the site was built. They are played with the runtime's interface.

import { HERE, fetchWithRetries, readVerified } from "./start.js";

const FRAME_MS = 45;
const NEVER = new AbortController().signal;

/** @typedef {import("./protocol.js").Figure} Figure */
/** @typedef {{settings: Record<string, any>, frames: Figure[]}} Run */
/** @typedef {{name: string, bytes: number, sha256: string, runs: any[][]}} File runs: of each, the values of what varies */

/** @param {string[]} parts @param {number[]} ranges the first and the length of each @returns {string} */
function join(parts, ranges) {
  let text = "";
  for (let n = 0; n < ranges.length; n += 2)
    text += parts.slice(ranges[n], ranges[n] + ranges[n + 1]).join("");
  return text;
}

/**
 * Elements of drawings and rows of tables are listed once; a drawing is made of ranges of them.
 * @param {{parts: any[], runs: any[]}} packed @returns {Run[]}
 */
export const unpack = ({ parts, runs }) =>
  runs.map(({ settings, frames }) => ({
    settings,
    frames: frames.map((/** @type {any} */ figure) => ({
      ...figure,
      panels: figure.panels.map((/** @type {number[]} */ panel) => join(parts, panel)),
      table: { ...figure.table, rows: figure.table.rows.map((/** @type {number} */ n) => parts[n]) },
    })),
  }));

/** @param {Record<string, any>} one @param {Record<string, any>} other */
const equal = (one, other) => Object.keys(one).every((name) => one[name] === other[name]);

/**
 * Do two tables agree: texts and exact zeros exactly, other numbers to a millionth?
 * @param {Figure["table"]} one @param {Figure["table"]} other
 */
export function agree(one, other) {
  const same = (/** @type {string} */ a, /** @type {string} */ b) =>
    a === b || (Number(a) !== 0 && Math.abs(Number(a) - Number(b)) <= 1e-6 * Math.abs(Number(a)));
  return (
    one.rows.length === other.rows.length &&
    one.rows.every((row, n) => row.every(({ value }, m) => same(value, other.rows[n][m]?.value)))
  );
}

/**
 * @typedef {{onReady(): void, onFrame(frame: any): void}} Owner
 */
export class Recording {
  /**
   * @param {File[]} files the first holds the run of the page's settings
   * @param {Record<string, any>} settings of the page
   * @param {string[]} varied controls whose values are recorded in all combinations
   * @param {boolean} follows each touch of the figure, and has no run
   */
  constructor(files, settings, varied, follows) {
    this.follows = follows;
    this.complete = false;
    this.files = files;
    this.settings = settings;
    this.varied = varied;
    /** @type {Promise<void>[]} */ this.loading = [];
    /** @type {Run[]} */ this.runs = [];
    this.ready = true;
    /** The number of the current run: negative, unlike those of the runtime. */ this.run = 0;
    /** @type {Figure[]} of the current run */ this.frames = [];
    this.position = 0;
    this.timer = 0;
  }

  /**
   * Is the run with these settings recorded? Of figures that follow each touch it is known when all are loaded.
   * @param {Record<string, any>} settings
   */
  has(settings) {
    if (this.find(settings)) return true;
    if (this.complete) return false;
    return this.follows || Boolean(this.fileOf(settings));
  }

  /** The file that holds the run with these settings. @param {Record<string, any>} settings */
  fileOf(settings) {
    const others = Object.keys(settings).filter((name) => !this.varied.includes(name));
    if (others.some((name) => settings[name] !== this.settings[name])) return undefined;
    return this.files.find(({ runs }) =>
      runs.some((values) => this.varied.every((name, n) => values[n] === settings[name])),
    );
  }

  /** The run with these settings, if it is loaded. @param {Record<string, any>} settings */
  find(settings) {
    return this.runs.find((run) => equal(run.settings, settings));
  }

  /** Load what holds the run with these settings, or all; what is loaded stays. @param {Record<string, any>} [settings] */
  async load(settings) {
    const file = settings && this.fileOf(settings);
    const files = file ? [file] : this.files;
    await Promise.all(files.map((each) => (this.loading[this.files.indexOf(each)] ??= this.fetch(each))));
    this.complete ||= files === this.files;
  }

  /** @param {File} file */
  async fetch(file) {
    const url = new URL(`../recordings/${file.name}`, HERE).href;
    const bytes = await fetchWithRetries("The recording", url, "default", NEVER, (response) =>
      readVerified(response, file, () => {}),
    );
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    this.runs.push(...unpack(await new Response(stream).json()));
  }

  // --- as the runtime does it -------------------------------------------------------------------------

  /** @param {Owner} owner @param {string} _ @param {Record<string, any>} settings of a run that is loaded */
  start(owner, _, settings) {
    this.frames = this.find(settings)?.frames ?? [];
    this.run -= 1;
    this.seek(owner, 0);
    return this.run;
  }

  /** Show a later figure after a moment. @param {Owner} owner @param {number} _ @param {number} count of figures */
  next(owner, _, count) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.seek(owner, this.position + count), FRAME_MS);
  }

  /** Show the figure at a position at once. @param {Owner} owner @param {number} position */
  seek(owner, position) {
    clearTimeout(this.timer);
    const last = this.frames.length - 1;
    this.position = Math.min(position, last);
    const frame = { run: this.run, figure: this.frames[this.position], done: this.position === last };
    queueMicrotask(() => owner.onFrame(frame));
  }

  stop() {
    clearTimeout(this.timer);
    this.run -= 1;
  }
}
