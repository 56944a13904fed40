/* ---- music or video ---- */

const KINDS = {
  music: {
    title: "Describe it, and hear it.",
    label: "What should it sound like?",
    example: "Warm lo-fi piano with soft drums, for a rainy evening",
    missing: "Write what it should sound like.",
    making: "Composing",
    ideas: ["Lo-fi piano, light rain", "Bright synthwave", "Slow cinematic strings", "Cheerful folk guitar"],
  },
  video: {
    title: "Describe it, and see it.",
    label: "What should be seen?",
    example: "A small boat sails to the right over a calm sea at sunset",
    missing: "Write what should be seen.",
    making: "Drawing",
    ideas: ["A red ball rolls over a meadow", "A black cat in the city at night", "A red dragon over mountains at sunset", "A steam train in the snow"],
  },
};

const words = () => KINDS[state.model ? state.model.kind : "music"];

/** Offers the first model of each kind. */
function offerKinds(models) {
  state.models = {};
  for (const model of models) if (KINDS[model.kind]) state.models[model.kind] ??= model;
  const kinds = Object.keys(state.models);
  for (const input of $("kinds").querySelectorAll("input")) {
    input.closest("label").hidden = !kinds.includes(input.value);
    input.addEventListener("change", () => takeKind(input.value));
  }
  $("kinds").hidden = kinds.length < 2;
  if (kinds.length) takeKind(state.models.music ? "music" : kinds[0]);
}

function takeKind(kind) {
  if (!state.models || !state.models[kind]) return;
  $("kinds").querySelector(`[value=${kind}]`).checked = true;
  takeModel(state.models[kind]);
  $("compose-title").textContent = words().title;
  $("prompt-label").textContent = words().label;
  $("prompt").placeholder = words().example;
  showIdeas();
  offerShapes();
  offerPresets();
}

function offerShapes() {
  const ratios = state.model.inputs.aspect_ratios || [];
  const options = ratios.map((ratio) => new Option(ratio, ratio));
  $("aspect-ratio").replaceChildren(...options);
  $("shape").hidden = ratios.length === 0;
  // Another model composes it.
  $("music").hidden = !state.model.inputs.soundtrack || !state.models.music;
}

function offerPresets() {
  const names = (state.model.inputs.presets || []).map((preset) => preset.name);
  const options = names.map((name) => new Option(name, name));
  $("preset").replaceChildren(new Option("As described", ""), ...options);
  $("presets").hidden = names.length === 0;
}

/** What the fields of the form say about style, if they say anything. */
function chosenStyle() {
  const style = {};
  if (!$("shape").hidden) style.aspect_ratio = $("aspect-ratio").value;
  if (!$("presets").hidden && $("preset").value) style.preset = $("preset").value;
  return Object.keys(style).length ? style : null;
}

function chooseStyle(style) {
  if (style.aspect_ratio) $("aspect-ratio").value = style.aspect_ratio;
  $("preset").value = style.preset || "";
}

function showIdeas() {
  const items = words().ideas.map((idea) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = idea;
    button.addEventListener("click", () => { $("prompt").value = idea; $("prompt").focus(); });
    const item = document.createElement("li");
    item.append(button);
    return item;
  });
  $("ideas").replaceChildren(...items);
}

/* ---- a video in the list ---- */

function showFilm(card) {
  const { files } = card.generation;
  const named = (name) => files.find((file) => file.name === name && file.download);
  const film = card.part("film");
  film.hidden = false;
  if (film.src) return;
  // The address redirects to a fresh link.
  film.src = `${card.path}/files/clip.mp4`;
  if (named("poster.jpg")) film.poster = `${card.path}/files/poster.jpg`;
  film.setAttribute("aria-label", (card.generation.request || {}).prompt || "Video");
}

function filmText(understood) {
  const subjects = (understood.subjects || []).map((one) => {
    const many = one.count > 1 ? `${one.count} × ` : "";
    return `${many}${one.colour} ${one.shape}, ${one.motion}`;
  });
  const scene = [understood.setting, understood.time, understood.weather, understood.particles];
  return [...scene.filter((word) => word && word !== "nothing"), ...subjects].map(plain).join(" · ");
}
