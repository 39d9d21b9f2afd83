"""03강의 연습을 다르게 쓴 맞는 답입니다."""

import copy

import numpy as np
import torch
from torch import nn


def in_raw_units(y_train, y_test, low, high):
    prices_train, prices_test = (y * (high - low) + low for y in (y_train, y_test))
    return torch.sqrt(nn.functional.mse_loss(prices_train.mean().expand_as(y_test), prices_test))


def by_numpy(y_train, y_test, low, high):
    error = y_test.numpy() - y_train.numpy().mean()
    return np.linalg.norm(error) / np.sqrt(error.size) * (high - low)


def by_loop(y_train, y_test, low, high):
    mean = sum(y_train.ravel().tolist()) / len(y_train)
    total = sum((y - mean) ** 2 for y in y_test.ravel().tolist())
    return (total / len(y_test)) ** 0.5 * (high - low)


def with_sums(model, loader):
    was_training = model.training
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for x, y in loader:
            total += ((model(x) - y) ** 2).sum()
            count += y.numel()
    if was_training:
        model.train()
    return (total / count) ** 0.5


@torch.inference_mode()
def with_all_predictions(model, loader):
    was_training = model.training
    model.train(False)
    pairs = [(model(x), y) for x, y in loader]
    model.train(was_training)
    y_hat, y = (torch.cat(parts) for parts in zip(*pairs, strict=True))
    return nn.functional.mse_loss(y_hat, y).sqrt()


def with_a_copy(model, loader):
    model = copy.deepcopy(model).eval()
    with torch.no_grad():
        total = sum(nn.functional.mse_loss(model(x), y, reduction="sum").item() for x, y in loader)
    return np.sqrt(total / len(loader.dataset))


def with_counter(model, train_epoch, validate, patience, min_gain, max_epochs):
    best, waited, epoch = None, 0, 0
    while epoch < max_epochs and waited < patience:
        epoch += 1
        train_epoch(model)
        now = validate(model)
        if best is None or best - now > min_gain:
            best, best_epoch, waited = now, epoch, 0
            saved = [p.detach().clone() for p in model.parameters()]
        else:
            waited += 1
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), saved, strict=True):
            parameter.copy_(value)
    return best_epoch


def with_history(model, train_epoch, validate, patience, min_gain, max_epochs):
    states, epoch, best = [copy.deepcopy(model.state_dict())], 0, (float("inf"), 0)
    while epoch < max_epochs and epoch - best[1] < patience:
        train_epoch(model)
        epoch += 1
        states.append(copy.deepcopy(model.state_dict()))
        if (now := validate(model)) + min_gain < best[0]:
            best = now, epoch
    model.load_state_dict(states[best[1]])
    return torch.tensor(best[1])


OTHERS = {
    "03-1": [[8, 6, 6], np.array([8.0, 6.0, 6.0]), (torch.tensor(8.0), 6, 6.0)],
    "03-2": [in_raw_units, by_numpy, by_loop],
    "03-3": [with_sums, with_all_predictions, with_a_copy],
    "03-4": [with_counter, with_history],
}
