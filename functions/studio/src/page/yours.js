/* ---- what is yours: consents, a copy, sessions, the way out ---- */

const yours = { key: null, timer: 0 };

const LEAVE_AS_GUEST =
  "You are a guest here: after signing out, nobody can open your works any more, you included. " +
  "Sign in with an account first to keep them, or erase them. Sign out all the same?";

/** Offered as soon as there is an account, a guest's included. */
function offerYours(me) {
  $("yours-open").hidden = me.kind === "nobody";
}

/** The mail that an archive is ready leads here. It goes to people with an account, who may have to sign in. */
function leadToYours(me) {
  history.replaceState(null, "", location.pathname);
  if (me.kind === "user") openYours();
  else $("account").showModal();
}

/** Does something in one part of the dialog, and tells there what went wrong. */
async function attemptIn(part, act) {
  const error = $(part).querySelector(".error");
  showError(error, null);
  await act().catch((failure) => {
    const over = failure.status === 401;
    showError(error, over ? new Failure("Your session here has ended. Load this page again.", 401) : failure);
  });
}

function say(part, text) {
  $(part).querySelector("[role=status]").textContent = text;
}

function openYours() {
  for (const part of ["yours-consents", "yours-export", "yours-sessions"]) say(part, "");
  askErase(false);
  $("yours").showModal();
  $("yours").scrollTop = 0;
  attemptIn("yours-consents", async () => showConsents(await call("GET", "/v1/me/consents")));
  attemptIn("yours-export", showNewestExport);
  attemptIn("yours-sessions", showSessions);
}

/* What you agree to: the sentences are the API's, because they are what is agreed to. */

function showConsents(consents) {
  const lines = consents.texts.filter((text) => !text.of_work).map((text) => new ConsentLine(text, consents));
  $("consents").replaceChildren(...lines.map((line) => line.element));
}

class ConsentLine {
  constructor({ purpose, text }, consents) {
    this.purpose = purpose;
    this.element = document.createElement("li");
    const label = document.createElement("label");
    this.box = document.createElement("input");
    this.box.type = "checkbox";
    this.box.name = purpose;
    const words = document.createElement("span");
    words.textContent = text;
    this.signal = document.createElement("span");
    this.signal.className = "quiet";
    label.append(this.box, words, this.signal);
    this.element.append(label);
    this.box.addEventListener("change", () => attemptIn("yours-consents", () => this.decide()));
    this.show(consents);
  }

  show(consents) {
    this.consents = consents;
    const decision = consents.account[this.purpose];
    this.box.checked = Boolean(decision && decision.granted);
    this.signal.textContent = this.purpose === "analytics" ? signalText(consents.signal, decision) : "";
  }

  async decide() {
    const { text_version, signal } = this.consents;
    const granted = this.box.checked;
    say("yours-consents", "");
    const decisions = [{ purpose: this.purpose, granted }];
    // The line says that there is a signal, so who agrees means it all the same.
    const body = { text_version, decisions, despite_signal: signal && granted };
    try {
      this.show(await call("PUT", "/v1/me/consents", { body }));
    } catch (failure) {
      this.box.checked = !granted;
      if (failure.status === 409) showConsents(await call("GET", "/v1/me/consents"));
      throw failure;
    }
    say("yours-consents", granted ? "Saved: you agree." : "Saved: you do not agree.");
  }
}

function signalText(signal, decision) {
  if (decision && decision.granted && decision.despite_signal) {
    return "You agree to this although your browser says no for you (Global Privacy Control).";
  }
  if (signal) return "Your browser says no to this for you (Global Privacy Control). Tick it only if you agree all the same.";
  if (decision && decision.source === "gpc") return "Your browser has said no to this for you (Global Privacy Control).";
  return "";
}

/* Take it with you */

/** The newest archive that was asked for before, here or elsewhere. It is among what is held. */
async function showNewestExport() {
  const { items } = await call("GET", "/v1/me/data");
  // The account's own come first; then those of the guest that it was, which nobody can fetch any more.
  const held = items.find((one) => one.kind === "export");
  const rows = [...(held ? held.rows : [])].sort((one, other) => other.created_at.localeCompare(one.created_at));
  if (!rows.length) return;
  await showExport(rows[0].id).catch((failure) => {
    if (failure.status !== 404) throw failure;
  });
}

async function showExport(id) {
  const archive = await call("GET", `/v1/me/exports/${id}`);
  const live = archive.status === "queued" || archive.status === "running";
  const download = archive.status === "ready" && archive.download;
  $("export-ask").hidden = live;
  $("export-ask").textContent = download ? "Make a new one" : "Make the archive";
  $("export-download").hidden = !download;
  $("export-download").dataset.id = id;
  say("yours-export", exportText(archive));
  clearTimeout(yours.timer);
  if (live && $("yours").open) yours.timer = setTimeout(() => followExport(id), 2000);
}

function followExport(id) {
  attemptIn("yours-export", () => showExport(id).catch((failure) => {
    if (failure.status === 0 || failure.status >= 500) yours.timer = setTimeout(() => followExport(id), 5000);
    throw failure;
  }));
}

function exportText({ status, bytes, expires_at }) {
  if (status === "ready") {
    const until = date(expires_at, { dateStyle: "long", timeStyle: "short" });
    return `Your archive is ready (${size(bytes)}). You can fetch it until ${until}.`;
  }
  if (status === "failed") return "The archive could not be made. Please ask for it again.";
  if (status === "expired") return "Your last archive has ended.";
  return "Your archive is being made. That takes some minutes; you may close this and come back.";
}

