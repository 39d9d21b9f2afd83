"""05강의 연습을 다르게 쓴 맞는 답입니다."""

import numpy as np
import torch
from torch import nn


def weighted_by_loop(z, t, w):
    dz = np.zeros_like(z)
    for n in range(len(z)):
        e = np.exp(z[n] - max(z[n]))
        dz[n] = e / sum(e)
        dz[n, t[n]] -= 1
        dz[n] *= w[n] / sum(w)
    return dz


def weighted_by_index(z, t, w):
    dz = torch.softmax(torch.tensor(z), dim=1).numpy()
    dz[np.arange(len(t)), t] -= 1
    return dz * (w / w.sum()).reshape(-1, 1)


def weighted_by_autograd(z, t, w):
    z, t, w = torch.tensor(z, requires_grad=True), torch.tensor(t), torch.tensor(w)
    losses = nn.functional.cross_entropy(z, t, reduction="none")
    ((w * losses).sum() / w.sum()).backward()
    return z.grad


def weighted_in_float32(z, t, w):
    return weighted_by_autograd(z, t, w).float()


def weighted_by_mean_weight(z, t, w):
    p = np.exp(z - np.logaddexp.reduce(z, axis=1, keepdims=True))
    dz = (p - (np.arange(z.shape[1]) == t[:, None])) / len(t)
    return np.einsum("n,nc->nc", w / w.mean(), dz)


def skip_by_identity(x, h, W, dout):
    da = h * (1 - h) * dout
    return [dout @ np.eye(len(W)) + np.dot(da, W.T), np.dot(x.T, da), np.sum(da, axis=0)]


def skip_by_autograd(x, h, W, dout):
    b = torch.tensor(np.log(h / (1 - h)) - x @ W)[0].requires_grad_()
    x, W = (torch.tensor(value, requires_grad=True) for value in (x, W))
    (x + torch.sigmoid(x @ W + b)).backward(torch.tensor(dout))
    return x.grad, W.grad, b.grad


def skip_by_loop(x, h, W, dout):
    dx, dW, db = dout.copy(), np.zeros_like(W), np.zeros(len(W))
    for n, i in np.ndindex(x.shape):
        da = dout[n] * h[n] * (1 - h[n])
        dx[n, i] += (da * W[i]).sum()
        dW[i] += x[n, i] * da
        db[i] += da[i]
    return dx, dW, db


OTHERS = {
    "05-2": [
        weighted_by_loop,
        weighted_by_index,
        weighted_by_autograd,
        weighted_in_float32,
        weighted_by_mean_weight,
    ],
    "05-3": [skip_by_identity, skip_by_autograd, skip_by_loop],
    "05-4": [
        {"hidden_size": 20, "scale": 4, "lr": 2},
        {"hidden_size": 14, "scale": 3.0, "lr": 4.0},
        {"hidden_size": np.int64(16), "scale": torch.tensor(3.0), "lr": 3.0},
    ],
}
