"""11. 모델 들여다보기의 연습입니다. 맞는 답이 들어 있으니 먼저 풀어 봅니다."""

import copy
import math
from itertools import pairwise

import torch
from torch import nn

from exercises.engine import Exercise, Mistake, NotYetError, expected, require

# ---------------------------------------------------------------- 11-1

COUNTS = {"parameters": 60, "훈련": 32, "state_dict": 66}


def _as_numbers(answer):
    return {name: float(value) for name, value in answer.items()}


def _told(**counts):
    """답 중 하나라도 `counts`에 적힌 수인지 보는 함수"""
    return lambda seen: any(seen[0][name] == value for name, value in counts.items())


def _all_three(seen):
    wrong = [name for name, value in COUNTS.items() if seen[0][name] != value]
    if not wrong:
        return None
    return f"셋 중 {3 - len(wrong)}개가 맞습니다. 다시 셀 것은 {', '.join(wrong)}입니다."


three_counts = Exercise(
    id="11-1",
    title="한 모델, 세 가지 수",
    asks="모델 하나를 세 가지로 센 수를 봅니다.",
    answer=COUNTS,
    observe=_as_numbers,
    right=_all_three,
    mistakes=[
        Mistake(
            {"parameters": 80, "훈련": 52, "state_dict": 86},
            "두 번 쓴 층을 두 번 센 수가 있습니다. 3절의 `Twice`에서 층이 몇 개였는지 봅니다.",
            when=_told(parameters=80, 훈련=52, state_dict=86),
        ),
        Mistake(
            {"parameters": 75, "훈련": 47, "state_dict": 81},
            "리스트에 담은 층까지 센 수가 있습니다. 4절에서 `nn.Module`이 무엇을 장부에 적는지 봅니다.",
            when=_told(parameters=75, 훈련=47, state_dict=81),
        ),
        Mistake(
            {"parameters": 56, "훈련": 28, "state_dict": 62},
            "층 밖의 매개변수를 빠뜨린 수가 있습니다. 3절의 `Scaled`를 봅니다.",
            when=_told(parameters=56, state_dict=62),
        ),
        Mistake(
            {"parameters": 50, "훈련": 26, "state_dict": 56},
            "편향을 빠뜨린 수가 있습니다. 1절의 식에서 층마다 더하는 것을 봅니다.",
            when=_told(parameters=50, 훈련=26, state_dict=56),
        ),
        Mistake(
            COUNTS | {"parameters": 66},
            "매개변수를 세면서 버퍼를 넣었습니다. 4절의 출력에서 버퍼의 줄을 봅니다.",
            when=_told(parameters=66, 훈련=38),
        ),
        Mistake(
            COUNTS | {"훈련": 60},
            "'훈련'의 수에 얼린 층이 들어 있습니다. `__init__`의 마지막 줄이 하는 일을 8절에서 봅니다.",
            when=_told(훈련=60),
        ),
        Mistake(
            COUNTS | {"parameters": 32},
            "얼린 층을 훈련과 관계없는 수에서도 뺐습니다. 얼린 층도 모델에 있고, 예측할 때 쓰입니다.",
            when=lambda seen: (
                _told(parameters=32, state_dict=38)(seen) or seen[0]["state_dict"] == 32
            ),
        ),
        Mistake(
            COUNTS | {"state_dict": 60},
            "'state_dict'의 수가 매개변수의 수와 같습니다. 모델과 함께 저장되는 것이 더 있는지 4절의 출력을 봅니다.",
            when=_told(state_dict=60),
        ),
    ],
    hints=[
        "`__init__`의 줄마다 수를 적고, 그 줄이 장부의 어디에 적히는지 옆에 적습니다. 4절의 출력과 비교합니다.",
        "`forward`는 매개변수의 수를 바꾸지 않습니다. 세는 것은 `__init__`에서 둔 것입니다.",
        "버퍼는 세 수 중 하나에만 들어갑니다. 얼린 층은 세 수 중 하나에서만 빠집니다.",
    ],
    learnt="세 수는 각각 다른 것을 셉니다. 모델이 가진 매개변수, 옵티마이저가 고칠 것, 파일에 담길 것입니다.",
)

# ---------------------------------------------------------------- 11-2


def _filled(model, seed):
    """매개변수를 정해진 수로 채운 모델"""
    rng = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=rng))
    return model


def _rows(sizes, width, seed):
    rng = torch.Generator().manual_seed(seed)
    return [torch.randn(size, width, generator=rng) for size in sizes]


def _with_norm():
    """BatchNorm과 드롭아웃이 있고, 모두 훈련 모드인 모델"""
    body = nn.Sequential(nn.Linear(4, 9), nn.BatchNorm1d(9), nn.Dropout(0.5), nn.ReLU())
    model = _filled(nn.Sequential(body, nn.Linear(9, 2)), seed=3)
    body[1].running_mean.copy_(torch.tensor([9.0, -9, 0, 1, 9, 2, 0, -1, 3]))
    with torch.no_grad():
        body[1].weight.fill_(1)
        body[1].bias.zero_()
    return model.train()


