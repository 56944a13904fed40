// What Lambda's runtime for Node does, as far as these functions need it.

import { handler } from "./handler.mjs";

const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;
for (;;) {
  const next = await fetch(`${api}/next`);
  const id = next.headers.get("lambda-runtime-aws-request-id");
  try {
    const body = JSON.stringify(await handler(await next.json()));
    await fetch(`${api}/${id}/response`, { method: "POST", body });
  } catch (error) {
    const body = JSON.stringify({ errorMessage: String(error), errorType: error?.name });
    await fetch(`${api}/${id}/error`, { method: "POST", body });
  }
}
