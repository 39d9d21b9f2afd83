"""03. 집값 예측의 연습입니다. 맞는 답이 들어 있으니 먼저 풀어 봅니다."""

import copy

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from exercises.compare import difference, ending
from exercises.engine import (
    Exercise,
    Mistake,
    NotYetError,
    expected,
    near,
    numbers,
    require,
)

# ---------------------------------------------------------------- 03-1

FIRST, SECOND, THIRD = range(3)  # 답 셋의 위치


def _at(place, *wrong):
    """이 위치의 값이 `wrong` 중 하나인지 보는 함수입니다."""
    return near(place, *wrong, rtol=1e-3)


dropped_neuron = Exercise(
    id="03-1",
    title="드롭아웃을 지난 값",
    asks="꺼지지 않았을 때의 값, 평가 모드의 값, 훈련 모드의 평균을 수 세 개로 답합니다.",
    answer=(8.0, 6.0, 6.0),
    observe=numbers,
    mistakes=[
        Mistake(
            (24.0, 6.0, 6.0),
            "첫째 값은 꺼질 확률로 나눈 값입니다. 7절의 예에서는 꺼질 확률과 남을 확률이 같아 이 실수가 드러나지 않습니다. 7절 첫 문단의 식을 봅니다.",
            when=_at(FIRST, 24),
        ),
        Mistake(
            (12.0, 6.0, 6.0),
            "첫째 값은 7절의 예처럼 2배 한 값입니다. 2배는 꺼질 확률이 0.5일 때의 이야기입니다.",
            when=_at(FIRST, 12),
        ),
        Mistake(
            (7.5, 6.0, 6.0),
            "첫째 값은 꺼질 확률만큼 더 키운 값입니다. 그렇게 하면 훈련 모드의 평균이 원래보다 작아집니다. 7절 첫 문단에서 곱하는 수를 봅니다.",
            when=_at(FIRST, 7.5),
        ),
        Mistake(
            (4.5, 6.0, 4.5),
            "첫째 값이 원래보다 작습니다. 꺼진 뉴런만큼을 메우려면 남은 값이 어느 쪽으로 달라져야 하는지 7절에서 봅니다.",
            when=lambda seen: seen[0][FIRST] < 5.9,
        ),
        Mistake(
            (6.0, 6.0, 4.5),
            "첫째 값은 들어온 값 그대로입니다. 7절에서 1을 넣었을 때 꺼지지 않은 원소에서 무엇이 나왔는지 봅니다.",
            when=_at(FIRST, 6),
        ),
        Mistake(
            (8.0, 8.0, 6.0),
            "평가 모드에서도 값을 키웠습니다. 7절에서 같은 층을 평가 모드로 부른 출력을 봅니다.",
            when=lambda seen: seen[0][SECOND] > 6.1,
        ),
        Mistake(
            (8.0, 4.5, 6.0),
            "평가 모드에서 값을 줄였습니다. PyTorch는 모드 하나에서만 값을 고칩니다. 7절에서 같은 층을 평가 모드로 부른 출력을 봅니다.",
            when=lambda seen: seen[0][SECOND] < 5.9,
        ),
        Mistake(
            (8.0, 6.0, 8.0),
            "셋째 값은 꺼지지 않은 때의 값입니다. 백만 번 중에는 꺼져서 0이 된 때도 있습니다.",
            when=_at(THIRD, 8),
        ),
        Mistake(
            (8.0, 6.0, 4.0),
            "셋째 값은 두 경우가 반반이라고 본 평균입니다. 꺼질 확률과 남을 확률이 다릅니다.",
            when=_at(THIRD, 4, 3),
        ),
        Mistake(
            (8.0, 6.0, 4.5),
            "셋째 값은 꺼지는 것만 생각한 평균입니다. 꺼지지 않았을 때는 들어온 값이 아니라 첫째 값이 나옵니다.",
            when=_at(THIRD, 4.5),
        ),
        Mistake(
            (8.0, 6.0, 2.0),
            "셋째 값은 꺼질 확률을 곱한 값입니다. 꺼지지 않은 때가 얼마나 잦은지를 곱해야 합니다.",
            when=_at(THIRD, 2, 1.5),
        ),
    ],
    hints=[
        "7절 첫 문단에 남은 값에 곱하는 수가 있습니다. p에 0.25를 넣습니다.",
        "평가 모드의 드롭아웃이 무엇을 하는지는 7절의 출력 셋째 줄에 있습니다.",
        "두 경우마다 (나오는 값) × (그 값이 나올 확률)을 구해 더하면 평균입니다.",
    ],
    learnt="훈련할 때 남은 값을 미리 키워 두므로 평균이 그대로입니다. 그래서 평가 모드에서는 값을 고칠 것이 없습니다. 다만 eval()로 모드를 바꾸는 일은 잊지 않습니다.",
    rtol=1e-3,
)

# ---------------------------------------------------------------- 03-2


