"""02. 비선형 회귀와 GPU의 연습입니다. 맞는 답이 들어 있으니 먼저 풀어 봅니다."""

import copy
import itertools
import math
from itertools import pairwise

import numpy as np
import torch
from torch import nn

from exercises.compare import is_number, name_of
from exercises.engine import Exercise, Mistake, NotYetError, require
from exercises.errors import diagnosed
from helpers.data import cubic_sine, make_cubic_sine

# ---------------------------------------------------------------- 02-1

LOSS, MEAN, STD = 0.16, 50.0, 200.0  # 표준화한 타깃의 손실, 타깃의 평균과 표준편차
LESSON_NOISE, LESSON_STD = 30.0, 206.0  # 강의 데이터의 잡음과 y의 표준편차
RATIO = math.sqrt(2 / math.pi)  # 정규 잡음의 평균 크기 / 표준편차

noise_size = Exercise(
    id="02-1",
    title="손실에서 잡음의 크기 알아내기",
    asks="원래 단위로 구한 잡음의 표준편차를 수 하나로 답합니다.",
    answer=LOSS * STD / RATIO,
    rtol=5e-3,
    mistakes=[
        Mistake(
            LOSS,
            "표준화한 단위의 손실 그대로입니다. 묻는 것은 손실이 아니라 잡음의 표준편차이고, 단위도 원래 단위입니다.",
        ),
        Mistake(
            LESSON_NOISE,
            "강의의 데이터에 섞은 잡음입니다. 이 연습의 데이터는 다르므로 문제에 적힌 수로 구합니다.",
        ),
        Mistake(
            LOSS * LESSON_STD / RATIO,
            "강의의 데이터에서 구한 y의 표준편차로 되돌렸습니다. 이 연습의 데이터는 다릅니다.",
        ),
        Mistake(
            LOSS * STD * RATIO,
            "3절의 공식을 반대로 썼습니다. 아는 것은 손실의 바닥이고, 묻는 것은 그 식에 든 표준편차입니다.",
        ),
        Mistake(
            LOSS * STD,
            "손실을 원래 단위로 되돌린 값입니다. 잡음의 평균 크기와 잡음의 표준편차는 같지 않습니다.",
        ),
        Mistake(
            LOSS / RATIO,
            "아직 표준화한 단위입니다. 표준화한 값을 원래 단위로 되돌리는 계산을 6절에서 봅니다.",
        ),
        Mistake(
            LOSS * RATIO,
            "아직 표준화한 단위이고, 3절의 공식도 반대로 썼습니다. 무엇을 알고 무엇을 모르는지 먼저 적습니다.",
        ),
        Mistake(
            LOSS * STD / RATIO**2,
            "제곱근이 빠졌습니다. 3절의 바닥 공식을 다시 봅니다.",
        ),
        Mistake(
            LOSS * STD * math.pi / math.sqrt(2),
            "제곱근을 2에만 취했습니다. 3절의 바닥 공식에서 제곱근이 어디까지 걸리는지 봅니다.",
        ),
        Mistake(
            LOSS * STD * RATIO**2,
            "제곱근이 빠졌고, 3절의 공식도 반대로 썼습니다. 무엇이 주어졌고 무엇을 묻는지 먼저 적습니다.",
        ),
        Mistake(
            LOSS * STD + MEAN,
            "손실에 평균을 더했습니다. 손실은 차이의 크기라서 평균과 관계없고, 3절의 공식도 아직 쓰지 않았습니다.",
        ),
        Mistake(
            (LOSS * STD + MEAN) / RATIO,
            "평균을 더했습니다. 손실은 두 값의 차이라서, 둘에 똑같이 더한 평균은 사라집니다.",
        ),
        Mistake(
            LOSS * STD / RATIO + MEAN,
            "끝에 평균을 더했습니다. 잡음이 퍼진 크기는 데이터가 어디에 놓여 있는지와 관계없습니다.",
        ),
    ],
    hints=[
        "두 단계입니다. 먼저 손실을 원래 단위로 되돌리고, 다음에 3절의 공식을 씁니다.",
        "표준화는 평균을 빼고 표준편차로 나누는 일입니다. 차이의 크기인 손실에는 둘 중에 무엇이 남을까요?",
        "3절의 공식은 표준편차에서 손실의 바닥을 구합니다. 바닥을 알 때 표준편차를 구하는 꼴로 바꿉니다.",
    ],
    learnt="바닥에 닿은 손실은 잡음의 크기를 잰 값이기도 합니다. 그래서 잡음의 표준편차를 모르는 데이터에서도 그 값을 짐작할 수 있습니다.",
)

