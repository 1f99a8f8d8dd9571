// The page of the session beside the code: it follows the debugger, and the debugger follows a click on one of its boxes.

// Put behind the page's own scripts, whose `moments`, `step` and `goTo` it uses.
const BRIDGE = `
{
  const editor = acquireVsCodeApi();
  const momentOf = (position) => position === 0 ? 0 : Math.max(moments.findIndex(({ number }) => number >= position), 0) + 1;
  const turnTo = goTo;
  let asked = false;
  // Whatever on the page goes somewhere, the debugger goes there; where the debugger goes, the page does.
  goTo = (number) => { turnTo(number); if (!asked) editor.postMessage({ position: step ? moments[step - 1].number : 0 }); };
  const arrive = (position) => { asked = true; try { turnTo(momentOf(position)); } finally { asked = false; } };
  addEventListener("message", ({ data }) => { if (Number.isInteger(data?.position)) arrive(data.position); });
  picture.addEventListener("click", (event) => {
    const key = event.target.closest?.("g.box[data-key]")?.dataset.key;
    if (key === undefined || event.defaultPrevented) return;
    const stops = moments.map((moment, i) => moment.boxes.map(standing).includes(key) ? i + 1 : 0).filter(Boolean);
    const next = stops.find((i) => i > step) ?? stops[0];
    if (next) goTo(next);
  });
}`;

// The page, with the bridge as its last script.
function bridged(html) {
  const end = html.lastIndexOf("</body>");
  const script = `<script>${BRIDGE}</script>\n`;
  return end < 0 ? html + script : html.slice(0, end) + script + html.slice(end);
}

class Diagram {
  // `open(title)` gives a panel with write(html), post(message) and dispose(); `warn(text)` tells the user something.
  constructor({ open, warn }) {
    this.open = open;
    this.warn = warn;
    this.panel = undefined;
    this.session = undefined;
    this.shown = "";
  }

  get isOpen() {
    return this.panel !== undefined;
  }

  // Show where a session stands: a new page where the pass or its values are other ones, else a step on the page.
  async show(session) {
    if (!session || session.type !== "stepgrad") throw new Error("no program is debugged");
    const where = await session.customRequest("stepgrad/where", {});
    const shown = `${session.id} ${where.pass} ${where.edited}`;
    this.session = session;
    if (this.panel && this.shown === shown) {
      this.panel.post({ position: where.position });
      return;
    }
    const { html } = await session.customRequest("stepgrad/page", {});
    this.panel ??= this.open(`pass ${where.pass}`);
    this.shown = shown;
    this.panel.write(bridged(html));
  }

  // The page went somewhere: nothing of what it says is trusted but a number.
  async asked(message) {
    const position = message?.position;
    if (!this.session || !Number.isInteger(position) || position < 0) return;
    try {
      await this.session.customRequest("goto", { threadId: 1, targetId: position });
    } catch (error) {
      this.warn(`stepgrad: ${error.message}`);
    }
  }

  ended(session) {
    if (this.session?.id !== session.id) return;
    this.session = undefined;
    this.shown = "";
  }

  closed() {
    this.panel = undefined;
    this.shown = "";
  }
}

module.exports = { BRIDGE, Diagram, bridged };
