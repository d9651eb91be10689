// Runs before the first paint (not a module): the reader's own choice of text size and colours. Pages are the same for everybody
// and kept by caches, so the choice is read here and not by the server.
for (const name of ["theme", "size"]) {
  const chosen = document.cookie.match(`(?:^|; )ef-${name}=([a-z]+)`);
  if (chosen) document.documentElement.dataset[name] ??= chosen[1];
}