def _half_frozen():
    """앞부분은 평가 모드이고 나머지는 훈련 모드인 모델"""
    body = nn.Sequential(nn.Linear(3, 7), nn.BatchNorm1d(7), nn.ReLU())
    model = _filled(nn.Sequential(body, nn.Dropout(0.5), nn.Linear(7, 10), nn.ReLU()), seed=8)
    with torch.no_grad():
        model[2].bias[[2, 5]] = -30.0
    model.train()
    body.eval()
    return model


def _with_inplace():
    """출력을 제자리에서 고치는 ReLU와, 음수를 내는 LeakyReLU가 있는 모델"""
    layers = nn.Linear(3, 8), nn.ReLU(inplace=True), nn.Linear(8, 6), nn.LeakyReLU(0.1)
    model = _filled(nn.Sequential(*layers), seed=5)
    with torch.no_grad():
        for layer, off, low in ((model[0], [1, 4], [2]), (model[2], [0], [3, 5])):
            layer.weight[off], layer.bias[off] = 0.0, 0.0  # 출력이 늘 0
            layer.bias[low] = -30.0  # 출력이 늘 음수
        model[2].weight[1], model[2].bias[1] = 0.0, 1e-6  # 출력이 늘 아주 작지만 0은 아님
    return model.eval()


def _watched():
    """모델, 부품의 이름, 미니배치입니다. 마지막은 둘째 미니배치에서 오류가 나는 사례입니다."""
    return [
        (_with_norm, "0.3", _rows((4, 3, 2), 4, 31)),
        (_half_frozen, "3", _rows((3, 2, 3), 3, 32)),
        (_half_frozen, "0.2", _rows((2, 3), 3, 33)),
        (_with_inplace, "0", _rows((1,), 3, 34)),
        (_with_inplace, "3", _rows((5, 4), 3, 35)),
        (_half_frozen, "0.2", [*_rows((2,), 3, 36), *_rows((2,), 4, 37)]),
    ]


def _off_count(model, name, batches):
    model, zeros = copy.deepcopy(model).eval(), []

    def remember(module, inputs, output):
        zeros.append((output == 0).all(dim=0))

    dict(model.named_modules())[name].register_forward_hook(remember)
    with torch.no_grad():
        for batch in batches:
            model(batch)
    return torch.stack(zeros).all(dim=0).sum().item()


def _restores(
    model,
    name,
    batches,
    *,
    evaluates=True,
    clones=True,
    removes=True,
    safely=True,
    back="each",
    parts=lambda model: dict(model.named_modules()),
    count=lambda outputs: (torch.cat(outputs) == 0).all(dim=0).sum().item(),
):
    """받은 모델에 훅을 달고 되돌리는 함수입니다. 이름 붙은 인수로 흔한 실수를 흉내 냅니다."""
    outputs, modes = [], [(module, module.training) for module in model.modules()]
    part = parts(model)[name]
    was_training = model.training

    def remember(module, inputs, output):
        outputs.append(output.detach().clone() if clones else output.detach())

    def put_back():
        if removes:
            handle.remove()
        if back == "each":
            for module, training in modes:
                module.training = training
        elif back == "whole":
            model.train(was_training)

    handle = part.register_forward_hook(remember)
    if evaluates:
        model.eval()
    try:
        with torch.no_grad():
            for batch in batches:
                model(batch)
    except RuntimeError:
        if safely:
            put_back()
        raise
    put_back()
    return count(outputs)


def _careless(**slips):
    """`_restores`에 실수를 넣은 함수"""
    return lambda model, name, batches: _restores(model, name, batches, **slips)


def _with_training_copy(model, name, batches):
    """훈련 모드의 사본에서 센 수"""
    return _restores(copy.deepcopy(model).train(), name, batches, evaluates=False)


def _all_at_once(model, name, batches):
    return _off_count(model, name, [torch.cat(batches)])


def _hooks(model):
    return {(name, key) for name, module in model.named_modules() for key in module._forward_hooks}


def _mode_story(before, after):
    if before == after:
        return "그대로"
    return "평가" if not any(after) else "섞임"


NO_PART = "이름에 점이 든 부품을 찾지 못해 오류가 났습니다. 안쪽 부품의 이름까지 주는 방법을 4절의 끝에서 봅니다."


def _count_and_look(function, make, name, batches):
    """돌려준 수와, 함수가 끝난 뒤의 모델의 상태"""
    model, seen_modes, seen_rows = make(), set(), {0}

    def listen(module, inputs, output):
        seen_modes.add(module.training)
        seen_rows.add(len(output))

    for module in model.modules():
        module.register_forward_hook(listen)  # 다른 사람이 단 훅. 사본에도 따라감
    hooks, modes = _hooks(model), [module.training for module in model.modules()]
    values = copy.deepcopy(model.state_dict())
    fits = all(batch.shape[1] == batches[0].shape[1] for batch in batches)
    count, error = -1, False
    try:
        count = function(model, name, batches)
    except (AttributeError, KeyError) as problem:
        if "." in name and name in str(problem):
            raise NotYetError(NO_PART) from problem
        raise
    except RuntimeError:
        if fits:
            raise
        error = True
    if fits:
        require(0, count, "돌려준 수")
    state = model.state_dict()
    return {
        "뉴런의 수": count if fits else -1,
        "오류": error,
        "사례": "보통" if fits else "오류",
        "훈련 모드로 봄": True in seen_modes,
        "한꺼번에": max(seen_rows) > max(map(len, batches)),
        "남은 훅": bool(_hooks(model) - hooks),
        "훅": _hooks(model) == hooks,
        "모드": _mode_story(modes, [module.training for module in model.modules()]),
        "값": all(torch.equal(values[key], state[key]) for key in values),
    }


