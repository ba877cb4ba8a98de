// <name-button data-into="trigger" data-name="Report_Created">: a click writes the name, in quotation marks, where the
// cursor is in that field. Without script it is the name, to read.
customElements.define("name-button", class extends HTMLElement {
  connectedCallback() {
    if (this.querySelector("button")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...this.childNodes);
    button.addEventListener("click", () => this.write());
    this.append(button);
  }

  write() {
    const field = document.getElementById(this.dataset.into);
    const name = JSON.stringify(this.dataset.name);
    // An empty pair of quotation marks round the cursor is what the name belongs into.
    let { selectionStart: start, selectionEnd: end } = field;
    if (start === end && field.value.slice(start - 1, end + 1) === '""') { start -= 1; end += 1; }
    field.setRangeText(name, start, end, "end");
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
});
