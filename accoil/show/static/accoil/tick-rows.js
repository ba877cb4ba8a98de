// <tick-rows>: counts ticked rows, ticks a whole page from its head, a range with Shift, and opens what an action asks as a
// dialog. Without script the rows are ticked one by one and the action asks on a page of its own.
customElements.define("tick-rows", class extends HTMLElement {
  connectedCallback() {
    this.last = null;
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("change", () => this.count());
    this.addEventListener("reset", () => setTimeout(() => this.count()));
    this.addHead();
    this.count();
  }

  get boxes() { return [...this.querySelectorAll('input[name="id"]')]; }

  addHead() {
    const head = this.querySelector("th.tick");
    if (!head || head.querySelector("input")) return;
    const label = document.createElement("label");
    const box = Object.assign(document.createElement("input"), { type: "checkbox", autocomplete: "off" });
    label.append(head.firstElementChild, box);
    label.firstElementChild.textContent = "Select all on this page";
    head.append(label);
    box.addEventListener("change", () => { for (const each of this.boxes) each.checked = box.checked; });
    this.head = box;
  }

  clicked(event) {
    const box = event.target.closest('input[name="id"]');
    if (!box) return;
    const boxes = this.boxes;
    const [from, to] = [boxes.indexOf(this.last), boxes.indexOf(box)].sort((a, b) => a - b);
    if (event.shiftKey && from >= 0) for (const each of boxes.slice(from, to + 1)) each.checked = box.checked;
    this.last = box;
  }

  count() {
    this.addHead(); // a search brings a new one
    const boxes = this.boxes;
    const ticked = boxes.filter((box) => box.checked).length;
    const all = this.querySelector('input[name="all"]');
    if (!ticked && all) all.checked = false;
    const n = all?.checked ? Number(this.dataset.total) : ticked;
    const told = this.querySelector("[data-count]");
    if (told) told.textContent = `${n.toLocaleString("en")} selected`;
    if (this.head) {
      this.head.checked = ticked > 0 && ticked === boxes.length;
      this.head.indeterminate = ticked > 0 && ticked < boxes.length;
    }
    this.toggleAttribute("data-full", ticked === boxes.length || Boolean(all?.checked));
  }
});

document.addEventListener("htmx:after:swap", (event) => {
  const dialog = document.getElementById("by-hand");
  if (dialog && !dialog.open && event.detail.ctx?.target === dialog) {
    for (const menu of document.querySelectorAll("details[data-popup][open]")) menu.open = false;
    dialog.showModal();
    dialog.querySelector("input:not([type=hidden]), select")?.focus();
  }
  document.querySelector("tick-rows")?.count();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
});