def _some(what, value, case="보통"):
    """`case`인 사례 중 하나라도 `what`이 `value`인지 보는 함수"""
    return lambda seen: any(run[what] == value for run in seen if run["사례"] == case)


def _right_counts(seen):
    """센 수가 맞는 사례의 수"""
    wanted = [run["뉴런의 수"] for run in expected(off_neurons)]
    return sum(want == float(run["뉴런의 수"]) for want, run in zip(wanted, seen, strict=True))


def _is_counted(seen):
    left = len(seen) - _right_counts(seen)
    if left:
        return f"센 수가 다른 사례가 {len(seen) - 1}개 중 {left}개입니다. 어떤 뉴런을 세기로 했는지 다시 읽고, 작은 미니배치 둘의 값을 출력해 손으로 센 수와 비교합니다."
    clean = all(run["훅"] and run["모드"] == "그대로" and run["값"] for run in seen) and all(
        run["오류"] == (run["사례"] == "오류") and not run["한꺼번에"] for run in seen
    )
    return None if clean else "센 수는 맞지만 오류를 삼켰거나 모델에 흔적을 남겼습니다."


off_neurons = Exercise(
    id="11-2",
    title="나누어 넣고 꺼진 뉴런 세기",
    asks="모델, 부품, 미니배치를 바꾸어 가며 불러, 돌려준 수를 보고, 함수가 끝난 뒤 모델이 그대로인지 봅니다.",
    answer=_off_count,
    cases=_watched,
    observe=_count_and_look,
    right=_is_counted,
    mistakes=[
        Mistake(
            _careless(removes=False),
            "함수가 끝난 뒤에도 모델에 훅이 남아 있습니다. 13절의 실수 3을 봅니다.",
            when=_some("남은 훅", True),
        ),
        Mistake(
            _careless(evaluates=False),
            "모델의 값이 달라졌습니다. 훈련 모드의 모델에 데이터를 넣으면 무엇이 바뀌는지 3절의 앞부분을 봅니다.",
            when=_some("값", False),
        ),
        Mistake(
            _careless(back="none"),
            "훈련 모드이던 모델이 평가 모드로 남았습니다. 받은 모델의 모드를 바꾸었다면 되돌립니다.",
            when=_some("모드", "평가"),
        ),
        Mistake(
            _careless(back="whole"),
            "모드가 처음과 다른 부품이 있습니다. `train()`은 안쪽의 부품까지 모두 바꾸는데, 8절처럼 앞부분만 "
            "평가 모드인 모델도 있습니다.",
            when=_some("모드", "섞임"),
        ),
        Mistake(
            _careless(safely=False),
            "중간에 오류가 나면 훅이 남거나 모드가 되돌아오지 않습니다. 9절의 `look`이 되돌리는 줄을 어디에 "
            "적었는지 봅니다.",
            when=lambda seen: (
                _some("남은 훅", True, case="오류")(seen)
                or not _some("모드", "그대로", case="오류")(seen)
            ),
        ),
        Mistake(_careless(parts=lambda model: dict(model.named_children())), NO_PART),
        Mistake(
            _all_at_once,
            "미니배치를 이어 붙여 한꺼번에 넣었습니다. 데이터가 커서 그렇게 할 수 없을 때 쓸 함수입니다.",
            when=_some("한꺼번에", True),
        ),
        Mistake(
            _careless(count=lambda outputs: (outputs[-1] == 0).all(dim=0).sum().item()),
            "마지막 미니배치에서만 세었습니다. 앞의 미니배치에서 켜진 뉴런은 꺼진 뉴런이 아닙니다.",
        ),
        Mistake(
            _careless(count=lambda outputs: sum((o == 0).all(0).sum().item() for o in outputs)),
            "미니배치마다 센 수를 더했습니다. 한 뉴런이 여러 번 세어지고, 다른 미니배치에서 켜진 것도 들어갑니다.",
        ),
        Mistake(
            _careless(count=lambda outputs: (torch.cat(outputs) == 0).any(dim=0).sum().item()),
            "한 행에서라도 0인 뉴런을 모두 세었습니다. 9절에서 꺼진 뉴런을 정한 문장을 다시 읽습니다.",
        ),
        Mistake(
            _careless(count=lambda outputs: (torch.cat(outputs) <= 0).all(dim=0).sum().item()),
            "출력이 늘 음수인 뉴런도 세었습니다. ReLU가 아닌 부품은 음수를 냅니다. 셀 것은 0뿐입니다.",
        ),
        Mistake(
            _careless(clones=False),
            "간직한 출력의 값이 나중에 바뀌었습니다. 다음 층이 값을 제자리에서 고치는 일을 9절의 `look`은 어떻게 막았는지 봅니다.",
        ),
        Mistake(
            _with_training_copy,
            "모델은 그대로이지만 수가 다릅니다. 출력을 볼 때 어느 모드였는지 봅니다.",
            when=_some("훈련 모드로 봄", True),
        ),
    ],
    hints=[
        "9절의 `look`을 고쳐 씁니다. 바꿀 것은 이름을 찾는 방법, 미니배치를 도는 반복, 되돌리는 방법입니다.",
        "`dict(model.named_modules())`는 이름에서 부품으로 가는 딕셔너리입니다.",
        "훅은 미니배치마다 한 번 불립니다. 불릴 때마다 출력을 리스트에 넣고, 끝난 다음에 모읍니다.",
        "되돌릴 것이 많으면, 되돌릴 것이 없게 하는 방법도 있습니다. 3절의 `count_table`이 첫 줄에서 한 일입니다.",
    ],
    learnt="들여다보는 함수는 흔적을 남기지 않아야 합니다. 사본에서 보거나, 바꾼 것을 하나하나 되돌립니다.",
)

