"use strict";

const FILES = { "track.flac": "FLAC", "track.mp3": "MP3", "track.mid": "MIDI", "stems.zip": "Stems", "loop.flac": "Loop", "clip.mp4": "MP4", "preview.gif": "GIF" };
const FINAL = ["succeeded", "failed", "canceled", "refused"];
// Browsers open six connections to a server, and each stream of events takes one.
const MOST_STREAMS = 3;

const $ = (id) => document.getElementById(id);
const cards = new Map();
const state = { guest: false, model: null, cursor: null, pending: null, busy: false };

/* ---- the API ---- */

class Failure extends Error {
  constructor(message, status, wait = 0) {
    super(message);
    this.status = status;
    // In how many seconds the server would listen again.
    this.wait = wait;
  }
}

async function call(method, path, { body, key } = {}) {
  const headers = {};
  if (body !== undefined) headers["content-type"] = "application/json";
  if (key) headers["idempotency-key"] = key;
  let response;
  try {
    response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  } catch {
    throw new Failure("The server does not answer. Check your connection and try again.", 0);
  }
  if (response.status === 204) return null;
  const json = await response.json().catch(() => null);
  if (response.ok) return json;
  const wait = Number(response.headers.get("retry-after"));
  throw new Failure(explained(json) || `The server answered ${response.status}.`, response.status, wait);
}

