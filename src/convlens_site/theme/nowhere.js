// Inside the page that answers for a missing one, at any depth. Its links begin with the site's path as the build knew it. Where the
// site was put below another path, this finds it: among the folders that the address names, it is the one that holds our first script.
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