# ---------------------------------------------------------------- 11-3


class _Pair(nn.Module):
    """앞부분과 출력층"""

    def __init__(self, widths, num_outputs):
        super().__init__()
        layers = []
        for before, after in pairwise(widths):
            layers += [nn.Linear(before, after), nn.BatchNorm1d(after), nn.ReLU()]
        self.body = nn.Sequential(*layers)
        self.head = nn.Linear(widths[-1], num_outputs)

    def forward(self, x):
        return self.head(self.body(x))


def _borrow(model, state):
    prefix = "body."
    plain = {name.removeprefix("module."): value for name, value in state.items()}
    body = {k.removeprefix(prefix): v for k, v in plain.items() if k.startswith(prefix)}
    model.body.load_state_dict(body)
    model.body.requires_grad_(False)


def _borrow_slip(
    *,
    strips=lambda name: name.removeprefix("module."),
    wanted=lambda name: "head" not in name,
    verifies=True,
    freezes=lambda model: model.body.requires_grad_(False),
):
    """옮기고 얼리는 함수에 실수를 넣은 것"""

    def borrow(model, state):
        moved = {strips(name): value for name, value in state.items() if wanted(name)}
        outcome = model.load_state_dict(moved, strict=False)
        if verifies and outcome.missing_keys != ["head.weight", "head.bias"]:
            raise RuntimeError("Missing key(s) in state_dict")
        freezes(model)

    return borrow


def _assigns(model, state):
    """값을 베끼지 않고 state의 텐서를 그대로 끼웁니다."""
    names = {name.removeprefix("module."): value for name, value in state.items()}
    body = {k.removeprefix("body."): v for k, v in names.items() if k.startswith("body.")}
    model.body.load_state_dict(body, assign=True)
    model.body.requires_grad_(False)


def _set_attribute(model):
    model.body.requires_grad = False


def _strict_without_head(model, state):
    names = {name.removeprefix("module."): value for name, value in state.items()}
    model.load_state_dict({k: v for k, v in names.items() if "head" not in k})
    model.body.requires_grad_(False)


def _only_parameters(model, state):
    names = {name.removeprefix("module."): value for name, value in state.items()}
    with torch.no_grad():
        for name, parameter in model.body.named_parameters():
            parameter.copy_(names[f"body.{name}"])
    model.body.requires_grad_(False)


def _replaces_head(model, state):
    _borrow(model, state)
    model.head = nn.Linear(model.head.in_features, model.head.out_features)


def _lent(widths, num_outputs, prefix, lacking, seed):
    """훈련된 셈 치는 다른 모델의 state_dict"""
    model = _filled(_Pair(widths, num_outputs), seed)
    rng = torch.Generator().manual_seed(seed)
    for buffer in model.buffers():
        buffer.copy_(torch.rand(buffer.shape, generator=rng).add(1).to(buffer.dtype))
    return {f"{prefix}{k}": v for k, v in model.state_dict().items() if k != lacking}


def _load_problem(error):
    """`load_state_dict`의 오류를 나눈 이름"""
    text = str(error)
    for words, name in (("size mismatch", "크기"), ("key(s) in state_dict", "이름")):
        if words in text:
            return name
    raise error


def _borrow_and_look(function, widths, outputs, prefix, lacking):
    """state_dict에서 옮긴 다음의 모델입니다. 이름이 빠졌으면 오류가 났는지만 봅니다."""
    state = _lent(widths, outputs[0], prefix, lacking, seed=sum(widths))
    kept, model = copy.deepcopy(state), _filled(_Pair(widths, outputs[1]), seed=77)
    head = copy.deepcopy(model.head.state_dict())
    result, problem = None, ""
    try:
        result = function(model, state)
    except Exception as error:
        if lacking:
            return {"사례": "빠짐", "오류": True}
        if not isinstance(error, RuntimeError):
            raise
        problem = _load_problem(error)
    if not _equal(kept, state):
        raise NotYetError(
            "받은 state를 바꾸었습니다. 받은 딕셔너리는 그대로 두고 새 딕셔너리를 만듭니다."
        )
    if lacking:
        return {"사례": "빠짐", "오류": False}
    return _state_of(model, state, prefix, head) | {
        "오류": problem,
        "사례": prefix,
        "새 모델": isinstance(result, nn.Module) and result is not model,
    }


