// Receive webhooks and verify them, with the package standardwebhooks.
//
//     node receive_webhooks.mjs PORT SECRET
//
// It prints each message that the secret signs, once, as a line of JSON.

import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const [port, secret] = process.argv.slice(2);
const webhook = new Webhook(secret);
const seen = new Set();

const server = createServer(async (request, response) => {
  const pieces = [];
  for await (const piece of request) {
    pieces.push(piece);
  }
  let message;
  try {
    // Verify the message before anything else, by its bytes as they came.
    message = webhook.verify(Buffer.concat(pieces).toString("utf8"), request.headers);
  } catch {
    response.writeHead(401).end();
    return;
  }
  // A message may come more than once, with the same id.
  const id = request.headers["webhook-id"];
  if (!seen.has(id)) {
    seen.add(id);
    console.log(JSON.stringify(message));
  }
  response.writeHead(204).end();
});
server.listen(Number(port), "127.0.0.1");
