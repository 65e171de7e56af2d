// The queue by keyboard: j and k move, x chooses, Enter opens; the bar says how many claims are chosen.
(() => {
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const form = document.querySelector("[data-queue]");
  let at = -1;

  const go = (place) => {
    const all = rows();
    if (!all.length) return;
    at = Math.max(0, Math.min(place, all.length - 1));
    all.forEach((row, number) => row.classList.toggle("is-here", number === at));
    all[at].querySelector("[data-open]").focus({ preventScroll: true });
    all[at].scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    if (!form || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    const here = event.target.closest("[data-row]");
    if (here) at = rows().indexOf(here);
    if (event.key === "j") go(at + 1);
    else if (event.key === "k") go(at - 1);
    else if (event.key === "x" && at >= 0) {
      const box = rows()[at].querySelector("input[name=claim]");
      if (box) {
        box.checked = !box.checked;
        tell();
      }
    } else return;
    event.preventDefault();
  });

  if (!form) return;
  const every = form.querySelector("[data-pick-all]");
  const boxes = () => [...form.querySelectorAll("input[name=claim]")];

  const tell = () => {
    const chosen = boxes().filter((box) => box.checked).length;
    const count = form.querySelector("[data-count]");
    if (count) count.textContent = chosen ? `${chosen} chosen` : "None chosen";
    if (every) {
      every.checked = chosen > 0 && chosen === boxes().length;
      every.indeterminate = chosen > 0 && chosen < boxes().length;
    }
  };

  const action = form.querySelector("[data-action]");
  const fit = () => {
    const needs = (action.selectedOptions[0].dataset.needs || "").split(" ");
    form.querySelectorAll("[data-for]").forEach((part) => {
      const wanted = needs.includes(part.dataset.for);
      part.hidden = !wanted;
      part.querySelector("input").required = wanted;
    });
  };

  form.addEventListener("change", (event) => {
    if (event.target === every) boxes().forEach((box) => { box.checked = every.checked; });
    if (event.target === action) fit();
    tell();
  });
  if (action) fit();
  tell();
})();
