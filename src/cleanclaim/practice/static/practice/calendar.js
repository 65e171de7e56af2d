// The calendar: a click on an empty place books there; arrows and "t" move between days. Works without, by links.
(() => {
  const calendar = document.querySelector(".cal[data-book]");
  calendar?.addEventListener("click", (event) => {
    const column = event.target.closest(".cal-slots");
    if (!column || event.target.closest("a")) return;
    const slot = parseFloat(getComputedStyle(column).gridAutoRows);
    if (!slot) return; // a list on a phone has no empty places
    const quarter = Math.floor((event.clientY - column.getBoundingClientRect().top) / slot);
    const minutes = Number(calendar.dataset.firstHour) * 60 + quarter * 15;
    const at = `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
    const wanted = new URLSearchParams({ on: column.dataset.day, at });
    if (column.dataset.with) wanted.set("with", column.dataset.with);
    location.assign(`${calendar.dataset.book}?${wanted}`);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    const link = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key);
    if (link) link.click();
  });
})();
