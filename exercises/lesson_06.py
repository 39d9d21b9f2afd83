"""06. 교차 엔트로피의 연습입니다. 맞는 답이 들어 있으니 먼저 풀어 봅니다."""

import math

import torch
from torch import nn

from exercises.compare import difference
from exercises.engine import Exercise, Mistake, NotYetError, require, with_gradient
from exercises.errors import diagnosed

# ---------------------------------------------------------------- 06-1


def _two_numbers(answer):
    return [float(value) for value in answer]


def _near(place, value):
    """답의 한 값이 이 값 근처인지 보는 함수입니다."""
    return lambda seen: abs(seen[0][place] - value) < 0.01


LOG2 = math.log(2)  # 놀라움은 순서대로 0, 1, 2, 3에 이것을 곱한 값
RIGHT_PAIR = (1.5 * LOG2, 2**1.5)

surprise_of_batch = Exercise(
    id="06-1",
    title="손실은 클래스 몇 개만큼의 놀라움일까요?",
    asks="배치의 손실과, 같은 손실을 내는 클래스의 수를 봅니다.",
    answer=RIGHT_PAIR,
    observe=_two_numbers,
    mistakes=[
        Mistake(
            RIGHT_PAIR[::-1],
            "두 값의 순서가 바뀌었습니다. 손실이 먼저, 클래스의 수가 다음입니다.",
        ),
        Mistake(
            (-math.log(15 / 32), 32 / 15),
            "확률을 먼저 평균하고 로그를 취한 손실입니다. 1절에서 무엇을 평균하는지 봅니다.",
            when=_near(0, -math.log(15 / 32)),
        ),
        Mistake(
            (6 * LOG2, 64.0),
            "놀라움 넷을 더한 값입니다. 배치의 손실은 합이 아닙니다.",
            when=_near(0, 6 * LOG2),
        ),
        Mistake(
            (1.5, 2**1.5),
            "밑이 2인 로그를 썼습니다. 1절에서 정한 로그의 밑을 봅니다.",
            when=_near(0, 1.5),
        ),
        Mistake(
            (1.5 * math.log10(2), 2**1.5),
            "밑이 10인 로그를 썼습니다. 1절에서 정한 로그의 밑을 봅니다.",
            when=_near(0, 1.5 * math.log10(2)),
        ),
        Mistake(
            (-1.5 * LOG2, 2**1.5),
            "손실이 음수입니다. 1보다 작은 확률의 로그는 음수이므로, 부호를 하나 빠뜨렸습니다.",
            when=_near(0, -1.5 * LOG2),
        ),
        Mistake(
            (15 / 32, 2**1.5),
            "첫째 값이 확률의 평균입니다. 확률을 놀라움으로 바꾸는 일이 빠졌습니다.",
            when=_near(0, 15 / 32),
        ),
        Mistake(
            (2 * LOG2, 4.0),
            "표본을 셋으로 센 손실입니다. 놀라움이 0인 표본도 표본입니다.",
            when=_near(0, 2 * LOG2),
        ),
        Mistake(
            (3 * LOG2, 8.0),
            "첫째 값이 log 8입니다. 클래스가 8개일 때 아무것도 모르는 모델의 손실이거나 넷째 표본 하나의 손실입니다. 네 표본의 평균을 구합니다.",
            when=_near(0, 3 * LOG2),
        ),
        Mistake(
            (RIGHT_PAIR[0], 8.0),
            "둘째 값이 이 분류기의 클래스의 수입니다. 클래스가 8개일 때 아무것도 모르는 모델의 손실은 첫째 값과 다릅니다.",
            when=_near(1, 8),
        ),
        Mistake(
            (RIGHT_PAIR[0], 3.75),
            "표본마다 클래스의 수를 구해 평균했습니다. 놀라움을 먼저 평균한 다음, 그 손실 하나에서 클래스의 수를 구합니다.",
            when=_near(1, 3.75),
        ),
        Mistake(
            (RIGHT_PAIR[0], 64.0),
            "둘째 값을 놀라움 넷의 합에서 구했습니다. 첫째 값과 같은 손실을 내는 클래스의 수를 구합니다.",
            when=_near(1, 64),
        ),
        Mistake(
            (1.0, 2.8),
            "맞는 값에 가깝지만 덜 정확합니다. 반올림은 마지막에 한 번, 소수 둘째 자리까지 합니다.",
            when=lambda seen: (
                abs(seen[0][0] - RIGHT_PAIR[0]) < 0.05 and abs(seen[0][1] - RIGHT_PAIR[1]) < 0.15
            ),
        ),
        Mistake(
            (RIGHT_PAIR[0], 2**-1.5),
            "둘째 값이 1보다 작습니다. 확률을 구했거나 손실에 로그를 한 번 더 취했습니다. 묻는 것은 클래스의 수입니다.",
            when=lambda seen: 0 < seen[0][1] < 1,
        ),
        Mistake(
            (RIGHT_PAIR[0], 2 ** RIGHT_PAIR[0]),
            "둘째 값에서 2의 거듭제곱을 썼습니다. 손실에 쓴 로그의 밑과 같은 수를 거듭제곱합니다.",
            when=_near(1, 2 ** RIGHT_PAIR[0]),
        ),
        Mistake(
            (RIGHT_PAIR[0], 4.0),
            "둘째 값이 표본의 수입니다. 묻는 것은 아무것도 모르는 모델의 클래스의 수입니다.",
            when=_near(1, 4),
        ),
        Mistake(
            (RIGHT_PAIR[0], RIGHT_PAIR[0]),
            "두 값이 같습니다. 클래스가 C개일 때의 손실이 5절에서 얼마였는지 보고 C를 구합니다.",
            when=lambda seen: abs(seen[0][0] - seen[0][1]) < 0.01,
        ),
        Mistake(
            (RIGHT_PAIR[0], 3.0),
            "둘째 값을 정수로 만들었습니다. 정수가 아니어도 되므로 계산한 값 그대로 답합니다.",
            when=lambda seen: _near(0, RIGHT_PAIR[0])(seen) and seen[0][1] in (2, 3),
        ),
    ],
    hints=[
        "1절처럼 표본마다 놀라움을 구하고 나서 평균합니다.",
        "1/4은 1/2을 두 번 곱한 것입니다. 놀라움은 더하면 되므로 넷 모두 log 2의 몇 배인지로 적습니다.",
        "5절에서 클래스가 C개이면 손실이 log C였습니다. 손실을 알 때 C를 구하려면 로그를 거꾸로 풉니다.",
    ],
    learnt=(
        "손실에 지수를 취하면, 클래스가 몇 개일 때 아무것도 모르는 것과 같은지 알 수 있습니다. "
        "이 네 표본에서는 8개가 2.83개로 줄었습니다."
    ),
    rtol=5e-3,
)