const size = (bytes) => {
  const [unit, number] = bytes < 1e6 ? ["kilobyte", Math.max(1, bytes / 1e3)] : ["megabyte", bytes / 1e6];
  const style = { style: "unit", unit, maximumSignificantDigits: 3 };
  return new Intl.NumberFormat(undefined, style).format(number);
};

async function askExport() {
  // A lost answer is asked for again under the same key.
  yours.key = yours.key || newKey();
  let archive;
  try {
    archive = await call("POST", "/v1/me/exports", { key: yours.key });
  } catch (failure) {
    if (failure.status === 0 || failure.status >= 500) throw failure;
    yours.key = null;
    if (failure.status !== 429) throw failure;
    await showNewestExport();
    const next = date(Date.now() + failure.wait * 1000, { dateStyle: "long", timeStyle: "short" });
    say("yours-export", `One archive a day is what we can make for you. Ask again from ${next} on.`);
    return;
  }
  yours.key = null;
  await showExport(archive.id);
}

/** A fresh link; it ends soon. */
async function downloadExport() {
  const { id } = $("export-download").dataset;
  const { download } = await call("GET", `/v1/me/exports/${id}`);
  if (!download) throw new Failure("That archive has ended. Please ask for a new one.", 0);
  location.assign(download.url);
}

/* Where your account is open */

async function showSessions() {
  const { items } = await call("GET", "/v1/sessions");
  const others = items.filter((session) => !session.current);
  const own = items.filter((session) => session.current);
  $("sessions").replaceChildren(...[...own, ...others].map(sessionLine));
  $("sessions-end").hidden = others.length < 2;
  $("sessions-end").onclick = () => attemptIn("yours-sessions", () => endSessions(others));
}

function sessionName({ browser, system, device_type }) {
  const place = [browser, system].filter(Boolean).join(" on ") || "Unknown browser";
  return device_type ? `${place}, ${plain(device_type)}` : place;
}

function sessionLine(session) {
  const item = document.createElement("li");
  const words = document.createElement("p");
  const about = document.createElement("span");
  about.className = "quiet";
  // To the day, so it is a day of the server's.
  const used = date(session.last_used_at, { dateStyle: "medium", timeZone: "UTC" });
  about.textContent = session.current ? "This one, in use now" : `Last used ${used}`;
  words.append(sessionName(session), about);
  const button = document.createElement("button");
  button.className = "plain";
  button.type = "button";
  button.textContent = session.current ? "Sign out" : "End";
  if (!session.current) button.setAttribute("aria-label", `End ${sessionName(session)}, last used ${used}`);
  const act = () => (session.current ? leaveHere() : endSessions([session]));
  button.addEventListener("click", () => attemptIn("yours-sessions", act));
  item.append(words, button);
  return item;
}

async function leaveHere() {
  const me = await whoAmI();
  if (me.kind !== "guest" || confirm(LEAVE_AS_GUEST)) await signOut();
}

async function endSessions(sessions) {
  for (const { id } of sessions) {
    await call("DELETE", `/v1/sessions/${id}`).catch((failure) => {
      // It has ended already.
      if (failure.status !== 404) throw failure;
    });
  }
  await showSessions();
  say("yours-sessions", sessions.length === 1 ? "That session has ended." : "All other sessions have ended.");
  $("yours-sessions-title").focus();
}

/* Erase everything */

function askErase(asks) {
  $("erase").hidden = !asks;
  $("erase-begin").hidden = asks;
  $("erase-word").value = "";
  $("erase-word").removeAttribute("aria-invalid");
  showError($("yours-erase").querySelector(".error"), null);
}

async function erase() {
  $("erase-word").removeAttribute("aria-invalid");
  if ($("erase-word").value.trim().toLowerCase() !== "erase") {
    throw invalid("erase-word", "Nothing is erased yet. Type the word “erase”, or keep it.");
  }
  $("erase-now").disabled = true;
  try {
    showReceipt(await call("DELETE", "/v1/me?confirm=erase"));
  } finally {
    $("erase-now").disabled = false;
  }
}

function showReceipt({ id, receipt_token, requested_at }) {
  const read = `curl -H "Authorization: Bearer ${receipt_token}" ${location.origin}/v1/erasures/${id}`;
  const lines = ["Reverie: the receipt of an erasure", "", `Asked for: ${requested_at}`, `Receipt: ${id}`];
  lines.push(`Token: ${receipt_token}`, "", "How to read it, for three years:", read, "");
  $("receipt-id").textContent = id;
  $("receipt-token").textContent = receipt_token;
  $("receipt-save").href = `data:text/plain;charset=utf-8,${encodeURIComponent(lines.join("\n"))}`;
  $("yours").close();
  $("receipt").showModal();
}

function startYours() {
  const acts = (id, part, act) => $(id).addEventListener("click", () => attemptIn(part, act));
  $("yours-open").addEventListener("click", openYours);
  $("yours").addEventListener("close", () => clearTimeout(yours.timer));
  acts("export-ask", "yours-export", askExport);
  acts("export-download", "yours-export", downloadExport);
  $("erase-begin").addEventListener("click", () => {
    askErase(true);
    $("erase-word").focus();
    $("erase").scrollIntoView({ block: "end" });
  });
  $("erase-leave").addEventListener("click", () => {
    askErase(false);
    $("erase-begin").focus();
  });
  $("erase").addEventListener("submit", (event) => {
    event.preventDefault();
    attemptIn("yours-erase", erase);
  });
  // The token cannot be had again, so no stray key takes it away.
  $("receipt").addEventListener("cancel", (event) => event.preventDefault());
  $("receipt").addEventListener("close", () => location.replace("/"));
}

startYours();
