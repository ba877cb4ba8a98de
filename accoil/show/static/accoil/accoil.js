// What pages do beyond reading. Everything here is an addition: each page works without it.
import "./score-chart.js";
import "./copy-button.js";
import "./profile-editor.js";
import "./name-button.js";
import "./file-upload.js";
import "./live-calls.js";
import "./tick-rows.js";
import "./keys.js";
import "./explain.js";

// Menus close when somebody clicks elsewhere or presses Escape.
const menus = () => document.querySelectorAll("details[data-popup][open]");
document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

export function say(words, wrong = false) {
  const toast = document.createElement("div");
  toast.className = wrong ? "toast error" : "toast";
  toast.textContent = words;
  document.getElementById("toasts").replaceChildren(toast);
  fade(toast);
}

function fade(toast) {
  setTimeout(() => toast.remove(), 6000);
}
document.querySelectorAll("#toasts .toast").forEach(fade);

// A part that could not be fetched leaves the page as it was, and says so.
document.addEventListener("htmx:response:error", (event) => {
  const status = event.detail.ctx.response.status;
  if (status >= 500 || status === 403 || status === 404) {
    say("The server could not answer; what you see is from before. Reload the page to try again.", true);
  }
});
document.addEventListener("htmx:error", (event) => {
  if (event.detail.ctx?.request?.signal?.aborted) return;
  say("The server cannot be reached; what you see is from before.", true);
});
