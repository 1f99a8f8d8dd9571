"""Expressions in PyTorch's words, and what they are evaluated on: by PyTorch when they are frozen, by ours in the tests."""

from __future__ import annotations

from typing import Any

import numpy as np

CALLS = """
x.sum() | x.sum(0) | x.sum(dim=1, keepdim=True) | x.sum((0, 1)) | x.sum(axis=1) | b.sum() | i.sum(0) | x.mean()
x.mean(dim=-1)
x.std() | x.std(dim=1) | x.std(0, unbiased=False) | x.std(dim=1, keepdim=True, correction=0) | x.var() | x.var(0)
x.var(unbiased=False)
torch.var_mean(x, 1) | torch.std_mean(x, dim=0, unbiased=False) | x.prod() | x.prod(1) | x.cumsum(1) | x.cumprod(0)
x.max() | x.max(1) | x.max(dim=0, keepdim=True) | torch.max(x, y) | x.min() | x.min(0) | x.amax((0, 1)) | x.amin(dim=1)
x.aminmax(dim=1)
x.argmax() | x.argmax(1) | x.argmin(dim=0, keepdim=True) | x.median() | x.median(1) | x.median(dim=0, keepdim=True)
x.kthvalue(2, 1)
x.sort() | x.sort(0, descending=True) | x.argsort(1) | x.topk(2) | x.topk(1, dim=0, largest=False) | x.quantile(0.3)
x.quantile(q, dim=1)
x.logsumexp(1) | torch.logsumexp(x, dim=0, keepdim=True) | x.softmax(-1) | x.softmax(dim=0) | F.softmax(x, dim=1)
F.log_softmax(x, dim=-1)
x.cummax(1) | torch.cummin(x, 0) | x.norm() | x.norm(dim=1) | x.norm(p=1) | x.norm(2, 1, True) | torch.linalg.norm(x, dim=1)
torch.linalg.vector_norm(x, 3) | torch.linalg.norm(m, 2) | torch.linalg.matrix_norm(m) | m.norm(float('inf'))
torch.dist(x, y)
x.view(3, 2) | x.view(-1) | x.view(6, -1) | x.reshape(3, 2) | x.reshape((3, 2)) | x.flatten() | a.flatten(1)
a.flatten(0, 1) | a.unflatten(2, (2, 2))
x.t() | x.T | a.mT | x.transpose(0, 1) | a.transpose(1, 2) | a.transpose(-2, -1) | a.permute(2, 0, 1) | a.permute((1, 0, 2))
a.movedim(0, 2)
x.unsqueeze(0) | x.unsqueeze(-1) | x.unsqueeze(1).squeeze(1) | x.squeeze(0) | x[None].squeeze() | v.expand(2, 3)
v.expand(2, -1) | v.expand_as(x)
v.repeat(2) | x.repeat(2, 3) | v.repeat(2, 1) | x.repeat_interleave(2, dim=1) | v.repeat_interleave(torch.tensor([1, 0, 2]))
torch.tile(x, (2,))
a.split(2, dim=2) | a.split([1, 3], 2) | a.chunk(3, dim=2) | torch.chunk(a, 2) | a.tensor_split(3, 2) | x.unbind(1)
x.narrow(1, 1, 2) | x.select(1, 0)
a.unfold(2, 2, 1) | x.flip(0) | x.flip([0, 1]) | x.roll(1, 1) | x.roll(2) | torch.rot90(x) | m.diagonal() | m.diag()
v.diag() | torch.diag_embed(x)
m.tril() | m.triu(1) | m.trace() | torch.cat([x, y]) | torch.cat((x, y), dim=1) | torch.stack([x, y])
torch.stack((x, y), dim=-1) | torch.hstack([x, y])
torch.vstack([x, v]) | torch.meshgrid(v, v, indexing='ij') | torch.cartesian_prod(v, v) | torch.broadcast_tensors(x, v)
x.gather(1, j) | torch.gather(x, 0, j[:, :2]) | x.scatter(1, u, y) | x.scatter(1, j, 2.5) | x.scatter_add(1, j, y)
x.index_select(1, k) | x.index_add(1, k, y[:, :2]) | x.index_copy(1, k, y[:, :2]) | x.index_fill(1, k, 9.0) | x.take(k)
torch.take_along_dim(x, j, 1)
x.masked_fill(b, 0.0) | x.masked_fill(b, float('-inf')).softmax(1) | x.masked_select(b) | x[b] | x[:, k] | x[j[:, 0], k]
x[..., 0] | x[1] | x[:, None] | x[[0, 1], [2, 0]]
torch.where(b, x, y) | torch.where(x > 0, x, 0.0) | torch.where(b, 1, 0) | x.nonzero() | torch.nonzero(b, as_tuple=True)
torch.searchsorted(v.sort().values, v)
x @ x.T | x.matmul(m) | x.mm(m) | a.bmm(a.transpose(1, 2)) | m.mv(v) | v.dot(v) | v.outer(v)
torch.addmm(x, x, m, beta=0.5, alpha=2) | torch.tensordot(x, m, dims=1)
torch.einsum('ij,jk->ik', x, m) | torch.einsum('bij,bkj->bik', a, a) | torch.einsum('ii->i', m) | torch.kron(x, y)
torch.cross(x, y, dim=1) | torch.cdist(x, y)
torch.linalg.inv(m) | torch.linalg.det(m) | m.det() | m.logdet() | torch.linalg.slogdet(m) | torch.linalg.solve(m, v)
torch.linalg.cholesky(m @ m.T + torch.eye(3, dtype=torch.float64))
torch.linalg.matrix_power(m, 3) | torch.linalg.eigvalsh(m + m.T) | torch.linalg.svdvals(m) | torch.linalg.pinv(x) | x.diff()
torch.trapezoid(x)
x.add(y, alpha=2) | x.sub(1) | torch.sub(x, y, alpha=3) | 2 - x | 2 / x | x.detach().div(y.detach(), rounding_mode='floor')
x.detach().div(2, rounding_mode='trunc') | x.pow(2) | 2 ** x | x ** 3 | x.abs() ** 0.5
x.clamp(-0.5, 0.5) | x.clamp(min=0) | x.clamp_max(0.3) | torch.clip(x, 0, 1) | x.lerp(y, 0.3)
torch.addcmul(x, x, y, value=0.5) | torch.addcdiv(x, y, x) | x.abs().rsqrt() | x.frac()
x.exp() | x.expm1() | x.abs().log() | x.abs().log1p() | x.sigmoid() | x.tanh() | x.relu() | x.erf() | x.sin() | x.cos()
x.atan() | x.square() | x.reciprocal() | x.abs() | x.neg() | x.detach().sign() | x.detach().round() | x.detach().floor()
torch.atan2(x, y) | torch.hypot(x, y) | torch.logaddexp(x, y) | torch.maximum(x, y) | torch.minimum(x, y) | x.fmod(0.7)
x.remainder(0.7) | x % 0.7 | x.detach() // 0.7 | torch.xlogy(x.abs(), y.abs())
x.nan_to_num() | torch.isclose(x, x) | x.eq(y) | x > y | (x > 0) & b | ~b | torch.logical_or(b, x > 0) | b ^ (x > 0)
x.all() | b.any(dim=1) | b.all(0) | x.count_nonzero() | i.unique() | i.bincount() | i.mode()
f + x | f * 2.5 | f + w | i * 2.5 | i / 2 | i + 1 | i // 2 | i * f | b + 1 | b * f | i.float() | i.double() | x.float()
i + b | i ** 2 | i.sqrt() | torch.exp(i) | i.float().mean() | torch.cat([i, f]) | torch.where(i > 1, i, 2.5)
torch.tensor(3) * f | torch.tensor(2.5) * i | torch.tensor(2.5, dtype=torch.float64) * f | 1 / i | torch.maximum(i, f)
torch.ones(3) @ f | f.to(x) | i.to(torch.float64) | x.type_as(f) | i.long() | f.bool() | f.int()
torch.zeros(2, 3) | torch.ones((2,)) | torch.full((2, 2), 7) | torch.full((2,), 1.5) | torch.arange(5)
torch.arange(1, 2, 0.25) | torch.arange(1.0, 4.0) | torch.linspace(0, 1, 5) | torch.eye(2) | torch.zeros_like(i)
torch.ones_like(x)
torch.tensor([1, 2.5]) | torch.tensor([True]) | torch.tensor(3) | torch.logspace(0, 2, 3) | torch.tril(torch.ones(3, 3))
torch.triu_indices(3, 3) | x.new_zeros(2) | x.new_tensor([1, 2]) | i.new_full((2,), 3) | torch.empty(0)
torch.full_like(x, 2)
torch.bucketize(v, torch.tensor([-0.5, 0.5], dtype=torch.float64)) | torch.isin(i, torch.tensor([1, 2]))
torch.histc(x.detach(), 4, -1, 1) | torch.atleast_2d(v) | x.size() | torch.tensor(x.size(1)) | torch.tensor(x.numel())
torch.tensor(a.dim())
F.instance_norm(a) | F.group_norm(a, 3) | F.batch_norm(x, None, None, training=True)
F.huber_loss(x, y) | F.one_hot(i, 4) | F.relu(x) | F.gelu(x) | F.silu(x) | F.elu(x) | F.leaky_relu(x, 0.1) | F.softplus(x)
F.cross_entropy(x, k)
F.mse_loss(x, y) | F.nll_loss(F.log_softmax(x, 1), k) | F.binary_cross_entropy_with_logits(x, b.double())
F.layer_norm(x, (3,)) | F.normalize(x, dim=1) | F.pad(x, (1, 2)) | F.linear(x, m, v) | F.embedding(k, m)
F.cosine_similarity(x, y, dim=1) | F.smooth_l1_loss(x, y) | F.conv1d(a, a) | F.max_pool1d(a, 2) | F.avg_pool1d(a, 2)
F.dropout(x, 0.5, training=False)
F.scaled_dot_product_attention(a, a, a) | F.logsigmoid(x) | F.hardtanh(x) | F.glu(a)
F.kl_div(F.log_softmax(x, 1), F.softmax(y, 1), reduction='batchmean') | F.unfold(a[None], 2) | F.tanh(x) | F.sigmoid(x)
torch.addmm(v * float('nan'), x, m, beta=0) | torch.addmm(v, x, m, beta=0, alpha=2) | torch.addmm(v, x, m, beta=2)
torch.addmv(v, m, v, alpha=3) | torch.baddbmm(a[:, :, :3], a, a.transpose(1, 2), beta=0)
torch.cross(x, y) | torch.cross(x.T, y.T) | torch.cross(m, m.T) | torch.linalg.cross(m, m.T) | torch.linalg.cross(x, y)
torch.linalg.multi_dot([x, m, v]) | torch.linalg.multi_dot([v, m, m]) | torch.chain_matmul(x, m, m)
torch.svd(x).S | torch.svd(x).V.abs() | m.svd().U.abs() | torch.linalg.svd(m).Vh.abs() | torch.linalg.matrix_rank(m.detach())
torch.matrix_power(m.detach(), 0) | a.diagonal() | a.diagonal(1, 1, 2) | x.diagonal(-1) | x.diagonal(2) | x.diagonal(9)
m.T.diagonal() | torch.linalg.diagonal(a) | torch.linalg.diagonal(a, offset=-1) | torch.diagonal(x, dim1=1, dim2=0)
torch.take_along_dim(x, j) | x.masked_fill(b, v[0]) | x.masked_scatter(b, y) | x.index_add(1, k, y[:, :2], alpha=2)
torch.tensor(3.0).nonzero() | torch.tensor(0.0).nonzero() | torch.nonzero(torch.tensor(3), as_tuple=True)
torch.softmax(v[0], 0) | v[0].log_softmax(-1) | F.softmax(v, dim=0)
torch.where(torch.tensor([True, False]), torch.tensor(1.0), 2) | torch.var_mean(x, 1, True) | torch.std_mean(x, False)
torch.var_mean(x, unbiased=False) | torch.std_mean(x, dim=1, correction=0, keepdim=True) | torch.var_mean(x, dim=(0, 1))
v[0].max(0) | v[0].min(0, keepdim=True) | v[0].sort() | v[0].argsort() | v[0].topk(1) | v[0].kthvalue(1) | v[0].median(0)
v[0].mode() | v[0].cumsum(0) | v[0].cumprod(-1) | v[0].cummax(0)
torch.median(torch.stack([v[0], v[0], v[1]])) | torch.median(torch.cat([x, x])) | torch.cat([x, x]).median(0)
torch.tensor([1.0, float('nan')]).median() | torch.tensor([]).median() | torch.tensor([1.0, float('nan'), 3.0]).median(0)
torch.tensor([1.0, float('nan'), 3.0, 0.0]).cummax(0) | torch.tensor([1.0, float('nan'), float('nan')]).cummin(0)
torch.empty(2, 0).chunk(3, 1) | x.narrow(1, -2, 2) | x.narrow(1, 3, 0) | x.unfold(1, 2, 1) | torch.rot90(a, 1, [1, 2])
i ** 2.0 | i.pow(2.0) | b ** 2.0 | 2.0 ** i | i ** torch.tensor(2.0)
x[torch.tensor(1)] | x[k[1], 0] | x[torch.tensor(1), k] | x[:, torch.tensor(2)] | x[torch.tensor(True)]
torch.zeros(2, dtype=float) | torch.zeros(2, dtype=int) | torch.arange(3, dtype=float) | f.to(float) | i.to(float)
x.as_strided((2, 2), (1, 2)) | x.as_strided((2, 3), (0, 1), 2) | x.T.as_strided((2, 2), (1, 3)) | x[1].as_strided((2,), (1,))
v.expand(4, 3).as_strided((2, 2), (0, 2)) | x.detach()[1].as_strided((3,), (1,), 0) | torch.as_strided(a, (3, 3), (5, 1), 2)
i.new(2, 2).fill_(3) | i.new([4, 5]) | x.new(x.size()).zero_() | torch.FloatTensor([1, 2]) | torch.ByteTensor([1, 2])
torch.FloatTensor(2, 3).zero_() | x.type(torch.LongTensor) | x.type(torch.FloatTensor) | x.type('torch.HalfTensor').long()
x.quantile(0.4, interpolation='nearest') | torch.quantile(x, q, 1, interpolation='nearest')
torch.quantile(v, 0.25, interpolation='nearest') | torch.quantile(torch.arange(5.), 0.375, interpolation='nearest')
torch.quantile(torch.arange(5.), 0.625, interpolation='nearest') | torch.nanmedian(x) | torch.nanmedian(x, 1)
x.nanmedian(0, True) | torch.tensor([1., float('nan'), 3., 2.]).nanmedian()
torch.tensor([[float('nan')] * 2, [1., float('nan')]]).nanmedian(1) | torch.nanquantile(x, 0.5)
torch.nanquantile(x, q, dim=1) | torch.nanquantile(x, 0.3, 0, True)
torch.nanquantile(torch.tensor([1., float('nan'), 3., 2.]), 0.25)
torch.nanquantile(torch.tensor([[float('nan')] * 2, [1., float('nan')]]), 0.5, dim=1)
torch.nanquantile(x, 0.3, None, True) | torch.hsplit(x, 3) | torch.vsplit(x, 2) | a.dsplit(2) | v.hsplit((1,))
x.hsplit([1]) | torch.diagflat(x) | torch.diagflat(v, 1) | x.diagflat(-1) | torch.block_diag(x, m)
torch.block_diag(v, x, v[0]) | torch.combinations(v) | torch.combinations(i, 3)
torch.combinations(v, with_replacement=True) | torch.unique_consecutive(torch.tensor([1, 1, 2, 1]))
torch.unique_consecutive(torch.tensor([1, 1, 2, 1]), return_inverse=True, return_counts=True)
torch.unique_consecutive(torch.tensor([[1, 1], [1, 1], [2, 1]]), dim=0)
torch.unique_consecutive(torch.tensor([[1, 1], [1, 1], [2, 1]]), True, True)
torch.unique_consecutive(torch.empty(0)) | x.where(b, y) | x.equal(y) | x.allclose(x) | x.positive() | x.signbit()
x.isneginf() | (x / 0).isposinf() | torch.nextafter(x.detach(), y.detach()) | x.i0() | ~i | i & 1 | i ^ i | i << 1
i >> 1 | 1 << i | 6 & i | ~b | b & b | b ^ b | True & b | torch.bitwise_and(i, 1) | i.bitwise_or(4) | i.bitwise_xor(2)
torch.bitwise_not(b) | torch.bitwise_left_shift(i, 2) | i & b[0].long() | i & True | i.int() | i.byte() ^ 255
torch.cov(x) | torch.cov(v) | torch.cov(x, correction=0) | torch.corrcoef(x) | torch.corrcoef(v) | x.cov() | f.cov()
x.logcumsumexp(1) | torch.logcumsumexp(x * 400, 0) | v.logcumsumexp(dim=-1) | torch.vdot(v, v) | v.vdot(v * 2)
torch.addr(m, v, v) | m.addr(v, v, beta=0, alpha=2) | torch.addbmm(m, a, a.transpose(1, 2))
m.addbmm(a, a.mT, beta=2, alpha=0.5) | v.addmv(m, v) | torch.pinverse(m) | torch.cumulative_trapezoid(v)
torch.cumulative_trapezoid(x, dx=2, dim=0) | torch.cumulative_trapezoid(x, v)
torch.cumulative_trapezoid(x, y, dim=1) | torch.gradient(v) | torch.gradient(x) | torch.gradient(m, spacing=2.0)
torch.gradient(m, dim=0, edge_order=2) | torch.renorm(x, 2, 0, 1.) | x.renorm(1, 1, 0.5) | torch.renorm(a, 2, 1, 1.5)
torch.clone(x) | torch.detach(x) | torch.atleast_3d(x) | torch.atleast_3d(v) | torch.vander(w) | torch.vander(w, 2, increasing=True)
torch.float_power(x.abs(), 3) | i.float_power(2) | torch.unravel_index(i, (2, 2)) | torch.special.expit(x)
torch.special.entr(x.abs()) | torch.special.ndtr(x) | torch.special.log_ndtr(x) | torch.special.i1(x)
torch.special.gammaln(x.abs() + 1) | torch.special.polygamma(2, x.abs() + 1) | torch.special.xlog1py(x, y.abs())
torch.special.gammainc(w.abs(), v.abs() + 1) | torch.special.gammaincc(w.abs(), v.abs() + 1) | torch.special.softmax(x, 1)
torch.cholesky_solve(v[:, None], torch.linalg.cholesky(m @ m.T)) | torch.cholesky_inverse(torch.linalg.cholesky(m @ m.T))
x.scatter_reduce(1, j, y, 'amax') | x.scatter_reduce(1, j, y, 'amin') | x.scatter_reduce(0, j, y, 'amax', include_self=False)
i.scatter_reduce(0, k, k - 5, 'amax', include_self=False) | torch.linalg.solve(m, x, left=False) | torch.linalg.inv(A=m)
torch.cholesky_solve(m, torch.linalg.cholesky(m @ m.T).mT, upper=True)
torch.linalg.solve_triangular(m, v[:, None], upper=False)
torch.linalg.solve_triangular(m, x, upper=True, left=False)
torch.linalg.solve_triangular(m, m.T, upper=True, unitriangular=True) | torch.triangular_solve(v[:, None], m)
torch.triangular_solve(v[:, None], m, upper=False, transpose=True)[0] | torch.linalg.matrix_exp(m * 0.1)
torch.matrix_exp(torch.stack([m, m.T]) * 0.1) | torch.linalg.cond(m) | torch.linalg.vecdot(x, y)
torch.linalg.vecdot(x, y, dim=0) | torch.flip(x, dims=(0, 1)) | x.flip(dims=[1]) | x.flip(1, 0) | torch.flip(x, [0])
torch.flip(x, (0,)) | torch.bincount(i, weights=f) | torch.bincount(i, weights=i) | torch.bincount(i, weights=w)
torch.result_type(i, 1.0) == torch.float32 | torch.can_cast(torch.float32, torch.int32)
torch.can_cast(torch.int32, torch.float32) | torch.can_cast(torch.int64, torch.int8)
torch.can_cast(torch.int8, torch.uint8) | torch.can_cast(torch.bool, torch.int8)
D.Normal(x, y.abs()).log_prob(y) | D.Normal(0., 2.).log_prob(x)
D.Normal(x, 1.5).entropy() | D.Normal(x, y.abs()).cdf(v)
D.Normal(v, 2.).icdf(torch.tensor([0.1, 0.5, 0.9], dtype=torch.float64))
D.Normal(x, y.abs()).variance | D.Normal(x, 2.).stddev
D.Normal(v, 1.).log_prob(x) | D.Normal(x, 1.0).perplexity()
D.Normal(f, 1.).rsample().dtype == torch.float32 | D.Uniform(v - 3, v).entropy()
D.Uniform(v - 3, v).mean | D.Uniform(0., x.abs()).variance
D.Bernoulli(y.sigmoid()).log_prob(b.double())
D.Bernoulli(logits=x).log_prob(b.double()) | D.Bernoulli(logits=x).entropy()
D.Bernoulli(x.sigmoid()).entropy() | D.Bernoulli(logits=x).mean
D.Bernoulli(x.sigmoid()).logits | D.Bernoulli(x.sigmoid()).variance
D.Bernoulli(0.3).log_prob(torch.tensor([0., 1., 1.]))
D.Bernoulli(logits=v).log_prob(b.double())
D.Bernoulli(torch.tensor([0., 1.])).log_prob(torch.tensor([0., 1.]))
D.Categorical(x.abs()).log_prob(k) | D.Categorical(logits=x).log_prob(k)
D.Categorical(logits=v).log_prob(k)
D.Categorical(logits=x).log_prob(torch.tensor(1))
D.Categorical(logits=x).entropy() | D.Categorical(v.abs()).entropy()
D.Categorical(logits=a).log_prob(j) | D.Categorical(logits=x).probs
D.Categorical(x.abs()).logits
D.Categorical(torch.tensor([0., 1.])).log_prob(torch.tensor([0, 1]))
D.Categorical(torch.tensor([0., 1.])).entropy() | D.Categorical(logits=x).mode
D.Categorical(logits=x).log_prob(torch.tensor([[0, 1], [2, 2], [1, 0]]))
D.Multinomial(4, v.abs()).log_prob(torch.tensor([1., 1., 2.], dtype=torch.float64))
D.Multinomial(3, logits=x).log_prob(torch.tensor([[1., 1., 1.], [3., 0., 0.]], dtype=torch.float64))
D.Multinomial(3, logits=x).mean | D.Multinomial(3, x.abs()).variance
D.Multinomial(5, v.abs()).event_shape
D.kl_divergence(D.Normal(x, 1.5), D.Normal(y, 2.))
D.kl_divergence(D.Categorical(logits=x), D.Categorical(logits=y))
D.kl_divergence(D.Bernoulli(logits=x), D.Bernoulli(y.sigmoid()))
D.kl_divergence(D.Categorical(torch.tensor([0., 1.])), D.Categorical(torch.tensor([0.5, 0.5])))
D.kl_divergence(D.Categorical(torch.tensor([0.5, 0.5])), D.Categorical(torch.tensor([0., 1.])))
D.Uniform(v - 9, v + 9).log_prob(x)
"""
EXPRESSIONS = [part.strip() for line in CALLS.strip().splitlines() for part in line.split(" | ")]
# In place, on copies: statements, after which the copy is looked at.
EDITS = """
z.zero_() | z.fill_(2.5) | z.copy_(v) | z.add_(1) | z.add_(y, alpha=2) | z.sub_(y) | z.mul_(y) | z.div_(2) | z.pow_(2)
z.clamp_(-0.5, 0.5) | z.clamp_(min=0)
z.exp_() | z.neg_() | z.abs_() | z.sigmoid_() | z.tanh_() | z.relu_() | z.masked_fill_(b, 3.0) | z.scatter_(1, u, y)
z.scatter_add_(1, j, y) | z.index_add_(1, k, y[:, :2])
z.index_fill_(1, k, 9.0) | z[0].fill_(1) | z[:, 1].add_(5) | z[0] = 1 | z[b] = 0 | z[:, k] = y[:, :2] | z += y | z *= 2
z -= 1 | z /= y | z.addcmul_(y, y, value=2) | z.addcdiv_(y, y + 3)
z.lerp_(y, 0.3) | z.square_() | z.fill_diagonal_(7) | z.index_copy_(1, k, y[:, :2]) | z.t().mul_(2) | z.view(-1)[2] = 5
z.add_(x).mul_(x)
z.roll(0).zero_() | torch.rot90(z, 0).zero_() | z.diagonal().fill_(3) | z.diagonal()[0] = v[0] | z.diagonal(1).mul_(v[:2])
z[k[1]].zero_() | z[torch.tensor(0)] += 1 | z.masked_fill_(b, v[0])
z.hypot_(y) | z.atan2_(y) | z.addmm_(x, m) | z.cumsum_(1) | z.cumprod_(0) | z.scatter_reduce_(1, j, y, 'sum')
z.scatter_reduce_(1, j, y, 'amin', include_self=False)
z.xlogy_(y.abs()) | z.renorm_(2, 0, 1) | zz = +z; zz.zero_() | zz = z.positive(); zz.mul_(2) | z.copysign_(y.detach())
zz = z.where(b, z); zz.zero_() | zz = i.clone(); zz.bitwise_and_(1); z.add_(zz) | zz = i.clone(); zz &= 1; z += zz
zz = i.clone(); zz <<= 2; z += zz | zz = b.clone(); zz |= True; z *= zz
"""
STATEMENTS = [part.strip() for line in EDITS.strip().splitlines() for part in line.split(" | ")]


