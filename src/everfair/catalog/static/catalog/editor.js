// The offer editor: keeps what is typed on the server, adds and walks the rows of its grids, sends pictures one by one.

const form = document.querySelector("form[data-keep]");
if (form) {
  const said = form.querySelector(".kept");
  const elsewhere = form.querySelector(".kept-elsewhere");
  const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short", timeZone: form.dataset.zone || undefined });
  let number = 0;
  const fresh = () => `${form._key.value}.${Date.now().toString(36)}${number++}`;

  // Keeping: half a second after the last key, one request at a time, the newest text last.
  let timer, busy = false, dirty = false, leaving = false;
  const later = (wait = 800) => { dirty = true; clearTimeout(timer); timer = setTimeout(keep, wait); };
  const body = (more = {}) => {
    const data = new FormData(form);
    data.delete("new_pictures");
    data.delete("new_alt");
    for (const [name, value] of Object.entries({ _key: fresh(), ...more })) data.set(name, value);
    return data;
  };
  async function keep(more) {
    if (busy || leaving) return;
    busy = true; dirty = false;
    try {
      const answer = await fetch(form.dataset.keep, { method: "POST", body: body(more), headers: { Accept: "application/json" } });
      if (answer.redirected) throw new Error("signed out");
      const told = await answer.json();
      if (leaving) return;
      elsewhere.hidden = !told.elsewhere;
      said.classList.toggle("error", !answer.ok);
      if (answer.ok) {
        form.version.value = told.version;
        said.textContent = told.warning || said.dataset.saved.replace("{time}", clock.format(new Date()));
        mark(told);
      } else said.textContent = told.message;
    } catch (trouble) {
      if (leaving) return;
      said.classList.add("error");
      said.textContent = trouble.message === "signed out" ? said.dataset.out : said.dataset.offline;
      later(5000);
    } finally { busy = false; }
    if (dirty && elsewhere.hidden) later();
  }
  form.addEventListener("input", (event) => { if (event.target.type !== "file") later(); });
  form.querySelector("[data-force]").addEventListener("click", () => keep({ force: "1" }));
  form.addEventListener("submit", () => { leaving = true; clearTimeout(timer); });
  addEventListener("pageshow", () => { leaving = false; });
  // Leaving the page is no reason to lose the last word.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden" || !dirty || leaving) return;
    fetch(form.dataset.keep, { method: "POST", body: body(), keepalive: true }).catch(() => {});
  });

  // What is wrong so far, beside its field or its cell.
  const sheet = form.querySelector("#wrong");
  function beside(input, box, id, messages) {
    const place = document.createElement("div");
    place.id = `${id}_error`;
    for (const message of messages) {
      const line = sheet.content.cloneNode(true);
      line.querySelector("span").textContent = message;
      place.append(line);
    }
    box.append(place);
    input?.setAttribute("aria-invalid", "true");
    input?.setAttribute("aria-describedby", `${document.getElementById(`${id}_help`) ? `${id}_help ` : ""}${id}_error`);
  }
  const written = (grid) => [...grid.querySelectorAll("tbody tr")].filter((row) => [...row.querySelectorAll("input")].some((i) => i.value.trim()));
  function mark({ errors, cells }) {
    form.querySelectorAll("[id$=_error]").forEach((old) => old.remove());
    form.querySelectorAll("[aria-invalid]").forEach((old) => { old.removeAttribute("aria-invalid"); old.removeAttribute("aria-describedby"); });
    for (const [id, messages] of Object.entries(errors)) {
      const field = document.getElementById(id);
      const box = field?.closest(".field");
      if (box) beside(field === box ? null : field, box, id, messages);
    }
    for (const [id, row, column, message] of cells) {
      const input = written(document.getElementById(id))[row]?.querySelectorAll("input")[column];
      if (input) beside(input, input.parentNode, `${id}_${row}_${column}`, [message]);
    }
  }

  // Grids: Enter goes down and adds a row at the end, arrows walk, a row can be taken out.
  const more = (table) => {
    const rows = table.tBodies[0].rows;
    if (rows.length >= table.dataset.most) return null;
    const row = rows[rows.length - 1].cloneNode(true);
    row.querySelectorAll("[id$=_error]").forEach((old) => old.remove());
    for (const input of row.querySelectorAll("input")) {
      input.value = "";
      for (const name of ["aria-invalid", "aria-describedby"]) input.removeAttribute(name);
      input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/[^ ]+$/, rows.length + 1));
    }
    table.tBodies[0].append(row);
    return row;
  };
  form.querySelectorAll("[data-remove]").forEach((button) => { button.hidden = false; });
  form.addEventListener("keydown", (event) => {
    const cell = event.target.closest?.(".grid-input td");
    if (!cell || event.target.tagName !== "INPUT" || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const { key, target } = event, row = cell.parentNode, table = cell.closest("table");
    const atStart = target.selectionStart === 0 && target.selectionEnd === 0, atEnd = target.selectionStart === target.value.length;
    let to;
    if (key === "Enter") { event.preventDefault(); to = (row.nextElementSibling ?? more(table))?.cells[0]; }
    else if (key === "ArrowDown") to = row.nextElementSibling?.cells[cell.cellIndex];
    else if (key === "ArrowUp") to = row.previousElementSibling?.cells[cell.cellIndex];
    else if (key === "ArrowLeft" && atStart) to = cell.previousElementSibling;
    else if (key === "ArrowRight" && atEnd) to = cell.nextElementSibling;
    const input = to?.querySelector("input");
    if (input) { event.preventDefault(); input.focus(); input.select(); }
  });

  // Pictures: each file on its own, two at a time, in the order in which they came.
  const shots = form.querySelector(".shots");
  const input = form.elements.new_pictures;
  const waiting = [];
  let sending = 0;
  const card = (name, file) => {
    const made = form.querySelector(name).content.firstElementChild.cloneNode(true);
    made.firstElementChild.textContent = file.name;
    return made;
  };
  function send() {
    if (sending > 1 || !waiting.length) return;
    const [file, place] = waiting.shift();
    const request = new XMLHttpRequest(), data = new FormData();
    sending++;
    for (const [name, value] of Object.entries({ csrfmiddlewaretoken: form.csrfmiddlewaretoken.value, _key: fresh(), new_pictures: file })) data.set(name, value);
    request.upload.onprogress = (event) => { if (event.lengthComputable) place.querySelector("progress").value = event.loaded / event.total; };
    request.onloadend = () => {
      const answer = document.createElement("template");
      answer.innerHTML = request.responseText;
      place.replaceWith(answer.content.querySelector("li.shot") ?? card("#unsent", file));
      sending--;
      later(0);
      send();
    };
    request.open("POST", form.dataset.pictures);
    request.send(data);
    send();
  }
  input.addEventListener("change", () => {
    for (const file of input.files) {
      const place = card("#sending", file);
      shots.append(place);
      waiting.push([file, place]);
    }
    input.value = "";
    setTimeout(() => { input.closest(".upload").querySelector("output").textContent = ""; });
    send();
  });

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const shot = button?.closest(".shot");
    const [verb, what] = button?.name === "then" ? button.value.split(":") : [];
    if (button?.matches("[data-remove]")) {
      const row = button.closest("tr"), table = row.closest("table");
      if (table.tBodies[0].rows.length === 1) more(table);
      (row.nextElementSibling ?? row.previousElementSibling)?.querySelector("input").focus();
      row.remove();
    } else if (button?.matches("[data-dismiss]")) shot.remove();
    else if (verb === "more") { event.preventDefault(); more(form.querySelector(`#id_${what} table`))?.querySelector("input").focus(); return; }
    else if (shot && what) {
      event.preventDefault();
      if (verb === "earlier" && shot.previousElementSibling) shot.previousElementSibling.before(shot);
      else if (verb === "later" && shot.nextElementSibling) shot.nextElementSibling.after(shot);
      else if (verb === "drop") shot.remove();
      button.focus();
    } else return;
    later(0);
  });
}
