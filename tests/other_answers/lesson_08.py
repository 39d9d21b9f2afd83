"""08강의 연습을 다르게 쓴 맞는 답입니다."""

import numpy as np
import torch
from torch import nn


def by_joining(batches):
    return (torch.relu(torch.cat(batches)) == 0).all(dim=0).sum()


def by_largest(batches):
    largest = torch.stack([z.amax(dim=0) for z in batches]).amax(dim=0)
    return (largest <= 0).sum().item()


def by_numpy(batches):
    return np.count_nonzero(np.concatenate([z.numpy() for z in batches]).max(axis=0) <= 0)


def by_sets(batches):
    off = set(range(batches[0].shape[1]))
    for z in batches:
        off -= {k for row in z.tolist() for k, value in enumerate(row) if value > 0}
    return len(off)


def by_sums(batches):
    """ReLU를 지난 값은 0 이상이라, 모두 더해 0이면 늘 0입니다."""
    return int((sum(torch.relu(z).sum(dim=0) for z in batches) == 0).sum())


def by_softplus(x):
    return -nn.functional.softplus(x)


def by_difference(x):
    return nn.functional.logsigmoid(x) - x


def by_loss(x):
    zeros = torch.zeros_like(x)
    return -nn.functional.binary_cross_entropy_with_logits(x, zeros, reduction="none")


def by_two_classes(x):
    return torch.stack([torch.zeros_like(x), x]).log_softmax(dim=0)[0]


def by_largest_logit(x):
    largest = x.clamp(min=0)
    return -(largest + torch.log(torch.exp(-largest) + torch.exp(x - largest)))


def by_random(activation, n_in, n_out):
    z = torch.randn(100_000)
    return (1 / (n_in * (activation(z) ** 2).mean())).sqrt()


def by_random_numpy(activation, n_in, n_out):
    z = np.random.default_rng(0).standard_normal(50_000)
    return 1 / np.sqrt(n_in * np.mean(activation(torch.from_numpy(z)).numpy() ** 2))


def by_one_layer(activation, n_in, n_out):
    h = activation(torch.randn(1000, n_in))
    size = (h @ torch.randn(n_in, 500)).square().mean().sqrt()
    return 1 / size.item()


OTHERS = {
    "08-1": [
        {"h1": [2, -2, 0], "h2": [-0.5, 0.5, 0], "y": [0.5, 2, 0]},
        {"h1": np.array([-1, 1, 0]), "h2": torch.tensor([1.0, -1.0, 0.0]), "y": [1, 1, 0]},
    ],
    "08-2": [by_joining, by_largest, by_numpy, by_sets, by_sums],
    "08-3": [by_softplus, by_difference, by_loss, by_two_classes, by_largest_logit],
    "08-4": [by_random, by_random_numpy, by_one_layer],
}
