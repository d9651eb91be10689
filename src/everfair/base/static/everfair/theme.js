// Runs before the first paint (not a module): the reader's own choice of light, dark and large type.
try {
  for (const name of ["theme", "size"]) {
    const chosen = localStorage.getItem("ef-" + name);
    if (chosen) document.documentElement.dataset[name] = chosen;
  }
} catch { /* storage is closed: the system's choice stands */ }