function explained(problem) {
  const errors = (problem && problem.errors) || [];
  if (errors.length > 1) return errors.map((error) => `${error.path}: ${error.message}`).join("; ");
  return problem && problem.detail;
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function becomeGuest() {
  const guest = await call("POST", "/v1/guests");
  state.guest = true;
  showBalance(guest.credits.available);
  offerYours(guest.account);
  askPolicies(guest.account).catch((failure) => showError($("error"), failure));
}

/* ---- words ---- */

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
const plain = (text) => String(text).replaceAll("_", " ");
const credits = (count) => (count === 1 ? "1 credit" : `${count} credits`);
const date = (text, options) => new Intl.DateTimeFormat(undefined, options).format(new Date(text));

function aboutText(generation) {
  const request = generation.request || {};
  const parts = [date(generation.created_at, { dateStyle: "medium", timeStyle: "short" })];
  if (request.seconds) parts.push(clock(request.seconds));
  parts.push(`seed ${generation.seed}`);
  if (generation.status === "succeeded" && generation.expires_at) {
    parts.push(`kept until ${date(generation.expires_at, { dateStyle: "medium" })}`);
  }
  return parts.map((part) => part.replaceAll(" ", "\u00a0")).join(" · ");
}

function soundText(understood) {
  if (!understood) return "";
  if (understood.setting) return filmText(understood);
  const tempo = understood.tempo_bpm && `${Math.round(understood.tempo_bpm)} bpm`;
  const players = (understood.instruments || []).map((instrument) => plain(instrument.name));
  const parts = [understood.style, understood.mood, tempo, understood.key, [...new Set(players)].join(", ")];
  return parts.filter(Boolean).map(plain).join(" · ");
}

function stateText(generation) {
  const eta = generation.eta_seconds ? `, about ${generation.eta_seconds} s` : "";
  if (generation.status === "queued") {
    const ahead = generation.queue_position;
    return (ahead ? `Waiting, ${ahead} before you` : "Waiting for a worker") + eta;
  }
  const { making } = KINDS[generation.kind] || KINDS.music;
  return `${making}, ${Math.round(generation.progress * 100)} %${eta ? `${eta} left` : ""}`;
}

/* ---- the form ---- */

function seconds() {
  return Number($("seconds").value);
}

function price() {
  const period = state.model && /^(\d+)s$/.exec(state.model.price.per);
  if (!period) return null;
  return Math.max(1, Math.ceil(seconds() / Number(period[1]))) * state.model.price.credits;
}

function showForm() {
  $("seconds-text").textContent = clock(seconds());
  $("seconds").setAttribute("aria-valuetext", `${seconds()} seconds`);
  $("price").textContent = price() === null ? "" : credits(price());
}

function showBalance(available) {
  $("balance").textContent = credits(available);
  $("balance").hidden = false;
  $("guest-note").hidden = true;
}

function showError(element, failure) {
  element.textContent = failure ? failure.message : "";
  element.hidden = !failure;
}

function takeModel(model) {
  state.model = model;
  const { min, max, default: usual } = model.limits.seconds;
  const input = $("seconds");
  input.min = Math.ceil(min);
  input.max = Math.floor(max);
  input.step = max > 60 ? 5 : 1;
  input.value = usual;
  $("prompt").maxLength = model.limits.prompt_chars;
  offerExtras(model);
  showForm();
}

function wanted() {
  const body = { kind: state.model ? state.model.kind : "music", prompt: $("prompt").value.trim(), seconds: seconds() };
  const seed = $("seed").value.trim();
  if (!body.prompt) throw invalid("prompt", words().missing);
  if (seed && !(/^\d+$/.test(seed) && Number(seed) < 2 ** 32)) {
    throw invalid("seed", "The seed is a whole number below 4,294,967,296.");
  }
  if (seed) body.seed = Number(seed);
  const outputs = chosenExtras();
  if (outputs.length) body.outputs = outputs;
  const style = chosenStyle();
  if (style) body.style = style;
  if (!$("music").hidden && $("soundtrack").checked) body.soundtrack = true;
  // Nobody pays more than the button says.
  if (price() !== null) body.max_credits = price();
  return body;
}

function invalid(id, message) {
  $(id).setAttribute("aria-invalid", "true");
  $(id).focus();
  return new Failure(message, 422);
}

async function submit(event) {
  event.preventDefault();
  if (state.busy) return;
  for (const id of ["prompt", "seed"]) $(id).removeAttribute("aria-invalid");
  showError($("error"), null);
  try {
    const body = wanted();
    setBusy(true);
    if (!state.guest) await becomeGuest();
    const generation = await send(body);
    state.pending = null;
    place(generation, true);
    watch();
    refreshBalance();
  } catch (failure) {
    showError($("error"), failure);
  } finally {
    setBusy(false);
  }
}

/** Sends a request. After a lost answer the same request goes out under the same key. */
async function send(body) {
  const text = JSON.stringify(body);
  if (!state.pending || state.pending.text !== text) state.pending = { text, key: newKey() };
  const options = { body, key: state.pending.key };
  try {
    return await call("POST", "/v1/generations", options);
  } catch (failure) {
    if (failure.status !== 401) {
      if (failure.status !== 0 && failure.status < 500) state.pending = null;
      throw failure;
    }
    // The session has ended.
    await becomeGuest();
    return call("POST", "/v1/generations", options);
  }
}

function setBusy(busy) {
  state.busy = busy;
  $("generate").disabled = busy;
  $("generate-text").textContent = busy ? "Sending…" : "Generate";
}

async function refreshBalance() {
  const balance = await call("GET", "/v1/credits").catch(() => null);
  if (balance) showBalance(balance.available);
}

/* ---- the list ---- */

function place(generation, first) {
  let card = cards.get(generation.id);
  if (!card) {
    card = new Card(generation.id);
    cards.set(generation.id, card);
    if (first) $("cards").prepend(card.element);
    else $("cards").append(card.element);
  }
  card.show(generation);
  $("history").hidden = false;
}

async function loadHistory() {
  const cursor = state.cursor ? `&cursor=${encodeURIComponent(state.cursor)}` : "";
  const page = await call("GET", `/v1/generations?limit=10${cursor}`);
  for (const generation of page.items) place(generation, false);
  state.cursor = page.next_cursor;
  $("more").hidden = !page.next_cursor;
  watch();
}

/** Follows the generations that are not final, as many at once as connections allow. */
function watch() {
  const all = [...cards.values()];
  let room = MOST_STREAMS - all.filter((card) => card.source).length;
  for (const card of all.reverse()) {
    if (room > 0 && card.isLive() && !card.source) {
      card.follow();
      room -= 1;
    }
  }
}

class Card {
  constructor(id) {
    this.id = id;
    this.path = `/v1/generations/${id}`;
    this.element = $("card").content.firstElementChild.cloneNode(true);
    this.source = null;
    this.player = null;
    this.part("cancel").addEventListener("click", () => this.attempt(() => this.cancel()));
    this.part("again").addEventListener("click", () => this.reuse());
    this.part("delete").addEventListener("click", () => this.attempt(() => this.delete()));
  }

  part(name) {
    return this.element.querySelector(`.${name}`);
  }

  isLive() {
    return !FINAL.includes(this.generation.status);
  }

  show(generation) {
    const before = this.generation && this.generation.status;
    this.generation = generation;
    const request = generation.request || {};
    this.element.querySelector("h3").textContent = request.prompt || "Untitled";
    this.part("about").textContent = aboutText(generation);
    const live = this.isLive();
    this.part("waiting").hidden = !live;
    this.part("cancel").hidden = !live;
    this.part("delete").hidden = live;
    const bar = this.element.querySelector("progress");
    bar.setAttribute("aria-label", "Progress");
    if (generation.status === "running") bar.value = generation.progress;
    else bar.removeAttribute("value");
    this.part("state").textContent = stateText(generation);
    this.part("sound").textContent = soundText(generation.understood);
    this.part("sound").hidden = !this.part("sound").textContent;
    this.showOutcome(generation);
    if (before && before !== generation.status) this.announce(generation);
  }

  showOutcome(generation) {
    const done = generation.status === "succeeded";
    const over = done && generation.files.every((file) => !file.download);
    this.note("");
    if (generation.status === "canceled") this.note("Canceled. The credits went back.");
    else if (generation.failure) this.fail(new Failure(failureText(generation.failure)));
    else if (over) this.note("The files have ended. The same prompt, length and seed make them again.");
    const shows = done && !over;
    const films = generation.kind === "video";
    this.part("player").hidden = !shows || films;
    if (shows && films) showFilm(this);
    else this.part("film").hidden = true;
    this.part("files").replaceChildren(...(shows ? generation.files.flatMap((file) => this.fileLink(file)) : []));
    if (shows && !films && !this.player) this.player = new Player(this);
  }

  announce(generation) {
    const prompt = (generation.request || {}).prompt || "";
    if (generation.status === "succeeded") $("news").textContent = `Ready: ${prompt}`;
    if (generation.status === "failed" || generation.status === "refused") $("news").textContent = `Failed: ${prompt}`;
  }

  fileLink(file) {
    if (!FILES[file.name]) return [];
    const link = document.createElement("a");
    link.href = `${this.path}/files/${file.name}`;
    link.textContent = FILES[file.name];
    link.setAttribute("aria-label", `Download ${FILES[file.name]}`);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      this.attempt(async () => location.assign(await this.link(file.name)));
    });
    return [link];
  }

  /** A fresh link to a file; the ones in the list may have ended. */
  async link(name) {
    return (await call("GET", `${this.path}/files/${name}?redirect=false`)).url;
  }

  follow() {
    this.source = new EventSource(`${this.path}/events`);
    this.source.addEventListener("generation.updated", (event) => {
      this.show(JSON.parse(event.data));
      if (!this.isLive()) this.unfollow();
    });
    this.source.addEventListener("error", () => {
      // The browser comes back by itself unless the answer was no stream.
      if (this.source && this.source.readyState === EventSource.CLOSED) this.unfollow(5000);
    });
  }

  unfollow(wait = 0) {
    if (this.source) this.source.close();
    this.source = null;
    refreshBalance();
    setTimeout(watch, wait);
  }

  async cancel() {
    this.show(await call("POST", `${this.path}/cancel`));
    this.unfollow();
  }

  async delete() {
    const button = this.part("delete");
    if (!button.classList.contains("sure")) {
      button.classList.add("sure");
      button.textContent = "Really delete?";
      setTimeout(() => {
        button.classList.remove("sure");
        button.textContent = "Delete";
      }, 4000);
      return;
    }
    await call("DELETE", this.path);
    if (this.player) this.player.stop();
    cards.delete(this.id);
    this.element.remove();
    this.unfollow();
    $("history").hidden = cards.size === 0;
    (cards.size ? $("history-title") : $("prompt")).focus();
  }

  reuse() {
    const { request } = this.generation;
    if (!request) return;
    takeKind(request.kind);
    $("prompt").value = request.prompt;
    $("seconds").value = request.seconds;
    chooseStyle(request.style || {});
    $("soundtrack").checked = Boolean(request.soundtrack);
    $("seed").value = "";
    chooseExtras(request.outputs || []);
    showForm();
    $("prompt").focus();
    $("prompt").scrollIntoView({ block: "center" });
  }

  async attempt(action) {
    try {
      await action();
      if (!this.generation.failure) this.fail(null);
    } catch (failure) {
      this.fail(failure);
    }
  }

  fail(failure) {
    showError(this.part("error"), failure);
  }

  note(text) {
    this.part("note").textContent = text;
    this.part("note").hidden = !text;
  }
}

