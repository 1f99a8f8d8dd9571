// The optimizers that can be chosen: those of the engine, by the names that Python's registry gives them.
"use strict";

const optimizers = (() => {
  const all = {
    sgd: { label: "SGD", kind: "SGD", options: {} },
    momentum: { label: "Momentum", kind: "SGD", options: { momentum: 0.9 } },
    nesterov: { label: "Nesterov", kind: "SGD", options: { momentum: 0.9, nesterov: true } },
    adagrad: { label: "Adagrad", kind: "Adagrad", options: {} },
    adadelta: { label: "Adadelta", kind: "Adadelta", options: {} },
    rmsprop: { label: "RMSprop", kind: "RMSprop", options: {} },
    adam: { label: "Adam", kind: "Adam", options: {} },
    adamw: { label: "AdamW", kind: "AdamW", options: {} },
    nadam: { label: "NAdam", kind: "NAdam", options: {} },
    lion: { label: "Lion", kind: "Lion", options: {} },
  };

  function make(name, parameters, rate) {
    const { kind, options } = all[name];
    return new engine.optim[kind](parameters, { ...options, lr: rate });
  }

  // What an optimizer remembers of the steps before, as a copy.
  function save(optimizer) {
    const state = optimizer.state.map((arrays) => Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array.slice()])));
    return { steps: [...optimizer.steps], state };
  }

  function restore(optimizer, saved) {
    optimizer.steps = [...saved.steps];
    optimizer.state = save(saved).state;
  }

  return { all, make, save, restore };
})();
