// Countdowns. The server wrote its own «now», so a wrong clock on the desk does no harm.

const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const lang = document.documentElement.lang;
const words = Object.fromEntries(units.map(([unit]) => [unit, new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: "long" })]));
const skew = new WeakMap();

function left(seconds) {
  const parts = [];
  for (const [unit, size] of units) {
    const n = Math.floor(seconds / size);
    seconds -= n * size;
    if (n || parts.length) parts.push(words[unit].format(n));
    if (parts.length === 2) break;
  }
  return parts.join(" ");
}

function tick() {
  for (const clock of document.querySelectorAll(".clock[data-deadline]")) {
    if (!skew.has(clock)) skew.set(clock, Date.parse(clock.dataset.now) - Date.now());
    const seconds = Math.floor((Date.parse(clock.dataset.deadline) - Date.now() - skew.get(clock)) / 1000);
    const shown = clock.querySelector(".left");
    if (seconds > 0) shown.textContent = left(seconds);
    else if (!clock.dataset.over) { clock.dataset.over = "1"; shown.textContent = clock.dataset.zero; }
    clock.classList.toggle("soon", seconds < 86400);
  }
}

if (document.querySelector(".clock[data-deadline]") || document.querySelector("[hx-get]")) {
  tick();
  setInterval(tick, 1000);
}