# ---------------------------------------------------------------- 06-2


def _batches():
    """보통의 로짓, 모두 0인 로짓, 표본 하나, 아주 큰 로짓입니다."""
    generator = torch.Generator().manual_seed(61)
    usual = 2 * torch.randn(5, 3, generator=generator, dtype=torch.float64)
    single = torch.tensor([[0.5, -1.0, 2.0]], dtype=torch.float64)
    rows = [[1000, -1000, 10], [0, 1000, 20], [-1000, -990, -1000]]
    large = torch.tensor(rows, dtype=torch.float64)
    return [
        (usual, torch.tensor([2, 0, 1, 1, 2])),
        (torch.zeros(6, 4, dtype=torch.float64), torch.tensor([0, 1, 2, 3, 0, 1])),
        (single, torch.tensor([1])),
        (large, torch.tensor([1, 1, 2])),
    ]


def _loss(logits, labels):
    return nn.functional.cross_entropy(logits, labels)


def _surprise(probabilities, labels):
    return -probabilities[torch.arange(len(labels)), labels].log().mean()


def _across_samples(logits, labels):
    """노트북에 있는 틀린 함수입니다."""
    return _surprise(logits.softmax(dim=0), labels)


def _log_across_samples(logits, labels):
    return nn.functional.nll_loss(logits.log_softmax(dim=0), labels)


def _log_after_softmax(logits, labels):
    return _surprise(logits.softmax(dim=1), labels)


def _by_definition(logits, labels):
    powers = logits.exp()
    return _surprise(powers / powers.sum(dim=1, keepdim=True), labels)


def _one_maximum(logits, labels):
    shifted = logits - logits.max()
    log_sums = shifted.exp().sum(dim=1).log()
    return (log_sums - shifted[torch.arange(len(labels)), labels]).mean()


def _softmax_twice(logits, labels):
    return _loss(logits.softmax(dim=1), labels)


def _wrong_softmax_first(logits, labels):
    return _loss(logits.softmax(dim=0), labels)


def _clipped(logits, labels):
    return _surprise(logits.softmax(dim=1).clamp(min=1e-12), labels)


def _large_only(is_so):
    """보통의 로짓에서는 맞고, 큰 로짓의 손실만 `is_so`인지 보는 함수입니다."""

    def when(seen):
        wants = [_loss(*case).item() for case in _batches()]
        gots = [look["손실"] for look in seen]
        pairs = zip(wants[:-1], gots[:-1], strict=True)
        usual = all(math.isclose(want, got, rel_tol=0.05) for want, got in pairs)
        return usual and is_so(gots[-1], wants[-1])

    return when


def _log_of_log(logits, labels):
    return _surprise(logits.log_softmax(dim=1), labels)


def _shifted_once(logits, labels):
    log_sums = (logits - logits.max(dim=1, keepdim=True).values).exp().sum(dim=1).log()
    return (log_sums - logits[torch.arange(len(labels)), labels]).mean()


