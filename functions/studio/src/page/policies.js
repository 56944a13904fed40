/* ---- the terms and the privacy policy ---- */

const day = (text) => date(`${text}T00:00:00Z`, { dateStyle: "long", timeZone: "UTC" });

/** Text in which `marks` are code. */
function inline(node, text) {
  text.split("`").forEach((part, number) => {
    const piece = number % 2 ? document.createElement("code") : document.createTextNode(part);
    if (number % 2) piece.textContent = part;
    node.append(piece);
  });
  return node;
}

/** As much of Markdown as the policies use. The title is the dialog's. */
function prose(text) {
  const blocks = text.split(/\n{2,}/).map((block) => block.trim()).filter((block) => block && !/^# /.test(block));
  return blocks.map((block) => {
    const title = /^#+ (.*)$/.exec(block);
    return inline(document.createElement(title ? "h3" : "p"), title ? title[1] : block.replaceAll("\n", " "));
  });
}

function aboutData(data) {
  const title = document.createElement("h4");
  title.textContent = data.category;
  const lines = [data.purpose, `Kept: ${data.kept}`, `To see it: ${data.shown}`, `What deletes it: ${data.erased}`];
  return [title, ...lines.map((line) => inline(document.createElement("p"), line))];
}

function showVersion(policy, current) {
  const holds = policy.effective_on > current.effective_on ? "It will hold" : "It holds";
  $("policies-dates").textContent = `${holds} from ${day(policy.effective_on)} on. ${policy.changes}`;
  $("policies-text").replaceChildren(...prose(policy.text));
}

async function openPolicies(version) {
  const { current, versions, personal_data } = await call("GET", "/v1/policies");
  const show = async (wanted) => {
    const path = `/v1/policies/${encodeURIComponent(wanted)}`;
    showVersion(wanted === current.version ? current : await call("GET", path), current);
  };
  const choice = $("policies-version");
  choice.replaceChildren(...versions.map((one) => new Option(one.version, one.version)));
  choice.value = version || current.version;
  choice.onchange = () => show(choice.value).catch((failure) => {
    $("policies-dates").textContent = failure.message;
  });
  $("policies-choice").hidden = versions.length < 2;
  $("policies-data").replaceChildren(...personal_data.flatMap(aboutData));
  await show(choice.value);
  if (!$("policies").open) $("policies").showModal();
  $("policies").scrollTop = 0;
}

/** Asks to acknowledge what is new. Nothing is withheld from who does not. */
async function askPolicies(me) {
  const version = me.policy && me.policy.to_acknowledge;
  $("policy-notice").hidden = !version;
  if (!version) return;
  const { versions } = await call("GET", "/v1/policies");
  const policy = versions.find((one) => one.version === version);
  const isFirst = !policy || versions[versions.length - 1] === policy;
  $("policy-notice-text").textContent = isFirst
    ? "What we promise you, and what we keep about you, is in our terms and privacy policy."
    : `Our terms and privacy policy have changed on ${day(policy.effective_on)}. ${policy.changes}`;
  $("policy-notice").dataset.version = version;
}

async function acknowledgePolicies() {
  const { version } = $("policy-notice").dataset;
  await call("POST", `/v1/policies/${encodeURIComponent(version)}/acknowledgement`);
  await askPolicies(await whoAmI());
  $("prompt").focus();
}

function startPolicies() {
  const tell = (failure) => showError($("error"), failure);
  $("policies-open").addEventListener("click", () => openPolicies().catch(tell));
  $("policy-read").addEventListener("click", () => openPolicies($("policy-notice").dataset.version).catch(tell));
  $("policy-acknowledge").addEventListener("click", () => acknowledgePolicies().catch(tell));
  const opens = () => location.hash === "#policies" && openPolicies().catch(tell);
  // A mail leads here, also to a page that is open.
  addEventListener("hashchange", opens);
  opens();
}

startPolicies();
