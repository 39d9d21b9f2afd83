"""10강의 연습을 다르게 쓴 맞는 답입니다."""

import math

import numpy as np
import torch
from torch import nn
from torch.optim import SGD, lr_scheduler


def _length(optimizer_class, **settings):
    """기울기가 늘 4인 곳에서 잰 500번째 한 걸음의 길이"""
    p = nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimizer = optimizer_class([p], lr=0.02, **settings)
    for _ in range(500):
        before = p.detach().clone()
        p.grad = torch.full_like(p, 4.0)
        optimizer.step()
    return (before - p.detach()).item()


def lion_by_numpy(w, g, state, lr, betas, decay):
    w, g = w.numpy(), g.numpy()
    m = state.get("average", np.zeros_like(g))
    state["average"] = betas[1] * m + (1 - betas[1]) * g
    return w * (1 - lr * decay) - lr * np.sign(betas[0] * m + (1 - betas[0]) * g)


def lion_by_lerp(w, g, state, lr, betas, decay):
    if not state:
        state["m"] = torch.zeros_like(w)
    c = torch.lerp(g, state["m"], betas[0])
    state["m"].lerp_(g, 1 - betas[1])
    w = w.clone()
    w.mul_(1 - lr * decay)
    w.sub_(lr * torch.sign(c))
    return w


def lion_by_parameter(w, g, state, lr, betas=(0.9, 0.99), decay=0.0):
    m = state.get("m", 0)
    c = betas[0] * m + (1 - betas[0]) * g
    step = torch.where(c > 0, 1.0, torch.where(c < 0, -1.0, 0.0))
    state.update(m=betas[1] * m + (1 - betas[1]) * g, t=state.get("t", 0) + 1)
    return nn.Parameter(w - lr * step - lr * decay * w).detach()


def swap_with_added_group(model, new_last, batches, lr, num_epochs):
    optimizer = SGD(model[:-1].parameters(), lr=lr, momentum=0.9)
    model[-1] = new_last
    optimizer.add_param_group({"params": new_last.parameters()})
    scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=num_epochs)
    rates = []
    for _ in range(num_epochs):
        rates.append(optimizer.param_groups[-1]["lr"])
        for inputs, targets in batches:
            model.zero_grad()
            ((model(inputs) - targets) ** 2).mean().backward()
            optimizer.step()
        scheduler.step()
    return tuple(rates)


def swap_by_formula(model, new_last, batches, lr, num_epochs):
    model[-1] = new_last
    velocities = [torch.zeros_like(p) for p in model.parameters()]
    rates = [lr * (1 + math.cos(math.pi * t / num_epochs)) / 2 for t in range(num_epochs)]
    for rate in rates:
        for inputs, targets in batches:
            loss = nn.functional.mse_loss(model(inputs), targets)
            gradients = torch.autograd.grad(loss, [*model.parameters()])
            with torch.no_grad():
                for p, v, g in zip(model.parameters(), velocities, gradients, strict=True):
                    v.mul_(0.9).add_(g)
                    p -= rate * v
    return torch.tensor(rates)


def swap_by_lambda(model, new_last, batches, lr, num_epochs):
    model[-1] = new_last
    optimizer = torch.optim.SGD(model.parameters(), lr, 0.9)
    scheduler = lr_scheduler.LambdaLR(
        optimizer, lambda t: (1 + math.cos(math.pi * t / num_epochs)) / 2
    )
    rates = []
    for _ in range(num_epochs):
        rates += scheduler.get_last_lr()
        for inputs, targets in batches:
            optimizer.zero_grad()
            nn.functional.mse_loss(model(inputs), targets).backward()
            optimizer.step()
        scheduler.step()
    return rates


def inverse_time(t, num_steps):
    return min(0.07, 2 / (t + 1))


def hold_then_inverse(t, num_steps):
    """걸음의 수를 쓰지 않아도 어느 길이에서나 절반 아래입니다."""
    return 0.07 if t < 40 else 1 / (t - 25)


def straight_line(t, num_steps):
    return torch.tensor(0.079 * (1 - t / num_steps), dtype=torch.float64)


def three_stairs(t, num_steps):
    share = t / num_steps
    return 0.077 if share < 0.45 else 0.025 if share < 0.7 else np.float64(0.006)


def hold_then_line(t, num_steps):
    return 0.07 * min(1, (num_steps - t) / (0.7 * num_steps))


OTHERS = {
    "10-1": [
        {"SGD": 0.02 * 4, "모멘텀": 0.02 * 4 / (1 - 0.8), "Adam": np.float64(0.02)},
        {
            "SGD": _length(SGD),
            "모멘텀": _length(SGD, momentum=0.8),
            "Adam": torch.tensor(_length(torch.optim.Adam)),
        },
    ],
    "10-2": [lion_by_numpy, lion_by_lerp, lion_by_parameter],
    "10-3": [swap_with_added_group, swap_by_formula, swap_by_lambda],
    "10-4": [inverse_time, hold_then_inverse, straight_line, three_stairs, hold_then_line],
}