def _same_losses(wrong):
    """기울기는 보지 않고 손실이 모두 `wrong`과 같은지 보는 함수입니다."""

    def when(seen):
        wants = [wrong(*case).item() for case in _batches()]
        pairs = zip(wants, seen, strict=True)
        return all(math.isclose(want, look["손실"], rel_tol=1e-4) for want, look in pairs)

    return when


def _summed(logits, labels):
    return nn.functional.cross_entropy(logits, labels, reduction="sum")


def _over_all_places(logits, labels):
    one_hot = nn.functional.one_hot(labels, logits.shape[1])
    return -(one_hot * logits.log_softmax(dim=1)).mean()


def _most_likely(logits, labels):
    """레이블을 쓰지 않고 가장 큰 확률을 골랐습니다."""
    return -logits.log_softmax(dim=1).max(dim=1).values.mean()


def _label_columns(logits, labels):
    return -logits.log_softmax(dim=1)[:, labels].mean()


def _without_log(logits, labels):
    return nn.functional.nll_loss(logits.softmax(dim=1), labels)


def _raw_logits(logits, labels):
    return nn.functional.nll_loss(logits, labels)


def _positive_log(logits, labels):
    return -_loss(logits, labels)


def _loss_and_gradient(loss, logits, labels):
    value, gradient = with_gradient(loss, logits, labels)
    require(0.0, value, "손실")
    return {"손실": value.item(), "기울기": gradient}


grows_with_batch = Exercise(
    id="06-2",
    title="표본이 많을수록 커지는 손실",
    asks="보통의 로짓, 0인 로짓, 1000인 로짓을 함수에 넣어 손실과 그 기울기를 봅니다.",
    answer=_loss,
    cases=_batches,
    observe=_loss_and_gradient,
    mistakes=[
        Mistake(
            _across_samples,
            "처음의 함수와 값이 같습니다. 소프트맥스의 합이 어느 축을 따라 1이 되는지 3절의 모양과 함께 봅니다.",
        ),
        Mistake(
            _log_across_samples,
            "무한대는 없어졌지만 손실이 여전히 표본의 수를 따라 커집니다. dim이 어느 축인지 2절의 셋째 길에서 봅니다.",
        ),
        Mistake(
            _log_after_softmax,
            "축은 바르게 고쳤습니다. 로짓이 1000이면 아직 손실이 무한대입니다. 6절의 세 계산 중에 끝까지 맞는 것을 찾습니다.",
            when=_large_only(lambda got, want: got == math.inf),
        ),
        Mistake(
            _by_definition,
            "보통의 로짓에서는 맞고, 로짓이 1000이면 nan입니다. 지수가 무한대로 넘치거나 모두 0으로 내려앉습니다. 6절을 봅니다.",
        ),
        Mistake(
            _log_of_log,
            "손실이 모두 nan입니다. log_softmax의 출력에 log()를 또 취했는지 봅니다. 로그 확률은 양수가 아니라서 로그를 한 번 더 취할 수 없습니다.",
        ),
        Mistake(
            _shifted_once,
            "로그합지수에서는 최댓값 c를 뺐는데 레이블의 로짓에서는 빼지 않았습니다. 6절의 식에서 c가 몇 번 나오는지 봅니다.",
            when=_same_losses(_shifted_once),
        ),
        Mistake(
            _one_maximum,
            "로짓 전체에서 가장 큰 값 하나를 모든 행에서 뺐습니다. 로짓이 훨씬 작은 행은 지수가 모두 0이 됩니다. 6절의 c는 행마다 구합니다.",
            when=_large_only(lambda got, want: got == -math.inf),
        ),
        Mistake(
            _softmax_twice,
            "소프트맥스를 두 번 적용한 값과 같습니다. nn.CrossEntropyLoss는 로짓을 받습니다. 10절의 실수 1을 봅니다.",
        ),
        Mistake(
            _wrong_softmax_first,
            "손실 함수에 로짓이 아니라 소프트맥스의 출력을 넣었고, 그 소프트맥스의 축도 틀렸습니다. nn.CrossEntropyLoss가 무엇을 받는지 2절의 셋째 길에서 봅니다.",
        ),
        Mistake(
            _clipped,
            "무한대는 막았지만 크게 틀린 표본의 손실이 참값보다 작습니다. clamp로 막거나 작은 수를 더하지 않아도 되는 길이 6절에 있습니다.",
            when=_large_only(lambda got, want: 0 < got < 0.9 * want),
        ),
        Mistake(
            _summed,
            "표본마다의 손실을 더했습니다. 표본이 하나일 때만 맞습니다. 3절에서 배치의 손실이 무엇인지 봅니다.",
        ),
        Mistake(
            _over_all_places,
            "원-핫의 0인 원소까지 세어 평균했습니다. 나누는 수는 로짓의 수가 아니라 표본의 수입니다.",
        ),
        Mistake(
            _most_likely,
            "행마다 가장 큰 확률을 골랐습니다. 놀라움은 레이블에 준 확률에서 구합니다. 틀린 표본의 손실이 작아집니다.",
            when=_same_losses(_most_likely),
        ),
        Mistake(
            _label_columns,
            "행마다 하나씩이 아니라, 모든 행에서 레이블 번호의 열을 꺼냈습니다. 꺼낸 것의 모양이 (배치,)인지 봅니다.",
        ),
        Mistake(
            _without_log,
            "손실이 -1과 0 사이입니다. 확률에 로그를 취하지 않고 부호만 바꾸었습니다. 10절의 실수 2를 봅니다.",
        ),
        Mistake(
            _raw_logits,
            "레이블의 로짓에 음의 부호만 붙인 값입니다. 로그합지수가 빠졌습니다. 2절의 둘째 길을 봅니다.",
        ),
        Mistake(
            _positive_log,
            "크기는 맞고 부호가 반대입니다. 손실은 0보다 작을 수 없습니다.",
        ),
    ],
    hints=[
        "모든 로짓이 0이면 확률은 클래스마다 1/3이어야 합니다. `softmax`까지만 실행해 행의 합과 열의 합을 봅니다.",
        "`dim=0`은 표본을 따라, `dim=1`은 클래스를 따라 더해서 1이 되게 합니다.",
        "무한대는 확률이 0으로 내려앉은 다음에 로그를 취해서 생깁니다. 6절에는 로그까지 한꺼번에 구하는 함수가 있습니다.",
    ],
    learnt=(
        "로짓이 0인 배치 하나로 축의 실수를, 로짓이 1000인 배치 하나로 불안정한 계산을 찾았습니다. "
        "새 손실 함수를 쓸 때마다 넣어 볼 만한 두 배치입니다."
    ),
)