def operands(torch: Any) -> dict[str, Any]:
    """Tensors by their letters: floats that ask for gradients, whole numbers, bools, float32."""
    numbers = np.sin(np.arange(1.0, 60.0) * 1.7) * 1.3

    def floats(start: int, *shape: int, dtype: Any = None, add: float = 0.0) -> Any:
        count = int(np.prod(shape))
        array = numbers[start : start + count].reshape(shape) + (add * np.eye(shape[0]) if add else 0.0)
        part = torch.tensor(array.tolist(), dtype=dtype or torch.float64)
        return part.requires_grad_(dtype is None)

    return {
        "x": floats(0, 2, 3), "y": floats(7, 2, 3), "v": floats(14, 3), "m": floats(20, 3, 3, add=3.0), "a": floats(30, 2, 3, 4),
        "f": floats(5, 3, dtype=torch.float32), "w": floats(9, 3, dtype=torch.float64),
        "i": torch.tensor([1, 0, 3]), "j": torch.tensor([[0, 1, 1], [1, 0, 0]]), "k": torch.tensor([2, 0]),
        "u": torch.tensor([[0, 2, 1], [1, 0, 2]]),
        "b": torch.tensor([[True, False, True], [False, False, True]]), "q": torch.tensor([0.25, 0.5], dtype=torch.float64),
    }  # fmt: skip


