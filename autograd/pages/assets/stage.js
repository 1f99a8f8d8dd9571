// ---- what the pages share: elements, light and dark, keys, and the player

const byId = (id) => document.getElementById(id);
const given = JSON.parse(byId("data").textContent);

// An element with attributes, and with what is in it: elements and texts, which never are markup.
function make(tag, attributes = {}, ...inner) {
  const drawn = ["svg", "g", "path", "line", "circle", "rect", "text", "polyline", "title", "tspan", "polygon"].includes(tag);
  const element = drawn ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element[name] = value;
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...inner.filter((part) => part !== null && part !== undefined));
  return element;
}

const isDark = () => document.documentElement.dataset.theme === "dark";
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function setTheme(name) {
  document.documentElement.dataset.theme = name;
  byId("theme").textContent = name === "dark" ? "Light" : "Dark";
}

// Keys do what the buttons do; not while one writes, or where an element has a use of its own for a key.
function listenToKeys(actions) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || byId("keys").open) return;
    if (event.target.matches("input:not([type=range], [type=checkbox]), select, textarea")) return;
    if (event.target.matches("button, summary, input[type=checkbox]") && [" ", "Enter"].includes(event.key)) return;
    if (event.target.matches("input[type=range]") && /^Arrow|^Home$|^End$/.test(event.key)) return;
    const act = actions[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

// Plays by time, so that it is as fast as it says on a slow screen too. `advance(n)` goes on, and says whether that was all.
function makePlayer(speed, advance) {
  let running = null;
  const button = byId("play");
  function stop() {
    if (running !== null) cancelAnimationFrame(running);
    running = null;
    button.textContent = "Play";
    button.setAttribute("aria-pressed", "false");
  }
  function start() {
    let before = null, owed = 0;
    const frame = (now) => {
      owed += before === null ? 1 : Math.min(now - before, 250) / 1000 * speed();
      before = now;
      const whole = Math.floor(owed);
      owed -= whole;
      if (whole && advance(whole)) return stop();
      running = requestAnimationFrame(frame);
    };
    running = requestAnimationFrame(frame);
    button.textContent = "Pause";
    button.setAttribute("aria-pressed", "true");
  }
  return { stop, toggle: () => (running === null ? start() : stop()), get running() { return running !== null; } };
}

// Round numbers from one to another, a few.
function ticks(low, high, count) {
  const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * power).find((size) => size >= rough * 0.999);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) found.push(k * step);
  return found;
}

function begin() {
  byId("theme").onclick = () => setTheme(isDark() ? "light" : "dark");
  byId("help").onclick = () => byId("keys").showModal();
}
setTheme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