# ---------------------------------------------------------------- 06-3


def _record(sizes, weight, ignored, seed):
    """난수로 만든 데이터를 `sizes`로 나누어 잰 배치마다의 손실, 배치마다의 레이블, 가중치입니다."""
    generator = torch.Generator().manual_seed(seed)
    n, weight = sum(sizes), torch.tensor(weight, dtype=torch.float64)
    logits = 2 * torch.randn(n, len(weight), generator=generator, dtype=torch.float64)
    labels = torch.randint(len(weight), (n,), generator=generator)
    labels[ignored] = -100
    loss_fn = nn.CrossEntropyLoss(weight=weight)
    pairs = zip(logits.split(sizes), labels.split(sizes), strict=True)
    losses = [loss_fn(z, t).item() for z, t in pairs]
    return torch.tensor(losses, dtype=torch.float64), list(labels.split(sizes)), weight


def _records():
    """배치의 크기, 가중치, 무시한 원소를 바꾼 기록입니다. 넷째에만 손실이 nan인 배치가 둘 있습니다."""
    return [
        _record([4, 4, 2], [1.0, 1.0, 5.0], [], 61),
        _record([3, 5, 1, 6], [2.0, 0.5, 1.5], [1, 4, 5, 12], 62),
        _record([4, 4, 4], [0.2, 3.0, 1.0, 6.0], [], 63),
        _record([2, 3, 6, 1, 4], [4.0, 1.0, 0.3], [0, 2, 3, 4, 8, 11], 64),
        _record([5], [1.0, 8.0, 2.0], [0, 3], 66),
    ]


def _counted(labels):
    return labels[labels != -100]


def _combined(batch_losses, shares, divisor=None):
    """손실을 비중으로 가중해 더하고 비중의 합으로 나눕니다. 손실이 nan인 배치는 건너뜁니다."""
    pairs = [pair for pair in zip(batch_losses, shares, strict=True) if not math.isnan(pair[0])]
    total = sum(float(share) for _, share in pairs) if divisor is None else float(divisor)
    return sum(loss * float(share) for loss, share in pairs) / total


def _weight_sums(batch_labels, weight):
    return [weight[_counted(labels)].sum() for labels in batch_labels]


def _merged(batch_losses, batch_labels, weight):
    return _combined(batch_losses, _weight_sums(batch_labels, weight))


def _mean_of_means(batch_losses, batch_labels, weight):
    return _combined(batch_losses, [1.0] * len(batch_losses))


def _first_batch(batch_losses, batch_labels, weight):
    return float(batch_losses[0])


def _by_size(batch_losses, batch_labels, weight):
    return _combined(batch_losses, map(len, batch_labels))


def _by_number_counted(batch_losses, batch_labels, weight):
    return _combined(batch_losses, [len(_counted(labels)) for labels in batch_labels])


def _by_mean_weight(batch_losses, batch_labels, weight):
    return _combined(batch_losses, [weight[_counted(labels)].mean() for labels in batch_labels])


