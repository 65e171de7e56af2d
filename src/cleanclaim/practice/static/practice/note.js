// The note page: rows by keyboard, timers, and answers in place. Without it, the same buttons post the form.
const form = document.getElementById("note");
const acts = document.getElementById("acts");
const blank = document.getElementById("blank-row");
const timers = `timers-${form.dataset.key}`;

const changed = () => form.dispatchEvent(new CustomEvent("note:changed"));
const rows = () => [...acts.querySelectorAll(".act")];
const rowOf = (element) => element.closest(".act");
const field = (row, name) => row.querySelector(`[name="row_${name}"]`);

// --- rows -------------------------------------------------------------------------------------------------
function freeKey() {
  const taken = new Set(rows().map((row) => row.dataset.row));
  let number = 0;
  while (taken.has(`r${number}`)) number += 1;
  return `r${number}`;
}

function addRow(after) {
  const holder = document.createElement("div");
  holder.innerHTML = blank.innerHTML.replaceAll("__key__", freeKey());
  const row = holder.querySelector(".act");
  const last = after || rows().at(-1);
  field(row, "by").value = last ? field(last, "by").value : "PT";
  if (after) after.after(row);
  else acts.append(row);
  dress(row);
  field(row, "what").focus();
  return row;
}

function moveRow(row, where) {
  const focused = document.activeElement;
  if (where === "up" && row.previousElementSibling?.matches(".act")) row.previousElementSibling.before(row);
  if (where === "down" && row.nextElementSibling) row.nextElementSibling.after(row);
  if (where === "drop") {
    const next = row.nextElementSibling || row.previousElementSibling;
    stop(row);
    row.remove();
    if (rows().length === 0) addRow();
    else if (next?.matches(".act")) field(next, "what").focus();
  } else {
    focused?.focus();
  }
  changed();
}

function dress(row) {
  row.querySelector("[data-timer]").hidden = false;
}

// --- timers -----------------------------------------------------------------------------------------------
// Only the row's key and the moment are kept, for this tab, so that a reload does not lose a running timer.
const running = () => JSON.parse(sessionStorage.getItem(timers) || "{}");
const keep = (all) => sessionStorage.setItem(timers, JSON.stringify(all));

function start(row) {
  for (const other of rows()) stop(other);
  keep({ [row.dataset.row]: Date.now() });
  const begins = field(row, "starts_at");
  if (!begins.value) {
    const now = new Date();
    begins.value = `${String(now.getHours()).padStart(2, "0")}:${String(now.getMinutes()).padStart(2, "0")}`;
  }
  tick();
}

function stop(row) {
  const all = running();
  const since = all[row.dataset.row];
  if (!since) return;
  delete all[row.dataset.row];
  keep(all);
  // Whole minutes that have passed: a begun minute was not furnished.
  const minutes = field(row, "minutes");
  minutes.value = String((Number.parseInt(minutes.value, 10) || 0) + Math.floor((Date.now() - since) / 60000));
  tick();
  changed();
}

function tick() {
  const all = running();
  for (const row of rows()) {
    const since = all[row.dataset.row];
    const button = row.querySelector("[data-timer]");
    button.setAttribute("aria-pressed", since ? "true" : "false");
    const seconds = since ? Math.floor((Date.now() - since) / 1000) : 0;
    row.querySelector("[data-clock]").textContent = since
      ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
      : "";
  }
}

// --- diagnoses --------------------------------------------------------------------------------------------
function addDiagnosis(code, title) {
  const list = document.getElementById("dx-list");
  if ([...list.children].some((item) => item.dataset.code === code)) return;
  const item = document.createElement("li");
  item.className = "dx";
  item.dataset.code = code;
  const hidden = document.createElement("input");
  Object.assign(hidden, { type: "hidden", name: "diagnosis", value: code });
  const label = document.createElement("span");
  label.className = "code";
  label.textContent = code;
  const words = document.createElement("span");
  words.className = "dx-title";
  words.textContent = title;
  const drop = document.createElement("button");
  Object.assign(drop, { type: "submit", className: "btn btn-quiet btn-sm", name: "drop_diagnosis", value: code });
  drop.textContent = "×";
  drop.setAttribute("aria-label", `Take ${code} out`);
  item.append(hidden, label, " ", words, drop);
  list.append(item);
  const query = document.getElementById("dx-query");
  query.value = "";
  document.getElementById("dx-hits").replaceChildren();
  query.focus();
  changed();
}

// --- buttons that would post the form, done in place ------------------------------------------------------
form.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const inPlace = () => {
    event.preventDefault();
    event.stopPropagation();
  };
  if (button.matches("[data-timer]")) {
    const row = rowOf(button);
    if (running()[row.dataset.row]) stop(row);
    else start(row);
  } else if (button.name === "set_code") {
    inPlace();
    const [key, code] = button.value.split(":");
    const row = acts.querySelector(`[data-row="${key}"]`);
    field(row, "code").value = code;
    field(row, "what").focus();
    changed();
  } else if (button.name === "move_row") {
    inPlace();
    moveRow(rowOf(button), button.dataset.move);
  } else if (button.matches("[data-add-row]")) {
    inPlace();
    addRow();
  } else if (button.name === "add_diagnosis") {
    inPlace();
    addDiagnosis(button.value, button.dataset.title);
  } else if (button.name === "drop_diagnosis") {
    inPlace();
    button.closest(".dx").remove();
    changed();
  } else if (button.matches("[data-fill-timed]")) {
    document.getElementById("total_timed_minutes").value = button.dataset.fillTimed;
    if (button.dataset.fillTotal) document.getElementById("total_treatment_minutes").value = button.dataset.fillTotal;
    changed();
  }
});

// Changing the words of a row lets go of a code that was chosen for other words.
acts.addEventListener("input", (event) => {
  if (event.target.name !== "row_what" || event.target.value) return;
  field(rowOf(event.target), "code").value = "";
});

form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.ctrlKey) {
    event.preventDefault();
    form.querySelector("[data-sign]").click();
    return;
  }
  const row = event.target.closest(".act");
  if (event.key === "Enter" && event.target.matches("input")) {
    event.preventDefault();
    if (event.target.id === "dx-query") document.querySelector("#dx-hits button")?.focus();
    else if (row) {
      const next = row.nextElementSibling;
      if (next) field(next, "what").focus();
      else addRow();
    }
    return;
  }
  if (!row || !event.altKey) return;
  const act = { ArrowUp: "up", ArrowDown: "down", Delete: "drop" }[event.key];
  if (act) {
    event.preventDefault();
    moveRow(row, act);
  } else if (event.key.toLowerCase() === "t") {
    event.preventDefault();
    if (running()[row.dataset.row]) stop(row);
    else start(row);
  }
});

// Words typed to find a diagnosis are no part of the note.
for (const type of ["input", "change"]) {
  document.querySelector("[data-own-events]").addEventListener(type, (event) => event.stopPropagation());
}

document.getElementById("kind").addEventListener("change", (event) => {
  if (event.target.value.endsWith("evaluation")) document.getElementById("evaluation-fold").open = true;
});

form.addEventListener("htmx:beforeRequest", () => document.querySelector(".note-saved")?.replaceChildren("Storing…"));
form.addEventListener("htmx:sendError", () => document.querySelector(".note-saved")?.replaceChildren("Not stored: no connection"));

for (const row of rows()) dress(row);
tick();
setInterval(tick, 1000);