# ---------------------------------------------------------------- 02-2


def _linear_stack(widths, seed):
    """활성화 함수 없이 `nn.Linear`만 나열한 모델입니다."""
    generator = torch.Generator().manual_seed(seed)
    model = nn.Sequential(*(nn.Linear(a, b) for a, b in pairwise(widths)))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator))
    return model


def _stacks():
    every_widths = [(1, 1), (1, 4, 1), (1, 3, 5, 2, 1), (1, 2, 2, 1)]
    return [(_linear_stack(widths, seed=20 + n),) for n, widths in enumerate(every_widths)]


WRONG_ORDER = (
    "층이 여럿이면 행렬을 곱하는 줄에서 모양이 맞지 않아 오류가 납니다. 어느 행렬이 왼쪽에 있는지, 층을 지날 때마다 "
    "w와 b의 모양이 어떻게 되는지 적어 봅니다. weight의 모양은 (출력, 입력)입니다."
)
NOT_ONE_NUMBER = (
    "층이 여럿이면 끝에 남은 것이 수 하나가 아니어서 오류가 납니다. 행렬의 곱인지, 어느 행렬이 왼쪽에 있는지 봅니다. "
    "weight의 모양은 (출력, 입력)입니다."
)
WRONG_INPUT = "모델이나 층에 넣은 값의 모양이 맞지 않아 오류가 났습니다. 모델이 받는 것은 (n, 1)인 텐서입니다."
NO_SUCH_LAYER = (
    "층이 하나뿐인 모델에서 없는 층을 찾다가 오류가 났습니다. 층의 수는 모델마다 다릅니다."
)
SHAPES = {
    r"cannot be multiplied|size mismatch|matmul|not aligned": WRONG_ORDER,
    r"to Scalar|size 1 array|length-1": NOT_ONE_NUMBER,
    r"^index \d+ is out of range": NO_SUCH_LAYER,
}


def _line_of(function, model):
    """함수가 돌려준 w와 b입니다. 모양이 맞지 않아 난 오류는, 행렬을 곱하다가 난 것과 모델에 넣다가 난 것을 나눕니다."""
    for layer in model:
        layer.register_forward_pre_hook(_check_input)
    with diagnosed(SHAPES):
        line = function(model)
    require((0.0, 0.0), line)
    return line


def _check_input(layer, inputs):
    x = inputs[0]
    if isinstance(x, torch.Tensor) and (x.ndim == 0 or x.shape[-1] != layer.in_features):
        raise NotYetError(WRONG_INPUT)


def _as_line(model):
    with torch.no_grad():
        at_0, at_1 = model(torch.tensor([[0.0], [1.0]])).ravel().tolist()
    return at_1 - at_0, at_0


def _value_at_one(model):
    with torch.no_grad():
        at_0, at_1 = model(torch.tensor([[0.0], [1.0]])).ravel().tolist()
    return at_1, at_0


def _bias_at_one(model):
    return _as_line(model)[0], _value_at_one(model)[0]


def _last_bias(model):
    return _as_line(model)[0], model[-1].bias.item()


def _sum_of_biases(model):
    return _as_line(model)[0], sum(layer.bias.sum().item() for layer in model)


def _first_layer(model):
    return model[0].weight.ravel()[0].item(), model[0].bias.ravel()[0].item()


def _last_layer(model):
    return model[-1].weight.ravel()[0].item(), model[-1].bias.item()


def _sums_of_layers(model):
    w, b = 1.0, 0.0
    for layer in model:
        w, b = w * layer.weight.sum().item(), b * layer.weight.sum().item() + layer.bias.sum()
    return w, float(b)


def _wrong_order(model):
    W, b = torch.ones(1, 1), torch.zeros(1)
    for layer in model:
        W, b = W @ layer.weight.detach(), b @ layer.weight.detach() + layer.bias.detach()
    return W.item(), b.item()


def _elementwise(model):
    """행렬의 곱 대신 원소별로 곱합니다."""
    W, b = torch.ones(1, 1), torch.zeros(1)
    for layer in model:
        W, b = layer.weight.detach() * W, layer.weight.detach() * b + layer.bias.detach()
    return W.item(), b.item()


def _two_layers(model):
    """2절의 식처럼 층이 둘이라고 보았습니다."""
    W, b = model[0].weight.detach(), model[0].bias.detach()
    W, b = model[1].weight.detach() @ W, model[1].weight.detach() @ b + model[1].bias.detach()
    return W.item(), b.item()


