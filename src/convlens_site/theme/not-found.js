// Inlined into the page "not found", which is served at any depth. Its links start with the site's path as
// known to the build. If the site is served at another path, find it: among the folders in the address, it is
// the one that contains our first script.
(({ root, first }) => {
  const isThere = (path) =>
    fetch(path + first, { method: "HEAD" }).then(
      ({ ok, headers }) => ok && /javascript/.test(headers.get("content-type")),
      () => false,
    );

  (async () => {
    if (await isThere(root)) return;
    const names = location.pathname.split("/");
    for (let depth = 1; depth < names.length; depth++) {
      const found = `${names.slice(0, depth).join("/")}/`;
      if (!(await isThere(found))) continue;
      for (const link of document.querySelectorAll("[href]"))
        link.setAttribute("href", found + link.getAttribute("href").slice(root.length));
      return;
    }
  })();
})(document.currentScript.dataset);