def _prices():
    """행의 수와 원래 단위의 범위가 다른 타깃 네 벌입니다. 훈련 세트와 테스트 세트의 평균이 다릅니다."""
    settings = [(6, 4, 5.0, 50.0), (3, 7, 1.5, 4.0), (5, 1, -20.0, 60.0), (40, 25, 0.0, 300.0)]
    cases = []
    for n_train, n_test, low, high in settings:
        generator = torch.Generator().manual_seed(n_train)
        y_train = 0.6 * torch.rand(n_train, 1, generator=generator, dtype=torch.float32)
        draws = torch.rand(n_test, 1, generator=generator, dtype=torch.float32)
        y_test = 0.3 + 0.7 * draws**2
        cases.append((y_train, y_test, low, high))
    return cases


def _like(*wrongs):
    """돌려준 값이 틀린 함수 중 하나와 같은지 보는 함수입니다."""

    def is_like(seen):
        return any(
            all(
                difference(wrong(*case), value, rtol=1e-3) is None
                for case, value in zip(_prices(), seen, strict=True)
            )
            for wrong in wrongs
        )

    return is_like


def _rms(error):
    return (error**2).mean().sqrt().item()


def _mean_baseline(y_train, y_test, low, high):
    return _rms(y_test - y_train.mean()) * (high - low)


def _without_range(y_train, y_test, low, high):
    return _rms(y_test - y_train.mean())


def _adds_low(y_train, y_test, low, high):
    return _mean_baseline(y_train, y_test, low, high) + low


def _times_high(y_train, y_test, low, high):
    return _rms(y_test - y_train.mean()) * high


def _range_of_houses(y_train, y_test, low, high):
    return _rms(y_test - y_train.mean()) * 45


def _shifts_error(y_train, y_test, low, high):
    return _rms((y_train.mean() - y_test) * (high - low) + low)


def _shifts_other_way(y_train, y_test, low, high):
    return _rms((y_test - y_train.mean()) * (high - low) + low)


def _without_parentheses(y_train, y_test, low, high):
    return _rms(y_train.mean() * (high - low) + low - y_test * (high - low) + low)


def _without_parentheses_other_way(y_train, y_test, low, high):
    return _rms(y_test * (high - low) + low - y_train.mean() * (high - low) + low)


def _summed(y_train, y_test, low, high):
    return _mean_baseline(y_train, y_test, low, high) * len(y_test) ** 0.5


def _without_root(y_train, y_test, low, high):
    return _rms(y_test - y_train.mean()) ** 2 * (high - low)


def _range_inside_root(y_train, y_test, low, high):
    return _rms(y_test - y_train.mean()) * (high - low) ** 0.5


def _squared(y_train, y_test, low, high):
    return _mean_baseline(y_train, y_test, low, high) ** 2


def _mean_of_test(y_train, y_test, low, high):
    return _rms(y_test - y_test.mean()) * (high - low)


def _std_of_test(y_train, y_test, low, high):
    return y_test.std().item() * (high - low)


def _mean_of_all(y_train, y_test, low, high):
    return _rms(y_test - torch.cat([y_train, y_test]).mean()) * (high - low)


def _score_of_train(y_train, y_test, low, high):
    return _rms(y_train - y_train.mean()) * (high - low)


def _std_of_train(y_train, y_test, low, high):
    return y_train.std().item() * (high - low)


def _absolute(y_train, y_test, low, high):
    return (y_test - y_train.mean()).abs().mean().item() * (high - low)


def _swapped_sets(y_train, y_test, low, high):
    return _rms(y_train - y_test.mean()) * (high - low)


def _score_of_lesson(y_train, y_test, low, high):
    return 0.210 * (high - low)


def _only_prediction_back(y_train, y_test, low, high):
    return _rms(y_train.mean() * (high - low) + low - y_test)


def _gap_of_means(y_train, y_test, low, high):
    return abs(y_test.mean() - y_train.mean()).item() * (high - low)


