/* ---- start ---- */

async function start() {
  showIdeas();
  $("compose").addEventListener("submit", submit);
  $("seconds").addEventListener("input", showForm);
  $("prompt").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) $("compose").requestSubmit();
  });
  $("more").addEventListener("click", () => loadHistory().catch((failure) => showError($("error"), failure)));
  showForm();
  const models = call("GET", "/v1/models").then((page) => {
    offerKinds(page.items);
  });
  const balance = call("GET", "/v1/credits").then((known) => {
    state.guest = true;
    showBalance(known.available);
    return loadHistory();
  }).catch((failure) => {
    if (failure.status !== 401) throw failure;
    $("guest-note").hidden = false;
  });
  await Promise.all([models, balance]).catch((failure) => showError($("error"), failure));
}

start();
