"""02강의 연습을 다르게 쓴 맞는 답입니다."""

import math
import random
from itertools import pairwise

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def by_matrices(model):
    W, b = torch.ones(1, 1), torch.zeros(1)
    for layer in model:
        W = layer.weight @ W
        b = layer.weight @ b + layer.bias
    return W.item(), b.item()


def by_gradient(model):
    x = torch.zeros(1, 1, requires_grad=True)
    y = model(x)
    y.backward()
    return x.grad.item(), y.item()


def by_transposed_rows(model):
    """행벡터로 앞에서부터 곱합니다."""
    row, b = torch.ones(1, 1), torch.zeros(1, 1)
    for layer in model:
        row, b = row @ layer.weight.T, b @ layer.weight.T + layer.bias
    return row.item(), b.item()


def by_numpy_fit(model):
    x = np.linspace(-3, 3, 7)
    y = model(torch.tensor(x, dtype=torch.float32)[:, None]).detach().numpy().ravel()
    return np.polyfit(x, y, 1)


def by_two_points(model):
    """모양이 (1,)인 점 둘을 넣습니다."""
    at_0, at_1 = (model(torch.tensor([value])).item() for value in (0.0, 1.0))
    return at_1 - at_0, at_0


def by_index_slices(x, y, batch_size, place):
    order = torch.randperm(len(x), device=place)
    x, y = x.to(place), y.to(place)
    starts = range(0, len(x), batch_size)
    return [(x[order[i : i + batch_size]], y[order[i : i + batch_size]]) for i in starts]


def by_shuffled_copies(x, y, batch_size, place):
    order = np.random.permutation(len(x))
    x, y = x[order].to(place), y[order].to(place)
    return list(zip(x.split(batch_size), y.split(batch_size), strict=True))


def by_data_loader(x, y, batch_size, place):
    loader = DataLoader(TensorDataset(x, y), batch_size, shuffle=True)
    return [[part.to(place) for part in batch] for batch in loader]


def by_one_batch_as_it_is(x, y, batch_size, place):
    x, y = x.to(place), y.to(place)
    if batch_size >= len(x):
        return [(x, y)]
    return [(x[index], y[index]) for index in torch.randperm(len(x)).split(batch_size)]


def by_yield(x, y, batch_size, place):
    order = list(range(len(x)))
    random.shuffle(order)
    while order:
        now, order = order[:batch_size], order[batch_size:]
        yield x[now].to(place), y[now].to(place)


class Standardized(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(1, 36), nn.Linear(36, 36)
        self.third, self.last = nn.Linear(36, 36), nn.Linear(36, 1)

    def forward(self, x):
        h = x / 12 * math.sqrt(12)
        for layer in (self.first, self.second, self.third):
            h = torch.relu(layer(h))
        return self.last(h)


def with_class():
    return Standardized(), 0.03


class ScaledSequential(nn.Sequential):
    def forward(self, x):
        return super().forward(0.3 * x)


def with_sequential():
    widths = [1, 34, 34, 34, 1]
    layers = []
    for n_in, n_out in pairwise(widths):
        layers += [nn.Linear(n_in, n_out), nn.ReLU()]
    return [ScaledSequential(*layers[:-1]), torch.tensor(0.03)]


OTHERS = {
    "02-1": [40.1, np.float64(40.106), torch.tensor(40.0)],
    "02-2": [by_matrices, by_gradient, by_transposed_rows, by_numpy_fit, by_two_points],
    "02-3": [
        by_index_slices,
        by_shuffled_copies,
        by_data_loader,
        by_one_batch_as_it_is,
        by_yield,
    ],
    "02-4": [with_class, with_sequential],
}
