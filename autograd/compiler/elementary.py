"""exp, tanh and erf as plain arithmetic, which LLVM turns into vector instructions; calls of the C library it leaves alone.

The reductions of the argument and the polynomials are those of the Cephes library (Moshier 1992), in single and in double
precision. Powers of two are made from the bits of the exponent, in two halves, so that results may be subnormal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

f32, f64, i32, i64 = np.float32, np.float64, np.int32, np.int64
_inline: Callable[..., Any] = njit(error_model="numpy", forceinline=True)


@_inline
def exp32(x: Any) -> Any:
    """exp of a float32."""
    y = min(max(x, f32(-104.0)), f32(89.0))
    n = np.floor(y * f32(1.44269504088896341) + f32(0.5))
    r = (y - n * f32(0.693359375)) + n * f32(2.12194440e-4)
    p = f32(1.9875691500e-4) * r + f32(1.3981999507e-3)
    p = p * r + f32(8.3334519073e-3)
    p = p * r + f32(4.1665795894e-2)
    p = p * r + f32(1.6666665459e-1)
    p = p * r + f32(5.0000001201e-1)
    p = p * (r * r) + r + f32(1.0)
    k = i32(n)
    half = k >> i32(1)
    low = i32((half + i32(127)) << i32(23)).view(f32)
    high = i32((k - half + i32(127)) << i32(23)).view(f32)
    return x if x != x else p * low * high


@_inline
def exp64(x: Any) -> Any:
    """exp of a float64."""
    y = min(max(x, -746.0), 710.0)
    n = np.floor(y * 1.4426950408889634 + 0.5)
    r = (y - n * 6.93145751953125e-1) - n * 1.42860682030941723212e-6
    z = r * r
    p = r * ((1.26177193074810590878e-4 * z + 3.02994407707441961300e-2) * z + 9.99999999999999999910e-1)
    q = 3.00198505138664455042e-6 * z + 2.52448340349684104192e-3
    q = (q * z + 2.27265548208155028766e-1) * z + 2.0
    k = i64(n)
    half = k >> i64(1)
    low = i64((half + i64(1023)) << i64(52)).view(f64)
    high = i64((k - half + i64(1023)) << i64(52)).view(f64)
    return x if x != x else (1.0 + 2.0 * (p / (q - p))) * low * high


@_inline
def tanh32(x: Any) -> Any:
    """tanh of a float32."""
    z = x * x
    p = f32(-5.70498872745e-3) * z + f32(2.06390887954e-2)
    p = p * z + f32(-5.37397155531e-2)
    p = p * z + f32(1.33314422036e-1)
    p = p * z + f32(-3.33332819422e-1)
    near = p * z * x + x
    # Both are computed, because a vector has no branches.
    far = (f32(1.0) if x > f32(0.0) else f32(-1.0)) * (f32(1.0) - f32(2.0) / (exp32(f32(2.0) * abs(x)) + f32(1.0)))
    result = near if abs(x) < f32(0.625) else far
    # Minus zero plus zero would be zero.
    return x if x == f32(0.0) else result


@_inline
def tanh64(x: Any) -> Any:
    """tanh of a float64."""
    z = x * x
    p = (-9.64399179425052238628e-1 * z - 9.92877231001918586564e1) * z - 1.61468768441708447952e3
    q = ((z + 1.12811678491632931402e2) * z + 2.23548839060100448583e3) * z + 4.84406305325125486048e3
    near = x + x * z * (p / q)
    far = (1.0 if x > 0.0 else -1.0) * (1.0 - 2.0 / (exp64(2.0 * abs(x)) + 1.0))
    result = near if abs(x) < 0.625 else far
    return x if x == 0.0 else result


@_inline
def _erf_near(x: Any) -> Any:
    """erf for |x| below 1."""
    z = x * x
    p = 9.60497373987051638749 * z + 9.00260197203842689217e1
    p = (p * z + 2.23200534594684319226e3) * z + 7.00332514112805075473e3
    p = p * z + 5.55923013010394962768e4
    q = z + 3.35617141647503099647e1
    q = (q * z + 5.21357949780152679795e2) * z + 4.59432382970980127987e3
    q = (q * z + 2.26290000613890934246e4) * z + 4.92673942608635921086e4
    return x * p / q


@_inline
def _erfc_far(x: Any) -> Any:
    """erfc for x from 1 on."""
    p = 2.46196981473530512524e-10 * x + 5.64189564831068821977e-1
    p = (p * x + 7.46321056442269912687) * x + 4.86371970985681366614e1
    p = (p * x + 1.96520832956077098242e2) * x + 5.26445194995477358631e2
    p = (p * x + 9.34528527171957607540e2) * x + 1.02755188689515710272e3
    p = p * x + 5.57535335369399327526e2
    q = x + 1.32281951154744992508e1
    q = (q * x + 8.67072140885989742329e1) * x + 3.54937778887819891062e2
    q = (q * x + 9.75708501743205489753e2) * x + 1.82390916687909736289e3
    q = (q * x + 2.24633760818710981792e3) * x + 1.65666309194161350182e3
    q = q * x + 5.57535340817727675546e2
    r = 5.64189583547755073984e-1 * x + 1.27536670759978104416
    r = (r * x + 5.01905042251180477414) * x + 6.16021097993053585195
    r = (r * x + 7.40974269950448939160) * x + 2.97886665372100240670
    s = x + 2.26052863220117276590
    s = (s * x + 9.39603524938001434673) * x + 1.20489539808096656605e1
    s = (s * x + 1.70814450747565897222e1) * x + 9.60896809063285878198
    s = s * x + 3.36907645100081516050
    numerator, denominator = (p, q) if x < 8.0 else (r, s)
    return exp64(-x * x) * numerator / denominator


@_inline
def erfc64(x: Any) -> Any:
    """1 - erf(x) of a float64."""
    size = min(abs(x), 27.5)
    near, far = 1.0 - _erf_near(x), _erfc_far(size)
    beyond = far if x > 0.0 else 2.0 - far
    result = near if size < 1.0 else beyond
    return x if x != x else result


@_inline
def erf64(x: Any) -> Any:
    """erf of a float64."""
    size = min(abs(x), 27.5)
    near, far = _erf_near(x), 1.0 - _erfc_far(size)
    beyond = far if x > 0.0 else -far
    result = near if size < 1.0 else beyond
    return x if x != x else result


@_inline
def erfc32(x: Any) -> Any:
    """1 - erf(x) of a float32, by way of float64."""
    return f32(erfc64(f64(x)))


@_inline
def erf32(x: Any) -> Any:
    """erf of a float32, by way of float64."""
    return f32(erf64(f64(x)))