def _equal(one, other):
    return [*one] == [*other] and all(torch.equal(one[key], other[key]) for key in one)


def _state_of(model, state, prefix, head):
    now = model.body.state_dict()
    names = {name for name, _ in model.body.named_parameters()}
    given = {_memory(value) for value in state.values()}
    moved = {k: torch.equal(v, state[f"{prefix}body.{k}"]) for k, v in now.items()}
    return {
        "매개변수": all(moved[name] for name in names),
        "하나도": not any(moved[name] for name in names),
        "버퍼": all(moved[name] for name in moved if name not in names),
        "얼림": not any(p.requires_grad for p in model.body.parameters()),
        "출력층 훈련": all(p.requires_grad for p in model.head.parameters()),
        "출력층 그대로": _equal(head, model.head.state_dict()),
        "메모리 따로": not any(_memory(value) in given for value in now.values()),
    }


def _memory(tensor):
    """텐서의 값이 놓인 메모리의 주소"""
    return tensor.untyped_storage().data_ptr()


def _normal(seen):
    return [run for run in seen if run["사례"] != "빠짐"]


def _every(**facts):
    """이름이 빠지지 않은 사례에서 모두 성립하는지 보는 함수"""
    return lambda seen: all(run[k] == v for run in _normal(seen) for k, v in facts.items())


LOAD = {  # load_state_dict의 오류
    "크기": "크기가 다른 층까지 넣다가 오류가 났습니다. `strict=False`가 무엇은 넘어가 주고 무엇은 넘어가지 "
    "않는지 5절에서 봅니다.",
    "이름": "넣은 딕셔너리의 이름과 받는 쪽의 이름이 정확히 같지 않아 오류가 났습니다. 어느 부품의 "
    "`load_state_dict`를 부르는지, 그 부품의 이름이 무엇인지 봅니다.",
}
BORROWED = {  # 앞의 것이 모두 맞을 때 하는 말
    "매개변수": "앞부분의 매개변수가 state의 것과 다릅니다. 옮긴 다음에 비교하는 줄을 넣어 봅니다.",
    "버퍼": "매개변수는 옮겼지만 BatchNorm이 모은 통계는 옮기지 않았습니다. 4절에서 parameters()에 없고 "
    "state_dict()에 있는 것을 봅니다.",
    "얼림": "값은 옮겼지만 앞부분에 얼지 않은 매개변수가 있습니다. 평가 모드나, 부품에 둔 보통의 속성은 매개변수를 "
    "얼리지 않습니다. 8절에서 얼리는 방법을 봅니다.",
    "출력층 훈련": "출력층까지 얼었습니다. 출력층은 새로 훈련할 것이므로 얼리지 않습니다.",
    "출력층 그대로": "앞부분은 맞지만 출력층의 값이 달라졌습니다. 출력층은 받은 그대로 둡니다.",
    "메모리 따로": "model의 앞부분이 state의 텐서와 메모리를 나눕니다. 한쪽을 고치면 다른 쪽도 달라집니다. "
    "`assign=True`나 대입은 값을 베끼지 않습니다.",
}
SILENT = (
    "앞부분의 이름이 빠진 state를 넣었는데 오류가 나지 않았습니다. 5절의 끝에서 `strict=False`를 쓸 때 무엇을 "
    "확인하라고 했는지 봅니다."
)


def _is_borrowed(seen):
    for run in _normal(seen):
        if run["오류"]:
            return LOAD[run["오류"]]
    for what, sentence in BORROWED.items():
        if not _every(**{what: True})(seen):
            return sentence
    return None if _complains(seen) else SILENT


def _complains(seen):
    return all(run["오류"] for run in seen if run["사례"] == "빠짐")


def _only_with_prefix(seen):
    """`module.`이 붙은 state는 옮기고, 붙지 않은 state는 옮기지 못한 답"""
    return all(
        (run["매개변수"] and not run["오류"]) == (run["사례"] == "module.") for run in _normal(seen)
    )


