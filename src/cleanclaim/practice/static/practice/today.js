// The day by keyboard: j and k walk through the rows, Enter opens what is in focus.
document.addEventListener("keydown", (event) => {
  if (!["j", "k"].includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select")) return;
  const steps = [...document.querySelectorAll("[data-step]")];
  if (steps.length === 0) return;
  const at = steps.indexOf(document.activeElement);
  const next = at < 0 ? 0 : at + (event.key === "j" ? 1 : -1);
  steps[Math.min(Math.max(next, 0), steps.length - 1)].focus();
});
