/* ---- the account: signing in and out ---- */

const SIGN_IN = {
  denied: "You were not signed in.",
  expired: "That took too long, or began in another browser. Please try again.",
  taken: "That sign-in belongs to another account here.",
  busy: "That did not work just now. Please try again in a minute.",
  full: "That account cannot take in any more guests. What you have made here stays with this guest; sign in to the account in another browser.",
  failed: "The provider did not confirm who you are. Please try again.",
};

const EMAIL_LINK =
  "That link is over, or you are not signed in here. Sign in, and follow it within 24 hours.";

async function whoAmI() {
  return call("GET", "/v1/me").catch((failure) => {
    if (failure.status !== 401) throw failure;
    return { kind: "nobody" };
  });
}

async function showAccount(me) {
  const providers = (await call("GET", "/v1/auth/providers")).items;
  if (providers.length === 0) return;
  const isUser = me.kind === "user";
  $("account-open").textContent = isUser ? me.name || me.email || "Account" : "Sign in";
  $("account-open").hidden = false;
  $("account-title").textContent = isUser ? me.name || "Your account" : "Sign in";
  $("account-email").textContent = me.email || "";
  $("account-why").hidden = isUser;
  $("sign-out").hidden = !isUser;
  const links = isUser ? [] : providers.map((provider) => {
    const link = document.createElement("a");
    link.className = "primary";
    link.href = provider.login_url;
    link.textContent = `Continue with ${provider.name}`;
    const item = document.createElement("li");
    item.append(link);
    return item;
  });
  $("providers").replaceChildren(...links);
}

/* A provider that is new here, while an account with the same address is known. */
async function showPending() {
  const { identity, known_by } = await call("GET", "/v1/auth/pending");
  if (!identity) return;
  const me = await call("GET", "/v1/me").catch(() => ({ kind: "nobody" }));
  const isUser = me.kind === "user";
  $("pending-text").textContent = isUser
    ? `Add ${identity.provider} (${identity.email || identity.name || "no address"}) to this account?`
    : `There is an account with ${identity.email} already. Sign in by ${known_by.join(" or ")} to add ` +
      `${identity.provider} to it, or go on with an account of its own.`;
  $("pending-link").hidden = !isUser;
  $("pending-separate").hidden = isUser;
  $("pending").showModal();
}

async function decide(action) {
  await call("POST", "/v1/auth/pending", { body: { action } });
  location.replace("/");
}

/* A mail to a new address leads here. */
async function confirmEmail(token) {
  history.replaceState(null, "", location.pathname);
  const me = await call("PUT", "/v1/me/email", { body: { token } }).catch((failure) => {
    const known = failure.status === 401 || failure.status === 404;
    throw known ? new Failure(EMAIL_LINK, 0) : failure;
  });
  $("account-email").textContent = me.email;
  $("account").showModal();
}

/* The link in mail about news leads here. The link alone ends nothing: programs follow links, too. */
function askUnsubscribe(token) {
  history.replaceState(null, "", location.pathname);
  const button = $("unsubscribe-now");
  button.onclick = async () => {
    const body = new URLSearchParams({ "List-Unsubscribe": "One-Click" });
    const answer = await fetch(`/v1/unsubscribe/${encodeURIComponent(token)}`, { method: "POST", body }).catch(() => null);
    const ended = Boolean(answer && answer.ok);
    $("unsubscribe-text").textContent = ended
      ? "You get no more mail about news and offers."
      : "That did not work. Please try again, or use the link in the mail once more.";
    button.hidden = ended;
  };
  $("unsubscribe").showModal();
}

async function signOut() {
  await call("POST", "/v1/auth/logout");
  location.replace("/");
}

async function startAccount() {
  const outcome = new URLSearchParams(location.search).get("sign_in");
  if (outcome) history.replaceState(null, "", location.pathname);
  const tell = (failure) => showError($("error"), failure);
  const acts = (id, act) => $(id).addEventListener("click", () => act().catch(tell));
  acts("sign-out", signOut);
  acts("pending-link", () => decide("link"));
  acts("pending-separate", () => decide("separate"));
  $("account-open").addEventListener("click", () => $("account").showModal());
  if (SIGN_IN[outcome]) tell(new Failure(SIGN_IN[outcome], 0));
  const me = await whoAmI();
  offerYours(me);
  await askPolicies(me);
  await showAccount(me);
  await showPending();
  const { email, unsubscribe } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  if (unsubscribe) askUnsubscribe(unsubscribe);
  if (email) await confirmEmail(email);
  const leads = () => location.hash === "#yours" && leadToYours(me);
  addEventListener("hashchange", leads);
  leads();
}

startAccount().catch((failure) => showError($("error"), failure));
