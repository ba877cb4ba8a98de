// Keys that lead somewhere: / ? f, j and k, and g with a second one. What they do stands in the dialog #keys. Who is
// bothered by single keys switches them off there, for this browser.
const OFF = "accoil-no-keys";
const SOON = 1200; // ms between g and the second key
let gone = 0;

const open = (dialog) => dialog && !dialog.open && dialog.showModal();

function search() {
  const dialog = document.getElementById("everything");
  open(dialog);
  const field = (dialog ?? document).querySelector('input[name="q"]');
  field?.focus();
  field?.select();
  if (dialog && !dialog.querySelector(".hit")) htmx.trigger(field, "search");
}

function step(by) {
  const rows = [...document.querySelectorAll("main .row-link, main .hit")].filter((row) => row.offsetParent);
  const at = rows.indexOf(document.activeElement);
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

const DO = {
  "/": search,
  "?": () => open(document.getElementById("keys")),
  f: () => document.querySelector('main input[type="search"]')?.focus(),
  j: () => step(1),
  k: () => step(-1),
  g: () => { gone = Date.now(); },
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem(OFF)) return;
  if (event.target.closest("input, textarea, select, dialog, [contenteditable]")) return;
  const going = Date.now() - gone < SOON && document.querySelector(`.side [data-go="${CSS.escape(event.key)}"]`);
  gone = 0;
  const does = going ? () => going.click() : DO[event.key];
  if (!does) return;
  event.preventDefault();
  does();
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const dialog = document.getElementById(opener.dataset.opens);
  if (!dialog) return;
  event.preventDefault();
  for (const menu of document.querySelectorAll("details[data-popup][open]")) menu.open = false;
  if (dialog.id === "everything") search();
  else open(dialog);
});

// A click beside a dialog closes it.
document.addEventListener("click", (event) => {
  if (event.target.matches("#everything, #keys")) event.target.close();
});

const choice = document.querySelector("[data-keys-on]");
if (choice) {
  choice.checked = !localStorage.getItem(OFF);
  choice.addEventListener("change", () => {
    if (choice.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
}

// In the search over everything: arrows walk through what was found, Enter in the field opens the first, as soon as the
// answer to what stands there has come.
let eager = false;

function openFirst(palette) {
  const typed = palette.querySelector('input[name="q"]').value.trim().replace(/\s+/g, " ");
  if (palette.querySelector("[data-said]")?.dataset.said !== typed) return;
  eager = false;
  palette.querySelector(".hit")?.click();
}

document.addEventListener("keydown", (event) => {
  const palette = event.target.closest(".palette");
  if (!palette) return;
  const field = palette.querySelector('input[name="q"]');
  const all = [field, ...palette.querySelectorAll(".hit")];
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  eager = event.key === "Enter" && event.target === field;
  if (by) all[(all.indexOf(event.target.closest(".hit") ?? field) + by + all.length) % all.length].focus();
  if (eager) openFirst(palette);
  if (by || (event.key === "Enter" && event.target === field)) event.preventDefault();
});

document.addEventListener("htmx:after:swap", (event) => {
  const palette = event.detail.ctx?.target?.closest?.(".palette");
  if (palette && eager) openFirst(palette);
});
