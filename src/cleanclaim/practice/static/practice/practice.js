// Small behaviors that every page shares. Everything works without them, except timers.
document.addEventListener("click", (event) => {
  const control = event.target.closest("[data-theme-switch]");
  if (!control) return;
  const root = document.documentElement;
  root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
  localStorage.setItem("theme", root.dataset.bsTheme);
});

// "/" goes to the page's search field, as in other programs that are used all day.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const field = document.querySelector("[data-search]");
  if (field) {
    event.preventDefault();
    field.focus();
    field.select();
  }
});

// On a phone a table's rows become cards: each cell is told by its column's own head.
const labelCells = (within) => {
  for (const table of within.querySelectorAll("table.grid-cards")) {
    const heads = [...table.querySelectorAll("thead tr:last-child > th")].map((head) =>
      head.querySelector(".visually-hidden") ? "" : head.textContent.trim(),
    );
    for (const row of table.querySelectorAll("tbody > tr, tfoot > tr")) {
      if (row.cells.length !== heads.length) continue;
      [...row.cells].forEach((cell, place) => {
        if (!cell.dataset.label && heads[place] && place) cell.dataset.label = heads[place];
        cell.classList.toggle("is-nothing", place > 0 && cell.textContent.trim() === "–");
      });
    }
  }
};
document.addEventListener("DOMContentLoaded", () => {
  labelCells(document);
  document.querySelector(".tabs a[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
});
document.addEventListener("htmx:load", (event) => labelCells(event.detail.elt));

// An answer that is an error still says what went wrong, in place.
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([409, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// What the chosen boxes of a form come to: how many, and their dollars, to hold beside a slip.
const addUp = (form) => {
  const boxes = [...form.querySelectorAll("input[data-cents]")];
  const chosen = boxes.filter((box) => box.checked);
  const cents = chosen.reduce((sum, box) => sum + Number(box.dataset.cents), 0);
  const dollars = (Math.abs(cents) / 100).toLocaleString("en-US", { minimumFractionDigits: 2 });
  form.querySelector("[data-sum]").textContent = `${chosen.length} chosen, ${cents < 0 ? "-" : ""}$${dollars}`;
  const every = form.querySelector("[data-all]");
  every.checked = chosen.length === boxes.length;
  every.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
};
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-sums]");
  if (!form) return;
  if (event.target.matches("[data-all]")) {
    form.querySelectorAll("input[data-cents]").forEach((box) => { box.checked = event.target.checked; });
  }
  addUp(form);
});
document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("form[data-sums]").forEach(addUp));
