// Where a browser forbids a page to store anything, even asking is an error, and the theme would stop at it. Then memory serves, until the page is left.
for (const name of ["localStorage", "sessionStorage"]) {
  try {
    window[name].length;
  } catch {
    const kept = new Map();
    const getItem = (key) => kept.get(String(key)) ?? null;
    const setItem = (key, value) => void kept.set(String(key), String(value));
    const removeItem = (key) => void kept.delete(String(key));
    Object.defineProperty(window, name, { value: { getItem, setItem, removeItem } });
  }
}
