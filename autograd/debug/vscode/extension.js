// Registers the debugger, its commands, the values beside the lines, and the diagram. What can be tested without VS Code is in
// the modules beside this file.

const vscode = require("vscode");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { adapterCommand, complete, programAs, programOfCells, programUpTo } = require("./configuration");
const { inlineTexts } = require("./inline");
const { Diagram } = require("./diagram");

const TYPE = "stepgrad";

function activate(context) {
  const diagram = new Diagram({
    open: (title) => openPanel(context, diagram, title),
    warn: (text) => vscode.window.showWarningMessage(text),
  });
  const setting = (name) => vscode.workspace.getConfiguration("stepgrad").get(name);
  context.subscriptions.push(
    vscode.debug.registerDebugConfigurationProvider(TYPE, {
      resolveDebugConfiguration: (_, config) => complete(config, openFile()),
    }),
    vscode.debug.registerDebugAdapterDescriptorFactory(TYPE, {
      async createDebugAdapterDescriptor(session) {
        const { command, args } = adapterCommand(session.configuration, setting("python"), await chosenPython(session.workspaceFolder?.uri));
        return new vscode.DebugAdapterExecutable(command, args, { cwd: session.configuration.cwd });
      },
    }),
    vscode.debug.registerDebugAdapterTrackerFactory(TYPE, {
      createDebugAdapterTracker: (session) => ({
        onDidSendMessage: (message) => follow(diagram, session, message, setting("openDiagram")),
      }),
    }),
    vscode.debug.onDidTerminateDebugSession((session) => diagram.ended(session)),
    vscode.languages.registerInlineValuesProvider({ language: "python" }, {
      async provideInlineValues(document, viewPort) {
        const session = vscode.debug.activeDebugSession;
        if (session?.type !== TYPE || !setting("inlineValues")) return [];
        const texts = await inlineTexts(session, document.uri.fsPath, viewPort.start.line, viewPort.end.line);
        return texts.filter(({ line }) => line < document.lineCount)
          .map(({ line, text }) => new vscode.InlineValueText(document.lineAt(line).range, text));
      },
    }),
    command("stepFile", (uri) => start({ program: uri?.fsPath ?? openFile() }, uri)),
    command("stepCell", (cell) => startCell(cell)),
    command("previousPass", () => changePass("previous")),
    command("nextPass", () => changePass("next")),
    command("showPage", () => diagram.show(vscode.debug.activeDebugSession)),
  );
}

function command(name, run) {
  return vscode.commands.registerCommand(`stepgrad.${name}`, async (...given) => {
    try {
      return await run(...given);
    } catch (error) {
      vscode.window.showErrorMessage(`stepgrad: ${error.message}`);
    }
  });
}

function openFile() {
  const document = vscode.window.activeTextEditor?.document;
  return document?.languageId === "python" && !document.isUntitled ? document.uri.fsPath : undefined;
}

function start(what, uri) {
  const folder = uri && vscode.workspace.getWorkspaceFolder(uri);
  return vscode.debug.startDebugging(folder, { type: TYPE, request: "launch", name: "Step back through backward()", ...what });
}

// A cell of a notebook with those before it, or a cell of a file between lines that begin with # %%.
function startCell(cell) {
  const notebook = cell?.notebook ?? vscode.window.activeNotebookEditor?.notebook;
  if (notebook) {
    const index = cell?.index ?? vscode.window.activeNotebookEditor.selections[0].start;
    const cells = notebook.getCells().map((one) => ({ code: one.kind === vscode.NotebookCellKind.Code, text: one.document.getText() }));
    // Its lines are in a file of their own, which has no breakpoints.
    return startText(programOfCells(cells, index), notebook.uri.fsPath, { stopAtBackward: true });
  }
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.languageId !== "python") throw new Error("no cell is selected");
  const file = editor.document.uri.fsPath;
  return startText(programAs(file, programUpTo(editor.document.getText(), editor.selection.active.line)), file);
}

function startText(text, file, more = {}) {
  const cwd = path.dirname(file);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stepgrad-"));
  const program = path.join(folder, `${path.parse(file).name}_cells.py`);
  fs.writeFileSync(program, text);
  return start({ program, cwd, env: { PYTHONPATH: [cwd, process.env.PYTHONPATH].filter(Boolean).join(path.delimiter) }, ...more });
}

async function changePass(direction) {
  const session = vscode.debug.activeDebugSession;
  if (session?.type !== TYPE) throw new Error("no program is debugged");
  await session.customRequest("stepgrad/pass", { direction });
}

// The Python that was chosen in VS Code, of whose extension this one needs nothing.
async function chosenPython(uri) {
  const python = vscode.extensions.getExtension("ms-python.python");
  if (!python) return undefined;
  const { environments } = python.isActive ? python.exports : await python.activate();
  return environments?.getActiveEnvironmentPath(uri)?.path;
}

function follow(diagram, session, message, opens) {
  if (message.type !== "event" || message.event !== "stopped" && message.event !== "invalidated") return;
  // After VS Code has taken the halt in.
  setTimeout(() => (opens || diagram.isOpen) && diagram.show(session).catch(() => undefined), 0);
}

function openPanel(context, diagram, title) {
  const panel = vscode.window.createWebviewPanel("stepgrad.diagram", title, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true }, { enableScripts: true, retainContextWhenHidden: true, localResourceRoots: [] });
  panel.webview.onDidReceiveMessage((message) => diagram.asked(message), undefined, context.subscriptions);
  panel.onDidDispose(() => diagram.closed(), undefined, context.subscriptions);
  return { write: (html) => { panel.webview.html = html; }, post: (message) => panel.webview.postMessage(message), dispose: () => panel.dispose() };
}

module.exports = { activate, deactivate() {} };
