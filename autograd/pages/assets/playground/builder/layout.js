// Where the boxes of a graph go that nobody has placed: in columns from the inputs to the output, or in rows where that is narrower.
"use strict";

const graphLayout = (() => {
  // Of {key, width, height} and {key, source, target, label: {width, height}}: {at, ways, width, height}, where `at` has the middle
  // of each box, and `ways` the bends of each arrow that goes around others.
  function lay(boxes, arrows, down) {
    const graph = new dagre.graphlib.Graph({ multigraph: true });
    graph.setGraph({ rankdir: down ? "TB" : "LR", nodesep: 26, ranksep: down ? 34 : 20, edgesep: 14, marginx: 0, marginy: 0 });
    graph.setDefaultEdgeLabel(() => ({}));
    for (const { key, width, height } of boxes) graph.setNode(key, { width, height });
    for (const { key, source, target, label } of arrows) graph.setEdge(source, target, { ...label, labelpos: "c", key }, key);
    dagre.layout(graph);
    const at = new Map(graph.nodes().map((key) => [key, { x: graph.node(key).x, y: graph.node(key).y }]));
    const ways = new Map(graph.edges().map((edge) => {
      const { key, points } = graph.edge(edge);
      // Between neighbours there is nothing to go around.
      return [key, points.length > 3 ? points.slice(1, -1) : []];
    }));
    return { at, ways, down, width: graph.graph().width, height: graph.graph().height };
  }

  // Across where there is room for it, else whatever is seen at the larger scale.
  function fit(boxes, arrows, room) {
    const across = lay(boxes, arrows, false);
    if (across.width * GraphView.READABLE <= room) return across;
    const down = lay(boxes, arrows, true);
    return down.width < across.width ? down : across;
  }

  return { fit };
})();
