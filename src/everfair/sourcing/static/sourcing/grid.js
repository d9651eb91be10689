// The comparison as a grid for the keyboard: one stop for Tab, arrows between cells, Enter opens the quote of the column.
// Without this file it is a table whose links Tab reaches one after the other.

const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
const inside = "a[href], button, input, select";

for (const table of document.querySelectorAll("table.compare")) {
  const rows = [...table.rows].map((row) => [...row.cells]);
  const box = table.closest(".table-box");
  if (rows.length < 2) continue;
  table.setAttribute("role", "grid");
  table.setAttribute("aria-label", box.getAttribute("aria-label"));
  table.setAttribute("aria-describedby", "grid-keys");
  // The grid takes the place of its box, and of the links inside, in the order of Tab.
  box.removeAttribute("tabindex");
  for (const cell of table.querySelectorAll("th, td")) {
    cell.tabIndex = -1;
    if (cell.tagName === "TD") cell.setAttribute("role", "gridcell");
    for (const link of cell.querySelectorAll(inside)) link.tabIndex = -1;
  }
  let [y, x] = [1, 1];
  rows[y][x].tabIndex = 0;
  const hint = document.querySelector("#grid-keys");
  if (hint) hint.hidden = false;

  const at = (cell) => { const row = rows.findIndex((cells) => cells.includes(cell)); return [row, rows[row].indexOf(cell)]; };
  const go = (row, column, { focus = true } = {}) => {
    const to = rows[Math.max(0, Math.min(rows.length - 1, row))];
    const cell = to[Math.max(0, Math.min(to.length - 1, column))];
    rows[y][x].tabIndex = -1;
    [y, x] = at(cell);
    cell.tabIndex = 0;
    if (focus) cell.focus();
    // What sticks to the edges must not lie over the cell.
    const [head, side] = [rows[0][0].offsetHeight, rows[0][0].offsetWidth];
    const [seen, frame] = [cell.getBoundingClientRect(), box.getBoundingClientRect()];
    const rtl = document.documentElement.dir === "rtl";
    if (x > 0) {
      const [from, to] = rtl ? [frame.left, frame.right - side] : [frame.left + side, frame.right];
      if (seen.left < from) box.scrollLeft += seen.left - from; else if (seen.right > to) box.scrollLeft += seen.right - to;
    }
    if (y > 0 && seen.top < frame.top + head) box.scrollTop += seen.top - frame.top - head;
  };
  const quote = (column) => rows[0][column]?.querySelector("a[href]");

  table.addEventListener("focusin", (event) => { const cell = event.target.closest("th, td"); if (cell && cell !== rows[y][x]) go(...at(cell), { focus: false }); });
  table.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const cell = event.target.closest("th, td");
    if (event.key === "Escape" && event.target !== cell) { cell.focus(); event.preventDefault(); return; }
    if (event.target !== cell) {
      // Inside a cell: arrows go on to its next link, Enter does what the link does.
      const links = [...cell.querySelectorAll(inside)];
      const next = links[links.indexOf(event.target) + ({ ArrowDown: 1, ArrowUp: -1 }[event.key] ?? NaN)];
      if (next) { next.focus(); event.preventDefault(); return; }
    }
    if (step[event.key]) {
      const [down, right] = step[event.key];
      go(y + down, x + (document.documentElement.dir === "rtl" ? -right : right));
    } else if (event.key === "Home") go(event.shiftKey ? 0 : y, 0);
    else if (event.key === "End") go(event.shiftKey ? rows.length - 1 : y, rows[y].length - 1);
    else if (event.key === "Enter" && event.target === cell) {
      const own = cell.querySelector(inside);
      // The row of decisions has links of its own: Enter steps in, the next Enter does it.
      if (own && y > 0) own.focus(); else quote(x)?.click();
    } else return;
    event.preventDefault();
  });
}