def _by_classes_present(batch_losses, batch_labels, weight):
    return _combined(
        batch_losses, [weight[_counted(labels).unique()].sum() for labels in batch_labels]
    )


def _ignored_as_zero(batch_losses, batch_labels, weight):
    return _combined(batch_losses, [weight[labels.clamp(min=0)].sum() for labels in batch_labels])


def _ignored_as_one(batch_losses, batch_labels, weight):
    """무시한 표본의 가중치를 1로 셌습니다."""
    sums = _weight_sums(batch_labels, weight)
    holes = [(labels == -100).sum() for labels in batch_labels]
    return _combined(batch_losses, [a + b for a, b in zip(sums, holes, strict=True)])


def _without_class_zero(batch_losses, batch_labels, weight):
    return _combined(batch_losses, [weight[labels[labels > 0]].sum() for labels in batch_labels])


def _indexed_by_all(batch_losses, batch_labels, weight):
    return _combined(batch_losses, [weight[labels].sum() for labels in batch_labels])


def _only_summed(batch_losses, batch_labels, weight):
    return _combined(batch_losses, _weight_sums(batch_labels, weight), 1)


def _sum_over_counted(batch_losses, batch_labels, weight):
    n = sum(len(_counted(labels)) for labels in batch_labels)
    return _combined(batch_losses, _weight_sums(batch_labels, weight), n)


def _sum_over_samples(batch_losses, batch_labels, weight):
    n = sum(map(len, batch_labels))
    return _combined(batch_losses, _weight_sums(batch_labels, weight), n)


def _sum_over_batches(batch_losses, batch_labels, weight):
    return _combined(batch_losses, _weight_sums(batch_labels, weight), len(batch_labels))


def _sum_over_classes(batch_losses, batch_labels, weight):
    return _combined(batch_losses, _weight_sums(batch_labels, weight), weight.sum())


def _nan_times_zero(batch_losses, batch_labels, weight):
    sums = _weight_sums(batch_labels, weight)
    total = sum(loss * share for loss, share in zip(batch_losses, sums, strict=True))
    return (total / sum(sums)).item()


def _pairs_shifted(batch_losses, batch_labels, weight):
    """손실에서만 nan을 지워 레이블과 짝이 어긋났습니다."""
    losses = [loss for loss in batch_losses if not math.isnan(loss)]
    return _combined(losses, _weight_sums(batch_labels, weight)[: len(losses)])


IGNORED_AS_CLASS = "무시한 표본이 있는 기록에서 오류가 납니다. -100은 클래스의 번호가 아니어서 가중치를 꺼낼 수 없습니다. 이 표본이 어디에서 빠지는지 7절의 ignore_index에서 봅니다."


def _with_list(merge, batch_losses, batch_labels, weight):
    """손실을 리스트로 넘깁니다. 사례에 텐서로 둔 이유는 nan이 든 리스트는 바뀌었는지 비교할 수 없기 때문입니다."""
    with diagnosed({r"-100|non-negative": IGNORED_AS_CLASS}):
        return merge(batch_losses.tolist(), batch_labels, weight)


def _same_without_nan(wrong):
    """손실에 nan이 없는 기록에서 `wrong`과 같은지 보는 함수입니다. nan을 다룬 법은 보지 않습니다."""

    def when(seen):
        return all(
            difference(_with_list(wrong, *case), got) is None
            for case, got in zip(_records(), seen, strict=True)
            if not case[0].isnan().any()
        )

    return when


def _right_but_nan(is_nan):
    """손실에 nan이 있는 기록만 틀렸고, 돌려준 값이 nan인지가 `is_nan`인지 보는 함수입니다."""

    def when(seen):
        numbers = all(difference(math.nan, got, atol=math.inf) is None for got in seen)
        found = any(difference(math.nan, got) is None for got in seen)
        return numbers and found == is_nan and _same_without_nan(_merged)(seen)

    return when


