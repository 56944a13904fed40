// An OpenID provider that is not ours, with its own pages for development: PORT REDIRECT_URI.
// Its tokens have no address in them; whoever wants it has to ask, as the specification has it.
import { Provider } from "oidc-provider";

const [port, redirect] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "reverie", client_secret: "a secret of theirs", redirect_uris: [redirect] }],
  pkce: { required: () => true },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@example.com`, email_verified: true, name: "Ada Lovelace" }),
  }),
});
provider.listen(port, "127.0.0.1", () => console.log("ready"));