borrowed_body = Exercise(
    id="11-3",
    title="남의 state_dict에서 앞부분만 옮기기",
    asks="크기와 이름이 다른 state_dict 여럿에서 앞부분을 옮기게 하고, 옮긴 값과 얼린 매개변수를 봅니다.",
    answer=_borrow,
    cases=lambda: [
        ((6, 8), (3, 1), "module.", ""),
        ((6, 8), (3, 1), "", ""),
        ((4, 7, 5), (2, 4), "module.", ""),
        ((4, 7, 5), (2, 4), "module.", "body.3.bias"),
        ((3, 5), (1, 2), "", "body.1.running_var"),
    ],
    observe=_borrow_and_look,
    right=_is_borrowed,
    mistakes=[
        Mistake(
            lambda model, state: copy.deepcopy(model),
            "새 모델을 만들어 돌려주었고, 받은 model은 그대로입니다. 받은 model을 직접 고칩니다.",
            when=_every(**{"매개변수": False, "얼림": False, "새 모델": True}),
        ),
        Mistake(
            _borrow_slip(strips=str, verifies=False, freezes=_set_attribute),
            "두 증상이 모두 그대로입니다. 앞부분이 옮겨지지 않았고 얼지도 않았습니다. 증상 하나씩 이유를 찾습니다.",
            when=lambda seen: (
                _every(오류="", 얼림=False)(seen)
                and all(run["하나도"] for run in _normal(seen) if run["사례"])
            ),
        ),
        Mistake(
            _borrow_slip(strips=lambda name: name[7:], verifies=False),
            "`module.`이 붙은 state는 옮겼지만 붙지 않은 state는 옮기지 못했습니다. 접두사가 있을 때만 떼는 방법을 "
            "13절의 실수 5에서 봅니다.",
            when=_only_with_prefix,
        ),
        Mistake(
            _borrow_slip(strips=str, verifies=False),
            "앞부분을 얼렸지만 `module.`이 붙은 state에서 값이 옮겨지지 않았습니다. 난수를 얼린 셈입니다. "
            "`load_state_dict`가 돌려준 값을 출력해 봅니다.",
            when=lambda seen: (
                _every(오류="", 얼림=True)(seen)
                and all(run["하나도"] for run in _normal(seen) if run["사례"])
            ),
        ),
        Mistake(_borrow_slip(wanted=lambda name: True), LOAD["크기"]),
        Mistake(_strict_without_head, LOAD["이름"]),
        Mistake(_only_parameters, BORROWED["버퍼"]),
        Mistake(_borrow_slip(freezes=_set_attribute), BORROWED["얼림"]),
        Mistake(
            _borrow_slip(freezes=lambda model: model.requires_grad_(False)),
            BORROWED["출력층 훈련"],
        ),
        Mistake(_replaces_head, BORROWED["출력층 그대로"]),
        Mistake(_assigns, BORROWED["메모리 따로"]),
        Mistake(_borrow_slip(verifies=False), SILENT),
    ],
    hints=[
        "두 증상의 이유는 서로 다릅니다. 첫 증상은 `load_state_dict`가 돌려준 값을 출력하면 드러납니다.",
        "접두사를 떼는 줄은 13절의 실수 5에, 얼리는 줄은 8절에 있습니다.",
        "`strict=False`를 쓴다면 `missing_keys`가 예상한 것과 같은지 확인하는 줄을 함께 적습니다.",
        "`model.body`도 `nn.Module`입니다. 이름을 그 부품에 맞추면 `strict=False`가 아예 필요 없습니다.",
    ],
    learnt="옮기지 못해도, 얼지 않아도 오류는 나지 않습니다. "
    "옮긴 값을 state와 비교하고 훈련할 매개변수를 세는 것이 가장 빠른 확인입니다.",
)

# ---------------------------------------------------------------- 11-4


INDEX_ERROR = (
    "IndexError 오류가 났습니다. 참과 거짓의 길이는 고르는 축의 크기와 같아야 합니다. 한 대괄호에 둘을 넣으면 "
    "원소를 짝지어 고릅니다. 1절에서 가중치의 행과 열이 각각 무엇인지 봅니다."
)
PLACES = [
    f"{layer}의 {what}" for layer in ("첫 층", "둘째 층", "출력층") for what in ("가중치", "편향")
]
GAP = 1e-4  # 예측의 크기에 대한, 허용하는 반올림 오차


def _network(sizes, off, num_rows, seed):
    """은닉층이 둘인 모델과 입력입니다. `off`는 층마다 꺼 둘 뉴런의 번호입니다."""
    inputs, first, second, outputs = sizes
    layers = nn.Linear(inputs, first), nn.ReLU(), nn.Linear(first, second), nn.ReLU()
    model = _filled(nn.Sequential(*layers, nn.Linear(second, outputs)), seed)
    with torch.no_grad():
        for layer, numbers in zip((model[0], model[2]), off, strict=True):
            layer.bias[numbers] = -40.0
            layer.weight[numbers] *= 2  # 꺼진 뉴런의 가중치가 더 큼
        for parameter in model[0].parameters():
            parameter *= 2.0**-12  # 첫 은닉층의 값은 작아도 0이 아님
        model[2].weight *= 2.0**12  # 예측은 그대로
    return model, _rows((num_rows,), inputs, seed + 1)[0]


def _networks():
    return [
        _network((4, 6, 5, 1), ([1, 4], [0]), 40, 11),
        _network((3, 8, 4, 2), ([0, 2, 7], [1, 3]), 60, 12),
        _network((5, 6, 6, 3), ([2, 3], [0, 5]), 80, 13),
        _network((2, 4, 3, 1), ([3], []), 50, 14),
        _network((3, 3, 3, 2), ([], []), 60, 15),
        _network((4, 8, 8, 2), ([0], [1]), 1, 16),
    ]


def _masks(model, x):
    """은닉층마다 한 행에서라도 켜진 뉴런"""
    with torch.no_grad():
        first = model[1](model[0](x))
        second = model[3](model[2](first))
    return (first != 0).any(dim=0), (second != 0).any(dim=0)