baseline_in_dollars = Exercise(
    id="03-2",
    title="원래 단위로 적는 기준선",
    asks="행의 수와 원래 단위의 범위를 바꾸어 가며 불러, 돌려준 RMSE를 봅니다.",
    answer=_mean_baseline,
    cases=_prices,
    mistakes=[
        Mistake(
            _without_range,
            "정규화한 단위의 RMSE입니다. 정규화한 값의 차이 1이 원래 단위로 얼마인지 3절의 식에서 봅니다.",
        ),
        Mistake(
            _adds_low,
            "RMSE에 최솟값을 더했습니다. 값 하나를 되돌릴 때와 달리, 두 값의 차이에는 최솟값이 남지 않습니다. 4절에서 0.114를 달러로 바꾼 계산을 봅니다.",
        ),
        Mistake(
            _times_high,
            "최댓값을 곱했습니다. 3절의 정규화가 무엇으로 나누었는지 봅니다. 최솟값이 0이 아닐 수도 있습니다.",
        ),
        Mistake(
            _range_of_houses,
            "집값의 범위 45를 곱했습니다. 다른 데이터에도 쓸 수 있게 범위를 인수에서 구합니다. 범위의 뜻은 3절에 있습니다.",
        ),
        Mistake(
            _shifts_error,
            "오차에 최솟값이 더해진 채로 제곱했습니다. 최솟값은 값을 되돌릴 때 더하고, 되돌린 두 값을 빼면 지워집니다. 빼는 곳의 괄호도 봅니다.",
            when=_like(
                _shifts_error,
                _shifts_other_way,
                _without_parentheses,
                _without_parentheses_other_way,
            ),
        ),
        Mistake(
            _summed,
            "제곱 오차를 더하기만 하고 행의 수로 나누지 않았습니다. 4절의 RMSE 식을 봅니다.",
        ),
        Mistake(
            _without_root,
            "제곱 오차의 평균에서 멈추었습니다. 4절의 RMSE 식에 남은 한 단계를 봅니다.",
        ),
        Mistake(
            _range_inside_root,
            "범위를 제곱근 안에서 곱했습니다. 제곱한 오차의 단위와 오차의 단위가 어떻게 다른지 봅니다.",
        ),
        Mistake(
            _squared,
            "원래 단위로 구한 평균 제곱 오차입니다. 단위도 제곱이 되었으니 4절의 RMSE 식에 남은 한 단계를 봅니다.",
        ),
        Mistake(
            _mean_of_test,
            "테스트 세트의 평균을 답했습니다. 시험 문제의 답을 미리 본 기준선입니다. 4절의 평균이 어느 세트의 평균인지 봅니다.",
        ),
        Mistake(
            _std_of_test,
            "테스트 세트의 표준편차입니다. 테스트 세트 자신의 평균에서 벗어난 크기라서, 답을 미리 본 셈입니다. 게다가 n - 1로 나누었습니다. 4절의 식을 봅니다.",
        ),
        Mistake(
            _mean_of_all,
            "두 세트를 합친 평균을 답했습니다. 테스트 세트가 예측에 새어 들어갔습니다. 13절의 실수 4를 봅니다.",
        ),
        Mistake(
            _score_of_train,
            "훈련 세트에서 잰 점수입니다. 기준선의 점수도 처음 보는 데이터에서 잽니다.",
        ),
        Mistake(
            _std_of_train,
            "훈련 세트의 표준편차입니다. 훈련 세트에서 얻을 것은 예측이고, 얼마나 틀렸는지는 다른 세트에서 잽니다. 4절의 식을 봅니다.",
        ),
        Mistake(
            _swapped_sets,
            "두 세트의 할 일이 바뀌었습니다. 예측을 정하는 세트와 점수를 재는 세트를 4절의 기준선에서 봅니다.",
        ),
        Mistake(
            _score_of_lesson,
            "4절에 적힌 점수 0.210을 그대로 썼습니다. 받은 두 세트로 점수를 구합니다.",
        ),
        Mistake(
            _only_prediction_back,
            "예측만 원래 단위로 되돌리고 타깃은 정규화한 값으로 두었습니다. 단위가 다른 두 값은 뺄 수 없습니다.",
        ),
        Mistake(
            _absolute,
            "오차의 절댓값을 평균했습니다. RMSE는 제곱해서 평균합니다. 4절의 식을 봅니다.",
        ),
        Mistake(
            _gap_of_means,
            "두 평균의 차이만 쟀습니다. 오차는 테스트 세트의 행마다 구하고, 평균은 제곱한 다음에 합니다.",
        ),
    ],
    hints=[
        "이 기준선의 예측은 수 하나입니다. 그 수를 어느 세트에서 얻고, 점수는 어느 세트에서 재는지 나눕니다.",
        "정규화한 단위의 RMSE를 먼저 구합니다. 4절의 식을 그대로 옮깁니다.",
        "예측과 타깃을 모두 원래 단위로 되돌려 빼 보면, 최솟값이 지워지고 범위만 남습니다.",
    ],
    learnt="예측은 훈련 세트에서 얻고, 점수는 테스트 세트에서 잽니다. 값을 되돌릴 때는 범위를 곱하고 최솟값을 더하지만, 오차에는 범위만 곱합니다.",
    rtol=1e-3,
)

# ---------------------------------------------------------------- 03-3