uneven_batches = Exercise(
    id="06-3",
    title="고르지 않은 배치의 손실 합치기",
    asks="배치의 크기, 가중치, 무시한 표본이 다른 기록을 넣어, 전체를 한 번에 넣은 손실과 같은지 봅니다. 손실이 nan인 배치도 있습니다.",
    answer=_merged,
    cases=_records,
    observe=_with_list,
    mistakes=[
        Mistake(_indexed_by_all, IGNORED_AS_CLASS),
        Mistake(
            _mean_of_means,
            "배치마다의 손실을 모두 똑같이 세어 평균했습니다. 배치마다 담긴 표본이 다릅니다. 10절의 실수 6을 봅니다.",
            when=_same_without_nan(_mean_of_means),
        ),
        Mistake(
            _first_batch,
            "첫 배치의 손실을 그대로 돌려주었습니다. return이 반복문 안에 있지 않은지 봅니다.",
        ),
        Mistake(
            _by_size,
            "배치의 크기로 가중했습니다. 그러면 무시한 표본도, 가중치가 큰 표본도 똑같이 하나로 셉니다. 10절의 실수 6에서 마지막 문장을 봅니다.",
            when=_same_without_nan(_by_size),
        ),
        Mistake(
            _by_number_counted,
            "무시한 표본은 잘 뺐지만, 남은 표본을 모두 똑같이 하나로 셌습니다. weight가 있을 때 손실이 무엇으로 나눈 값인지 7절의 식에서 봅니다.",
            when=_same_without_nan(_by_number_counted),
        ),
        Mistake(
            _by_mean_weight,
            "배치의 가중치를 평균해서 썼습니다. 표본이 많은 배치와 적은 배치가 같아집니다. 7절의 식에서 분모를 봅니다.",
            when=_same_without_nan(_by_mean_weight),
        ),
        Mistake(
            _by_classes_present,
            "배치에 있는 클래스의 가중치를 한 번씩만 셌습니다. 같은 클래스의 표본이 여럿이면 어떻게 되는지 7절의 식에서 봅니다.",
            when=_same_without_nan(_by_classes_present),
        ),
        Mistake(
            _ignored_as_zero,
            "무시한 표본을 0번 클래스로 셌습니다. -100을 0으로 바꾸기만 하면 오류는 없어지지만 표본은 남습니다.",
            when=_same_without_nan(_ignored_as_zero),
        ),
        Mistake(
            _ignored_as_one,
            "무시한 표본이 가중치 1로 들어 있습니다. 이 표본은 나누는 수에서도 빠집니다. 7절의 ignore_index를 봅니다.",
            when=_same_without_nan(_ignored_as_one),
        ),
        Mistake(
            _without_class_zero,
            "0번 클래스의 표본까지 빠졌습니다. 무시할 레이블을 고르는 조건에 0이 걸리는지 봅니다.",
            when=_same_without_nan(_without_class_zero),
        ),
        Mistake(
            _only_summed,
            "배치마다의 합을 되살려 더하는 데까지는 맞습니다. 손실은 합이 아니라 평균이므로 나누기가 한 번 남았습니다.",
            when=_same_without_nan(_only_summed),
        ),
        Mistake(
            _sum_over_counted,
            "더한 값은 맞지만, 무시하지 않은 표본의 수로 나누었습니다. weight가 있으면 무엇으로 나누는지 7절의 식에서 봅니다.",
            when=_same_without_nan(_sum_over_counted),
        ),
        Mistake(
            _sum_over_samples,
            "더한 값은 맞지만, 표본의 수로 나누었습니다. 전체를 한 번에 넣었을 때 무엇으로 나누는지 7절의 식에서 봅니다.",
            when=_same_without_nan(_sum_over_samples),
        ),
        Mistake(
            _sum_over_batches,
            "더한 값은 맞지만, 배치의 수로 나누었습니다. 배치를 어떻게 나누든 전체의 손실은 같아야 합니다.",
            when=_same_without_nan(_sum_over_batches),
        ),
        Mistake(
            _sum_over_classes,
            "더한 값은 맞지만, 클래스의 가중치를 한 번씩 더한 값으로 나누었습니다. 7절의 식에서 더하는 것은 표본의 가중치입니다.",
            when=_same_without_nan(_sum_over_classes),
        ),
        Mistake(
            _nan_times_zero,
            "손실이 nan인 배치가 있는 기록에서만 nan이 나옵니다. nan은 0을 곱해도 nan이고, nan == nan도 거짓입니다.",
            when=_right_but_nan(True),
        ),
        Mistake(
            _pairs_shifted,
            "손실이 nan인 배치가 없는 기록은 모두 맞습니다. nan을 만난 다음의 배치가 빠지지 않는지, 손실과 레이블의 짝이 밀리지 않는지 봅니다.",
            when=_right_but_nan(False),
        ),
    ],
    hints=[
        "배치의 손실은 이미 나눗셈을 마친 값입니다. 배치마다 무엇으로 나누었는지 7절의 두 선택 인수에서 찾습니다.",
        "평균에 나눈 수를 곱하면 나누기 전의 합이 됩니다. 합끼리, 나눈 수끼리는 더해도 됩니다.",
        "나눈 수를 구하려면 `labels != -100`인 표본만 남긴 다음 표본마다 가중치를 꺼냅니다. 아무것도 남지 않은 배치는 합에 보탤 것이 없습니다.",
    ],
    learnt=(
        "평균끼리는 나눈 수를 알아야 합칠 수 있습니다. "
        "손실을 기록할 때 나눈 수도 함께 적어 두면 배치를 어떻게 나누어도 같은 값을 얻습니다."
    ),
)

# ---------------------------------------------------------------- 06-4

ALLOWED = 0.003  # 가장 작은 손실보다 이만큼까지 커도 됨


