// The adapter, as the client that Microsoft tests debug adapters with sees it. What follows the protocol is checked there: each
// hitBreakpoint() launches, sets a breakpoint, and expects a halt at its line.

const assert = require("node:assert");
const path = require("node:path");
const test = require("node:test");
const { DebugClient } = require(process.env.STEPGRAD_TESTSUPPORT);

const { STEPGRAD_PYTHON: python, STEPGRAD_ADAPTER: adapter, STEPGRAD_PROGRAM: program } = process.env;
const launch = { program };
let client;

test.beforeEach(async () => {
  client = new DebugClient(python, adapter, "stepgrad");
  // Others use the machine, too.
  client.defaultTimeout = 60_000;
  await client.start();
});
test.afterEach(() => client.stop());

test("it initializes, steps back, and refuses what it does not know", async () => {
  const { body } = await client.initializeRequest();
  assert.equal(body.supportsStepBack, true);
  assert.equal(body.supportsConfigurationDoneRequest, true);
  await assert.rejects(client.send("nothing", {}));
});

test("a program runs to its end", async () => {
  await Promise.all([
    client.launch({ ...launch, stopAtBackward: false }),
    client.configurationSequence(),
    client.assertOutput("stdout", "step 0"),
    client.waitForEvent("terminated"),
  ]);
});

test("a breakpoint is hit, forward and back", async () => {
  await client.hitBreakpoint(launch, { path: program, line: 19, verified: false }, { line: 19 });
  await Promise.all([client.stepInRequest({ threadId: 1 }), client.assertStoppedLocation("step", { line: 19 })]);
  await Promise.all([client.stepBackRequest({ threadId: 1 }), client.assertStoppedLocation("step", { line: 19 })]);
  await Promise.all([client.reverseContinueRequest({ threadId: 1 }), client.assertStoppedLocation("entry", { path: program, line: 18 })]);
});

test("a terminated program tells of its end", async () => {
  await Promise.all([client.launch({ ...launch, stopOnEntry: true }), client.configurationSequence(), client.waitForEvent("stopped")]);
  await Promise.all([client.terminateRequest({}), client.waitForEvent("exited"), client.waitForEvent("terminated")]);
});