RECORDED = "재는 동안 기울기를 구하려고 계산을 기록했습니다. 값은 같아도 메모리와 시간을 씁니다. 6절의 `evaluate`에서 기록을 끄는 줄을 봅니다."
LEFT_IN_EVAL = "훈련 모드이던 모델이 평가 모드로 남았습니다. 이 함수를 훈련 도중에 부르면 그 뒤로는 드롭아웃 없이 훈련합니다. 7절을 봅니다."
ONLY_OUTSIDE = "모델의 겉만 모드가 바뀌고, 안에 든 층의 모드는 그대로입니다. model.training은 읽기만 하고, 모드는 7절의 두 함수로 바꿉니다."
RECORDS_OFF = "계산을 기록하는 기능을 끈 채로 끝났습니다. 이 뒤에 훈련하면 기울기를 구하지 못합니다. 6절의 `evaluate`처럼 재는 동안에만 끕니다."
LEFT_IN_TRAIN = "평가 모드이던 모델이 훈련 모드로 남았습니다. 부르기 전의 모드를 먼저 적어 두었다가 그 모드로 되돌립니다."


class _DropFirst(nn.Module):
    """훈련 모드에서는 특성 하나를 끄고 하나를 2배 하는 층입니다. 드롭아웃과 달리 난수를 쓰지 않습니다."""

    def forward(self, x):
        return x * torch.tensor([0.0, 2.0], dtype=x.dtype) if self.training else x


class _Watched(nn.Module):
    """부를 때마다 기울기를 기록하는지, 모델과 안에 든 층의 모드가 다른지 적는 모델입니다."""

    def __init__(self, note):
        super().__init__()
        self.note = note
        self.drop = _DropFirst()
        self.weight = nn.Parameter(torch.tensor([[0.5], [-1.0]], dtype=torch.float32))

    def forward(self, x):
        self.note((torch.is_grad_enabled(), self.is_split))
        return self.drop(x) @ self.weight

    @property
    def is_split(self):
        return self.training != self.drop.training


def _loaders():
    """행의 수, 배치의 크기, 부르기 전의 모드입니다."""
    return [(10, 4, "훈련"), (7, 3, "평가"), (6, 6, "훈련"), (5, 2, "평가")]


def _score_and_look(score, rows, batch_size, mode):
    """돌려준 RMSE를 봅니다. 모드나 기울기의 기록이 어긋났으면 그것부터 말합니다."""
    generator = torch.Generator().manual_seed(rows)
    x = torch.randn(rows, 2, generator=generator, dtype=torch.float32)
    y = torch.arange(rows, dtype=torch.float32)[:, None]  # 뒤의 미니배치일수록 큰 오차
    notes, training = [], mode == "훈련"
    model = _Watched(notes.append).train(training)
    with torch.enable_grad():  # 나올 때 기록하는 기능을 되돌림
        value = score(model, DataLoader(TensorDataset(x, y), batch_size))
        records = torch.is_grad_enabled()
    require(0.0, value)
    if any(recorded for recorded, _ in notes):
        raise NotYetError(RECORDED)
    if model.is_split or any(split for _, split in notes):
        raise NotYetError(ONLY_OUTSIDE)
    if not records:
        raise NotYetError(RECORDS_OFF)
    if model.training != training:
        raise NotYetError(LEFT_IN_EVAL if training else LEFT_IN_TRAIN)
    return float(value)


def _of_all_rows(squares):
    return torch.cat(squares).mean().sqrt().item()


def _mean_of_rmse(squares):
    return (sum(part.mean().sqrt() for part in squares) / len(squares)).item()


def _mean_of_mse(squares):
    return (sum(part.mean() for part in squares) / len(squares)).sqrt().item()


def _weighted_rmse(squares):
    total = sum(part.mean().sqrt() * len(part) for part in squares)
    return (total / sum(map(len, squares))).item()


def _fixed_batch_size(squares):
    total = sum(part.mean() * len(squares[0]) for part in squares)
    return (total / sum(map(len, squares))).sqrt().item()


def _sum_over_batches(squares):
    return (sum(part.sum() for part in squares) / len(squares)).sqrt().item()


def _without_last_root(squares):
    return torch.cat(squares).mean().item()


def _not_divided(squares):
    return torch.cat(squares).sum().sqrt().item()


def _absolute_errors(squares):
    return torch.cat(squares).sqrt().mean().item()


def _last_batch(squares):
    return squares[-1].mean().sqrt().item()


def _score(model, loader):
    was_training = model.training
    model.eval()
    value = _in_this_mode(model, loader)
    model.train(was_training)
    return value


def _in_this_mode(model, loader, combine=_of_all_rows):
    """모드를 바꾸지 않고 잽니다. 미니배치마다의 제곱 오차를 `combine`이 수 하나로 모읍니다."""
    with torch.no_grad():
        return combine([(model(x) - y) ** 2 for x, y in loader])


def _collected(combine):
    """모드는 맞게 다루고, 미니배치마다의 제곱 오차를 `combine`으로 모으는 함수입니다."""

    def score(model, loader):
        was_training = model.training
        value = _in_this_mode(model.eval(), loader, combine)
        model.train(was_training)
        return value

    return score


def _in_any_mode(model, loader):
    return _in_this_mode(model, loader)


def _of_notebook(model, loader):
    """노트북에 있는 틀린 함수입니다."""
    return _in_this_mode(model, loader, _mean_of_rmse)


