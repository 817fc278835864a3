/* Every change of view is a link. Links to our own pages move the URL without loading the page anew. */
(function () {
  "use strict";

  function go(href) {
    const target = new URL(href, window.location.href);
    if (target.href === window.location.href) return;
    const isOtherPage = target.pathname !== window.location.pathname;
    window.history.pushState({}, "", target.href);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    if (isOtherPage) window.scrollTo(0, 0);
  }

  function linkOf(element) {
    const link = element.closest("a[href]");
    if (link) return link.hasAttribute("target") ? null : link.getAttribute("href");
    if (element.closest("button, input, select")) return null;
    const row = element.closest("[data-href]");
    return row ? row.getAttribute("data-href") : null;
  }

  document.addEventListener("click", function (event) {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (!(event.target instanceof Element) || String(window.getSelection())) return;
    if (event.target.closest("#print")) window.print();
    const href = linkOf(event.target);
    if (!href || !href.startsWith("/") || href.startsWith("/download")) return;
    event.preventDefault();
    go(href);
  });

  /* "/" goes to the search; the arrows walk through what was found. */
  document.addEventListener("keydown", function (event) {
    const field = document.getElementById("search");
    const isTyping = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !isTyping && field) {
      event.preventDefault();
      field.focus();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const found = Array.from(document.querySelectorAll("#search-found a"));
    const at = found.indexOf(document.activeElement);
    if (!found.length || (at < 0 && document.activeElement !== field)) return;
    event.preventDefault();
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    (next < 0 ? field : found[Math.min(next, found.length - 1)]).focus();
  });

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    const close = document.querySelector("[data-close-drawer]");
    if (close) go(close.getAttribute("href"));
  });

  window.oversight = window.oversight || {};
  window.oversight.go = go;

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.oversight = {
    /* The wall screen turns to its next slide; the browser's history does not grow by it. */
    turnWall: function (turns) {
      const next = document.querySelector(".wall-turn");
      if (turns && next) {
        window.history.replaceState({}, "", next.getAttribute("data-next"));
        window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
      }
      return window.dash_clientside.no_update;
    },
    /* Plotly is loaded when the first page stands and the browser has nothing to do, chart or none: the next page has. */
    readyCharts: function (snapshot, ready) {
      const keep = window.dash_clientside.no_update;
      if (!snapshot || ready) return keep;
      const props = { id: "charts-ready-graph", figure: { data: [], layout: {} }, style: { display: "none" } };
      const graph = { namespace: "dash_core_components", type: "Graph", props: props };
      const idle = window.requestIdleCallback || ((then) => window.setTimeout(then, 200));
      return new Promise((done) => idle(() => done(graph)));
    },
    /* Where the sliders stand goes into the URL without a new page: reload, or a link sent on, brings it back. */
    keepScenario: function (text) {
      if (text === undefined || text === null) return window.dash_clientside.no_update;
      const url = new URL(window.location.href);
      if (text) url.searchParams.set("scenario", text);
      else url.searchParams.delete("scenario");
      window.history.replaceState({}, "", url);
      return window.dash_clientside.no_update;
    },
    /* The page depends on the URL without the drawer's part, so opening the drawer leaves the page as it is. */
    splitUrl: function (pathname, search, pageNow, drawerNow) {
      const keep = window.dash_clientside.no_update;
      if (pathname === undefined || pathname === null) return [keep, keep];
      const chosen = new URLSearchParams(search || "");
      const drawer = pathname + (String(chosen) ? "?" + chosen : "");
      chosen.delete("explain");
      chosen.delete("row");
      const page = pathname + (String(chosen) ? "?" + chosen : "");
      return [page === pageNow ? keep : page, drawer === drawerNow ? keep : drawer];
    },
  };
})();
