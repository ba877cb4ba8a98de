// <file-upload> round the form of Settings > Import: sends one file after the other and shows how far they are.
// Without it the form sends them all at once, and the browser shows nothing.
const GIGABYTE = 1e9;

customElements.define("file-upload", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send(event.target);
    });
    this.addEventListener("click", (event) => {
      if (event.target.closest(".uploading button")) this.request?.abort();
    });
    for (const kind of ["dragover", "dragleave", "drop"]) this.addEventListener(kind, (event) => this.drag(event));
  }

  drag(event) {
    event.preventDefault();
    this.classList.toggle("dropping", event.type === "dragover");
    if (event.type === "drop" && !this.request) this.querySelector("[type=file]").files = event.dataTransfer.files;
  }

  async send(form) {
    const chosen = form.querySelector("[type=file]");
    const files = [...chosen.files];
    const wrong = this.tooLarge(files);
    chosen.setCustomValidity(wrong);
    chosen.addEventListener("change", () => chosen.setCustomValidity(""), { once: true });
    if (wrong) return chosen.reportValidity();
    let answer = null;
    const body = new FormData(form); // before its fields are switched off
    this.show(form, true);
    for (const [place, file] of files.entries()) {
      body.set("files", file);
      const which = files.length > 1 ? `${file.name} (${place + 1} of ${files.length})` : file.name;
      try {
        answer = await this.post(form.action, body, which);
      } catch (trouble) {
        this.say(trouble.message);
        answer = null;
        break;
      }
      if (answer.querySelector("#import-wrong")) break;
    }
    this.show(form, false);
    if (answer) swap(answer);
  }

  tooLarge(files) {
    const whole = files.reduce((sum, file) => sum + file.size, 0);
    const largest = Math.max(0, ...files.map((file) => file.size));
    if (largest > Number(this.dataset.largest)) return `At most ${gigabytes(this.dataset.largest)} can be uploaded at once; pack it with gzip or zstd.`;
    if (whole > Number(this.dataset.free)) return `The server's disk has room for ${gigabytes(this.dataset.free)} more.`;
    return "";
  }

  post(address, body, which) {
    const request = this.request = new XMLHttpRequest();
    const bar = this.querySelector("progress");
    const began = performance.now();
    return new Promise((resolve, reject) => {
      request.upload.addEventListener("progress", ({ loaded, total }) => {
        bar.value = loaded / total;
        const seconds = (performance.now() - began) / 1000;
        const left = Math.ceil(seconds * (total - loaded) / loaded);
        this.say(loaded < total ? `${which}: ${Math.floor(100 * loaded / total)} %${seconds > 1 ? `, ${words(left)} left` : ""}` : `${which}: arriving`);
      });
      request.addEventListener("load", () => (request.response?.querySelector("#imports")
        ? resolve(request.response)
        : reject(new Error(`${which} was not taken. Reload the page and try again.`))));
      request.addEventListener("error", () => reject(new Error(`${which} did not arrive: the connection broke. Try again.`)));
      request.addEventListener("abort", () => reject(new Error(`${which} was not uploaded.`)));
      request.open("POST", address);
      request.responseType = "document";
      request.send(body);
    });
  }

  show(form, sending) {
    if (!sending) this.request = null;
    this.querySelector(".uploading").hidden = false;
    this.querySelector("progress").hidden = !sending;
    this.querySelector(".uploading button").hidden = !sending;
    this.querySelector("progress").removeAttribute("value");
    for (const field of form.querySelectorAll("input, select, .button.main")) field.disabled = sending;
  }

  say(text) {
    this.querySelector("[role=status]").textContent = text;
  }
});

const gigabytes = (bytes) => `${(Number(bytes) / GIGABYTE).toLocaleString("en", { maximumFractionDigits: 1 })} GB`;
const words = (seconds) => (seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`);

// The answer is the page as it is now, with what went wrong, if anything did.
function swap(answer) {
  const main = answer.querySelector("main");
  document.querySelector("main").replaceWith(main);
  window.htmx?.process(main);
  (main.querySelector("#import-wrong") ?? main.querySelector("[type=file]"))?.focus();
}