def _of_row(model):
    """모델에 (2,)인 텐서를 넣습니다."""
    at_0, at_1 = model(torch.tensor([0.0, 1.0])).tolist()
    return at_1 - at_0, at_0


line_of_layers = Exercise(
    id="02-2",
    title="활성화 함수가 없는 신경망의 직선",
    asks="층의 수와 폭이 다른 모델을 넣어, 돌려준 직선의 w와 b를 봅니다.",
    answer=_as_line,
    cases=_stacks,
    observe=_line_of,
    mistakes=[
        Mistake(
            _value_at_one,
            "b는 맞습니다. w로 돌려준 것은 x가 1일 때의 예측이고, 거기에는 b도 들어 있습니다.",
        ),
        Mistake(
            _bias_at_one,
            "w는 맞습니다. b로 돌려준 것은 x가 1일 때의 예측이고, 거기에는 w도 들어 있습니다.",
        ),
        Mistake(
            _last_bias,
            "w는 맞습니다. b가 마지막 층의 편향뿐인데, 앞 층의 편향도 다음 층을 지나 출력까지 옵니다.",
        ),
        Mistake(
            _sum_of_biases,
            "w는 맞습니다. b를 편향의 합으로 구했는데, 앞 층의 편향에는 뒤 층의 가중치가 곱해집니다.",
        ),
        Mistake(
            lambda model: _as_line(model)[::-1],
            "두 값의 순서가 바뀌었습니다. 직선의 기울기 w가 먼저입니다.",
        ),
        Mistake(
            _first_layer,
            "첫 층의 첫 뉴런만 보았습니다. 입력이 모든 층을 지난 다음의 값을 보아야 합니다.",
        ),
        Mistake(
            _last_layer,
            "마지막 층만 보았습니다. 마지막 층이 받는 것은 x가 아니라 앞 층의 출력입니다.",
        ),
        Mistake(
            _sums_of_layers,
            "층마다 가중치를 모두 더해 곱했습니다. 뉴런마다 받는 값이 다르므로 행렬의 곱을 그대로 계산해야 합니다.",
        ),
        Mistake(_wrong_order, WRONG_ORDER),
        Mistake(_elementwise, NOT_ONE_NUMBER),
        Mistake(_of_row, WRONG_INPUT),
        Mistake(_two_layers, NO_SUCH_LAYER),
    ],
    hints=[
        "2절의 식에서는 층이 두 개였습니다. 층이 더 많아도 같은 일을 반복하면 직선입니다.",
        "방법은 둘입니다. 가중치의 행렬을 순서대로 곱해도 되고, 모델에 수를 넣어 보아도 됩니다.",
        "직선은 두 점이면 정해집니다. 모델에 어떤 두 x를 넣으면 w와 b를 가장 쉽게 알 수 있을까요?",
        "모델에 넣는 x의 모양은 (n, 1)입니다. 돌려줄 값은 item()이나 tolist()로 꺼냅니다.",
    ],
    learnt="활성화 함수가 없으면 층이 몇 개이든 신경망은 수 두 개로 줄어듭니다. 매개변수가 많아도 직선보다 나아지지 않습니다.",
    rtol=1e-3,
    atol=1e-4,
)

# ---------------------------------------------------------------- 02-3


def _points_and_places():
    """점의 수와 batch_size가 다른 데이터 네 벌입니다. y는 어느 x의 짝인지 알 수 있게 1000 - x입니다."""
    settings = [(50, 8, "cpu"), (40, 10, "cpu"), (45, 100, "cpu"), (41, 8, "meta")]
    every_x = [torch.arange(n, dtype=torch.float32).unsqueeze(1) for n, _, _ in settings]
    return [
        (x, 1000 - x, batch_size, place)
        for x, (_, batch_size, place) in zip(every_x, settings, strict=True)
    ]


def _batches(x, y, batch_size, place):
    x, y = x.to(place), y.to(place)
    indices = torch.randperm(len(x)).split(batch_size)
    return [(x[index], y[index]) for index in indices]


def _unpaired_and_left(x, y, batch_size, place):
    """노트북에 있는 틀린 함수입니다."""
    x.to(place)
    y.to(place)
    x_mixed, y_mixed = x[torch.randperm(len(x))], y[torch.randperm(len(y))]
    return list(zip(x_mixed.split(batch_size), y_mixed.split(batch_size), strict=True))


