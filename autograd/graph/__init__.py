"""The graph: vertices, rows of the table, how a call finds its row, modes, source lines, and trees of arrays."""
