// Where a page opens: after a link at its start or at what the link names, and after going back where it was left.
// While a page is on its way, the theme may note where the reader stands as if it were in that page already, and would open it there.
{
  let place;
  addEventListener("click", () => (place = 0), true);
  addEventListener("popstate", () => (place = history.state?.y || undefined), true);
  globalThis.document$?.subscribe(() => {
    if (place !== undefined) scrollTo(0, place);
    if (place === 0 && location.hash) location.replace(location.href);
  });
}