def _stays_in_eval(model, loader):
    return _in_this_mode(model.eval(), loader)


def _ends_in_train(model, loader):
    value = _in_this_mode(model.eval(), loader)
    model.train()
    return value


def _returns_in_loop(model, loader):
    model.eval()
    with torch.no_grad():
        x, y = next(iter(loader))
        return _of_all_rows([(model(x) - y) ** 2])


def _changes_outside(model, loader):
    was_training = model.training
    model.training = False
    value = _in_this_mode(model, loader)
    model.training = was_training
    return value


def _turns_records_off(model, loader):
    torch.set_grad_enabled(False)
    return _score(model, loader)


def _with_records(model, loader):
    was_training = model.training
    model.eval()
    value = _of_all_rows([(model(x) - y) ** 2 for x, y in loader])
    model.train(was_training)
    return value


score_that_varies = Exercise(
    id="03-3",
    title="잴 때마다 달라지는 점수",
    asks="행의 수, 배치의 크기, 모델의 모드를 바꾸어 가며 불러, 돌려준 RMSE와 끝난 다음의 모드를 봅니다.",
    answer=_score,
    cases=_loaders,
    observe=_score_and_look,
    mistakes=[
        Mistake(
            _of_notebook,
            "고치기 전의 rmse_by_batch와 같은 값입니다. 모델의 모드와, 미니배치의 점수를 모으는 방법을 둘 다 고칩니다.",
        ),
        Mistake(
            _in_any_mode,
            "미니배치의 오차를 모으는 방법은 맞지만, 받은 모델이 훈련 모드이면 틀립니다. 재는 동안의 모드를 13절의 실수 1에서 봅니다.",
        ),
        Mistake(
            _collected(_mean_of_rmse),
            "미니배치마다 제곱근을 구한 다음 평균했습니다. 4절의 식에서 평균과 제곱근 중에 어느 것이 바깥에 있는지 봅니다.",
        ),
        Mistake(
            _collected(_weighted_rmse),
            "행의 수로 가중한 것은 좋지만 제곱근의 평균입니다. 4절의 식에서 평균과 제곱근 중에 어느 것이 바깥에 있는지 봅니다.",
        ),
        Mistake(
            _collected(_mean_of_mse),
            "미니배치마다의 평균을 똑같은 가중치로 다시 평균했습니다. 마지막 미니배치는 행이 적습니다. 6절의 훈련 루프가 손실을 모을 때 무엇을 곱했는지 봅니다.",
        ),
        Mistake(
            _collected(_fixed_batch_size),
            "미니배치마다 같은 수를 곱해 모았습니다. 마지막 미니배치의 행 수는 배치의 크기보다 작을 수 있습니다.",
        ),
        Mistake(
            _collected(_sum_over_batches),
            "모든 행의 제곱 오차를 미니배치의 수로 나누었습니다. 4절의 식에서 n은 행의 수입니다.",
        ),
        Mistake(
            _collected(_without_last_root),
            "평균 제곱 오차입니다. 4절의 RMSE 식에 남은 한 단계를 봅니다.",
        ),
        Mistake(
            _collected(_last_batch),
            "마지막 미니배치의 점수만 남았습니다. 반복할 때마다 앞의 값이 지워지는지 봅니다.",
        ),
        Mistake(
            _collected(_absolute_errors),
            "오차의 절댓값을 평균했습니다. RMSE는 제곱해서 평균합니다. 4절의 식을 봅니다.",
        ),
        Mistake(
            _collected(_not_divided),
            "제곱 오차를 더하기만 하고 행의 수로 나누지 않았습니다. 4절의 RMSE 식을 봅니다.",
        ),
        Mistake(
            _returns_in_loop,
            "첫 미니배치만 재고 끝났습니다. 모드도 되돌리지 못했습니다. return이 반복 안에 있는지 들여쓰기를 봅니다.",
        ),
        Mistake(_changes_outside, ONLY_OUTSIDE),
        Mistake(_turns_records_off, RECORDS_OFF),
        Mistake(_stays_in_eval, LEFT_IN_EVAL),
        Mistake(_ends_in_train, LEFT_IN_TRAIN),
        Mistake(_with_records, RECORDED),
    ],
    hints=[
        "출력의 위 두 줄이 서로 다른 이유와 아래 두 줄이 서로 다른 이유는 같지 않습니다. 위 두 줄부터 봅니다.",
        "지금의 모드는 model.training에서 읽습니다. 바꾸기 전에 적어 두었다가, 7절의 두 함수 중 하나로 되돌립니다.",
        "미니배치마다 점수를 내지 말고, 제곱 오차의 합과 행의 수를 따로 모읍니다.",
        "나누기와 제곱근은 반복이 끝난 다음에 한 번씩 합니다.",
    ],
    learnt="제곱근의 평균은 평균의 제곱근이 아닙니다. 재는 함수는 모델을 받은 그대로 돌려놓아야 훈련 도중에 불러도 됩니다.",
    rtol=1e-3,
)

