// Comforts of every page; each works as plain HTML without this file.

const root = document.documentElement;

// Light, dark, large type: the buttons are useless without a script, so the script shows them.
for (const button of document.querySelectorAll("[data-set]")) {
  const [name, value] = button.dataset.set.split(":");
  button.hidden = false;
  const mark = () => button.setAttribute("aria-pressed", String((root.dataset[name] ?? "") === value));
  button.addEventListener("click", () => {
    const off = root.dataset[name] === value || !value;
    if (off) delete root.dataset[name]; else root.dataset[name] = value;
    try { off ? localStorage.removeItem("ef-" + name) : localStorage.setItem("ef-" + name, value); } catch { /* lasts for this page */ }
    document.querySelectorAll("[data-set]").forEach((other) => other.dispatchEvent(new Event("marked")));
  });
  button.addEventListener("marked", mark);
  mark();
}

// Menus close on Escape and on a click elsewhere.
addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

// Keys: «/» searches, «g» then a letter goes where a link with data-key leads.
let waiting = 0;
addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const menu = document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select, [contenteditable]")) return;
  if (event.key === "/") { document.querySelector("#q")?.focus(); event.preventDefault(); }
  else if (event.key === "g") waiting = Date.now();
  else if (Date.now() - waiting < 1200) { waiting = 0; document.querySelector(`a[data-key="${CSS.escape(event.key)}"]`)?.click(); }
});

// Moments on pages that were made for nobody in particular: from UTC to the zone of this browser, still written out.
const format = new Intl.DateTimeFormat(root.lang === "en" ? "en-GB" : root.lang, { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" });
const localise = (within) => {
  for (const time of within.querySelectorAll("time[data-moment]")) {
    time.title = time.textContent;
    time.textContent = format.format(new Date(time.dateTime));
    time.removeAttribute("data-moment");
  }
};
localise(document);
document.addEventListener("htmx:load", (event) => localise(event.target));
// A refusal is an answer: show what the server says instead of dropping it.
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([403, 409, 422, 429].includes(event.detail.xhr.status)) { event.detail.shouldSwap = true; event.detail.isError = false; }
});
