// The values beside the lines: what the adapter says of those that are in sight, which both count from other numbers.

async function inlineTexts(session, path, first, last) {
  try {
    const { values } = await session.customRequest("stepgrad/inlineValues", { path, startLine: first + 1, endLine: last + 1 });
    return values.map(({ line, text }) => ({ line: line - 1, text }));
  } catch {
    // It runs, or has ended: there is nothing to show.
    return [];
  }
}

module.exports = { inlineTexts };