# ---------------------------------------------------------------- 03-4

STOPS = [  # 에포크마다의 검증 RMSE, patience, min_gain, max_epochs
    ([0.5, 0.375, 0.25, 0.3125, 0.375, 0.4375, 0.5, 0.5, 0.5], 3, 0.0, 9),
    ([0.5, 0.25, 0.375, 0.25, 0.375, 0.375, 0.5, 0.5, 0.5], 3, 0.0, 9),  # 같은 값이 두 번
    ([6000, 4000, 5000, 3000, 3500, 2000, 2500, 2250, 1500], 3, 0.0, 9),  # 달러, 끝까지 좋아짐
    ([0.25, 0.5, 0.4375, 0.375, 0.3125, 0.28125, 0.125, 0.5], 4, 0.0, 8),  # 다시 줄어듦
    ([1.0, 0.9375, 0.875, 0.8125, 0.75, 0.71875, 0.6875, 0.6875, 0.6875], 3, 0.125, 9),  # 꼭 0.125
    ([0.5, 0.25, 0.375, 0.3125, 0.125], 9, 0.0, 4),  # 기다리다가 max_epochs에 닿음
    ([0.5, 0.375, 0.25, 0.234375, 0.0625], 1, 0.1, 5),
    ([0.75, 0.5], 2, 0.0, 1),
]


TOO_EARLY = "훈련하기 전에 잰 횟수"


def _stop_and_look(stop, values, patience, min_gain, max_epochs):
    """에포크마다 1씩 커지는 모델을 넣습니다. 남은 가중치가 곧 되돌린 에포크입니다."""
    model = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(model.weight)
    trained, too_early = [], []

    def train_epoch(model):
        trained.append(1)
        with torch.no_grad():
            model.weight += 1

    def validate(model):
        epoch = round(model.weight.item())
        if epoch < 1:
            too_early.append(1)
            return values[0] / 2
        return values[min(epoch, len(values)) - 1]

    best_epoch = stop(model, train_epoch, validate, patience, min_gain, max_epochs)
    require(0, best_epoch, "돌려준 에포크")
    return {
        "돌려준 에포크": float(best_epoch),
        "훈련한 에포크의 수": len(trained),
        "모델에 남은 매개변수의 에포크": round(model.weight.item()),
        TOO_EARLY: len(too_early),
    }


def _stop_problem(seen):
    """처음으로 어긋난 사례의 검증 RMSE와 설정을 보이는 문장입니다."""
    for (values, patience, min_gain, max_epochs), run, want in zip(
        STOPS, seen, expected(early_stop), strict=True
    ):
        for name in want:
            if name != TOO_EARLY and run[name] != want[name]:
                return (
                    f"검증 RMSE가 순서대로 {', '.join(f'{value:g}' for value in values[:max_epochs])}이고 "
                    f"patience={patience}, min_gain={min_gain:g}, max_epochs={max_epochs}일 때 "
                    f"{ending(name, '이', '가')} {run[name]:g}입니다. 이 값이 맞는지 종이에 한 에포크씩 따라가 봅니다."
                )
    return None


def _stop(model, train_epoch, validate, patience, min_gain, max_epochs):
    best, best_epoch = float("inf"), 0
    for epoch in range(1, max_epochs + 1):
        train_epoch(model)
        now = validate(model)
        if now < best - min_gain:
            best, best_epoch, state = now, epoch, copy.deepcopy(model.state_dict())
        if epoch - best_epoch >= patience:
            break
    model.load_state_dict(state)
    return best_epoch


def _late_by_one(model, train_epoch, validate, patience, min_gain, max_epochs):
    return _stop(model, train_epoch, validate, patience + 1, min_gain, max_epochs)


def _early_by_one(model, train_epoch, validate, patience, min_gain, max_epochs):
    return _stop(model, train_epoch, validate, patience - 1, min_gain, max_epochs)


def _one_epoch_more(model, train_epoch, validate, patience, min_gain, max_epochs):
    return _stop(model, train_epoch, validate, patience, min_gain, max_epochs + 1)


def _adds_gain(model, train_epoch, validate, patience, min_gain, max_epochs):
    return _stop(model, train_epoch, validate, patience, -min_gain, max_epochs)


def _one_epoch_less(model, train_epoch, validate, patience, min_gain, max_epochs):
    best, best_epoch, state = float("inf"), 0, None
    for epoch in range(1, max_epochs):
        train_epoch(model)
        now = validate(model)
        if now < best - min_gain:
            best, best_epoch, state = now, epoch, copy.deepcopy(model.state_dict())
        if epoch - best_epoch >= patience:
            break
    model.load_state_dict(state)
    return best_epoch