def _unpaired(x, y, batch_size, place):
    return _unpaired_and_left(x.to(place), y.to(place), batch_size, place)


def _left(x, y, batch_size, place):
    x.to(place)
    y.to(place)
    return [(x[index], y[index]) for index in torch.randperm(len(x)).split(batch_size)]


def _drops_last(x, y, batch_size, place):
    order = torch.randperm(len(x))
    starts = range(0, len(x) - batch_size + 1, batch_size)
    indices = [order[start : start + batch_size] for start in starts]
    return [(x[index].to(place), y[index].to(place)) for index in indices]


def _only_first(x, y, batch_size, place):
    return _batches(x, y, batch_size, place)[:1]


def _fills_last(x, y, batch_size, place):
    """모자란 곳을 앞의 점으로 채운 미니배치입니다."""
    order = torch.randperm(len(x))
    missing = -len(x) % batch_size
    indices = torch.cat([order, order.repeat(batch_size)[:missing]]).split(batch_size)
    return [(x[index].to(place), y[index].to(place)) for index in indices]


def _y_first(x, y, batch_size, place):
    return _batches(y, x, batch_size, place)


def _so_many_batches(x, y, batch_size, place):
    indices = torch.randperm(len(x)).chunk(batch_size)
    return [(x[index].to(place), y[index].to(place)) for index in indices]


def _drawn_again(x, y, batch_size, place):
    indices = torch.randint(len(x), (len(x),)).split(batch_size)
    return [(x[index].to(place), y[index].to(place)) for index in indices]


def _in_order(x, y, batch_size, place):
    x, y = x.to(place), y.to(place)
    return list(zip(x.split(batch_size), y.split(batch_size), strict=True))


def _mixed_inside(x, y, batch_size, place):
    """자른 다음 미니배치 안에서만 섞은 미니배치입니다."""
    orders = [torch.randperm(len(part)) for part in x.split(batch_size)]
    batches = _in_order(x, y, batch_size, place)
    return [(a[order], b[order]) for (a, b), order in zip(batches, orders, strict=True)]


def _same_again(x, y, batch_size, place):
    torch.manual_seed(0)
    return _batches(x, y, batch_size, place)


def _read_batches(result, n):
    """돌려준 것이 (x, y) 튜플의 리스트인지 확인하고, 미니배치의 리스트를 돌려줍니다."""
    if result is None:
        require([], result)
    if not isinstance(result, (list, tuple)) and not hasattr(result, "__next__"):
        found = name_of(result)
        raise NotYetError(f"돌려준 값은 (x, y) 튜플의 리스트여야 하는데 {found}입니다.")
    batches = list(itertools.islice(result, 2 * n))
    for pair in batches:
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise NotYetError(
                "돌려준 값은 (x, y) 튜플의 리스트여야 합니다. 미니배치마다 텐서 두 개를 묶습니다."
            )
        for part in pair:
            if not isinstance(part, torch.Tensor):
                raise NotYetError(f"미니배치에 든 것은 텐서여야 하는데 {name_of(part)}입니다.")
            if part.ndim != 2 or part.shape[1] != 1 or len(part) != len(pair[0]):
                shape = tuple(part.shape)
                raise NotYetError(
                    f"미니배치의 x와 y는 모양이 (점의 수, 1)로 같아야 하는데 {shape}도 있습니다."
                )
    return batches


def _are_neighbours(points):
    """처음의 순서에서 이웃한 점만 모였는지 봅니다."""
    return len(points) == 0 or bool(points.max() - points.min() == len(points) - 1)


def _two_epochs(make_batches, x, y, batch_size, place):
    """에포크 둘의 미니배치를 만들어, 지켜야 할 것을 지켰는지 봅니다."""
    torch.manual_seed(len(x))
    epochs = [_read_batches(make_batches(x, y, batch_size, place), len(x)) for _ in range(2)]
    first = epochs[0]
    parts = [part for pair in first for part in pair]
    seen = {
        "sizes": sorted(len(x_batch) for x_batch, _ in first),
        "wanted sizes": sorted(len(part) for part in x.split(batch_size)),
        "moved": all(part.device.type == place for part in parts),
    }
    if not parts or any(part.device.type == "meta" for part in parts):  # 볼 값이 없음
        return seen
    x_first, x_second = (torch.cat([x_batch for x_batch, _ in epoch]) for epoch in epochs)
    y_first = torch.cat([y_batch for _, y_batch in first])
    seen |= {
        "x first": bool((x_first < 500).all()),
        "paired": torch.equal(y_first, 1000 - x_first),
        "complete": torch.equal(x_first.ravel().sort().values, x.ravel()),
    }
    if len(first) == 1:  # 미니배치가 하나이면 순서는 아무래도 좋음
        return seen
    together = sum(_are_neighbours(x_batch) for x_batch, _ in first)
    return seen | {
        "shuffled": not torch.equal(x_first, x),
        "mixed": together <= len(first) / 2,
        "renewed": not torch.equal(x_first, x_second),
    }


