// The calendar: a click on an empty place books there; an appointment is dragged to another time, or moved with Shift
// and the arrow keys; arrows and "t" move between days. Works without: an appointment's own page moves it, too.
(() => {
  const clock = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  const minutesOf = (at) => Number(at.slice(0, 2)) * 60 + Number(at.slice(3));
  const calendar = document.querySelector(".cal[data-book]");
  calendar?.addEventListener("click", (event) => {
    const column = event.target.closest(".cal-slots");
    if (!column || event.target.closest("a")) return;
    const slot = parseFloat(getComputedStyle(column).gridAutoRows);
    if (!slot) return; // a list on a phone has no empty places
    const quarter = Math.floor((event.clientY - column.getBoundingClientRect().top) / slot);
    const minutes = Number(calendar.dataset.firstHour) * 60 + quarter * 15;
    const wanted = new URLSearchParams({ on: column.dataset.day, at: clock(minutes) });
    if (column.dataset.with) wanted.set("with", column.dataset.with);
    location.assign(`${calendar.dataset.book}?${wanted}`);
  });

  const form = document.querySelector("#cal-move");
  const move = (entry, on, at, provider) => {
    const same = on === entry.dataset.on && at === entry.dataset.at && provider === entry.dataset.provider;
    if (same || !form) return;
    const view = new URLSearchParams(location.search);
    view.set("day", view.get("day") && on === entry.dataset.on ? view.get("day") : on);
    if (!view.has("view")) view.set("view", form.closest("main").querySelector("[name=view]").value);
    const values = {
      provider, on, at,
      minutes: entry.dataset.minutes, kind: entry.dataset.kind, version: entry.dataset.version, back: `?${view}`,
    };
    for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
    form.action = entry.pathname;
    form.submit();
  };

  let dragged = null;
  let grip = 0;
  calendar?.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-moves]");
    if (!dragged) return;
    grip = event.clientY - dragged.getBoundingClientRect().top;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
  });
  calendar?.addEventListener("dragend", () => { dragged = null; });
  calendar?.addEventListener("dragover", (event) => {
    const column = event.target.closest(".cal-slots");
    if (dragged && column) event.preventDefault();
  });
  calendar?.addEventListener("drop", (event) => {
    const column = event.target.closest(".cal-slots");
    if (!dragged || !column) return;
    event.preventDefault();
    const slot = parseFloat(getComputedStyle(column).gridAutoRows);
    if (!slot) { // a list of a day: the time stays
      move(dragged, column.dataset.day, dragged.dataset.at, dragged.dataset.provider);
      return;
    }
    const top = event.clientY - grip - column.getBoundingClientRect().top;
    const quarter = Math.max(0, Math.round(top / slot));
    const at = clock(Math.min(Number(calendar.dataset.firstHour) * 60 + quarter * 15, 23 * 60 + 45));
    move(dragged, column.dataset.day, at, column.dataset.with || dragged.dataset.provider);
  });

  const STEPS = { ArrowUp: [0, -15], ArrowDown: [0, 15], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  calendar?.addEventListener("keydown", (event) => {
    const entry = event.target.closest("[data-moves]");
    const step = STEPS[event.key];
    if (!entry || !step || !event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const day = new Date(`${entry.dataset.on}T12:00:00Z`);
    day.setUTCDate(day.getUTCDate() + step[0]);
    const minutes = minutesOf(entry.dataset.at) + step[1];
    if (minutes < 0 || minutes >= 24 * 60) return;
    move(entry, day.toISOString().slice(0, 10), clock(minutes), entry.dataset.provider);
  });
  if (location.hash.startsWith("#a-")) document.getElementById(location.hash.slice(1))?.focus();

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    const link = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key);
    if (link) link.click();
  });
})();
