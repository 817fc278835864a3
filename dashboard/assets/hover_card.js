/* Hover cards: an element with data-card (JSON: title, tier, lines) shows it beside the pointer or when focused. */
(function () {
  "use strict";
  let card = null;
  let owner = null;

  function element(name, className, text) {
    const made = document.createElement(name);
    made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function fill(content) {
    card.replaceChildren();
    const head = element("div", "hover-card-head");
    if (content.tier) head.append(element("span", "mark mark-" + content.tier));
    head.append(element("span", "hover-card-title", content.title));
    if (content.note) head.append(element("span", "hover-card-note", content.note));
    card.append(head);
    for (const line of content.lines || []) {
      const row = element("div", "hover-card-line");
      row.append(element("span", "hover-card-label", line[0]), element("span", "hover-card-value", line[1]));
      card.append(row);
    }
    if (content.foot) card.append(element("div", "hover-card-foot", content.foot));
  }

  function place(x, y) {
    const box = card.getBoundingClientRect();
    const left = x + 16 + box.width > window.innerWidth ? x - 16 - box.width : x + 16;
    const top = y + 16 + box.height > window.innerHeight ? y - 16 - box.height : y + 16;
    card.style.left = Math.max(8, left) + "px";
    card.style.top = Math.max(8, top) + "px";
  }

  function show(found, x, y) {
    if (!card) {
      card = element("div", "hover-card");
      card.setAttribute("role", "tooltip");
      document.body.append(card);
    }
    if (found !== owner) {
      owner = found;
      fill(JSON.parse(found.getAttribute("data-card")));
    }
    card.classList.add("is-shown");
    place(x, y);
  }

  function hide() {
    owner = null;
    if (card) card.classList.remove("is-shown");
  }

  document.addEventListener("mousemove", function (event) {
    const found = event.target instanceof Element ? event.target.closest("[data-card]") : null;
    if (found) show(found, event.clientX, event.clientY);
    else if (owner) hide();
  }, { passive: true });
  document.addEventListener("focusin", function (event) {
    const found = event.target instanceof Element ? event.target.closest("[data-card]") : null;
    if (!found || !found.matches(":focus-visible")) return;
    const box = found.getBoundingClientRect();
    show(found, box.left + box.width / 2, box.top + box.height / 2);
  });
  document.addEventListener("focusout", hide);
  document.addEventListener("click", hide);
  document.addEventListener("scroll", hide, { passive: true, capture: true });
})();
