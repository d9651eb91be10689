// Comforts of every page; each works as plain HTML without this file.

const root = document.documentElement;

// Text size and colours: the links at the foot lead to a page that sets a cookie; here it is set without leaving.
const choices = document.querySelectorAll("a[data-set]");
const mark = () => {
  for (const link of choices) {
    const [name, value] = link.dataset.set.split(":");
    if ((root.dataset[name] ?? "") === value) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
  }
};
for (const link of choices) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const [name, value] = link.dataset.set.split(":");
    if (value) root.dataset[name] = value; else delete root.dataset[name];
    document.cookie = `ef-${name}=${value}; path=/; samesite=lax; max-age=${value ? 31536000 : 0}`;
    mark();
  });
}
mark();

// On a narrow page these links are a strip: begin with the one that is open.
for (const strip of document.querySelectorAll(".sidenav ul, .tabs ul")) {
  const open = strip.querySelector("[aria-current]");
  if (open && strip.scrollWidth > strip.clientWidth) {
    const [box, seen] = [open.getBoundingClientRect(), strip.getBoundingClientRect()];
    strip.scrollLeft += root.dir === "rtl" ? box.right - seen.right + 16 : box.left - seen.left - 16;
  }
}

// A box that scrolls sideways is a stop on the way through the page, so that keys can scroll it.
const reach = new ResizeObserver((seen) => { for (const { target: box } of seen) if (!box.role) box.tabIndex = box.scrollWidth > box.clientWidth ? 0 : -1; });
const tables = (within) => within.querySelectorAll(".table-box").forEach((box) => reach.observe(box));
tables(document);

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
const language = root.lang === "en" ? "en-GB" : root.lang;
const day = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
const hour = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" });
// As the server writes it: «18 Nov 2026 14:05 UTC».
const written = (at) => `${day.format(at)} ${hour.format(at).replace(" ", "\u00a0").replace(/GMT(?=[+-])/, "UTC")}`;
const localise = (within) => {
  for (const time of within.querySelectorAll("time[data-moment]")) {
    time.title = time.textContent;
    time.textContent = written(new Date(time.dateTime));
    time.removeAttribute("data-moment");
  }
};
localise(document);
document.addEventListener("htmx:load", (event) => { localise(event.target); tables(event.target); });
// What takes the place of something that had the focus takes the focus too: a keyboard must not be thrown back to the top.
let had = null;
document.addEventListener("htmx:beforeSwap", (event) => { had = event.detail.target.contains(document.activeElement) ? event.detail.target.id : null; });
document.addEventListener("htmx:afterSettle", () => {
  if (had && document.activeElement === document.body) document.getElementById(had)?.querySelector("a[href], button, summary, input")?.focus();
  had = null;
});
// A refusal is an answer: show what the server says instead of dropping it.
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([403, 409, 422, 429].includes(event.detail.xhr.status)) { event.detail.shouldSwap = true; event.detail.isError = false; }
});
