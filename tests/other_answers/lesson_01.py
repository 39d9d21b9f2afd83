"""01강의 연습을 다르게 쓴 맞는 답입니다."""

import numpy as np
import torch


def by_autograd(w, b, x, y):
    w, b = (torch.tensor(float(value), requires_grad=True) for value in (w, b))
    ((w * x + b - y) ** 2).mean().backward()
    return w.grad, b.grad


def by_numpy(w, b, x, y):
    x, y = x.numpy().ravel(), y.numpy().ravel()
    error = w * x + b - y
    return [2 * np.mean(error * x), 2 * np.mean(error)]


def by_loop(w, b, x, y):
    pairs = list(zip(x.ravel().tolist(), y.ravel().tolist(), strict=True))
    errors = [(w * x + b - y, x) for x, y in pairs]
    n = len(pairs)
    return sum(2 * e * x for e, x in errors) / n, sum(2 * e for e, _ in errors) / n


def by_matrix(w, b, x, y):
    A = torch.cat([x, torch.ones_like(x)], dim=1)
    return 2 / len(x) * A.T @ (A @ torch.tensor([w, b]) - y.ravel())


def without_optimizer(model, x, y, lr, num_epochs):
    for _ in range(num_epochs):
        model.zero_grad()
        ((model(x) - y) ** 2).mean().backward()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter -= lr * parameter.grad


def clears_afterwards(model, x, y, lr, num_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(num_epochs):
        torch.nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
        optimizer.zero_grad()


def with_autograd(model, x, y, lr, num_epochs):
    for _ in range(num_epochs):
        loss = ((y - model(x)) ** 2).sum() / len(y)
        gradients = torch.autograd.grad(loss, [*model.parameters()])
        for parameter, gradient in zip(model.parameters(), gradients, strict=True):
            parameter.data -= lr * gradient


def with_formula(model, x, y, lr, num_epochs):
    with torch.no_grad():
        for _ in range(num_epochs):
            error = model(x) - y
            model.weight -= lr * (2 * error * x).mean()
            model.bias -= lr * (2 * error).mean()
    return model


OTHERS = {
    "01-1": [np.float64(3.5), torch.tensor(3.5)],
    "01-2": [by_autograd, by_numpy, by_loop, by_matrix],
    "01-3": [without_optimizer, clears_afterwards, with_autograd, with_formula],
    "01-4": [
        {"lr": 0.008, "num_epochs": 600},
        {"lr": 0.005, "num_epochs": 600},
        {"lr": torch.tensor(0.0078), "num_epochs": 550},
    ],
}
