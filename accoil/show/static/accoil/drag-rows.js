// <drag-rows> round a table whose rows stand in an order: one that is dropped on another takes its place. Arrows in the
// rows do the same for keyboards. A row is held by its link, which browsers let people drag.
customElements.define("drag-rows", class extends HTMLElement {
  connectedCallback() {
    let held, home;
    this.addEventListener("dragstart", ({ target }) => {
      held = target.closest("tr");
      home = held.nextSibling;
    });
    this.addEventListener("dragover", (event) => {
      const over = event.target.closest("tbody tr");
      if (!held || !over) return;
      event.preventDefault();
      if (over !== held) over[over.rowIndex > held.rowIndex ? "after" : "before"](held);
    });
    this.addEventListener("drop", (event) => {
      event.preventDefault(); // else some go where the link leads
      home = null;
      const form = held.querySelector("form");
      form.place.value = held.rowIndex - 1;
      form.submit();
    });
    this.addEventListener("dragend", () => home?.before(held));
  }
});