def _validates_first(model, train_epoch, validate, patience, min_gain, max_epochs):
    best, best_epoch = float("inf"), 0
    for epoch in range(1, max_epochs + 1):
        now = validate(model)
        train_epoch(model)
        if now < best - min_gain:
            best, best_epoch, state = now, epoch, copy.deepcopy(model.state_dict())
        if epoch - best_epoch >= patience:
            break
    model.load_state_dict(state)
    return best_epoch


def _ignores_gain(model, train_epoch, validate, patience, min_gain, max_epochs):
    return _stop(model, train_epoch, validate, patience, 0.0, max_epochs)


def _takes_ties(model, train_epoch, validate, patience, min_gain, max_epochs):
    return _stop(model, train_epoch, validate, patience, min_gain - 1e-9, max_epochs)


def _never_stops(model, train_epoch, validate, patience, min_gain, max_epochs):
    return _stop(model, train_epoch, validate, max_epochs, min_gain, max_epochs)


def _from_zero(*arguments):
    return _stop(*arguments) - 1


def _epochs_and_best(model, train_epoch, *rest):
    """훈련한 에포크의 수와 되돌린 에포크입니다."""
    epochs = []
    best_epoch = _stop(model, lambda model: epochs.append(train_epoch(model)), *rest)
    return len(epochs), best_epoch


def _returns_last(*arguments):
    return _epochs_and_best(*arguments)[0]


def _returns_only_when_stopped(*arguments):
    num_epochs, best_epoch = _epochs_and_best(*arguments)
    return best_epoch if num_epochs < arguments[-1] else None


def _starts_before_training(model, train_epoch, validate, patience, min_gain, max_epochs):
    best, best_epoch, state = validate(model), 0, copy.deepcopy(model.state_dict())
    for epoch in range(1, max_epochs + 1):
        train_epoch(model)
        now = validate(model)
        if now < best - min_gain:
            best, best_epoch, state = now, epoch, copy.deepcopy(model.state_dict())
        if epoch - best_epoch >= patience:
            break
    model.load_state_dict(state)
    return best_epoch


def _without_copy(model, train_epoch, validate, patience, min_gain, max_epochs):
    """사본을 뜨지 않는 실수입니다. 되돌리는 줄이 없는 것과 결과가 같습니다."""
    best, best_epoch = float("inf"), 0
    for epoch in range(1, max_epochs + 1):
        train_epoch(model)
        now = validate(model)
        if now < best - min_gain:
            best, best_epoch, state = now, epoch, model.state_dict()
        if epoch - best_epoch >= patience:
            break
    model.load_state_dict(state)
    return best_epoch


def _restores_only_when_stopped(model, train_epoch, validate, patience, min_gain, max_epochs):
    best, best_epoch = float("inf"), 0
    for epoch in range(1, max_epochs + 1):
        train_epoch(model)
        now = validate(model)
        if now < best - min_gain:
            best, best_epoch, state = now, epoch, copy.deepcopy(model.state_dict())
        if epoch - best_epoch >= patience:
            model.load_state_dict(state)
            break
    return best_epoch


def _compares_with_previous(model, train_epoch, validate, patience, min_gain, max_epochs):
    previous, best_epoch = float("inf"), 0
    for epoch in range(1, max_epochs + 1):
        train_epoch(model)
        now = validate(model)
        if now < previous - min_gain:
            best_epoch, state = epoch, copy.deepcopy(model.state_dict())
        previous = now
        if epoch - best_epoch >= patience:
            break
    model.load_state_dict(state)
    return best_epoch


def _best_creeps(model, train_epoch, validate, patience, min_gain, max_epochs):
    """`min_gain`에 못 미쳐도 가장 좋은 값을 바꾸는 실수입니다."""
    best, best_epoch = float("inf"), 0
    for epoch in range(1, max_epochs + 1):
        train_epoch(model)
        now = validate(model)
        if now < best - min_gain:
            best_epoch, state = epoch, copy.deepcopy(model.state_dict())
        best = min(best, now)
        if epoch - best_epoch >= patience:
            break
    model.load_state_dict(state)
    return best_epoch


def _never_resets(model, train_epoch, validate, patience, min_gain, max_epochs):
    best, best_epoch, bad = float("inf"), 0, 0
    for epoch in range(1, max_epochs + 1):
        train_epoch(model)
        now = validate(model)
        if now < best - min_gain:
            best, best_epoch, state = now, epoch, copy.deepcopy(model.state_dict())
        else:
            bad += 1
        if bad >= patience:
            break
    model.load_state_dict(state)
    return best_epoch


