"""06강의 연습을 다르게 쓴 맞는 답입니다."""

import math

import numpy as np
import torch
from torch import nn

# ---------------------------------------------------------------- 06-2


def with_class(logits, labels):
    return nn.CrossEntropyLoss()(logits, labels)


def with_log_softmax(logits, labels):
    return -logits.log_softmax(dim=1)[torch.arange(len(labels)), labels].mean()


def with_log_sum_exp(logits, labels):
    largest = logits.max(dim=1, keepdim=True).values
    log_sum = (logits - largest).exp().sum(dim=1).log() + largest[:, 0]
    return (log_sum - logits.gather(1, labels[:, None])[:, 0]).mean()


def with_one_hot(logits, labels):
    one_hot = nn.functional.one_hot(labels, logits.shape[1]).to(logits.dtype)
    return nn.CrossEntropyLoss()(logits, one_hot)


def with_trace(logits, labels):
    return -torch.trace(logits.log_softmax(dim=1)[:, labels]) / len(labels)


def sample_by_sample(logits, labels):
    losses = [
        torch.logsumexp(z, dim=0) - z[t] for z, t in zip(logits, labels.tolist(), strict=True)
    ]
    return sum(losses) / len(losses)


# ---------------------------------------------------------------- 06-3


def by_loop(batch_losses, batch_labels, weight):
    total = divisor = 0.0
    for loss, labels in zip(batch_losses, batch_labels, strict=True):
        for label in labels.tolist():
            if label != -100:
                total += loss * weight[label].item()
                divisor += weight[label].item()
    return total / divisor


def by_numpy_average(batch_losses, batch_labels, weight):
    sums = [weight.numpy()[t[t >= 0].numpy()].sum() for t in batch_labels]
    return np.average(np.nan_to_num(batch_losses), weights=sums)


def by_counts(batch_losses, batch_labels, weight):
    counts = torch.stack([torch.bincount(t[t >= 0], minlength=len(weight)) for t in batch_labels])
    sums = (counts * weight).sum(dim=1)
    return (torch.tensor(batch_losses).nan_to_num() * sums).sum() / sums.sum()


def by_nan_sum(batch_losses, batch_labels, weight):
    sums = torch.stack([(weight[t.clamp(min=0)] * (t != -100)).sum() for t in batch_labels])
    return (torch.tensor(batch_losses) * sums).nansum() / sums.sum()


def by_loss_of_ones(batch_losses, batch_labels, weight):
    """로그 확률이 모두 -1이면 손실의 합이 가중치의 합입니다."""
    sum_up = nn.NLLLoss(weight=weight, reduction="sum")
    sums = [sum_up(-torch.ones(len(t), len(weight)).to(weight), t).item() for t in batch_labels]
    pairs = zip(batch_losses, sums, strict=True)
    return sum(loss * share for loss, share in pairs if share > 0) / sum(sums)


# ---------------------------------------------------------------- 06-4


def by_gradient_descent(logits, labels):
    log_T = torch.zeros((), dtype=torch.float64, requires_grad=True)
    for _ in range(200):
        loss = nn.functional.cross_entropy(logits / log_T.exp(), labels)
        (gradient,) = torch.autograd.grad(loss, log_T)
        with torch.no_grad():
            log_T -= 0.5 * gradient
    return log_T.exp().detach()


def by_logspace(logits, labels):
    candidates = torch.logspace(-1, math.log10(50), 150, dtype=torch.float64)
    losses = [nn.functional.cross_entropy(logits / T, labels) for T in candidates]
    return candidates[torch.stack(losses).argmin()]


def by_zero_of_derivative(logits, labels):
    """1/T로 미분한 기울기의 부호를 보고 구간을 반으로 줄입니다."""
    low, high = 1 / 50, 10.0
    rows = torch.arange(len(labels))
    for _ in range(60):
        middle = (low * high) ** 0.5
        p = (logits * middle).softmax(dim=1)
        slope = ((p * logits).sum(dim=1) - logits[rows, labels]).mean().item()
        low, high = (low, middle) if slope > 0 else (middle, high)
    return 1 / middle


def by_numpy_grid(logits, labels):
    z, t = logits.numpy(), labels.numpy()
    candidates = np.geomspace(0.1, 50, 300)
    scaled = z[None] / candidates[:, None, None]  # (후보, 배치, 클래스)
    scaled = scaled - scaled.max(axis=2, keepdims=True)
    log_p = scaled - np.log(np.exp(scaled).sum(axis=2, keepdims=True))
    losses = -log_p[:, np.arange(len(t)), t].mean(axis=1)
    return candidates[losses.argmin()]


OTHERS = {
    "06-1": [
        (1.04, 2.83),
        [np.float64(1.0397), torch.tensor(2.8284)],
        torch.tensor([1.0397, 2.83]),
    ],
    "06-2": [
        with_class,
        with_log_softmax,
        with_log_sum_exp,
        with_one_hot,
        with_trace,
        sample_by_sample,
    ],
    "06-3": [by_loop, by_numpy_average, by_counts, by_nan_sum, by_loss_of_ones],
    "06-4": [by_gradient_descent, by_logspace, by_zero_of_derivative, by_numpy_grid],
}
