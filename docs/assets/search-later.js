// The theme fetches the index of its search with every page. It is larger than a page, and few readers search: here its request
// waits until a reader comes to the search box, or to a page with a query in its address. For the theme, the network is slow.
{
  const isIndex = (url) => /\/search\/search_index\.json$/.test(url);
  const isSearch = ({ target }) =>
    target instanceof Element && target.closest(".md-search, [for='__search']");
  const wanted = new Promise((resolve) => {
    if (/[?&][qh]=/.test(location.search)) resolve();
    const look = (event) => isSearch(event) && resolve();
    for (const kind of ["focusin", "pointerover", "pointerdown"]) addEventListener(kind, look, true);
  });
  window.XMLHttpRequest = class extends XMLHttpRequest {
    open(method, url, ...rest) {
      this.waits = isIndex(url);
      super.open(method, url, ...rest);
    }

    send(body) {
      if (this.waits) wanted.then(() => super.send(body));
      else super.send(body);
    }
  };
}
