"""The table of operations, a file per family; importing this package fills it.

The families are listed so that each stands on those before it.
"""

from autograd.ops import (
    activation,
    calculus,
    comparison,
    constant,
    diagonal,
    elementwise,
    indexing,
    joining,
    linalg,
    matrix,
    reduction,
    shape,
    sorting,
    special,
    stable,
    windows,
)

FAMILIES = (
    *(
        comparison,
        elementwise,
        special,
        activation,
        indexing,
        shape,
        joining,
        reduction,
        sorting,
        diagonal,
        linalg,
        matrix,
    ),
    *(calculus, windows, stable, constant),
)
