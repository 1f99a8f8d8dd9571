// The extension under Node, with what it uses of VS Code put in place of that.

const assert = require("node:assert");
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const test = require("node:test");

const FOLDER = process.env.STEPGRAD_EXTENSION;
const load = (name) => require(path.join(FOLDER, name));

// ---- what VS Code is, as far as the extension asks it

function editor({ settings = {}, active = undefined, python = undefined } = {}) {
  const made = { commands: {}, errors: [], warnings: [], started: [], panels: [], factories: {} };
  const disposable = { dispose() {} };
  class DebugAdapterExecutable { constructor(command, args, options) { Object.assign(this, { command, args, options }); } }
  class InlineValueText { constructor(range, text) { Object.assign(this, { range, text }); } }
  const vscode = {
    DebugAdapterExecutable, InlineValueText,
    NotebookCellKind: { Code: 2, Markup: 1 }, ViewColumn: { Beside: -2 },
    commands: { registerCommand: (name, run) => { made.commands[name] = run; return disposable; } },
    debug: {
      activeDebugSession: undefined,
      registerDebugConfigurationProvider: (_, provider) => { made.factories.configuration = provider; return disposable; },
      registerDebugAdapterDescriptorFactory: (_, factory) => { made.factories.descriptor = factory; return disposable; },
      registerDebugAdapterTrackerFactory: (_, factory) => { made.factories.tracker = factory; return disposable; },
      onDidTerminateDebugSession: (run) => { made.ended = run; return disposable; },
      startDebugging: async (folder, config) => { made.started.push(config); return true; },
    },
    extensions: { getExtension: () => python && { isActive: true, exports: { environments: { getActiveEnvironmentPath: () => ({ path: python }) } } } },
    languages: { registerInlineValuesProvider: (_, provider) => { made.factories.inline = provider; return disposable; } },
    window: {
      activeTextEditor: active, activeNotebookEditor: undefined,
      showErrorMessage: (text) => made.errors.push(text), showWarningMessage: (text) => made.warnings.push(text),
      createWebviewPanel: (_, title) => {
        const panel = { title, posted: [], webview: { html: "", onDidReceiveMessage: (run) => { panel.receive = run; }, postMessage: (m) => panel.posted.push(m) }, onDidDispose: (run) => { panel.close = run; } };
        made.panels.push(panel);
        return panel;
      },
    },
    workspace: { getConfiguration: () => ({ get: (name) => settings[name] }), getWorkspaceFolder: () => undefined },
  };
  const original = Module._load;
  Module._load = (name, ...more) => name === "vscode" ? vscode : original(name, ...more);
  try {
    delete require.cache[require.resolve(path.join(FOLDER, "extension.js"))];
    load("extension.js").activate({ subscriptions: [] });
  } finally {
    Module._load = original;
  }
  return { vscode, made };
}

