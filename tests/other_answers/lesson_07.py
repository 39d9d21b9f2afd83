"""07강의 연습을 다르게 쓴 맞는 답입니다."""

import numpy as np
import torch

# ---------------------------------------------------------------- 07-2


def by_autograd(loss_of, start, lr, num_steps):
    w = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    path = [w.detach().clone()]
    for _ in range(num_steps):
        loss_of(w).backward()
        with torch.no_grad():
            w -= lr * w.grad
            w.grad.zero_()
        path.append(w.detach().clone())
    return torch.stack(path)


def by_forward_difference(loss_of, start, lr, num_steps):
    path = np.zeros((num_steps + 1, len(start)))
    path[0] = start
    for step in range(num_steps):
        w = path[step]
        moved = w + 1e-7 * np.eye(len(w))
        path[step + 1] = w - lr * np.array([(loss_of(m) - loss_of(w)) / 1e-7 for m in moved])
    return path


def in_place(loss_of, start, lr, num_steps):
    w = np.array(start, dtype=np.float64)
    path = [w.copy()]
    for _ in range(num_steps):
        gradient = []
        for i in range(len(w)):
            losses = []
            for sign in (1, -1):
                moved = w.copy()
                moved[i] += sign * 1e-6
                losses.append(loss_of(moved))
            gradient.append((losses[0] - losses[1]) / 2e-6)
        w -= lr * np.array(gradient)
        path.append(w.copy())
    return np.stack(path)


# ---------------------------------------------------------------- 07-3


def with_two_loops(loss_of, w, gradient):
    wrong = np.zeros(w.shape, dtype=bool)
    for i in range(w.shape[0]):
        for j in range(w.shape[1]):
            up, down = w.copy(), w.copy()
            up[i, j] += 1e-4
            down[i, j] -= 1e-4
            slope = (loss_of(up) - loss_of(down)) / 2e-4
            wrong[i, j] = abs(slope - gradient[i, j]) > 0.05 * abs(slope)
    return wrong


def with_isclose(loss_of, w, gradient):
    flat, slopes = w.ravel(), []
    for shift in 1e-6 * np.eye(w.size):
        up, down = (flat + shift).reshape(w.shape), (flat - shift).reshape(w.shape)
        slopes.append((loss_of(up) - loss_of(down)) / 2e-6)
    return ~np.isclose(np.reshape(slopes, w.shape), gradient, rtol=0.01, atol=0)


def with_ratio(loss_of, w, gradient):
    """엄격한 비율. w를 잠깐 바꾸고 저장해 둔 값으로 되돌립니다."""
    numeric = np.empty_like(w)
    for place in np.ndindex(w.shape):
        kept, h = w[place], 1e-5 * abs(w[place])
        w[place] = kept + h
        up = loss_of(w)
        w[place] = kept - h
        numeric[place] = (up - loss_of(w)) / (2 * h)
        w[place] = kept
    return abs(gradient / numeric - 1) > 1e-4


def with_forward_difference(loss_of, w, gradient):
    base, wrong = loss_of(w), []
    for i, j in np.ndindex(w.shape):
        moved = w.copy()
        moved[i, j] += 1e-7
        slope = (loss_of(moved) - base) / 1e-7
        size = max(abs(slope), abs(gradient[i, j]))
        wrong.append(abs(slope - gradient[i, j]) > 0.05 * size)
    return torch.tensor(wrong).reshape(w.shape)


# ---------------------------------------------------------------- 07-4


def with_numpy(x, eps):
    return np.cbrt(eps) * np.abs(x)


def by_kind(x, eps):
    return abs(x) * (1e-5 if eps < 1e-10 else 5e-3)


def with_torch(x, eps):
    return torch.tensor(x, dtype=torch.float64).abs() * (eps / 2) ** (1 / 3)


def by_smallest_sum(x, eps):
    """두 오차의 합을 여러 간격에서 재어 가장 작은 것을 고릅니다."""
    shares = np.logspace(-9, -1, 81)
    return shares[np.argmin(shares**2 + eps / shares)] * abs(x)


OTHERS = {
    "07-1": [
        [0.01, 0.002, 196.0],
        (0.1 * 0.1, np.float64(0.002), torch.tensor(196)),
        torch.tensor([0.01, 0.002, 196]),
    ],
    "07-2": [by_autograd, by_forward_difference, in_place],
    "07-3": [with_two_loops, with_isclose, with_ratio, with_forward_difference],
    "07-4": [with_numpy, by_kind, with_torch, by_smallest_sum],
}
