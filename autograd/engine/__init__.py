"""The engine: the faces `Value` and `Tensor`, the reverse pass, guards, formulas, transforms, operations of one's own."""