def _predictions():
    """알맞은 T가 대략 3.3, 0.14, 22, 0.9인 로짓과 레이블입니다."""
    settings = [
        (40, 3, 3.0, 3.0, 61),
        (80, 5, 1.5, 0.15, 60),
        (100, 4, 1.5, 20.0, 60),
        (200, 2, 0.7, 1.0, 61),
    ]
    return [_prediction(*setting) for setting in settings]


def _prediction(n, num_classes, spread, factor, seed):
    """확률이 맞고 표준편차가 `spread`인 로짓에서 레이블을 뽑고, 로짓에 `factor`를 곱합니다."""
    generator = torch.Generator().manual_seed(seed)
    honest = spread * torch.randn(n, num_classes, generator=generator, dtype=torch.float64)
    draws = torch.rand(n, 1, generator=generator, dtype=torch.float64)
    steps = honest.softmax(dim=1).cumsum(dim=1)[:, :-1]  # 쌓은 확률. 난수가 넘은 칸의 수가 레이블
    return factor * honest, (steps < draws).sum(dim=1)


def _loss_at(T, logits, labels):
    return nn.functional.cross_entropy(logits / T, labels).item()


def _try_all(candidates, logits, labels):
    return min(candidates, key=lambda T: _loss_at(T, logits, labels))


def _even_in_log(low, high, n=400):
    return [low * (high / low) ** (i / (n - 1)) for i in range(n)]


def _best_temperature(logits, labels):
    return _try_all(_even_in_log(0.1, 50), logits, labels)


def _above_one(logits, labels):
    return _try_all(_even_in_log(1, 50), logits, labels)


def _below_ten(logits, labels):
    return _try_all(_even_in_log(0.1, 10), logits, labels)


def _even_steps(logits, labels):
    return _try_all([0.1 + 0.5 * i for i in range(100)], logits, labels)


def _inverse(logits, labels):
    return 1 / _best_temperature(logits, labels)


def _one(logits, labels):
    return 1.0


def _most_accurate(logits, labels):
    def accuracy(T):
        return ((logits / T).argmax(dim=1) == labels).double().mean().item()

    return max(_even_in_log(0.1, 50), key=accuracy)


def _place(logits, labels):
    losses = [_loss_at(T, logits, labels) for T in _even_in_log(0.1, 50)]
    return losses.index(min(losses))


def _nan_is_smallest(logits, labels):
    candidates, rows = _even_in_log(0.1, 50), torch.arange(len(labels))
    powers = [(logits / T).exp() for T in candidates]
    losses = [-(e / e.sum(dim=1, keepdim=True))[rows, labels].log().mean() for e in powers]
    return candidates[torch.stack(losses).argmin().item()]


def _sure_as_accurate(logits, labels):
    """확신도가 정확도와 같아지는 T입니다."""
    accuracy = (logits.argmax(dim=1) == labels).double().mean().item()

    def gap(T):
        return abs((logits / T).softmax(dim=1).max(dim=1).values.mean().item() - accuracy)

    return min(_even_in_log(0.1, 50), key=gap)


def _smallest_loss(logits, labels):
    return _loss_at(_best_temperature(logits, labels), logits, labels)


def _temperature_and_excess(function, logits, labels):
    """돌려준 T와, 그것을 판단할 값들입니다. `excess`는 가장 작은 손실보다 큰 만큼입니다."""
    T = function(logits, labels)
    require(1.0, T)
    if not 0 < (T := float(T)) < math.inf:
        raise NotYetError(
            "T는 0보다 크고 유한한 수여야 합니다. 후보에 0이 들어 있는지, T 대신 T의 로그를 돌려주었는지, "
            "경사 하강법에서 T가 0을 지나쳤는지 봅니다."
        )
    best = _best_temperature(logits, labels)
    smallest = _loss_at(best, logits, labels)
    excess = _loss_at(T, logits, labels) - smallest
    sure = _sure_as_accurate(logits, labels)
    return {"T": T, "best": best, "smallest": smallest, "excess": excess, "sure": sure}


def _is_cooled(seen):
    missed = [look for look in seen if not look["excess"] <= ALLOWED]
    if not missed:
        return None
    good, worst = len(seen) - len(missed), max(look["excess"] for look in missed)
    high = sum(look["T"] > look["best"] for look in missed)
    sides = (("큰", high), ("작은", len(missed) - high))
    told = ", ".join(f"너무 {side} 것이 {count}개" for side, count in sides if count)
    share = f"데이터 세트 {len(seen)}개 중 {good}개는 맞습니다. " if good else ""
    return f"{share}T가 {told}입니다. 손실이 가장 작은 값보다 최대 {worst:.2g}만큼 큽니다."


def _is_inverse(seen):
    """T마다 알맞은 T의 역수에 가까운지 봅니다. 0.1부터 찾았으면 0.1이 가장 가까운 값일 수 있습니다."""
    goals = [(1 / look["best"], max(1 / look["best"], 0.1)) for look in seen]
    return all(
        min(abs(math.log(look["T"] / goal)) for goal in pair) < 0.1
        for look, pair in zip(seen, goals, strict=True)
    )


