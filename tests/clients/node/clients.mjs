// How each published client is made, called and closed. `call(type, message, done)` calls done(error) when the client
// has had its answer, or has given up.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

export function open(name, address, key, options) {
  return CLIENTS[name](require(name), address, key, options);
}

const CLIENTS = {
  "@segment/analytics-node": segment,
  "segment-node-1": segment,
  "segment-node-2": segment,
  "@june-so/analytics-node": june,
  "@rudderstack/rudder-sdk-node": (Analytics, dataPlaneUrl, key, options) =>
    callbacks(Analytics, key, { dataPlaneUrl, logLevel: "none", ...options }),
  "analytics-node": (Analytics, host, key, options) => callbacks(Analytics, key, { host, ...options }),
};

const PATIENCE = 300_000; // ms
const SOON = 500; // ms; on closing, a batch that is not full may wait for its time while others are tried again

function segment({ Analytics }, host, writeKey, { batch = 15, tries = 10, ...options }) {
  const settings = { writeKey, host, flushAt: batch, flushInterval: SOON, maxRetries: tries, ...options };
  const client = new Analytics(settings);
  client.on("error", () => {}); // each call hears of its own
  return {
    call: (type, message, done) => client[type](message, done),
    close: () => client.closeAndFlush({ timeout: PATIENCE }),
  };
}

// Its address is fixed. What it fetches is sent to ours, as a program can do that must not wait for June.
function june({ Analytics }, address, writeKey, { batch = 15, tries = 10 }) {
  const fetch = globalThis.fetch;
  globalThis.fetch = (url, request) => fetch(String(url).replace("https://api.june.so", address), request);
  const client = new Analytics(writeKey, { flushAt: batch, flushInterval: SOON, maxRetries: tries });
  return {
    call: (type, message, done) => client[type](message, done),
    close: () => client.closeAndFlush(PATIENCE),
  };
}

// One flush sends one batch. Without an errorHandler, a batch that is given up ends the process.
function callbacks(Analytics, key, { batch = 20, tries = 3, ...options }) {
  const client = new Analytics(key, { flushAt: batch, retryCount: tries, errorHandler: () => {}, ...options });
  return {
    call: (type, message, done) => client[type](message, done),
    close: async () => {
      while (client.queue.length) await client.flush();
    },
  };
}