function session(answers = {}) {
  const asked = [];
  return {
    id: "1", type: "stepgrad", configuration: {}, asked,
    customRequest: async (command, given) => {
      asked.push([command, given]);
      const answer = answers[command];
      if (answer instanceof Error) throw answer;
      return typeof answer === "function" ? answer(given) : answer;
    },
  };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
const document = (fsPath, lines) => ({
  languageId: "python", isUntitled: false, uri: { fsPath }, lineCount: lines.length,
  getText: () => lines.join("\n"), lineAt: (line) => ({ range: { line } }),
});

// ---- package.json

test("what package.json names is there", () => {
  const about = JSON.parse(fs.readFileSync(path.join(FOLDER, "package.json"), "utf8"));
  const { made } = editor();
  const { commands, debuggers, walkthroughs, menus } = about.contributes;
  assert.deepEqual(commands.map((one) => one.command).sort(), Object.keys(made.commands).sort());
  for (const command of Object.values(menus).flat().map((one) => one.command)) assert.ok(made.commands[command], command);
  const named = [about.main, about.icon, ...commands.flatMap(({ icon }) => typeof icon === "string" ? [] : Object.values(icon)), ...walkthroughs[0].steps.map((step) => step.media.markdown)];
  for (const file of named) assert.ok(fs.existsSync(path.join(FOLDER, file)), file);
  const known = Object.keys(debuggers[0].configurationAttributes.launch.properties);
  for (const { body } of debuggers[0].configurationSnippets) {
    for (const name of Object.keys(body)) assert.ok(["type", "request", "name", ...known].includes(name), name);
  }
});

// ---- starting

test("a configuration that says nothing runs the open file", () => {
  const { complete } = load("configuration.js");
  assert.deepEqual(complete({}, "/a/train.py"), { type: "stepgrad", request: "launch", name: "Step back through backward()", program: "/a/train.py" });
  assert.equal(complete({}, undefined), undefined);
  assert.deepEqual(complete({ type: "stepgrad", request: "launch", expression: "a*b" }, "/a/train.py"), { type: "stepgrad", request: "launch", expression: "a*b" });
  assert.equal(complete({ type: "stepgrad", request: "launch", name: "x" }, "/a/b.py").program, "/a/b.py");
});

test("which Python is started", async () => {
  const { adapterCommand } = load("configuration.js");
  assert.equal(adapterCommand({ python: "/p" }, "/s", "/c").command, "/p");
  assert.equal(adapterCommand({}, "/s", "/c").command, "/s");
  assert.equal(adapterCommand({}, "", "/c").command, "/c");
  assert.equal(adapterCommand({}, "", undefined, "linux").command, "python3");
  const { made } = editor({ python: "/env/bin/python", settings: { python: "" } });
  const made_ = await made.factories.descriptor.createDebugAdapterDescriptor({ configuration: { cwd: "/w" } });
  assert.deepEqual({ ...made_ }, { command: "/env/bin/python", args: ["-P", "-m", "autograd", "dap"], options: { cwd: "/w" } });
});

test("the command steps through the open file", async () => {
  const { made } = editor({ active: { document: document("/a/train.py", []) } });
  await made.commands["stepgrad.stepFile"]();
  assert.equal(made.started[0].program, "/a/train.py");
  await made.commands["stepgrad.stepFile"]({ fsPath: "/b.py" });
  assert.equal(made.started[1].program, "/b.py");
});

test("a cell of a notebook runs with those before it", async () => {
  const { programOfCells } = load("configuration.js");
  const cells = [
    { code: true, text: "%matplotlib inline\nimport os\nif os:\n    !ls" },
    { code: false, text: "# Words" },
    { code: true, text: "%%html\n<b>" },
    { code: true, text: "loss.backward()" },
    { code: true, text: "after" },
  ];
  assert.equal(programOfCells(cells, 3), "# %% cell 1\npass  # %matplotlib inline\nimport os\nif os:\n    pass  # !ls\n\n# %% cell 4\nloss.backward()\n");
  const { made } = editor();
  const notebook = { uri: { fsPath: "/n/book.ipynb" }, getCells: () => cells.map(({ code, text }) => ({ kind: code ? 2 : 1, document: { getText: () => text } })) };
  await made.commands["stepgrad.stepCell"]({ notebook, index: 3 });
  assert.equal(made.started[0].cwd, "/n");
  assert.match(made.started[0].program, /book_cells\.py$/);
  assert.match(fs.readFileSync(made.started[0].program, "utf8"), /loss\.backward\(\)\n$/);
  assert.equal(made.started[0].stopAtBackward, true, "breakpoints of other files are not meant");
});

test("a cell of a file runs with those before it", async () => {
  const { programUpTo } = load("configuration.js");
  const text = "a\n# %% one\nb\nc\n# %% two\nd";
  assert.equal(programUpTo(text, 2), "a\n# %% one\nb\nc");
  assert.equal(programUpTo(text, 5), text);
  const { vscode, made } = editor();
  await made.commands["stepgrad.stepCell"]();
  assert.deepEqual(made.errors, ["stepgrad: no cell is selected"]);
  vscode.window.activeTextEditor = { document: document("/a/cells.py", text.split("\n")), selection: { active: { line: 2 } } };
  await made.commands["stepgrad.stepCell"]();
  const { program, cwd, stopAtBackward } = made.started[0];
  assert.deepEqual([path.basename(program), cwd, stopAtBackward], ["cells_cells.py", "/a", undefined]);
  assert.equal(fs.readFileSync(program, "utf8"), load("configuration.js").programAs("/a/cells.py", "a\n# %% one\nb\nc"));
});

// ---- values beside the lines

test("values are beside the lines that are in sight", async () => {
  const { vscode, made } = editor({ settings: { inlineValues: true } });
  const one = session({ "stepgrad/inlineValues": { values: [{ line: 2, text: "h = 3" }, { line: 99, text: "gone" }] } });
  const provide = () => made.factories.inline.provideInlineValues(document("/a.py", ["", "h = x", ""]), { start: { line: 0 }, end: { line: 2 } });
  assert.deepEqual(await provide(), []);
  vscode.debug.activeDebugSession = one;
  assert.deepEqual((await provide()).map(({ range, text }) => [range.line, text]), [[1, "h = 3"]]);
  assert.deepEqual(one.asked, [["stepgrad/inlineValues", { path: "/a.py", startLine: 1, endLine: 3 }]]);
  vscode.debug.activeDebugSession = session({ "stepgrad/inlineValues": new Error("it runs") });
  assert.deepEqual(await provide(), []);
});

// ---- passes

test("passes are changed by commands", async () => {
  const { vscode, made } = editor();
  await made.commands["stepgrad.previousPass"]();
  assert.deepEqual(made.errors, ["stepgrad: no program is debugged"]);
  vscode.debug.activeDebugSession = session({ "stepgrad/pass": (given) => { if (given.direction === "previous") throw new Error("no earlier pass is kept"); } });
  await made.commands["stepgrad.nextPass"]();
  await made.commands["stepgrad.previousPass"]();
  assert.equal(made.errors[1], "stepgrad: no earlier pass is kept");
});

// ---- the diagram

test("the diagram follows the debugger, and the debugger a click", async () => {
  const { vscode, made } = editor({ settings: { openDiagram: true } });
  let where = { pass: 1, edited: 0, position: 3 };
  const one = session({ "stepgrad/where": () => where, "stepgrad/page": { html: "<body><p></p></body>" }, goto: undefined });
  vscode.debug.activeDebugSession = one;
  const tracker = made.factories.tracker.createDebugAdapterTracker(one);
  const stop = async () => { tracker.onDidSendMessage({ type: "event", event: "stopped" }); await settle(); };
  await stop();
  const [panel] = made.panels;
  assert.match(panel.webview.html, /^<body><p><\/p><script>[^]*acquireVsCodeApi[^]*<\/script>\n<\/body>$/);
  where = { ...where, position: 4 };
  await stop();
  assert.deepEqual(panel.posted, [{ position: 4 }], "the same page, a step further");
  where = { ...where, edited: 1 };
  await stop();
  assert.equal(one.asked.filter(([command]) => command === "stepgrad/page").length, 2, "other values are another page");
  await panel.receive({ position: 7 });
  assert.deepEqual(one.asked.at(-1), ["goto", { threadId: 1, targetId: 7 }]);
  const before = one.asked.length;
  for (const message of [null, {}, { position: -1 }, { position: "7" }, { position: 1.5 }, { command: "evaluate" }]) await panel.receive(message);
  assert.equal(one.asked.length, before, "nothing but a number is heard");
  panel.close();
  await stop();
  assert.equal(made.panels.length, 2);
  made.ended(one);
  await made.panels[1].receive({ position: 1 });
  assert.equal(one.asked.filter(([command]) => command === "goto").length, 1);
});

test("what follows the page's own scripts can be read", () => {
  const { BRIDGE, bridged } = load("diagram.js");
  new Function("acquireVsCodeApi", "picture", "moments", "goTo", "step", "standing", "addEventListener", BRIDGE);
  assert.ok(!BRIDGE.includes("</"), "nor ends the script early");
  assert.equal(bridged("x").startsWith("x<script>"), true);
});