def _missed_only(seen, where):
    """틀린 데이터에서 모두 `where`가 참인지 봅니다."""
    return all(where(look) for look in seen if not look["excess"] <= ALLOWED)


best_temperature = Exercise(
    id="06-4",
    title="예측은 그대로 두고 손실 줄이기",
    asks="새 데이터 세트 네 개에서 돌려준 T로 로짓을 나누어, 그 손실이 가장 작은 손실에 얼마나 가까운지 봅니다.",
    answer=_best_temperature,
    cases=_predictions,
    observe=_temperature_and_excess,
    right=_is_cooled,
    seconds=10.0,
    mistakes=[
        Mistake(
            _one,
            "T가 늘 1에 가깝습니다. 로짓을 나누지 않은 것과 같아 손실이 줄지 않습니다.",
            when=lambda seen: all(abs(look["T"] - 1) < 0.1 for look in seen),
        ),
        Mistake(
            _most_accurate,
            "데이터가 달라져도 T가 늘 같습니다. 정확도로 골랐다면, 정확도가 T에 따라 변하는지 9절에서 봅니다.",
            when=lambda seen: len({round(look["T"], 3) for look in seen}) == 1,
        ),
        Mistake(
            _inverse,
            "알맞은 T의 역수에 가깝습니다. 로짓에 곱하는 수가 아니라 로짓을 나누는 수를 돌려줍니다.",
            when=_is_inverse,
        ),
        Mistake(
            _smallest_loss,
            "가장 작은 손실의 값을 돌려주었습니다. 묻는 것은 그 손실을 내는 T입니다.",
            when=lambda seen: all(abs(look["T"] - look["smallest"]) < 0.01 for look in seen),
        ),
        Mistake(
            _place,
            "50보다 큰 T가 있습니다. argmin이 준 것이라면, 손실이 가장 작은 T의 번호이지 그 T가 아닙니다.",
            when=lambda seen: any(look["T"] > 50.1 for look in seen),
        ),
        Mistake(
            _sure_as_accurate,
            "확신도를 정확도와 같게 만드는 T에 가깝습니다. 묻는 것은 손실이 가장 작아지는 T이고, 둘은 조금 다릅니다.",
            when=lambda seen: all(abs(math.log(look["T"] / look["sure"])) < 0.03 for look in seen),
        ),
        Mistake(
            _nan_is_smallest,
            "로짓이 아주 큰 데이터에서 T가 범위의 맨 아래입니다. 거기서 손실이 nan이 아닌지, 6절의 안전한 계산을 썼는지 봅니다.",
            when=lambda seen: _missed_only(seen, lambda look: look["best"] > 5 and look["T"] < 0.2),
        ),
        Mistake(
            _above_one,
            "T가 1보다 커야 하는 데이터는 맞습니다. 확신도가 모자란 데이터에서는 T가 어느 쪽이어야 하는지 생각합니다.",
            when=lambda seen: _missed_only(seen, lambda look: look["best"] < 0.8 < look["T"]),
        ),
        Mistake(
            _below_ten,
            "T가 커야 하는 데이터에서 T가 너무 작습니다. T를 찾는 범위나 걸음의 수가 넉넉한지 봅니다.",
            when=lambda seen: _missed_only(
                seen, lambda look: look["best"] > 1.5 and look["T"] < look["best"]
            ),
        ),
        Mistake(
            _even_steps,
            "T가 커야 하는 데이터는 맞고, 작아야 하는 데이터에서 어긋납니다. 후보가 작은 쪽까지 촘촘한지 봅니다. T가 20에서 20.1이 될 때와 0.2에서 0.3이 될 때 로짓이 몇 배로 변하는지 비교합니다.",
            when=lambda seen: _missed_only(
                seen, lambda look: look["best"] < 2 and abs(look["T"] - look["best"]) > 0.02
            ),
        ),
    ],
    hints=[
        "T 하나를 정하면 `nn.CrossEntropyLoss()(logits / T, labels)`로 손실을 잴 수 있습니다. 여러 T에서 재어 봅니다.",
        "T가 0.1일 때와 0.2일 때의 차이는 25와 50의 차이만큼 큽니다. 후보를 같은 간격이 아니라 같은 비율로 늘립니다.",
        "경사 하강법으로 찾으려면 T 대신 T의 로그를 매개변수로 둡니다. 그러면 T가 언제나 0보다 큽니다.",
    ],
    learnt=(
        "정확도가 같아도 손실은 크게 다를 수 있습니다. "
        "수 하나로 확신도만 고치는 이 방법을 온도 조절(temperature scaling)이라고 하고, 훈련을 끝낸 분류기에 실제로 씁니다."
    ),
)

EXERCISES = [surprise_of_batch, grows_with_batch, uneven_batches, best_temperature]