def _anywhere(name):
    """지켜지지 않은 사례가 하나라도 있는지 묻는 `when`입니다."""
    return lambda seen: not all(epoch.get(name, True) for epoch in seen)


def _still_broken(seen):
    return _anywhere("paired")(seen) and _anywhere("moved")(seen)


def _always_one(seen):
    return all(len(epoch["sizes"]) == 1 for epoch in seen)


def _extra_points(seen):
    return any(sum(epoch["sizes"]) > sum(epoch["wanted sizes"]) for epoch in seen)


def _lost_points(seen):
    return any(sum(epoch["sizes"]) < sum(epoch["wanted sizes"]) for epoch in seen)


def _wrong_sizes(seen):
    return any(epoch["sizes"] != epoch["wanted sizes"] for epoch in seen)


def _never_shuffled(seen):
    known = [epoch["shuffled"] for epoch in seen if "shuffled" in epoch]
    return bool(known) and not any(known)


unpaired_batches = Exercise(
    id="02-3",
    title="짝이 풀린 미니배치",
    asks="점의 수와 batch_size와 장치를 바꾸어 가며 두 번씩 불러, 돌려준 미니배치를 봅니다.",
    answer=_batches,
    cases=_points_and_places,
    observe=_two_epochs,
    mistakes=[
        Mistake(
            _unpaired_and_left,
            "두 잘못이 모두 남아 있습니다. x와 y의 짝이 풀렸고, 미니배치가 place에 있지 않습니다.",
            when=_still_broken,
        ),
        Mistake(
            _only_first,
            "미니배치가 늘 하나뿐입니다. batch_size로 자르는지, 반복이 끝나기 전에 return하지 않는지 봅니다.",
            when=_always_one,
        ),
        Mistake(
            _drops_last,
            "빠진 점이 있습니다. 나누어떨어지지 않을 때 끝에 남는 점과, 점이 batch_size보다 적을 때를 봅니다.",
            when=_lost_points,
        ),
        Mistake(
            _fills_last,
            "점이 받은 것보다 많습니다. 같은 점이 두 번 들었는지, 끝의 작은 미니배치를 채우려 했는지 봅니다.",
            when=_extra_points,
        ),
        Mistake(
            _so_many_batches,
            "미니배치의 크기가 맞지 않습니다. batch_size는 미니배치의 개수가 아니라 하나에 든 점의 수이고, "
            "남은 점은 따로 작은 미니배치가 됩니다.",
            when=_wrong_sizes,
        ),
        Mistake(
            _unpaired,
            "장치는 맞는데 x와 y의 짝이 풀렸습니다. x를 섞은 순서와 y를 섞은 순서가 같은지 봅니다.",
            when=_anywhere("paired"),
        ),
        Mistake(
            _y_first,
            "튜플의 순서가 바뀌었습니다. 미니배치마다 x가 먼저이고 y가 다음입니다.",
            when=_anywhere("x first"),
        ),
        Mistake(
            _drawn_again,
            "두 번 나오는 점과 한 번도 나오지 않는 점이 있습니다. 에포크 하나에 점마다 꼭 한 번씩 나와야 합니다.",
            when=_anywhere("complete"),
        ),
        Mistake(
            _in_order,
            "점이 처음의 순서 그대로입니다. 자르기 전에 섞어야 합니다.",
            when=_never_shuffled,
        ),
        Mistake(
            _mixed_inside,
            "이웃한 점이 같은 미니배치에 그대로 모여 있습니다. 섞는 일과 자르는 일의 순서를 봅니다.",
            when=_anywhere("mixed"),
        ),
        Mistake(
            _same_again,
            "두 번 불렀더니 같은 순서가 나왔습니다. 부를 때마다 새로 섞어야 하는데, 시드를 정했는지 봅니다.",
            when=_anywhere("renewed"),
        ),
        Mistake(
            _left,
            "짝은 맞는데 place에 있지 않은 미니배치가 있습니다. x와 y를 모두 옮겼는지, to()에 무엇을 넣었는지 봅니다. "
            "to()가 무엇을 돌려주는지는 4절의 끝에 있습니다.",
            when=_anywhere("moved"),
        ),
    ],
    hints=[
        "잘못은 둘입니다. 섞는 줄과 장치로 옮기는 줄을 하나씩 봅니다.",
        "6절의 `DataLoader`는 한 번 섞은 번호로 x와 타깃을 함께 고릅니다.",
        "텐서의 to()는 사본을 돌려줍니다. 돌려준 것을 받지 않으면 아무 일도 없었던 것과 같습니다.",
    ],
    learnt="두 잘못 모두 CPU에서는 오류 없이 지나갑니다. 짝이 풀린 데이터에서는 어떤 모델을 훈련해도 배울 것이 없습니다.",
)

