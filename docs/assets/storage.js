// Where a browser blocks storage, merely reading window.localStorage throws, and the theme's script would
// stop. Store in memory instead.
for (const name of ["localStorage", "sessionStorage"]) {
  try {
    window[name].length;
  } catch {
    const items = new Map();
    const getItem = (key) => items.get(String(key)) ?? null;
    const setItem = (key, value) => void items.set(String(key), String(value));
    const removeItem = (key) => void items.delete(String(key));
    Object.defineProperty(window, name, { value: { getItem, setItem, removeItem } });
  }
}
