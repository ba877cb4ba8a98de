// Told on standard input what to say to whom, says it through the published client that is named, and reports what
// the client gave up. Every call is waited for; a few hundred are under way at a time, as in a busy program.
import { createRequire } from "node:module";
import { open } from "./clients.mjs";

const UNDER_WAY = 400;

const name = process.argv[2];
const told = JSON.parse(await read(process.stdin));
const client = open(name, told.address, told.key, told.options);
const givenUp = [];
const underWay = new Set();

for (const item of told.items) {
  const { type, ...call } = item;
  const done = new Promise((resolve) => client.call(type, { ...call, timestamp: new Date(call.timestamp) }, resolve));
  const noted = done.then((error) => {
    if (error) givenUp.push({ error: String(error.reason?.message ?? error.reason ?? error.message ?? error), calls: 1 });
    underWay.delete(noted);
  });
  underWay.add(noted);
  if (underWay.size >= UNDER_WAY) await Promise.race(underWay);
}
await client.close();
await Promise.all(underWay);
const { version } = createRequire(import.meta.url)(`./node_modules/${name}/package.json`);
process.stdout.write(JSON.stringify({ version, given_up: givenUp }));

async function read(stream) {
  let text = "";
  for await (const piece of stream.setEncoding("utf8")) text += piece;
  return text;
}
