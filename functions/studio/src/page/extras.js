/* ---- files on request ---- */

const extras = () => [...$("extras").querySelectorAll("input")];

/** Shows what the model makes on request, and nothing else. */
function offerExtras(model) {
  const offered = model.files.map((file) => file.on_request);
  for (const box of extras()) {
    const there = offered.includes(box.name);
    box.closest("label").hidden = !there;
    box.checked = box.checked && there;
  }
  $("extras").hidden = extras().every((box) => !offered.includes(box.name));
}

function chosenExtras() {
  return extras().filter((box) => box.checked).map((box) => box.name);
}

function chooseExtras(names) {
  for (const box of extras()) box.checked = names.includes(box.name) && !box.closest("label").hidden;
}
