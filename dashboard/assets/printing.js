/* Paper has no window to scroll: when a page goes to print, each list is written out beside its grid as a plain table
   with all its rows, in the order and with the filters of the screen, its heads repeated on every sheet. */
(function () {
  "use strict";

  /* Beyond so many rows the browser would stand still, and nobody reads forty sheets: then the rows in view, and it says so. */
  const MOST_ROWS = 1500;

  function element(name, className, children) {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  /* The same shapes as in dashAgGridComponentFunctions.js: a tier's mark, a filing's tick, a deadline's tag. */
  function content(value, words) {
    if (!value || typeof value !== "object") return [words];
    if (value.tier) return [element("span", "mark mark-" + value.tier, []), words];
    if (value.title) return [element("span", "tick tick-" + value.state, []), words];
    return words ? [element("span", "deadline is-" + value.state, [words])] : [];
  }

  function cell(api, node, column) {
    const value = api.getCellValue({ rowNode: node, colKey: column });
    const words = api.getCellValue({ rowNode: node, colKey: column, useFormatter: true });
    const className = column.getColDef().type === "rightAligned" ? "num" : column.getColDef().cellClass;
    return element("td", className, content(value, words === null || words === undefined ? "" : String(words)));
  }

  function writtenOut(api) {
    const columns = api.getAllDisplayedColumns();
    const whole = columns.reduce((sum, column) => sum + column.getActualWidth(), 0);
    const heads = columns.map(function (column) {
      const head = element("th", column.getColDef().type === "rightAligned" ? "num" : "", [column.getColDef().headerName || ""]);
      head.style.width = (100 * column.getActualWidth()) / whole + "%";
      return head;
    });
    const rows = [];
    api.forEachNodeAfterFilterAndSort(function (node) {
      const data = node.data || {};
      const className = data.is_summary ? "is-summary" : data.depth ? "is-below" : "";
      rows.push(element("tr", className, columns.map((column) => cell(api, node, column))));
    });
    return element("table", "table written-out", [element("thead", "", [element("tr", "", heads)]), element("tbody", "", rows)]);
  }

  function writeOut() {
    goBack();
    document.querySelectorAll(".grid[id]").forEach(function (grid) {
      const api = window.dash_ag_grid && window.dash_ag_grid.getApi(grid.id);
      // A grid without rows says why there are none, and does so on paper too.
      if (!api || !api.getDisplayedRowCount()) return;
      const isWhole = api.getDisplayedRowCount() <= MOST_ROWS;
      grid.classList.add(isWhole ? "is-written-out" : "is-cut-on-paper");
      if (isWhole) grid.after(writtenOut(api));
    });
  }

  function goBack() {
    document.querySelectorAll(".written-out").forEach((table) => table.remove());
    document.querySelectorAll(".grid[id]").forEach((grid) => grid.classList.remove("is-written-out", "is-cut-on-paper"));
  }

  window.addEventListener("beforeprint", writeOut);
  window.addEventListener("afterprint", goBack);
})();
