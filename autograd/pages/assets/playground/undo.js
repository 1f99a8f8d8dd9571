// Undo and redo: what was before each action, and how to come back to it.
"use strict";

class UndoStack {
  // `save()` gives what is to be kept, `restore(saved)` goes back to it; `changed()` is told after each.
  constructor(save, restore, changed) {
    Object.assign(this, { save, restore, changed, done: [], undone: [], merging: null });
  }

  // Keep what is now, before an action is done. Actions of one `kind` within a second, as of a slider, are one.
  record(words, kind = null) {
    const now = Date.now();
    if (kind !== null && this.merging?.kind === kind && now - this.merging.time < 1000 && this.done.length > 0) {
      this.merging.time = now;
      this.undone = [];
      this.changed();
      return;
    }
    this.merging = { kind, time: now };
    this.done.push({ words, kind, saved: this.save() });
    if (this.done.length > UndoStack.MOST) this.done.shift();
    this.undone = [];
    this.changed();
  }

  clear() {
    [this.done, this.undone, this.merging] = [[], [], null];
    this.changed();
  }

  undo() {
    this._move(this.done, this.undone);
  }

  redo() {
    this._move(this.undone, this.done);
  }

  _move(from, to) {
    const action = from.pop();
    if (action === undefined) return;
    to.push({ ...action, saved: this.save() });
    this.merging = null;
    this.restore(action.saved);
    this.changed();
  }
}

// Actions that can be taken back.
UndoStack.MOST = 100;