def _built(model, first, second):
    """켜진 뉴런만 옮긴 새 모델"""
    old = model[0], model[2], model[4]
    rows = first, second, torch.ones(old[2].out_features, dtype=torch.bool)
    columns = torch.ones(old[0].in_features, dtype=torch.bool), first, second
    new = []
    for layer, row, column in zip(old, rows, columns, strict=True):
        small = nn.Linear(int(column.sum()), int(row.sum()))
        with torch.no_grad():
            small.weight.copy_(layer.weight[row][:, column])
            small.bias.copy_(layer.bias[row])
        new += [small, nn.ReLU()]
    return nn.Sequential(*new[:-1])


def _smaller(model, x):
    return _built(model, *_masks(model, x))


def _zeroed(model, x):
    small = copy.deepcopy(model)
    with torch.no_grad():
        for layer, on in zip((small[0], small[2]), _masks(model, x), strict=True):
            layer.weight[~on], layer.bias[~on] = 0.0, 0.0
    return small


def _before_relu(model, x):
    """ReLU를 지나기 전의 값으로 정해, 꺼진 뉴런을 찾지 못한 함수"""
    return copy.deepcopy(model)


def _first_layer_only(model, x):
    first, second = _masks(model, x)
    return _built(model, first, torch.ones_like(second))


def _off_in_some_row(model, x):
    with torch.no_grad():
        first = model[:2](x)
        second = model[:4](x)
    return _built(model, (first != 0).all(dim=0), (second != 0).all(dim=0))


def _columns_left(model, x):
    first, second = _masks(model, x)
    small = copy.deepcopy(model)
    for layer, on in zip((small[0], small[2]), (first, second), strict=True):
        layer.weight = nn.Parameter(layer.weight.detach()[on])
        layer.bias = nn.Parameter(layer.bias.detach()[on])
    return small


def _both_at_once(model, x):
    first, second = _masks(model, x)
    return model[2].weight[second, first]


def _values_left(model, x):
    """값을 옮기지 않아 난수로 남은 셈"""
    return _filled(_smaller(model, x), seed=5)


def _relu_at_end(model, x):
    return _smaller(model, x).append(nn.ReLU())


def _shares(model, x):
    small = _smaller(model, x)
    small[4].bias = model[4].bias
    return small


def _cuts_the_given(model, x):
    small = _smaller(model, x)
    for place in (0, 2, 4):
        model[place] = small[place]
    return model


def _linears(model):
    return [module for module in model.modules() if isinstance(module, nn.Linear)]


def _cut_and_look(function, model, x):
    """돌려준 모델의 크기와 예측, 받은 모델이 그대로인지"""
    kept, on = copy.deepcopy(model), _masks(model, x)
    hooks = _hooks(model)
    try:
        small = function(model, x)
    except IndexError as error:
        if "shape" in str(error):
            raise NotYetError(INDEX_ERROR) from error
        raise
    if not isinstance(small, nn.Module):
        require(model, small)
    layers = _linears(small)
    if len(layers) != 3:
        raise NotYetError(f"돌려준 모델에 nn.Linear가 {len(layers)}개입니다. 셋이어야 합니다.")
    ideal = _linears(_built(kept, *on))
    facts = {
        "그대로": _equal(kept.state_dict(), model.state_dict()) and hooks == _hooks(model),
        "뉴런": [layer.weight.shape[0] for layer in layers[:2]],
        "켜진 뉴런": [int(mask.sum()) for mask in on],
        "모든 뉴런": [len(mask) for mask in on],
        "수": sum(p.numel() for p in small.parameters()),
        "맞는 수": sum(p.numel() for layer in ideal for p in layer.parameters()),
        "베낌": _equal(kept.state_dict(), small.state_dict()),
        "값": [
            _alike(getattr(one, name), getattr(other, name))
            for one, other in zip(layers, ideal, strict=True)
            for name in ("weight", "bias")
        ],
        "차이": _gap(kept, small, x),
    }
    facts["나눔"] = _follows(small, model) if facts["그대로"] else False
    return facts


def _alike(one, other):
    return one is not None and one.shape == other.shape and torch.allclose(one, other, atol=1e-6)


def _gap(model, small, x):
    """예측의 차이를 예측의 크기로 나눈 것입니다. 예측하지 못하면 무한대입니다."""
    with torch.no_grad():
        want = model(x)
        try:
            got = small(x)
        except (RuntimeError, ValueError):
            return math.inf
    if not isinstance(got, torch.Tensor) or got.shape != want.shape:
        return math.inf
    gap = ((got - want).abs().max() / want.abs().max()).item()
    return gap if math.isfinite(gap) else math.inf


def _follows(small, model):
    """작은 모델을 고치면 받은 모델도 달라지는지 봄"""
    before = copy.deepcopy(model.state_dict())
    with torch.no_grad():
        for parameter in small.parameters():
            parameter.add_(1)
    return not _equal(before, model.state_dict())


def _is_cut(seen):
    for run in seen:
        if run["차이"] > GAP:
            wrong = [place for place, good in zip(PLACES, run["값"], strict=True) if not good]
            if wrong and _right_size([run]):
                return (
                    f"층의 크기는 맞지만 예측이 다릅니다. 값이 다른 곳은 {', '.join(wrong)}입니다."
                )
            return (
                "돌려준 모델의 예측이 받은 모델과 다릅니다. 층마다 어느 행과 열을 남겼는지 봅니다."
            )
        if run["수"] != run["맞는 수"]:
            return f"매개변수가 {run['수']}개인 모델을 돌려준 사례가 있습니다. 켜진 뉴런만 남긴 수가 아닙니다."
        if not run["그대로"] or run["나눔"]:
            return "받은 model이 달라졌거나, 돌려준 모델과 메모리를 나눕니다."
    return None


