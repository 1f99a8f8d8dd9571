// The settings of the page: their defaults, and how a text says them, as in the address of the page: #dataset=xor&layers=4-tanh,2-relu
"use strict";

const settings = (() => {
  // The table of settings comes with the page; Python reads the same one.
  const { settings: table, lessons: sets } = JSON.parse(document.getElementById("data").textContent);
  // Longer addresses are nobody's.
  const LONGEST = 4000;

  // How a kind of setting is read of a text, and written as one; `read` throws `Refused` with what was expected.
  const kinds = {
    choice: {
      read(text, { choices }) {
        if (!choices.includes(text)) throw new Refused(`is none of ${choices.join(", ")}`);
        return text;
      },
      write: (value) => value,
    },
    switch: {
      read(text) {
        if (text !== "yes" && text !== "no") throw new Refused("is neither yes nor no");
        return text === "yes";
      },
      write: (value) => (value ? "yes" : "no"),
    },
    number: {
      read(text, { least, most, whole }) {
        const value = Number(text);
        const wrong = !/^[\d.e+-]{1,30}$/i.test(text) || !(value >= least && value <= most) || (whole && !Number.isInteger(value));
        if (wrong) throw new Refused(`is not a ${whole ? "whole number" : "number"} from ${least} to ${most}`);
        return value;
      },
      write: String,
    },
    list: {
      read(text, { choices, least }) {
        const chosen = text === "" ? [] : text.split(",");
        const strange = chosen.find((name) => !choices.includes(name));
        if (strange !== undefined) throw new Refused(`names “${strange.slice(0, 40)}”, which is none of ${choices.join(", ")}`);
        if (chosen.length < least) throw new Refused(`must name ${least} at least`);
        // In the order of the page, each once.
        return choices.filter((name) => chosen.includes(name));
      },
      write: (value) => value.join(","),
    },
    // What somebody has drawn in the tab for it: in full, and `short` as far as an address holds it.
    graph: {
      read(text) {
        try {
          return graphTexts.read(text);
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          throw new Refused(`cannot be read (${error.message})`);
        }
      },
      write: (graph) => graphTexts.toJson(graph),
      short: (graph, { most }) => graphTexts.write(graph, most),
    },
    layers: {
      read(text, { most, units: widest, choices }) {
        const layers = text === "" ? [] : text.split(",");
        if (layers.length > most) throw new Refused(`has more than ${most} layers`);
        return layers.map((layer) => {
          const [units, activation = "tanh", ...more] = layer.split("-");
          const fits = /^\d$/.test(units) && units >= 1 && units <= widest && choices.includes(activation) && more.length === 0;
          if (!fits) throw new Refused(`has a layer that is not 1 to ${widest} units and an activation, such as 4-tanh`);
          return { units: Number(units), activation };
        });
      },
      write: (value) => value.map(({ units, activation }) => `${units}-${activation}`).join(","),
    },
  };

  // What is set where nothing is said; in a lesson, what that sets.
  const usually = (lesson) => Object.fromEntries(Object.entries(table).map(([name, { usual }]) => [name, readOne(name, sets[lesson]?.[name] ?? usual)]));
  const defaults = () => usually("none");

  function readOne(name, text) {
    return kinds[table[name].kind].read(text, table[name]);
  }

  // {values, refused}: what a text sets, and for each part of it that cannot be read, why; `tell` makes a sentence of that.
  function read(text) {
    const values = {}, refused = [];
    if (text.length > LONGEST) return { values, refused: [`the address is longer than ${LONGEST} characters`] };
    for (const part of text.split("&").filter((p) => p !== "")) {
      const cut = part.indexOf("="), name = cut < 0 ? part : part.slice(0, cut);
      if (!Object.hasOwn(table, name)) {
        refused.push(`there is no setting “${name.slice(0, 40)}”`);
        continue;
      }
      try {
        values[name] = readOne(name, cut < 0 ? "" : decodeURIComponent(part.slice(cut + 1)));
      } catch (error) {
        refused.push(`${name} ${error instanceof Refused ? error.message : "cannot be read"}`);
      }
    }
    return { values, refused };
  }

  const tell = (refused) => (refused.length === 0 ? [] : [`Not used: ${refused.join("; ")}.`]);

  // The activation of the output that fits a problem.
  const outputOf = (problem) => (problem === "regression" ? "linear" : table.output.usual);

  // All settings, where some are said: a problem and a data set that go together, and an output that fits them.
  function complete(values) {
    const now = { ...usually(values.lesson), ...values };
    if (values.dataset === undefined && values.problem !== undefined && datasets.problemOf(now.dataset) !== now.problem) now.dataset = datasets.firstOf(now.problem);
    if (now.dataset !== "own") now.problem = datasets.problemOf(now.dataset);
    now.output = values.output ?? outputOf(now.problem);
    return now;
  }

  // The text of whatever is not as by default.
  function write(values) {
    const usual = { ...usually(values.lesson), output: outputOf(values.problem) };
    const short = (name) => (kinds[table[name].kind].short ?? kinds[table[name].kind].write)(values[name], table[name]);
    const said = Object.keys(table).filter((name) => text(name, values[name]) !== text(name, usual[name])).map((name) => [name, short(name)]);
    return said.filter(([, told]) => told !== null).map(([name, told]) => `${name}=${encodeURIComponent(told).replace(/%2C/g, ",")}`).join("&");
  }

  const text = (name, value) => kinds[table[name].kind].write(value);

  return { table, defaults, complete, outputOf, read, tell, text, write };
})();
