// The state of a run, from the built figure to its end: one pure function, the same for a recording, for Python
// and for a notebook's cell. What happens on the page is an effect: it is listed here, and done elsewhere.

/**
 * What a reader sees.
 *   still: the figure of the built page. loading: the source of the figures is on its way, Python or a recording.
 *   running, paused: a run is in progress. done, stopped, failed: how it ended.
 * @typedef {"still" | "loading" | "running" | "paused" | "done" | "stopped" | "failed"} Phase
 *
 * What the reader wants of this run: all of it, one step, only its first figure, or only its last.
 * @typedef {"run" | "step" | "first" | "last"} Wish
 *
 * @typedef {object} State
 * @property {Phase} phase
 * @property {Wish} wish
 * @property {boolean} awaiting a figure was requested and has not arrived
 * @property {boolean} queued draw again when it arrives: the settings have changed since
 * @property {number} frames figures of this run so far
 *
 * What happened.
 *   begin: the reader starts a run; ready: whether its source can answer at once. ready: now it can.
 *   run, step, stop: the reader pressed that button. seek: the reader chose a figure of the run.
 *   redraw: a setting changed, where each change draws a figure. reset: back to the built page's state.
 *   frame: a figure arrived. fail: the source gave up. preempt: another demo took the source over.
 * @typedef {{type: "begin", wish: Wish, ready: boolean} | {type: "redraw", ready: boolean}
 *   | {type: "ready" | "run" | "step" | "stop" | "seek" | "reset" | "preempt"} | {type: "frame", done: boolean}
 *   | {type: "fail", text: string}} Message
 *
 * What is to be done.
 *   load, start, stop: the source. next: ask it for a figure. show: the figure that arrived. table: its numbers.
 *   end: cancel timers, a run is over. finish, abort: tell others. again: a queued redraw. result: announce it.
 *   say: a status. error: a sentence in its place.
 * @typedef {{type: "load" | "start" | "stop" | "next" | "show" | "table" | "end" | "finish" | "abort" | "again" | "result"}
 *   | {type: "say", text: string} | {type: "error", text: string}} Effect
 */

/** @type {State} */
export const STILL = { phase: "still", wish: "run", awaiting: false, queued: false, frames: 0 };

/** Is there something to stop? @param {Phase} phase */
export const isBusy = (phase) => phase === "loading" || phase === "running" || phase === "paused";

/** @param {Effect["type"]} type @returns {Effect} */
const effect = (type) => /** @type {Effect} */ ({ type });
/** @param {string} text @returns {Effect} */
const say = (text) => ({ type: "say", text });

/** The phase of a run that has begun. @param {Wish} wish @returns {Phase} */
const phaseOf = (wish) => (wish === "run" || wish === "last" ? "running" : "paused");
const STATUS = { run: "Running.", last: "", step: "Before the first step.", first: "Before the first step." };

/**
 * @param {State} state @param {Message} message @returns {[State, Effect[]]} the next state, and what is to be done
 */
export function reduce(state, message) {
  switch (message.type) {
    case "begin":
      return begin(state, message.wish, message.ready);
    case "ready":
      return state.phase === "loading" ? start(state, state.wish) : [state, []];
    case "redraw":
      if (state.awaiting) return [{ ...state, queued: true }, []];
      return state.phase === "loading" ? [state, []] : begin(state, "last", message.ready);
    case "run":
      if (state.phase === "running") return [{ ...state, phase: "paused" }, [say("Paused.")]];
      return goOn(state, "run");
    case "step":
      return goOn(state, "step");
    case "seek":
      return [{ ...state, phase: "paused", wish: "first", awaiting: true }, []];
    case "stop":
      if (!isBusy(state.phase)) return [state, []];
      return [over(state, "stopped"), [effect("stop"), effect("end"), say("Stopped."), effect("abort")]];
    case "reset":
      return isBusy(state.phase)
        ? [STILL, [effect("stop"), effect("end"), effect("abort")]]
        : [STILL, [effect("end")]];
    case "preempt":
      if (!isBusy(state.phase)) return [state, []];
      return [over(state, "stopped"), [effect("end"), say("Stopped, because another demo was started.")]];
    case "frame":
      return arrive(state, message.done);
    case "fail":
      if (!isBusy(state.phase)) return [state, []]; // Python was started in advance: the next run tries again
      if (state.queued) return [over(state, "failed"), [effect("end"), effect("again")]]; // for settings that may be valid
      return [over(state, "failed"), [{ type: "error", text: message.text }, effect("end"), effect("abort")]];
  }
}

/** @param {State} state @param {Wish} wish @param {boolean} ready @returns {[State, Effect[]]} */
function begin(state, wish, ready) {
  if (ready) return start(state, wish);
  return [{ ...STILL, phase: "loading", wish }, [effect("load")]];
}

/** @param {State} _ @param {Wish} wish @returns {[State, Effect[]]} */
const start = (_, wish) => [
  { ...STILL, phase: phaseOf(wish), wish, awaiting: true },
  [say(STATUS[wish]), effect("start")],
];

/** Go on with the run in progress. @param {State} state @param {Wish} wish @returns {[State, Effect[]]} */
function goOn(state, wish) {
  if (state.phase !== "paused" && state.phase !== "running") return [state, []];
  const next = { ...state, phase: phaseOf(wish), wish, awaiting: true };
  const status = wish === "step" ? [say("Paused after a step.")] : [];
  return [next, state.awaiting ? status : [...status, effect("next")]];
}

/** A run is over. @param {State} state @param {Phase} phase @returns {State} */
const over = (state, phase) => ({ ...STILL, phase, frames: state.frames });

/** @param {State} state @param {boolean} done @returns {[State, Effect[]]} */
function arrive(state, done) {
  if (done) {
    const last = effect(state.queued ? "again" : "result");
    return [over(state, "done"), [effect("show"), effect("end"), effect("finish"), last]];
  }
  const next = { ...state, awaiting: false, frames: state.frames + 1 };
  if (state.wish === "last") return [{ ...next, awaiting: true }, [effect("next")]];
  // The next figure is computed while this one is drawn: Python has a processor of its own.
  if (state.phase === "running") return [{ ...next, awaiting: true }, [effect("next"), effect("show")]];
  if (state.wish === "step" && !state.frames)
    return [{ ...next, awaiting: true }, [effect("show"), say("Paused after a step."), effect("next")]];
  return [next, [effect("show"), effect("table")]];
}