early_stop = Exercise(
    id="03-4",
    title="작은 요동에 속지 않는 조기 종료",
    asks="검증 RMSE를 미리 정해 둔 여덟 번의 훈련에서, 돌려준 에포크, 훈련한 에포크의 수, 모델에 남은 매개변수를 봅니다.",
    answer=_stop,
    cases=lambda: STOPS,
    observe=_stop_and_look,
    right=_stop_problem,
    mistakes=[
        Mistake(
            _without_copy,
            "멈춘 때와 돌려준 에포크는 맞지만, 받은 모델에 마지막 에포크의 매개변수가 남았습니다. 되돌리는 줄이 있다면 보관한 것이 사본이었는지(13절의 실수 6), 넣은 곳이 받은 모델이었는지 봅니다.",
        ),
        Mistake(
            _restores_only_when_stopped,
            "중간에 멈춘 때에만 되돌렸습니다. max_epochs까지 간 때에도 마지막 에포크가 가장 좋았다는 보장은 없습니다.",
        ),
        Mistake(
            _takes_ties,
            "꼭 min_gain만큼 줄어든 값까지 좋아진 것으로 쳤습니다. 10절의 루프에서 비교하는 기호를 봅니다.",
        ),
        Mistake(
            _late_by_one,
            "한 에포크 늦게 멈춥니다. 10절의 루프에서 멈추는 조건에 등호가 있는지 봅니다.",
        ),
        Mistake(
            _early_by_one,
            "한 에포크 일찍 멈춥니다. 10절의 루프에서 멈추는 조건과 비교합니다.",
        ),
        Mistake(
            _one_epoch_more,
            "max_epochs보다 한 에포크 더 훈련합니다. 반복이 몇 번 도는지 셉니다.",
        ),
        Mistake(
            _one_epoch_less,
            "max_epochs보다 한 에포크 적게 훈련합니다. max_epochs가 1이면 반복이 몇 번 도는지 봅니다.",
        ),
        Mistake(
            _validates_first,
            "훈련하기 전에 검증했습니다. 에포크 안에서 무엇을 먼저 하는지 문제의 둘째 항목을 봅니다.",
        ),
        Mistake(
            _adds_gain,
            "나빠진 값까지 좋아진 것으로 쳤습니다. min_gain을 키우면 좋아졌다고 치기가 어려워지는지, 쉬워지는지 봅니다.",
        ),
        Mistake(
            _never_stops,
            "매개변수는 되돌렸지만 언제나 max_epochs까지 훈련했습니다. patience를 쓰는 곳이 있는지 봅니다.",
        ),
        Mistake(
            _ignores_gain,
            "min_gain이 0일 때만 맞습니다. 아주 조금 작아진 것도 좋아진 것으로 쳤습니다.",
        ),
        Mistake(
            _compares_with_previous,
            "바로 앞 에포크의 값과 비교했습니다. 나빠졌다가 되돌아오는 동안은 좋아진 것이 아닙니다. 10절에서 val_now와 비교하는 값이 무엇인지 봅니다.",
        ),
        Mistake(
            _best_creeps,
            "좋아졌다고 치지 않은 에포크에서도 가장 좋은 값을 바꾸었습니다. 조금씩 꾸준히 줄어드는 훈련을 너무 일찍 멈춥니다. 값을 바꾸는 줄이 어느 조건 안에 있는지 봅니다.",
        ),
        Mistake(
            _never_resets,
            "좋아지지 않은 에포크를 처음부터 모두 세었습니다. 세는 일은 좋아질 때마다 새로 시작합니다.",
        ),
        Mistake(
            _returns_last,
            "모델은 잘 되돌렸지만 멈춘 에포크를 돌려주었습니다. 돌려줄 것은 되돌린 에포크입니다.",
        ),
        Mistake(
            _returns_only_when_stopped,
            "max_epochs까지 간 때에는 아무것도 돌려주지 않습니다. return이 어느 조건 안에 있는지 봅니다.",
        ),
        Mistake(
            _from_zero,
            "돌려준 에포크가 모두 하나씩 작습니다. 첫 에포크의 번호는 1입니다.",
        ),
        Mistake(
            _starts_before_training,
            "훈련하기 전에도 검증 RMSE를 쟀습니다. 처음의 '가장 좋은 값'은 첫 에포크를 훈련한 다음에 잰 값입니다.",
            when=lambda seen: any(run[TOO_EARLY] for run in seen),
        ),
    ],
    hints=[
        "10절의 루프를 함수로 옮기는 일부터 합니다. 미니배치를 도는 줄들이 train_epoch(model) 하나로 줄어듭니다.",
        "가장 좋은 값, 그 에포크, 그때의 사본은 언제나 셋이 함께 바뀝니다.",
        "min_gain은 좋아졌는지 묻는 조건 한 곳에만 들어갑니다. 비교할 상대는 가장 좋은 값입니다.",
        "되돌리는 줄은 반복이 어떻게 끝나든 한 번 실행되어야 합니다.",
    ],
    learnt="조기 종료에는 정할 것이 셋입니다. 무엇을 좋아졌다고 칠지, 얼마나 기다릴지, 무엇으로 되돌릴지입니다. 셋 모두 훈련하기 전에 정합니다.",
)

EXERCISES = [dropped_neuron, baseline_in_dollars, score_that_varies, early_stop]
