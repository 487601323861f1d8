// One idea, one colour: what is pointed at, tapped or focused lights up with all on the page that bears the name of its idea,
// be it a word, a factor of a formula or a part of a figure.

/** @param {Element | null} element @returns {string[]} */
const ideasOf = (element) => element?.getAttribute("data-idea")?.split(" ") ?? [];

let anyLit = false;

/** What is focused stays lit, even where the page scrolls under a resting pointer. @param {Event} event */
function light({ target }) {
  const pointed = target instanceof Element ? target.closest("[data-idea]") : null;
  const names = ideasOf(pointed ?? document.activeElement?.closest("[data-idea]") ?? null);
  if (!names.length && !anyLit) return;
  anyLit = names.length > 0;
  for (const each of document.querySelectorAll("[data-idea]"))
    each.toggleAttribute(
      "data-lit",
      ideasOf(each).some((name) => names.includes(name)),
    );
}

for (const type of ["pointerover", "focusin"]) addEventListener(type, light, { passive: true });

/** Let the keyboard reach a word; a link can be focused as it is. @param {Element} word */
export function mountIdea(word) {
  if (word instanceof HTMLElement && !word.closest("a, button")) word.tabIndex = 0;
}