# ---------------------------------------------------------------- 02-4

MOST_PARAMETERS, STEPS, GOAL = 3000, 300, 1.1
MEAN_NEAR, STD_NEAR = -4.0, 92.0  # -6과 6 사이에서 y의 평균과 표준편차
UNTRAINED = 2.0  # 훈련하지 않은 모델의 손실은 바닥의 2배보다 큼. 수 하나로 답해도 2.6배쯤


def _quick_start(widths=(1, 35, 35, 35, 1), activation=nn.ReLU, max_lr=0.03, last=()):
    """층의 폭과 활성화 함수로 만든 모델입니다. 입력을 표준편차쯤으로 나눕니다."""
    layers = [Divide(3.5)]
    for n_in, n_out in pairwise(widths):
        layers += [nn.Linear(n_in, n_out), activation()]
    return nn.Sequential(*layers[:-1], *last), max_lr


class Divide(nn.Module):
    """입력을 수 하나로 나누는 층입니다."""

    def __init__(self, divisor):
        super().__init__()
        self.divisor = divisor

    def forward(self, x):
        return x / self.divisor


def _right_start():
    return _quick_start()


def _without_activation():
    return _quick_start(activation=nn.Identity)


def _activation_at_end():
    return _quick_start(last=[nn.ReLU()])


def _too_many():
    return _quick_start(widths=(1, 100, 100, 1))


def _too_few():
    model, max_lr = _quick_start((1, 5, 10, 10, 10, 5, 1), lambda: nn.LeakyReLU(0.2), 0.04)
    return model[1:], max_lr  # 강의의 모델. 입력은 그대로


def _wide_leaky():
    return _quick_start(activation=lambda: nn.LeakyReLU(0.2))


def _one_hidden_layer():
    return _quick_start(widths=(1, 300, 1))


def _with_sigmoid():
    return _quick_start(activation=nn.Sigmoid)


def _too_fast():
    return _quick_start(max_lr=1.0)


def _too_slow():
    return _quick_start(max_lr=0.0002)


class TrueCurve(nn.Module):
    """참 함수를 그대로 넣은 모델입니다."""

    def __init__(self):
        super().__init__()
        self.shift = nn.Parameter(0.01 * torch.randn(1))

    def forward(self, x):
        curve = cubic_sine(x)
        return (curve - MEAN_NEAR) / STD_NEAR + self.shift


def _already_trained():
    return TrueCurve(), 0.01


def _same_start():
    torch.manual_seed(0)
    return _quick_start()


def _read_start(pair):
    """(모델, 학습률)인지 확인하고, 학습률은 float로 돌려줍니다."""
    if pair is None:
        require((), pair)
    if isinstance(pair, nn.Module):
        raise NotYetError("모델만 돌려주었습니다. 학습률도 함께 (모델, 수) 튜플로 돌려줍니다.")
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise NotYetError("돌려준 값은 (모델, 수) 튜플이어야 합니다. 쉼표로 두 값을 나눕니다.")
    if any(value is Ellipsis for value in pair):
        raise NotYetError("돌려준 튜플에 ...이 남아 있습니다.")
    model, max_lr = pair
    if not isinstance(model, nn.Module):
        raise NotYetError(f"돌려준 튜플의 첫째는 모델이어야 하는데 {name_of(model)}입니다.")
    places = [parameter.device.type for parameter in model.parameters()]
    if not places:
        raise NotYetError(
            "돌려준 모델에 매개변수가 없습니다. 층은 self에 바로 넣거나 nn.Sequential로 묶습니다."
        )
    if {*places} != {"cpu"}:
        raise NotYetError("돌려준 모델이 CPU에 있지 않습니다. 이 연습의 데이터는 CPU에 있습니다.")
    max_lr = max_lr.item() if isinstance(max_lr, torch.Tensor) and not max_lr.ndim else max_lr
    if not is_number(max_lr) or isinstance(max_lr, complex) or not 0 < max_lr < np.inf:
        raise NotYetError("돌려준 튜플의 둘째는 학습률이므로 0보다 큰 수여야 합니다.")
    x = torch.tensor([[-1.0], [0.0], [2.0]])
    with torch.no_grad():
        require(torch.zeros(3, 1), model(x), "모델의 출력")
    return model, float(max_lr)


