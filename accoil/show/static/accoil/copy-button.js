// <copy-button> beside a <pre>: copies its text and says so for a moment.
customElements.define("copy-button", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", () => this.copy());
  }

  async copy() {
    const code = this.parentElement.querySelector("code");
    const label = this.querySelector("span");
    try {
      await navigator.clipboard.writeText(code.textContent);
      label.textContent = "Copied";
    } catch {
      // Plain http on another host has no clipboard: mark the text, so that the keyboard can copy it.
      getSelection().selectAllChildren(code);
      label.textContent = "Press Ctrl C";
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { label.textContent = "Copy"; }, 2000);
  }
});