def describe(found: Any) -> list[Any]:
    """What an expression gave, as lists: of each tensor the dtype, the shape and the numbers."""
    if isinstance(found, (tuple, list)) and not (found and isinstance(found[0], int)):
        return [part for one in found for part in describe(one)]
    if isinstance(found, tuple):
        return [["size", list(found), []]]
    if isinstance(found, bool):
        return [["bool", [], [found]]]
    name = str(found.dtype).removeprefix("torch.")
    return [[name, list(found.shape), [repr(n) for n in found.detach().reshape(-1).tolist()]]]


def results(found: Any) -> list[Any]:
    """The tensors among what an expression gave."""
    if isinstance(found, (tuple, list)):
        return [part for one in found for part in results(one)]
    return [found] if hasattr(found, "requires_grad") and found.requires_grad else []


def evaluate(torch: Any, functional: Any, code: str) -> dict[str, Any]:
    """The value of an expression, or of `z`, a copy of `x`, after a statement, and the gradients of the operands."""
    given = operands(torch)
    names = {**given, "torch": torch, "F": functional, "D": torch.distributions}
    if code in STATEMENTS:
        names["z"] = given["x"].clone()
        exec(code, names)
        found = names["z"]
    else:
        found = eval(code, names)
    told = describe(found)
    total = None
    for part in results(found):
        if part.dtype == torch.float64:
            weights = torch.tensor(np.cos(np.arange(1.0, part.numel() + 1.0)).tolist(), dtype=torch.float64)
            term = (part.reshape(-1) * weights).sum()
            total = term if total is None else total + term
    gradients = {}
    if total is not None:
        total.backward()
        for letter, tensor in given.items():
            if tensor.requires_grad and tensor.grad is not None:
                gradients[letter] = [repr(n) for n in tensor.grad.reshape(-1).tolist()]
    return {"value": told, "gradients": gradients}