def _vector(model):
    return nn.utils.parameters_to_vector(model.parameters()).detach()


def _points(seed):
    """점 2,000개입니다. 모델의 매개변수처럼 기본 자료형을 따릅니다."""
    points = make_cubic_sine(2000, low=-6.0, high=6.0, seed=seed)
    return [values.to(torch.get_default_dtype()) for values in points]


def _train_briefly(model, max_lr, seed):
    """300걸음을 훈련합니다. 노트북의 `train_briefly`와 같은 계산입니다.

    Returns:
        새 점 2,000개의 손실을 바닥으로 나눈 값, 그 점의 (표준화한 단위의) 예측,
        훈련하기 전의 손실을 바닥으로 나눈 값.
    """
    x, y = _points(seed)
    target = (y - y.mean()) / y.std()
    untrained = copy.deepcopy(model).eval()  # 난수와 모델의 상태를 건드리지 않도록
    with torch.no_grad():
        before = ((untrained(x) - target).abs().mean() * y.std()).item()
    optimizer = torch.optim.Adam(model.parameters(), lr=max_lr, fused=True)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr, STEPS, cycle_momentum=False)
    for _ in range(STEPS // 10):
        for index in torch.randperm(len(x)).split(200):
            loss = nn.functional.l1_loss(model(x[index]), target[index])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
    x_new, y_new = _points(seed + 100)
    with torch.no_grad():
        output = model(x_new)
        error = (output * y.std() + y.mean() - y_new).abs().mean().item()
    return error / (30 * RATIO), output, before / (30 * RATIO)


def _bend(model):
    """이웃한 점을 이은 직선에서 예측이 가장 크게 벗어난 크기를, 예측의 폭으로 나눈 값입니다."""
    with torch.no_grad():
        output = model(torch.linspace(-6, 6, 201).unsqueeze(1)).ravel().double()
    line = torch.linspace(0, 1, 201, dtype=torch.float64) * (output[-1] - output[0]) + output[0]
    return ((output - line).abs().max() / (output.max() - output.min())).item()


def _start_and_train(quick_start, seed):
    torch.manual_seed(seed + 1000)
    other, _ = _read_start(quick_start())
    torch.manual_seed(seed)
    model, max_lr = _read_start(quick_start())
    kinds = [type(module).__name__ for module in model.modules()]
    seen = {
        "parameters": sum(p.numel() for p in model.parameters()),
        "max_lr": max_lr,
        "linears": kinds.count("Linear"),
        "sigmoid": "Sigmoid" in kinds,
        "leaky": "LeakyReLU" in kinds,
        "fixed": other is model or torch.equal(_vector(other), _vector(model)),
        "ratio": math.inf,
        "before": math.inf,
        "straight": False,
        "only positive": False,
    }
    if seen["fixed"] or seen["parameters"] > MOST_PARAMETERS:
        return seen
    ratio, output, before = _train_briefly(model, max_lr, seed)
    positive = bool(0 <= output.min() < 0.01)  # 음수여야 할 곳이 0에 막힘
    return seen | {
        "ratio": ratio,
        "before": before,
        "straight": _bend(model) < 1e-3,
        "only positive": positive,
    }


def _misses_goal(seen):
    """시드 넷의 손실이 모두 목표 아래이면 None, 아니면 그 손실을 말하는 문장입니다."""
    if all(run["ratio"] <= GOAL and run["before"] > UNTRAINED for run in seen):
        return None
    ratios = ", ".join(f"{run['ratio']:.3f}" for run in seen)
    return f"시드 넷의 손실은 바닥의 {ratios}배입니다. 모두 {GOAL}배 아래여야 합니다."


quick_model = Exercise(
    id="02-4",
    title="매개변수 3,000개, 300걸음",
    asks="시드 넷으로 모델을 만들어 300걸음씩 훈련하고, 새 점의 손실을 바닥과 비교합니다.",
    answer=_right_start,
    cases=lambda: [(0,), (1,), (2,), (3,)],
    observe=_start_and_train,
    right=_misses_goal,
    seconds=20.0,
    mistakes=[
        Mistake(
            _same_start,
            "부를 때마다 같은 매개변수에서 시작합니다. 모델은 함수 안에서 새로 만들고, 시드는 정하지 않습니다.",
            when=lambda seen: any(run["fixed"] for run in seen),
        ),
        Mistake(
            _already_trained,
            "훈련하기 전인데 손실이 이미 작습니다. 훈련은 train_briefly에 맡기고, 훈련하지 않은 모델을 돌려줍니다.",
            when=lambda seen: any(run["before"] <= UNTRAINED for run in seen),
        ),
        Mistake(
            _too_many,
            f"매개변수가 {MOST_PARAMETERS:,}개를 넘습니다. 층마다 (입력 + 1) x 출력개씩 세어 봅니다.",
            when=lambda seen: any(run["parameters"] > MOST_PARAMETERS for run in seen),
        ),
        Mistake(
            _without_activation,
            "훈련한 모델이 직선입니다. 층 사이에 무엇이 있어야 하는지 강의의 모델을 봅니다.",
            when=lambda seen: all(run["straight"] for run in seen),
        ),
        Mistake(
            _with_sigmoid,
            "시그모이드를 썼습니다. 300걸음은 짧습니다. 심화 4절에서 같은 걸음으로 앞서간 활성화 함수를 봅니다.",
            when=lambda seen: seen[0]["sigmoid"],
        ),
        Mistake(
            _too_slow,
            "학습률이 너무 작습니다. 300걸음 동안 매개변수가 조금밖에 움직이지 못했습니다.",
            when=lambda seen: seen[0]["max_lr"] < 0.003,
        ),
        Mistake(
            _too_fast,
            "학습률이 너무 큽니다. 매개변수가 너무 크게 움직여 300걸음 안에 안정되지 못합니다.",
            when=lambda seen: seen[0]["max_lr"] > 0.08,
        ),
        Mistake(
            _activation_at_end,
            "예측에 음수가 하나도 없습니다. 표준화한 타깃의 절반쯤은 음수입니다. 마지막 층의 뒤를 봅니다.",
            when=lambda seen: all(run["only positive"] for run in seen),
        ),
        Mistake(
            _one_hidden_layer,
            "은닉층이 하나뿐입니다. 꺾이는 점은 넉넉해도 300걸음으로는 알맞은 자리를 찾지 못했습니다. 심화 6절을 "
            "보고, 은닉층을 늘려 비교합니다.",
            when=lambda seen: seen[0]["linears"] == 2,
        ),
        Mistake(
            _too_few,
            "바닥에 닿지 못한 시드가 있습니다. 매개변수를 1,000개도 쓰지 않았으니 더 쓸 수 있습니다.",
            when=lambda seen: seen[0]["parameters"] < 1000,
        ),
        Mistake(
            _wide_leaky,
            "바닥에 닿지 못한 시드가 있습니다. 활성화 함수가 강의와 같은 LeakyReLU입니다. 층의 폭을 바꾸었으니 "
            "활성화 함수도 다시 비교해 봅니다.",
            when=lambda seen: seen[0]["leaky"],
        ),
    ],
    hints=[
        "먼저 `train_briefly`에 강의의 모델을 넣어 시드 넷의 결과를 봅니다. 시드마다 크게 다른지 봅니다.",
        "층을 넓히면 시작점마다의 차이가 줄어드는지 봅니다. 매개변수 3,000개를 은닉층 몇 개에 어떻게 나눌지 세어 봅니다.",
        "심화 4절에서 활성화 함수를 비교한 것은 폭이 좁은 신경망이었습니다. 넓은 신경망에서는 다시 비교합니다. 학습률은 0.01과 0.04 사이에서 몇 개를 시험합니다. 시드 하나만 보고 고르지 않습니다.",
        "입력의 크기도 바꿀 수 있습니다. forward에서 x를 그 표준편차로 나누는 모델을 만들어 비교합니다.",
    ],
    learnt="걸음 수가 정해져 있으면 모델의 모양과 학습률이 결과를 가릅니다. 좋은 설정은 시작점이 달라도 잘됩니다.",
)

EXERCISES = [noise_size, line_of_layers, unpaired_batches, quick_model]
