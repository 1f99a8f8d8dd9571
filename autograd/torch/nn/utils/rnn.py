"""`torch.nn.utils.rnn`: sequences of different lengths, padded or packed."""

from __future__ import annotations

from autograd.torch.nn.module import of_nn
from nn.utils import rnn as _rnn
from nn.utils.rnn import PackedSequence

__all__ = [
    "PackedSequence",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
    "unpack_sequence",
    "unpad_sequence",
]

pack_padded_sequence = of_nn(_rnn.pack_padded_sequence)
pack_sequence = of_nn(_rnn.pack_sequence)
pad_packed_sequence = of_nn(_rnn.pad_packed_sequence)
pad_sequence = of_nn(_rnn.pad_sequence)
unpack_sequence = of_nn(_rnn.unpack_sequence)
unpad_sequence = of_nn(_rnn.unpad_sequence)
