// The debugger asks for new calls every two seconds. While somebody reads (a line is open, has the focus or lies under a
// pointer that just moved, or the page is scrolled into the list) it only asks how many there are, so that no line jumps.
const READING = 3000; // ms after the pointer moved over the lines
let moved = -Infinity;

document.addEventListener("pointermove", (event) => {
  if (event.target.closest?.(".calls")) moved = performance.now();
});

function isRead(live) {
  const list = live.querySelector(".calls");
  if (!list) return false;
  const aside = getSelection();
  return Boolean(
    list.querySelector("details[open]") || list.contains(document.activeElement) ||
    list.getBoundingClientRect().top < 0 || performance.now() - moved < READING ||
    (aside && !aside.isCollapsed && list.contains(aside.anchorNode)),
  );
}

document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  const live = ctx.sourceElement.closest("[data-live]");
  if (live && ctx.sourceEvent?.type === "every" && isRead(live)) ctx.request.body.set("hold", "1");
});
