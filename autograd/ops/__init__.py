"""The table of operations, a file per family; importing this package fills it.

The families are listed so that each stands on those before it.
"""

from autograd.ops import (
    activation,
    calculus,
    comparison,
    constant,
    convolution,
    diagonal,
    docstrings,
    elementwise,
    indexing,
    joining,
    linalg,
    matrix,
    nans,
    pooling,
    reduction,
    shape,
    sorting,
    special,
    stable,
    strong,
)

FAMILIES = (
    *(
        strong,
        comparison,
        elementwise,
        special,
        activation,
        indexing,
        shape,
        joining,
        reduction,
        nans,
        sorting,
        diagonal,
        linalg,
        matrix,
    ),
    *(calculus, convolution, pooling, stable, constant),
)

docstrings.attach()