def _cut_sizes(seen, what):
    """모든 사례에서 남은 뉴런의 수가 두 층마다 `what`에 적힌 키의 수와 같은지 봄"""
    return all(
        run["뉴런"][place] == run[key][place] for run in seen for place, key in enumerate(what)
    )


def _right_size(seen):
    return _cut_sizes(seen, ("켜진 뉴런", "켜진 뉴런")) and all(
        run["차이"] < math.inf for run in seen
    )


smaller = Exercise(
    id="11-4",
    title="꺼진 뉴런을 잘라 낸 작은 모델",
    asks="층의 크기와 꺼진 뉴런이 다른 모델을 넣어, 돌려준 모델의 크기와 예측을 보고 받은 모델이 그대로인지 봅니다.",
    answer=_smaller,
    cases=_networks,
    observe=_cut_and_look,
    right=_is_cut,
    may_change=True,
    mistakes=[
        Mistake(
            _cuts_the_given,
            "받은 model이 달라졌습니다. 작은 모델은 새로 만들고, 받은 모델에는 흔적을 남기지 않습니다.",
            when=lambda seen: not all(run["그대로"] for run in seen),
        ),
        Mistake(
            _before_relu,
            "잘라 낸 뉴런이 하나도 없습니다. 꺼졌는지를 어느 층의 값으로 정하는지 9절의 `dead_neurons`에서 봅니다.",
            when=lambda seen: all(run["베낌"] for run in seen),
        ),
        Mistake(
            _zeroed,
            "층의 크기가 그대로입니다. 0으로 바꾼 매개변수도 매개변수입니다. 모양이 더 작은 층을 만듭니다.",
            when=lambda seen: (
                _cut_sizes(seen, ("모든 뉴런", "모든 뉴런"))
                and all(run["차이"] < math.inf for run in seen)
            ),
        ),
        Mistake(
            _columns_left,
            "돌려준 모델에 x를 넣으면 오류가 나거나 예측의 모양이 다릅니다. 층마다 입력의 수를 앞 층의 출력의 수와 "
            "비교합니다.",
            when=lambda seen: any(run["차이"] == math.inf for run in seen),
        ),
        Mistake(
            _first_layer_only,
            "은닉층 하나만 줄었습니다. 다른 은닉층에도 꺼진 뉴런이 있습니다.",
            when=lambda seen: (
                _cut_sizes(seen, ("켜진 뉴런", "모든 뉴런"))
                or _cut_sizes(seen, ("모든 뉴런", "켜진 뉴런"))
            ),
        ),
        Mistake(
            _off_in_some_row,
            "켜져 있는 뉴런까지 잘라 낸 사례가 있습니다. 한 행에서라도 켜지는 뉴런은 남깁니다.",
            when=lambda seen: any(
                left < on
                for run in seen
                for left, on in zip(run["뉴런"], run["켜진 뉴런"], strict=True)
            ),
        ),
        Mistake(_both_at_once, INDEX_ERROR),
        Mistake(
            _values_left,
            "층의 크기는 맞지만 값이 모두 다릅니다. 새로 만든 층은 난수로 시작합니다.",
            when=lambda seen: _right_size(seen) and not any(any(run["값"]) for run in seen),
        ),
        Mistake(
            _relu_at_end,
            "층의 값은 모두 맞는데 예측이 다릅니다. ReLU를 둔 곳을 받은 모델과 비교합니다.",
            when=lambda seen: (
                all(all(run["값"]) for run in seen) and any(run["차이"] > GAP for run in seen)
            ),
        ),
        Mistake(
            _shares,
            "예측과 크기는 맞습니다. 그런데 돌려준 모델을 고치면 받은 모델도 함께 달라집니다. 메모리를 나누는 "
            "매개변수가 있습니다.",
            when=lambda seen: _right_size(seen) and any(run["나눔"] for run in seen),
        ),
    ],
    hints=[
        "먼저 은닉층마다 켜진 뉴런을 참과 거짓으로 적습니다. 9절의 `dead_neurons`를 뒤집은 것입니다.",
        "뉴런 하나를 자르면 세 곳이 줄어듭니다. 12절의 선택에서 꺼진 뉴런에 붙은 매개변수를 꼽은 문장을 봅니다.",
        "종이에 세 가중치의 모양을 적고, 축마다 어느 은닉층의 참과 거짓으로 고를지 적은 다음에 코드를 씁니다.",
        "가운데 층의 가중치는 행도 열도 줄어듭니다. 행은 자기 뉴런이, 열은 앞 층의 뉴런이 정합니다.",
    ],
    learnt="0으로 지우면 크기가 그대로이지만, 행과 열을 함께 자르면 모델이 작아집니다. "
    "예측이 같다는 것은 x의 행에서만 보장됩니다.",
)

EXERCISES = [three_counts, off_neurons, borrowed_body, smaller]
