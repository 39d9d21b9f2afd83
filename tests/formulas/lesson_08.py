import numpy as np
import torch
from torch import nn

from tests.formulas import Formulas

FORMULAS = Formulas()


def relu(value):
    return max(value, 0.0)


@FORMULAS.pair(r"W_2 (W_1 x + b_1) + b_2 = (W_2 W_1)\, x + (W_2 b_1 + b_2)")
def collapse(rng, code):
    first, second = nn.Linear(4, 6).double(), nn.Linear(6, 3).double()
    (W1, b1), (W2, b2) = first.parameters(), second.parameters()
    x = torch.from_numpy(rng.normal(size=4))
    merged = code.expression(
        "layer.weight @ W, layer.weight @ b + layer.bias", layer=second, W=W1, b=b1
    )
    yield W2 @ (W1 @ x + b1) + b2, second(first(x))
    yield (W2 @ W1) @ x + (W2 @ b1 + b2), second(first(x))
    yield W2 @ W1, merged[0]
    yield W2 @ b1 + b2, merged[1]


@FORMULAS.pair(r"b \le 0, \qquad w_2 + b > 0, \qquad w_1 + b > 0, \qquad w_1 + w_2 + b \le 0")
def xor_needs(rng, code):
    text = "torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])"
    X_xor = code.expression(text).double()
    for w1, w2, b in rng.normal(size=(40, 3)):
        answers = X_xor @ torch.tensor([w1, w2]) + b > 0
        yield (
            [b <= 0, w2 + b > 0, w1 + b > 0, w1 + w2 + b <= 0],
            answers == torch.tensor([False, True, True, False]),
        )


@FORMULAS.pair(
    r"h_1 = \mathrm{ReLU}(x_1 + x_2), \qquad h_2 = \mathrm{ReLU}(x_1 + x_2 - 1), "
    r"\qquad y = h_1 - 2 h_2"
)
def xor_by_hand(rng, code):
    X = torch.from_numpy(rng.normal(size=(9, 2))).float()
    net = code.cell("xor-hand-code", X_xor=X)["by_hand"]
    for (x1, x2), hidden, y in zip(X.tolist(), net[:2](X), net(X), strict=True):
        h1, h2 = relu(x1 + x2), relu(x1 + x2 - 1)
        yield [h1, h2], hidden, 1e-5
        yield [h1 - 2 * h2], y, 1e-5


@FORMULAS.pair(r"p_i = \frac{e^{z_i}}{\sum_{j=1}^{K} e^{z_j}}")
def softmax(rng, code):
    z = torch.from_numpy(rng.normal(size=(5, 3)))
    found = code.expression("logit_rows.softmax(dim=1)", logit_rows=z)
    yield [[np.exp(v) / sum(np.exp(u) for u in row) for v in row] for row in z.tolist()], found


@FORMULAS.pair(r"\frac{e^z}{e^0 + e^z} = \frac{1}{1 + e^{-z}}")
def two_classes(rng, code):
    z = torch.from_numpy(rng.normal(size=9))
    pairs = code.expression("torch.stack([torch.zeros_like(grid), grid], dim=1)", grid=z)
    yield z.exp() / (1 + z.exp()), pairs.softmax(dim=1)[:, 1]
    yield 1 / (1 + (-z).exp()), z.sigmoid()


@FORMULAS.pair(
    r"h_1 = \mathrm{ReLU}(w_{11} x_1 + w_{12} x_2 + b_1), "
    r"\qquad h_2 = \mathrm{ReLU}(w_{21} x_1 + w_{22} x_2 + b_2)",
    r"y = v_1 h_1 + v_2 h_2 + c",
)
def two_neurons(rng, code):
    net = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1)).double()
    (w11, w12), (w21, w22) = net[0].weight.tolist()
    (b1, b2), (v1, v2), c = net[0].bias.tolist(), net[2].weight[0].tolist(), net[2].bias.item()
    for x1, x2 in rng.normal(size=(5, 2)):
        h1, h2 = relu(w11 * x1 + w12 * x2 + b1), relu(w21 * x1 + w22 * x2 + b2)
        yield [v1 * h1 + v2 * h2 + c], net(torch.tensor([x1, x2]))
