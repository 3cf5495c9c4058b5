// What the scripts beside this file share: a plan comes in as the one argument,
// and the outcome of each step goes out as JSON on standard output.
"use strict";

const outcomes = {};

// plan reads the argument.
function plan() {
  return JSON.parse(process.argv[2]);
}

// step runs one call and notes its value, or the status and body of its error.
// It returns the value, or an empty object so that the next step can be tried.
async function step(name, call) {
  try {
    const value = await call();
    outcomes[name] = { ok: true, value };
    return value;
  } catch (err) {
    outcomes[name] = {
      ok: false,
      status: err.statusCode ?? err.output?.statusCode ?? err.status ?? 0,
      body: err.body ?? err.data?.payload ?? null,
      message: String(err.message),
    };
    return {};
  }
}

// finish prints everything. A bigint, which some SDKs use, becomes a string.
function finish() {
  process.stdout.write(JSON.stringify(outcomes, (_, v) => (typeof v === "bigint" ? String(v) : v)));
}

module.exports = { plan, step, finish };
