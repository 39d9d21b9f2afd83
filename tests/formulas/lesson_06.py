import numpy as np
import torch
from torch import nn

from tests.formulas import Formulas

FORMULAS = Formulas()


def logits(rng, n=4, num_classes=10):
    z = torch.from_numpy(rng.normal(size=(n, num_classes)))
    return z, torch.from_numpy(rng.integers(num_classes, size=n))


def softmax(z):
    return np.exp(z) / sum(np.exp(z_j) for z_j in z)


@FORMULAS.pair(
    r"p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}, \qquad L = -\log p_t",
    r"L = -\log \frac{e^{z_t}}{\sum_j e^{z_j}} = -z_t + \log \sum_j e^{z_j}",
)
def two_routes(rng, code):
    z, t = logits(rng)[0][0], 3
    first = code.cell("route1-code", z10=z, target=t)
    p = softmax(z.numpy())
    yield p, first["p"]
    yield -np.log(p[t]), first["loss_1"]
    second = code.cell("route2-code", z10=z, target=t)["loss_2"]
    yield -(z[t].exp() / z.exp().sum()).log(), second
    yield -z[t] + z.exp().sum().log(), second
    yield second, nn.functional.cross_entropy(z, torch.tensor(t))


@FORMULAS.pair(r"\frac{\partial L}{\partial z_k} = p_k - [k = t]")
def gradient(rng, code):
    z, t = logits(rng, n=1)
    spoken = [[softmax(z[0].numpy())[k] - (k == t.item()) for k in range(10)]]
    found = code.cell("gradient-code", logits=z, labels=t)
    yield spoken, found["formula"]
    yield spoken, found["leaf"].grad


@FORMULAS.pair(r"\log p_k = (z_k - c) - \log \sum_j e^{z_j - c}, \qquad c = \max_j z_j")
def stable(rng, code):
    z = 1000 * logits(rng)[0][0]
    c = z.max()
    yield (z - c) - (z - c).exp().sum().log(), z.log_softmax(dim=0)


@FORMULAS.pair(r"L = \frac{\sum_i w_{t_i}\, \ell_i}{\sum_i w_{t_i}}")
def weights(rng, code):
    z, t = logits(rng)
    w, each = torch.from_numpy(rng.random(10)), nn.functional.cross_entropy(z, t, reduction="none")
    top = sum(w[t[i]] * each[i] for i in range(4))
    spoken = top / sum(w[t[i]] for i in range(4))
    text = "(sample_w * each).sum() / sample_w.sum()"
    yield spoken, code.expression(text, sample_w=w[t], each=each)
    yield spoken, nn.functional.cross_entropy(z, t, weight=w)


@FORMULAS.pair(r"L = -\sum_k q_k \log p_k")
def soft_target(rng, code):
    z, q = logits(rng)[0], torch.from_numpy(rng.dirichlet(np.ones(10), size=4))
    log_p = z.log_softmax(dim=1)
    spoken = [-sum(q[i, k] * log_p[i, k] for k in range(10)) for i in range(4)]
    yield spoken, code.expression("-(q * log_p).sum(dim=1)", q=q, log_p=log_p)
    yield spoken, nn.functional.cross_entropy(z, q, reduction="none")


@FORMULAS.pair(
    r"-\log \frac{e^1}{e^1 + e^0 + e^0} = \log\left(1 + \frac{2}{e}\right) \approx 0.551"
)
def floor_of_twice(rng, code):
    best = nn.functional.cross_entropy(torch.tensor([1.0, 0.0, 0.0]).double(), torch.tensor(0))
    yield -np.log(np.e / (np.e + 1 + 1)), best
    yield np.log(1 + 2 / np.e), best
    yield 0.551, round(best.item(), 3)


@FORMULAS.pair(r"L = \frac{\sum_b S_b}{\sum_b W_b} = \frac{\sum_b W_b L_b}{\sum_b W_b}")
def merged(rng, code):  # 풀이에 있는 식
    z, t = logits(rng, n=6)
    w = torch.from_numpy(rng.random(10))
    parts = [(z[:2], t[:2]), (z[2:], t[2:])]
    S = [nn.functional.cross_entropy(*part, weight=w, reduction="sum") for part in parts]
    W = [w[labels].sum() for _, labels in parts]
    L = [nn.functional.cross_entropy(*part, weight=w) for part in parts]
    whole = nn.functional.cross_entropy(z, t, weight=w)
    yield sum(S) / sum(W), whole
    yield (W[0] * L[0] + W[1] * L[1]) / sum(W), whole
