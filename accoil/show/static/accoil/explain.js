// A number in a list says what it is made of: asked for when somebody clicks it. Without script it says what it means.
let asked; // whose answer is shown, or comes

document.addEventListener("click", (event) => {
  const opener = event.target.closest(".table .explains");
  const shown = opener && document.getElementById(opener.getAttribute("popovertarget"));
  const old = shown?.querySelector("[data-value]");
  if (!old) return;
  if (asked !== opener && shown.matches(":popover-open")) shown.hidePopover(); // so that this click opens it again, there
  asked = opener;
  const value = old.cloneNode(); // an answer to the click before fills the old one
  old.replaceWith(value);
  value.textContent = opener.dataset.made ?? "";
  const row = !opener.dataset.made && opener.closest("td") && opener.closest("tr").querySelector(".row-link");
  if (!row || shown.matches(":popover-open")) return;
  const { pathname, search } = new URL(row.href);
  htmx.ajax("GET", `${pathname}/says/${shown.id.slice(5)}${search}`, { target: value, swap: "innerHTML" });
}, true);

// Numbers are no stops of the Tab key, of which a list would have hundreds: arrows lead along a row.
document.addEventListener("keydown", (event) => {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by || !event.target.matches("tr :is(.row-link, .explains)")) return;
  const all = [...event.target.closest("tr").querySelectorAll(".row-link, .explains")].filter((each) => each.offsetParent);
  all[(all.indexOf(event.target) + by + all.length) % all.length].focus();
  event.preventDefault();
});
