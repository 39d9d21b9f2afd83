"""11강의 연습을 다르게 쓴 맞는 답입니다."""

import copy

import numpy as np
import torch
from torch import nn


def with_finally(model, name, batches):
    outputs, modes = [], {module: module.training for module in model.modules()}
    handle = model.get_submodule(name).register_forward_hook(
        lambda module, inputs, output: outputs.append(output.detach().clone().numpy())
    )
    model.eval()
    try:
        with torch.no_grad():
            for batch in batches:
                model(batch)
    finally:
        handle.remove()
        for module, training in modes.items():
            module.training = training
    return np.all(np.concatenate(outputs) == 0, axis=0).sum()


def with_running_mask(model, name, batches):
    model, off = copy.deepcopy(model), None
    model.eval()

    def remember(module, inputs, output):
        nonlocal off
        zero = [not any(column) for column in output.T.tolist()]
        off = zero if off is None else [a and b for a, b in zip(off, zero, strict=True)]

    for found, module in model.named_modules():
        if found == name:
            module.register_forward_hook(remember)
    for batch in batches:
        model(batch)
    return torch.tensor(sum(off))


def with_strict_false(model, state):
    moved = {name.removeprefix("module."): value for name, value in state.items()}
    moved = {name: value for name, value in moved.items() if not name.startswith("head")}
    outcome = model.load_state_dict(moved, strict=False)
    assert outcome.missing_keys == ["head.weight", "head.bias"]
    for parameter in model.body.parameters():
        parameter.requires_grad = False
    return model


def with_assigned_copies(model, state):
    body = {k.split("body.")[1]: v.clone() for k, v in state.items() if "body." in k}
    model.body.load_state_dict(body, assign=True)
    model.body.requires_grad_(False)


def with_loop(model, state):
    with torch.no_grad():
        for name, value in model.body.state_dict().items():
            key = f"body.{name}"
            value.copy_(state[key] if key in state else state[f"module.{key}"])
    model.requires_grad_(False)
    model.head.requires_grad_(True)


def with_own_head(model, state):
    moved = {name.replace("module.", ""): value for name, value in state.items()}
    moved |= {f"head.{name}": value for name, value in model.head.state_dict().items()}
    model.load_state_dict(moved)
    model.body.requires_grad_(False)


def with_deepcopy(model, x):
    small = copy.deepcopy(model)
    with torch.no_grad():
        on1 = torch.relu(model[0](x)).amax(dim=0) > 0
        on2 = model[:4](x).sum(dim=0) > 0
    small[0].weight = nn.Parameter(small[0].weight[on1].detach())
    small[0].bias = nn.Parameter(small[0].bias[on1].detach())
    small[2].weight = nn.Parameter(small[2].weight[on2][:, on1].detach())
    small[2].bias = nn.Parameter(small[2].bias[on2].detach())
    small[4].weight = nn.Parameter(small[4].weight[:, on2].detach())
    return small


def with_numpy(model, x):
    values = [p.detach().numpy() for p in model.parameters()]
    h = np.maximum(x.numpy() @ values[0].T + values[1], 0)
    on1 = np.flatnonzero(h.any(axis=0))
    on2 = np.flatnonzero(np.maximum(h @ values[2].T + values[3], 0).any(axis=0))
    kept = [values[0][on1], values[1][on1], values[2][np.ix_(on2, on1)], values[3][on2]]
    kept += [values[4][:, on2], values[5].copy()]
    widths = [x.shape[1], len(on1), len(on2), len(values[5])]
    small = nn.Sequential(
        nn.Linear(widths[0], widths[1]),
        nn.ReLU(),
        nn.Linear(widths[1], widths[2]),
        nn.ReLU(),
        nn.Linear(widths[2], widths[3]),
    )
    names = list(small.state_dict())
    arrays = zip(names, kept, strict=True)
    small.load_state_dict({name: torch.from_numpy(array) for name, array in arrays})
    return small


def with_hooks(model, x):
    outputs, handles = [], []
    for place in (1, 3):
        hook = lambda module, inputs, output: outputs.append(output.detach())
        handles.append(model[place].register_forward_hook(hook))
    model(x)
    for handle in handles:
        handle.remove()
    keeps = [(output != 0).any(dim=0).nonzero().ravel() for output in outputs]
    layers = []
    for k, place in enumerate((0, 2, 4)):
        weight, bias = (p.detach().clone() for p in model[place].parameters())
        if k > 0:
            weight = weight.index_select(1, keeps[k - 1])
        if k < 2:
            weight, bias = weight.index_select(0, keeps[k]), bias.index_select(0, keeps[k])
        layer = nn.Linear(weight.shape[1], weight.shape[0])
        layer.weight, layer.bias = nn.Parameter(weight), nn.Parameter(bias)
        layers += [layer, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


OTHERS = {
    "11-1": [
        {"parameters": np.int64(60), "훈련": 32.0, "state_dict": torch.tensor(66)},
        {"state_dict": 60 + 6, "훈련": 20 + 4 + 8, "parameters": 28 + 20 + 4 + 8},
    ],
    "11-2": [with_finally, with_running_mask],
    "11-3": [with_strict_false, with_assigned_copies, with_loop, with_own_head],
    "11-4": [with_deepcopy, with_numpy, with_hooks],
}
