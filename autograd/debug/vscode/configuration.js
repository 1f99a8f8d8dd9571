// What is launched, and by which Python.

// A configuration with what it leaves out; undefined where there is nothing to run, which VS Code then asks for.
function complete(config, file) {
  if (!config.type && !config.request && !config.name) {
    if (!file) return undefined;
    config = { type: "stepgrad", request: "launch", name: "Step back through backward()", program: file };
  }
  if (!config.program && !config.expression && !config.target) {
    if (!file) return undefined;
    config = { ...config, program: file };
  }
  return config;
}

// How the adapter is started: by the configuration's Python, the setting's, the one that is chosen in VS Code, or the one on the path.
function adapterCommand(config, setting, chosen, platform = process.platform) {
  const command = config.python || setting || chosen || (platform === "win32" ? "python" : "python3");
  return { command, args: ["-P", "-m", "autograd", "dap"] };
}

// The code cells of a notebook up to one, as a program. Magics and shell lines are for the notebook alone.
function programOfCells(cells, index) {
  const parts = [];
  cells.slice(0, index + 1).forEach(({ code, text }, i) => {
    if (code && !/^\s*%%(?!step\b)/.test(text)) parts.push(`# %% cell ${i + 1}\n${plain(text)}`);
  });
  return `${parts.join("\n\n")}\n`;
}

function plain(text) {
  return text.split("\n").map((line) => /^\s*[%!?]/.test(line) ? line.replace(/^(\s*)(.*)$/, "$1pass  # $2") : line).join("\n");
}

// A file up to the end of the cell that a line, counted from 0, is in; cells begin with # %%.
function programUpTo(text, line) {
  const lines = text.split("\n");
  const next = lines.findIndex((one, i) => i > line && /^#\s*%%/.test(one));
  return lines.slice(0, next < 0 ? lines.length : next).join("\n");
}

// A program that runs a text as if it were a file, so that the file's breakpoints hold and its lines are shown. What JSON writes of a text
// Python reads as the same text.
function programAs(file, text) {
  return `__file__ = ${JSON.stringify(file)}\nexec(compile(${JSON.stringify(text)}, __file__, "exec"))\n`;
}

module.exports = { adapterCommand, complete, programAs, programOfCells, programUpTo };