function failureText(failure) {
  return [failure.message, failure.suggestion].filter(Boolean).join(" ");
}

/* ---- the player ---- */

class Player {
  static current = null;
  static seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      Player.seen.unobserve(entry.target);
      entry.target.player.loadPeaks();
    }
  });

  constructor(card) {
    this.card = card;
    this.root = card.part("player");
    this.root.player = this;
    this.canvas = this.root.querySelector("canvas");
    this.seek = card.part("seek");
    this.peaks = [];
    this.audio = null;
    const track = card.generation.files.find((file) => file.seconds);
    this.duration = (track && track.seconds) || (card.generation.request || {}).seconds || 0;
    this.seek.max = this.duration;
    this.button = card.part("play");
    this.button.addEventListener("click", () => card.attempt(() => this.toggle()));
    this.seek.addEventListener("input", () => card.attempt(() => this.jump()));
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    Player.seen.observe(this.root);
    this.showTime();
  }

  async loadPeaks() {
    if (!this.card.generation.files.some((file) => file.name === "peaks.json")) return;
    const url = await this.card.link("peaks.json").catch(() => null);
    const answer = url && (await fetch(url, { credentials: "omit" }).catch(() => null));
    const document = answer && answer.ok ? await answer.json().catch(() => null) : null;
    this.peaks = (document && document.peaks) || [];
    this.draw();
  }

  /** The address redirects to a fresh link, so it can be opened within the click, as Safari wants. */
  open() {
    if (this.audio) return;
    const audio = new Audio(`${this.card.path}/files/${this.track()}`);
    this.audio = audio;
    audio.addEventListener("timeupdate", () => this.showTime());
    audio.addEventListener("play", () => this.showPlaying(true));
    audio.addEventListener("pause", () => this.showPlaying(false));
    audio.addEventListener("ended", () => { audio.currentTime = 0; this.showTime(); });
    audio.addEventListener("error", () => this.close());
  }

  track() {
    const names = this.card.generation.files.map((file) => file.name);
    return ["track.mp3", "track.flac"].find((wished) => names.includes(wished));
  }

  async toggle() {
    this.open();
    if (!this.audio.paused) return this.audio.pause();
    if (Player.current && Player.current !== this) Player.current.stop();
    Player.current = this;
    await this.play();
  }

  async play() {
    try {
      await this.audio.play();
    } catch (error) {
      if (error.name === "AbortError") return;
      // The server may say why: the file has ended, for example.
      await this.card.link(this.track());
      throw new Failure("The music cannot be played here. Download it instead.", 0);
    }
  }

  /** After an error, such as a link that ended while paused, the next start opens it anew. */
  close() {
    this.stop();
    this.audio = null;
    this.showPlaying(false);
  }

  jump() {
    const at = Number(this.seek.value);
    this.open();
    this.audio.currentTime = at;
    this.showTime();
  }

  stop() {
    if (this.audio) this.audio.pause();
  }

  showPlaying(playing) {
    this.root.classList.toggle("playing", playing);
    this.button.setAttribute("aria-label", playing ? "Pause" : "Play");
  }

  showTime() {
    const at = this.audio ? this.audio.currentTime : 0;
    this.seek.value = at;
    this.seek.setAttribute("aria-valuetext", `${clock(at)} of ${clock(this.duration)}`);
    this.card.part("time").textContent = `${clock(at)} / ${clock(this.duration)}`;
    if (!this.button.hasAttribute("aria-label")) this.showPlaying(false);
    this.draw();
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width) return;
    const scale = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    const context = this.canvas.getContext("2d");
    context.scale(scale, scale);
    const style = getComputedStyle(this.root);
    const [rest, played] = [style.getPropertyValue("--wave"), style.getPropertyValue("--accent")];
    const bars = Math.floor(width / 4);
    const at = this.duration && this.audio ? this.audio.currentTime / this.duration : 0;
    const heights = loudness(this.peaks, bars);
    heights.forEach((level, bar) => {
      const tall = Math.max(2, level * (height - 2));
      context.fillStyle = (bar + 0.5) / bars <= at ? played : rest;
      context.beginPath();
      context.roundRect(bar * 4, (height - tall) / 2, 2.5, tall, 1.25);
      context.fill();
    });
  }
}

/** The height of each bar, 0 to 1, from pairs of least and greatest. */
function loudness(peaks, bars) {
  const pairs = Math.floor(peaks.length / 2);
  const heights = new Array(bars).fill(0);
  for (let pair = 0; pair < pairs; pair += 1) {
    const bar = Math.min(bars - 1, Math.floor((pair * bars) / pairs));
    heights[bar] = Math.max(heights[bar], Math.abs(peaks[2 * pair]), Math.abs(peaks[2 * pair + 1]));
  }
  const most = Math.max(...heights, 0.01);
  return heights.map((height) => height / most);
}
