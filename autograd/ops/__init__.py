"""The table of operations, a file per family; importing this package fills it.

The families are listed so that each stands on those before it.
"""

from autograd.ops import (
    activation,
    calculus,
    comparison,
    complex_numbers,
    constant,
    convolution,
    cumulative,
    decomposition,
    diagonal,
    docstrings,
    einsum,
    elementwise,
    fourier,
    indexing,
    inverse,
    joining,
    linalg,
    matrix,
    matrix_functions,
    nans,
    pooling,
    reduction,
    scalars,
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
        complex_numbers,
        elementwise,
        special,
        activation,
        indexing,
        shape,
        joining,
        scalars,
        reduction,
        cumulative,
        nans,
        fourier,
        sorting,
        diagonal,
        linalg,
        einsum,
        inverse,
        decomposition,
        matrix,
        matrix_functions,
    ),
    *(calculus, convolution, pooling, stable, constant),
)

docstrings.attach()
