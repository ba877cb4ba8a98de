// <profile-editor> round the list of events: while a slider moves, its number and everyone's share follow at once.
// The consequences (the preview beside it) come from the server; here is only what follows from the form alone.
customElements.define("profile-editor", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("input", () => this.follow());
    this.follow();
  }

  follow() {
    const rows = [...this.querySelectorAll("[data-count]")].map((row) => ({
      row,
      weight: row.querySelector("input[type=range]"),
      scored: row.querySelector("input[type=checkbox]").checked,
    }));
    for (const each of rows) each.points = each.scored ? each.weight.value * each.row.dataset.count : 0;
    const total = rows.reduce((sum, each) => sum + each.points, 0);
    for (const { row, weight, scored, points } of rows) {
      weight.disabled = !scored;
      row.querySelector("[data-weight]").textContent = weight.value;
      const share = row.querySelector("[data-share]");
      share.textContent = scored && total ? `${Math.floor((points / total) * 100 + 0.5)} %` : "";
      row.querySelector(".share-bar rect")?.setAttribute("width", total ? (points / total) * 100 : 0);
    }
    const scored = rows.filter((each) => each.scored).length;
    const count = this.querySelector("[data-scored]");
    if (count) count.textContent = `${scored} of ${rows.length} scored`;
  }
});
