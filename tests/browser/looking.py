"""A page as people meet it who cannot see, click, or wait: what axe-core objects to, what jumps, what is too wide."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

AXE = Path(__file__).parent / "node" / "node_modules" / "axe-core" / "axe.min.js"
JUMP = 0.02  # Cumulative Layout Shift, as browsers count it; 0.1 is what the web calls good
VIEWS = {
    "desktop": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "phone in the dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}
LOOK = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  const some = (rule) => rule.nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join(" | ");
  return found.violations.map((rule) => `${rule.id}: ${rule.help}: ${some(rule)}`);
}"""

WATCH = """
  window.jumps = [];
  const observer = new PerformanceObserver((list) => window.jumps.push(...list.getEntries()));
  observer.observe({ type: "layout-shift", buffered: true });
  window.asking = 0;
  window.fetch = ((ask) => (...what) => {
    asking += 1;
    const answer = ask(...what);
    answer.then((it) => it.clone().arrayBuffer()).catch(() => {}).finally(() => { asking -= 1; });
    return answer;
  })(window.fetch);
"""
QUIET = """async () => {  // what comes in makes the page ask for more at once, or not at all
  for (let frames = 0; frames < 6; frames = asking ? 0 : frames + 1) await new Promise(requestAnimationFrame);
}"""
JUMPED = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const counted = jumps.filter((each) => !each.hadRecentInput);
  const named = counted.flatMap((each) => each.sources.map(({ node }) => node?.outerHTML?.slice(0, 100) ?? "text"));
  return [counted.reduce((sum, each) => sum + each.value, 0), named.join(" | ")];
}"""
TOO_WIDE = """() => {
  const wide = (each) => each.scrollWidth - each.clientWidth;
  const found = wide(document.documentElement) > 0 ? ["the window"] : [];
  for (const table of document.querySelectorAll("table"))
    if (table.offsetParent && !table.closest(".scroll") && table.offsetWidth > table.parentElement.clientWidth + 1)
      found.push(table.className);
  return found;
}"""
needs_axe = pytest.mark.skipif(not AXE.exists(), reason="axe-core is missing: make browser (needs npm)")


def objections(page: Page) -> list[str]:
    """To the page that is shown, in words; it needs WATCH. Complaints in the console are heard elsewhere."""
    page.wait_for_load_state("load")
    page.evaluate(QUIET)
    jumped, what = page.evaluate(JUMPED)
    found = [f"jumps by {jumped:.3f}, {what}"] if jumped > JUMP else []
    page.evaluate(AXE.read_text())
    return [
        *found,
        *page.evaluate(LOOK),
        *(f"too narrow for what is in it: {each}" for each in page.evaluate(TOO_WIDE)),
    ]
