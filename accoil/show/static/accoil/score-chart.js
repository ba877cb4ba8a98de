// <score-chart days="1 Oct|2 Oct" values="40|41" top="100"> round a drawn chart: the day under the pointer
// (or chosen with the arrow keys) is read out as day and number. Without this script the drawing stands alone.
customElements.define("score-chart", class extends HTMLElement {
  connectedCallback() {
    this.days = this.getAttribute("days").split("|");
    this.values = this.getAttribute("values").split("|");
    this.notes = (this.getAttribute("notes") ?? "").split("|");
    this.plot = this.querySelector(".plot");
    if (!this.plot || this.days.length < 2) return;
    this.tabIndex = 0;
    this.setAttribute("role", "slider");
    this.setAttribute("aria-label", this.getAttribute("label"));
    this.setAttribute("aria-valuemin", "0");
    this.setAttribute("aria-valuemax", String(this.days.length - 1));
    this.say(this.days.length - 1);
    this.plot.addEventListener("pointermove", (event) => this.point(event));
    this.plot.addEventListener("pointerdown", (event) => this.point(event));
    this.plot.addEventListener("pointerleave", () => this.hide());
    this.addEventListener("keydown", (event) => this.step(event));
    this.addEventListener("blur", () => this.hide());
  }

  point(event) {
    const box = this.plot.getBoundingClientRect();
    this.show(Math.round(((event.clientX - box.left) / box.width) * (this.days.length - 1)));
  }

  step(event) {
    const last = this.days.length - 1;
    const at = this.at ?? last;
    const to = {
      ArrowLeft: at - 1, ArrowRight: this.at === undefined ? last : at + 1,
      PageDown: at - 7, PageUp: at + 7, Home: 0, End: last,
    }[event.key];
    if (event.key === "Escape") this.hide();
    if (to === undefined) return;
    event.preventDefault();
    this.show(to);
  }

  show(index) {
    const last = this.days.length - 1;
    this.at = Math.min(Math.max(index, 0), last);
    this.say(this.at);
    this.rule ??= this.add("chart-rule");
    this.dot ??= this.add("chart-dot");
    this.read ??= this.add("chart-read");
    const x = this.at / last;
    const value = this.values[this.at];
    this.rule.style.left = `${x * 100}%`;
    this.dot.hidden = value === "";
    this.dot.style.left = `${x * 100}%`;
    this.dot.style.top = `${100 - (this.number(value) / this.number(this.getAttribute("top"))) * 100}%`;
    const number = document.createElement("b");
    number.textContent = value === "" ? "–" : value;
    this.read.replaceChildren(number, this.days[this.at]);
    if (this.notes[this.at]) this.read.append(document.createElement("br"), this.notes[this.at]);
    // To the left of the line in the right half, so that it never leaves the drawing.
    this.read.style.left = x < 0.5 ? `calc(${x * 100}% + 10px)` : "";
    this.read.style.right = x < 0.5 ? "" : `calc(${100 - x * 100}% + 10px)`;
  }

  say(index) {
    this.setAttribute("aria-valuenow", String(index));
    this.setAttribute("aria-valuetext", `${this.days[index]}: ${this.values[index] || "no number"}${this.notes[index] ? `, ${this.notes[index]}` : ""}`);
  }

  hide() {
    for (const part of ["rule", "dot", "read"]) {
      this[part]?.remove();
      this[part] = undefined;
    }
    this.at = undefined;
  }

  add(name) {
    const part = document.createElement("div");
    part.className = name;
    this.plot.append(part);
    return part;
  }

  number(text) {
    return Number(text.replaceAll(/[,\s%]/g, ""));
  }
});
