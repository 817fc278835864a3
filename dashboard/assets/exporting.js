/* Charts as PNG or SVG: entered in the record first, then drawn with title, marking, release, filters, time, account. */
(function () {
  "use strict";

  function titleOf(graph) {
    const card = graph.closest(".card");
    const head = card && card.querySelector("h2");
    return head ? head.textContent : "图";
  }

  async function stampOf(kind, title) {
    const url = window.location.pathname + window.location.search;
    const answer = await fetch("/download/chart", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ kind: kind, of: url, title: title }),
    });
    if (!answer.ok) throw new Error("chart export: " + answer.status);
    return answer.json();
  }

  async function save(graph, kind) {
    const title = titleOf(graph);
    const stamp = await stampOf(kind, title);
    const plot = graph.querySelector(".js-plotly-plot");
    const box = plot.getBoundingClientRect();
    const below = 22 * stamp.lines.length + 24;
    const margin = plot.layout.margin || {};
    const notes = stamp.lines.map(function (line, index) {
      return {
        text: line, showarrow: false, xref: "paper", yref: "paper", x: 0, y: 0, xanchor: "left", yanchor: "top",
        yshift: -(34 + 20 * index), font: { size: 11, color: "#51606E" },
      };
    });
    const layout = Object.assign({}, plot.layout, {
      title: { text: title, x: 0, xref: "paper", font: { size: 16, color: "#1B2733" } },
      paper_bgcolor: "#FFFFFF",
      annotations: (plot.layout.annotations || []).concat(notes),
      margin: Object.assign({}, margin, { t: 48, b: (margin.b || 0) + below + 24, l: (margin.l || 0) + 16 }),
    });
    const size = { width: Math.max(900, Math.round(box.width)), height: Math.round(box.height) + below + 60 };
    await window.Plotly.downloadImage({ data: plot.data, layout: layout },
      Object.assign({ format: kind, filename: stamp.name, scale: kind === "png" ? 2 : 1 }, size));
  }

  document.addEventListener("click", async function (event) {
    const button = event.target instanceof Element ? event.target.closest("[data-export-charts]") : null;
    if (!button) return;
    const kind = button.getAttribute("data-export-charts");
    const graphs = Array.from(document.querySelectorAll("main .graph")).filter((one) => one.querySelector(".js-plotly-plot"));
    button.disabled = true;
    try {
      for (const graph of graphs) await save(graph, kind);
    } finally {
      button.disabled = false;
    }
  });

  /* A document takes seconds to make: it is fetched, and the menu tells how far it is or why it cannot be made. */
  async function fetchDocument(link) {
    const items = link.closest(".export-items");
    const note = items.querySelector("[data-export-note]");
    const what = link.getAttribute("data-document");
    items.setAttribute("aria-busy", "true");
    note.classList.remove("is-failure");
    note.textContent = "正在生成" + what + "，约需几秒…";
    try {
      const answer = await fetch(link.href);
      if (!answer.ok) throw new Error(answer.status === 422 ? await answer.text() : "没有生成（" + answer.status + "），请刷新后再试");
      const name = /filename\*=UTF-8''([^;]+)/.exec(answer.headers.get("Content-Disposition") || "");
      const place = URL.createObjectURL(await answer.blob());
      const save = document.createElement("a");
      save.href = place;
      save.download = name ? decodeURIComponent(name[1]) : what;
      save.click();
      URL.revokeObjectURL(place);
      note.textContent = what + "已生成，见浏览器的下载";
    } catch (error) {
      note.classList.add("is-failure");
      note.textContent = error.message;
    } finally {
      items.removeAttribute("aria-busy");
    }
  }

  document.addEventListener("click", function (event) {
    const link = event.target instanceof Element ? event.target.closest("a[data-document]") : null;
    if (!link) return;
    event.preventDefault();
    fetchDocument(link);
  });

  /* The menu closes when something else is clicked. */
  document.addEventListener("click", function (event) {
    document.querySelectorAll("details.export[open]").forEach(function (menu) {
      if (!(event.target instanceof Node) || !menu.contains(event.target)) menu.removeAttribute("open");
    });
  });
})();
