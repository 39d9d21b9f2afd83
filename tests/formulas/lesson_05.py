import numpy as np
import torch
from torch import nn

from tests.formulas import Formulas

FORMULAS = Formulas()


def logits(rng, n=6, num_classes=3):
    return rng.normal(size=(n, num_classes)), rng.integers(num_classes, size=n)


def softmax(z):
    return np.exp(z) / sum(np.exp(z_j) for z_j in z)


@FORMULAS.pair(
    r"\underset{(30,\,2)}{X} \xrightarrow{\ \text{Affine}\ } \underset{(30,\,10)}{A} "
    r"\xrightarrow{\ \text{Sigmoid}\ } \underset{(30,\,10)}{H} \xrightarrow{\ \text{Affine}\ } "
    r"\underset{(30,\,3)}{Z} \xrightarrow{\ \text{SoftmaxWithLoss}\ } \underset{\text{수 하나}}{L}"
)
def blueprint(rng, code):
    net = code.define("TwoLayerNet")(2, 10, 3)
    value, kinds = rng.normal(size=(30, 2)), ["Affine", "Sigmoid", "Affine"]
    yield kinds == [type(layer).__name__ for layer in net.layers], True
    for layer, shape in zip(net.layers, [(30, 10), (30, 10), (30, 3)], strict=True):
        value = layer.forward(value)
        yield shape, value.shape
    yield type(net.loss_layer).__name__ == "SoftmaxWithLoss", True
    yield [], np.shape(net.loss_layer.forward(value, np.zeros(30, dtype=int)))


@FORMULAS.pair(r"\frac{dL}{dx} = \frac{dL}{dy} \cdot \frac{dy}{dx}")
def chain_rule(rng, code):
    x = torch.tensor(rng.normal(), requires_grad=True)
    y = x.sin()
    (y**3).backward()
    yield 3 * y**2 * x.cos(), x.grad


@FORMULAS.pair(
    r"\underset{(N,\,O)}{Y} = \underset{(N,\,I)}{X}\ \underset{(I,\,O)}{W} + \underset{(O)}{b}, "
    r"\qquad Y_{no} = \sum_i X_{ni} W_{io} + b_o",
    r"\frac{\partial L}{\partial W_{io}} = \sum_n X_{ni}\, dY_{no} \quad\Longrightarrow\quad "
    r"\underset{(I,\,O)}{dW} = \underset{(I,\,N)}{X^\top}\ \underset{(N,\,O)}{dY}",
    r"\frac{\partial L}{\partial X_{ni}} = \sum_o dY_{no}\, W_{io} \quad\Longrightarrow\quad "
    r"\underset{(N,\,I)}{dX} = \underset{(N,\,O)}{dY}\ \underset{(O,\,I)}{W^\top}",
)
def affine(rng, code):
    X, W, b = rng.normal(size=(7, 4)), rng.normal(size=(4, 3)), rng.normal(size=3)
    dY = rng.normal(size=(7, 3))
    layer = code.define("Affine")(W, b)
    Y = [[sum(X[n, i] * W[i, o] for i in range(4)) + b[o] for o in range(3)] for n in range(7)]
    yield Y, layer.forward(X)
    yield X @ W + b, layer.forward(X)
    dX, (dW, _) = layer.backward(dY), layer.grads
    yield [[sum(X[n, i] * dY[n, o] for n in range(7)) for o in range(3)] for i in range(4)], dW
    yield X.T @ dY, dW
    yield [[sum(dY[n, o] * W[i, o] for o in range(3)) for i in range(4)] for n in range(7)], dX
    yield dY @ W.T, dX


@FORMULAS.pair(
    r"h = \frac{1}{1 + e^{-a}}, \qquad \frac{dh}{da} = \frac{e^{-a}}{(1 + e^{-a})^2} = h\,(1 - h)"
)
def sigmoid(rng, code):
    a, layer = rng.normal(size=9), code.define("Sigmoid")()
    h = 1 / (1 + np.exp(-a))
    yield h, layer.forward(a)
    yield np.exp(-a) / (1 + np.exp(-a)) ** 2, layer.backward(np.ones(9))
    yield h * (1 - h), layer.backward(np.ones(9))


@FORMULAS.pair(r"p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}")
def probability(rng, code):
    z, _ = logits(rng)
    yield [softmax(row) for row in z], code.define("softmax")(z)


@FORMULAS.pair(
    r"-\log p_t = -\log \frac{e^{z_t}}{S} = -z_t + \log S",
    r"\frac{\partial (-\log p_t)}{\partial z_k} = -[k = t] + p_k",
)
def one_row(rng, code):
    z, t = logits(rng, n=1)
    layer, row, right = code.define("SoftmaxWithLoss")(), z[0], t[0]
    S = np.exp(row).sum()
    loss = layer.forward(z, t)
    yield -np.log(np.exp(row[right]) / S), loss
    yield -row[right] + np.log(S), loss
    yield [softmax(row)[k] - (k == right) for k in range(3)], layer.backward()[0]


@FORMULAS.pair(
    r"\underset{(N,\,3)}{dZ} = \frac{1}{N}\bigl(\underset{(N,\,3)}{P} - "
    r"\underset{(N,\,3)}{\text{원-핫}}\bigr)"
)
def dz_of_batch(rng, code):
    z, t = logits(rng)
    layer = code.define("SoftmaxWithLoss")()
    layer.forward(z, t)
    P, one_hot = np.array([softmax(row) for row in z]), np.eye(3)[t]
    yield (P - one_hot) / 6, layer.backward()


@FORMULAS.pair(r"L = \frac{\sum_n w_n\,(-\log p_{n t_n})}{\sum_n w_n}")
def weighted_loss(rng, code):
    z, t = logits(rng)
    per_class = rng.random(3)  # torch는 클래스마다의 가중치만 받음
    w = per_class[t]
    losses = [-np.log(softmax(row)[right]) for row, right in zip(z, t, strict=True)]
    yield (
        (w * losses).sum() / w.sum(),
        nn.functional.cross_entropy(*map(torch.tensor, (z, t, per_class))),
    )


@FORMULAS.pair(
    r"\underset{(N,\,D)}{H} = \mathrm{sigmoid}(\underset{(N,\,D)}{X}\ \underset{(D,\,D)}{W} + "
    r"\underset{(D)}{b}), \qquad \underset{(N,\,D)}{Y} = X + H"
)
def skip(rng, code):
    X, W, b = rng.normal(size=(5, 4)), rng.normal(size=(4, 4)), rng.normal(size=4)
    yield X + 1 / (1 + np.exp(-(X @ W + b))), code.define("Skip")(W, b).forward(X)
