import numpy as np
import torch
from torch import nn

from tests.formulas import Formulas

FORMULAS = Formulas()


@FORMULAS.pair(r"y = x\,W^\top + b")
def linear(rng, code):
    layer, x = nn.Linear(13, 50).double(), torch.from_numpy(rng.normal(size=(4, 13)))
    W, b = layer.parameters()
    yield x @ W.T + b, layer(x)


@FORMULAS.pair(
    r"13 \cdot 50 + 50 = 700, \qquad 50 \cdot 30 + 30 = 1530, \qquad 30 \cdot 1 + 1 = 31"
)
def counts(rng, code):
    spoken = [13 * 50 + 50, 50 * 30 + 30, 30 * 1 + 1]
    model = code.define("MLP")()
    layers = (model.fc1, model.fc2, model.fc3)
    yield spoken, [700, 1530, 31]
    yield spoken, [sum(p.numel() for p in layer.parameters()) for layer in layers]


@FORMULAS.pair(r"\frac{\partial L}{\partial \hat{y}} = \frac{2}{N} (\hat{y} - y)")
def loss_gradient(rng, code):
    y_hat, y = torch.from_numpy(rng.normal(size=(2, 6, 1)))
    y_hat.requires_grad_()
    nn.MSELoss()(y_hat, y).backward()
    yield 2 / 6 * (y_hat - y), y_hat.grad


@FORMULAS.pair(r"\sqrt{50 \cdot \frac{1}{3 \cdot 13}} = \sqrt{\frac{50}{39}} \approx 1.132")
def column_size(rng, code):
    yield np.sqrt(50 * 1 / (3 * 13)), np.sqrt(50 / 39)
    yield 1.132, round(np.sqrt(50 / 39), 3)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        weight = nn.Linear(13, 50_000).weight  # 열 하나에서 50개의 제곱합의 평균
    yield np.sqrt(50 / 39), (50 * (weight**2).mean()).sqrt(), 0.005
