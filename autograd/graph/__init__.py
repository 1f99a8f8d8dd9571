"""The graph: vertices, rows of the table, how a call finds its row, modes, source lines, and trees of arrays."""

from autograd.installation import require_own

# All that is ours comes by here first.
require_own()
