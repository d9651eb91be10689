// Forms: sent once, drafts kept, files dropped in with progress, a choice that submits itself.

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.getAttribute("aria-busy") === "true") { event.preventDefault(); return; }
  form.setAttribute("aria-busy", "true");
  if (form.dataset.draft) drop(form);
  // The answer may be a download or an error of the network: let go again.
  setTimeout(() => form.removeAttribute("aria-busy"), 8000);
});
addEventListener("pageshow", () => document.querySelectorAll("form[aria-busy]").forEach((form) => form.removeAttribute("aria-busy")));

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
});

// Drafts: only forms that ask for it (data-draft="name"), never files, passwords or hidden fields; gone when sent.
const key = (form) => `ef-draft:${location.pathname}:${form.dataset.draft}`;
const fields = (form) => [...form.elements].filter((f) => f.name && !["hidden", "file", "password", "submit"].includes(f.type));
const drop = (form) => { try { sessionStorage.removeItem(key(form)); } catch { /* nothing was kept */ } };
for (const form of document.querySelectorAll("form[data-draft]")) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key(form)) ?? "null");
    if (kept && !form.querySelector("[aria-invalid]")) {
      for (const field of fields(form)) {
        const value = kept[field.name + "\n" + (field.type === "radio" || field.type === "checkbox" ? field.value : "")];
        if (value === undefined) continue;
        if (typeof value === "boolean") field.checked = value; else if (!field.value) field.value = value;
      }
    }
  } catch { drop(form); }
  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const kept = {};
      for (const f of fields(form)) {
        const box = f.type === "radio" || f.type === "checkbox";
        kept[f.name + "\n" + (box ? f.value : "")] = box ? f.checked : f.value;
      }
      try { sessionStorage.setItem(key(form), JSON.stringify(kept)); } catch { /* full: the page still holds it */ }
    }, 400);
  });
}

for (const box of document.querySelectorAll(".upload")) {
  const input = box.querySelector("input[type=file]");
  const told = box.querySelector("output");
  const tell = () => { told.textContent = [...input.files].map((f) => f.name).join(", "); };
  input.addEventListener("change", tell);
  for (const type of ["dragenter", "dragover"]) box.addEventListener(type, (e) => { e.preventDefault(); box.classList.add("over"); });
  for (const type of ["dragleave", "drop"]) box.addEventListener(type, () => box.classList.remove("over"));
  box.addEventListener("drop", (e) => { e.preventDefault(); input.files = e.dataTransfer.files; input.dispatchEvent(new Event("change", { bubbles: true })); });
}
document.addEventListener("htmx:xhr:progress", (event) => {
  const bar = event.target.querySelector?.(".upload progress");
  if (bar && event.detail.lengthComputable) { bar.hidden = false; bar.max = event.detail.total; bar.value = event.detail.loaded; }
});
