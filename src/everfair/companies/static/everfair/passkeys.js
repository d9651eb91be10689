// Passkeys: the buttons show themselves where the browser knows how, and a refusal of the device is said in words.

document.addEventListener("DOMContentLoaded", () => {
  if (!window.PublicKeyCredential) return;
  for (const id of ["use_passkey", "add_passkey"]) document.getElementById(id)?.removeAttribute("hidden");
});
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.getElementById("passkey_failed")?.removeAttribute("hidden");
});
