// ---- the race in the address, so that a link leads back to it: #surface=beale&start=0.7,1.4&steps=200&run=adam,lr=0.3&run=sgd,off

const address = (() => {
  // Longer addresses are nobody's: a formula has at most 10,000 characters.
  const LONGEST = 40000;

  // ---- an optimizer as a text: its name, and the options that are not as its menu has them

  const writeValue = (value) => (Array.isArray(value) ? value.join("/") : String(value));

  function writeRacer({ name, options, on }) {
    const usual = given.menu[name];
    const parts = given.knobs[usual.kind].filter((knob) => writeValue(options[knob.name]) !== writeValue(usual.options[knob.name]))
      .map((knob) => `${knob.name}=${writeValue(options[knob.name])}`);
    return [name, ...(on ? [] : ["off"]), ...parts].join(",");
  }

  function readNumber(knob, text) {
    const value = /^[\d.e+-]{1,30}$/i.test(text) ? Number(text) : NaN;
    if (!fits(knob, value)) throw new expression.ParseError(`must be ${rangeOf(knob)}`);
    return value;
  }

  function readValue(knob, text, usual) {
    if (knob.form === "number") return readNumber(knob, text);
    if (knob.form === "several") {
      const parts = text.split("/");
      if (parts.length !== usual.length) throw new expression.ParseError(`must be ${usual.length} numbers with / between them`);
      return parts.map((part, k) => readNumber({ ...knob, ...knob.parts?.[k] }, part));
    }
    const choices = knob.form === "switch" ? [false, true] : knob.choices, found = choices.findIndex((choice) => String(choice) === text);
    if (found < 0) throw new expression.ParseError(`must be one of ${choices.join(", ")}`);
    return choices[found];
  }

  function readRacer(text, refused) {
    const [name, ...parts] = text.split(",");
    if (!Object.hasOwn(given.menu, name)) {
      refused.push(`There is no optimizer “${name.slice(0, 40)}” here.`);
      return null;
    }
    const { kind, options: usual, title } = given.menu[name], entry = { name, options: {}, on: true };
    for (const part of parts) {
      const [option, value] = part.split("=", 2), knob = given.knobs[kind].find((found) => found.name === option);
      if (part === "off") entry.on = false;
      else if (!knob) refused.push(`${title} has no option “${option.slice(0, 40)}”.`);
      else {
        try {
          entry.options[option] = readValue(knob, value ?? "", usual[option]);
        } catch (error) {
          if (!(error instanceof expression.ParseError)) throw error;
          refused.push(`${option} of ${title} ${error.message}: its default is taken.`);
        }
      }
    }
    return entry;
  }

  // ---- the whole race

  // What a text sets of {surface, start, steps, racers}, and a sentence for each part of it that cannot be read.
  function read(text) {
    const found = { surface: given.first, start: null, steps: null, racers: null }, refused = [];
    if (text.length > LONGEST) return { found, refused: [`The address is longer than ${LONGEST} characters: none of it is used.`] };
    for (const part of text.split("&").filter((p) => p !== "")) {
      const cut = part.indexOf("="), name = cut < 0 ? part : part.slice(0, cut);
      let value = null;
      try {
        value = cut < 0 ? "" : decodeURIComponent(part.slice(cut + 1));
      } catch {
        refused.push(`${name.slice(0, 40)} cannot be read: its default is taken.`);
        continue;
      }
      if (name === "surface") found.surface = value;
      else if (name === "start") {
        const numbers = value.split(",").map((x) => (x.trim() === "" ? NaN : Number(x)));
        if (numbers.every(Number.isFinite)) found.start = numbers;
        else refused.push("start must be two finite numbers, such as -7,2: its default is taken.");
      } else if (name === "steps") {
        const count = Number(value);
        if (Number.isInteger(count) && count >= 1 && count <= given.mostSteps) found.steps = count;
        else refused.push(`steps must be a whole number from 1 to ${given.mostSteps}: its default is taken.`);
      } else if (name === "run") {
        found.racers ??= [];
        const entry = found.racers.length < given.mostRacers ? readRacer(value, refused) : null;
        if (entry) found.racers.push(entry);
        else if (found.racers.length === given.mostRacers) refused.push(`A race has ${given.mostRacers} optimizers at most.`);
      } else refused.push(`There is nothing to set by “${name.slice(0, 40)}”.`);
    }
    // A surface's own optimizers run where none could be read.
    if (found.racers?.length === 0) found.racers = null;
    return { found, refused: [...new Set(refused)] };
  }

  const byDefault = (entries) => entries.map(({ name, options }) => writeRacer({ name, options: { ...given.menu[name].options, ...options }, on: true }));

  // Of what is not as the page has it by itself.
  function write() {
    const { look } = race, name = Object.keys(given.surfaces).find((known) => given.surfaces[known] === look);
    const parts = [], runs = race.racers.map(writeRacer);
    if (name !== given.first) parts.push(["surface", name ?? race.surface.text]);
    if (String(race.start) !== String(look?.start ?? findStart())) parts.push(["start", race.start.join(",")]);
    if (race.steps !== (look ?? given.surfaces[given.first]).steps) parts.push(["steps", String(race.steps)]);
    if (String(runs) !== String(byDefault((look ?? given.surfaces[given.first]).racers))) parts.push(...runs.map((run) => ["run", run]));
    return parts.map(([key, value]) => `${key}=${encodeURIComponent(value).replace(/%2C/g, ",").replace(/%2F/g, "/").replace(/%3D/g, "=")}`).join("&");
  }

  let timer = null, written = "";
  // Browsers allow only so many writes to the address: the last of a drag is enough.
  function later() {
    timer ??= setTimeout(() => {
      timer = null;
      written = write();
      try {
        history.replaceState(null, "", written === "" ? location.pathname + location.search : `#${written}`);
      } catch {
        // A frame without an address of its own, as in a notebook.
      }
    }, 300);
  }

  // What an address says becomes the race.
  function follow(url) {
    const { found, refused } = read(new URL(url).hash.slice(1));
    const trouble = openRace(found);
    if (trouble !== "") refused.unshift(`The surface: ${trouble}.`);
    if (found.start !== null && found.start.length !== race.start.length) refused.push(`start must be ${race.start.length === 1 ? "one number" : "two numbers"} on this surface: its default is taken.`);
    complain(refused.join(" "));
  }

  function start() {
    // The address itself may have been written anew since: `later` was already waiting.
    addEventListener("hashchange", ({ newURL }) => follow(newURL));
    follow(location.href);
  }

  return { read, write, later, start };
})();
