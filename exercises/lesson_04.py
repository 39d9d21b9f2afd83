"""04. 교차 검증의 연습입니다. 맞는 답이 들어 있으니 먼저 풀어 봅니다."""

from collections import namedtuple

import numpy as np
import torch
from torch import nn

from exercises.compare import plain
from exercises.engine import Exercise, Mistake, NotYetError, require

# ---------------------------------------------------------------- 04-1

read_the_spread = Exercise(
    id="04-1",
    title="겹치는 범위, 겹치지 않는 차이",
    asks='보기의 글자 하나를 "A"처럼 따옴표로 묶어 답합니다.',
    answer="C",
    choices="ABCD",
    mistakes=[
        Mistake(
            "A",
            "± 뒤의 수는 어려운 폴드와 쉬운 폴드가 섞여서 큽니다. 두 모델이 같은 폴드에서 얼마나 "
            "달랐는지, 6절의 '폴드별 차이'처럼 빼서 적어 봅니다.",
        ),
        Mistake(
            "B",
            "평균의 차이가 어느 폴드에서 왔는지 봅니다. 폴드 하나를 빼고 둘을 다시 비교해 봅니다. "
            "6절에서 368번 행이 한 일을 떠올립니다.",
        ),
        Mistake(
            "D",
            "평균의 앞뒤로 표준편차만큼 둔 범위를 참값의 범위로 읽었습니다. 점수 다섯 개의 퍼짐이 "
            "말해 주는 것과 말해 주지 않는 것을 7절에서 봅니다.",
        ),
    ],
    hints=[
        "P, Q, R의 점수를 폴드마다 빼서 적어 봅니다. 세 쌍이 나옵니다.",
        "차이의 부호가 다섯 폴드에서 모두 같은 쌍은 하나입니다.",
    ],
    learnt="폴드가 두 모델에 비슷하게 어려웠다면, 그 영향은 같은 폴드끼리 뺄 때 거의 사라집니다. 점수가 크게 퍼져 있어도 차이는 일정할 수 있습니다.",
)

# ---------------------------------------------------------------- 04-2


def _uneven_folds():
    """폴드의 크기가 다르고, 크기가 작은 폴드에 어려운 행이 있는 데이터 네 벌입니다."""
    cases = []
    for seed, sizes in enumerate([(9, 3), (2, 8, 4), (1,) * 7, (1, 10, 3, 2)]):
        rng = np.random.default_rng(420 + seed)
        n = sum(sizes)
        inputs = np.c_[rng.standard_normal((n, 1 + seed % 2)), np.ones(n)]
        fold_of_row = np.repeat(np.arange(len(sizes)), sizes)
        noise = rng.standard_normal(n) * (1 + 2 * (fold_of_row == np.argmin(sizes)))
        targets = inputs.sum(axis=1) + noise
        order = rng.permutation(n)
        cases.append((inputs[order], targets[order], fold_of_row[order]))
    return cases


def _fold_errors(inputs, targets, fold_of_row):
    """폴드마다, 나머지 행으로 배운 모델이 그 폴드에서 낸 제곱 오차의 배열입니다."""
    errors = []
    for fold in np.unique(fold_of_row):
        val = fold_of_row == fold
        w = np.linalg.lstsq(inputs[~val], targets[~val], rcond=None)[0]
        errors.append((inputs[val] @ w - targets[val]) ** 2)
    return errors


def _pooled(inputs, targets, fold_of_row):
    return np.sqrt(np.concatenate(_fold_errors(inputs, targets, fold_of_row)).mean())


def _mean_of_rmse(inputs, targets, fold_of_row):
    return np.mean([np.sqrt(e.mean()) for e in _fold_errors(inputs, targets, fold_of_row)])


def _mean_of_mse(inputs, targets, fold_of_row):
    return np.sqrt(np.mean([e.mean() for e in _fold_errors(inputs, targets, fold_of_row)]))


def _weighted_rmse(inputs, targets, fold_of_row):
    errors = _fold_errors(inputs, targets, fold_of_row)
    return sum(len(e) * np.sqrt(e.mean()) for e in errors) / len(targets)


def _without_root(inputs, targets, fold_of_row):
    return _pooled(inputs, targets, fold_of_row) ** 2


def _training_error(inputs, targets, fold_of_row):
    w = np.linalg.lstsq(inputs, targets, rcond=None)[0]
    return np.sqrt(((inputs @ w - targets) ** 2).mean())


def _fits_on_fold(inputs, targets, fold_of_row):
    """검증할 폴드에서 배우고 바로 그 폴드에서 잰 값입니다."""
    errors = []
    for fold in np.unique(fold_of_row):
        val = fold_of_row == fold
        w = np.linalg.lstsq(inputs[val], targets[val], rcond=None)[0]
        errors.append((inputs[val] @ w - targets[val]) ** 2)
    return np.sqrt(np.concatenate(errors).mean())


def _swaps_roles(inputs, targets, fold_of_row):
    """폴드 하나에서 배우고 나머지에서 잰 값입니다."""
    errors = []
    for fold in np.unique(fold_of_row):
        val = fold_of_row == fold
        w = np.linalg.lstsq(inputs[val], targets[val], rcond=None)[0]
        errors.append((inputs[~val] @ w - targets[~val]) ** 2)
    return np.sqrt(np.concatenate(errors).mean())


def _first_fold(inputs, targets, fold_of_row):
    return np.sqrt(_fold_errors(inputs, targets, fold_of_row)[0].mean())


def _last_fold(inputs, targets, fold_of_row):
    return np.sqrt(_fold_errors(inputs, targets, fold_of_row)[-1].mean())


def _repeats_folds(inputs, targets, fold_of_row):
    """np.unique 없이 행마다 그 행의 폴드를 다시 잽니다."""
    errors = _fold_errors(inputs, targets, fold_of_row)
    return np.sqrt(np.concatenate([errors[fold] for fold in fold_of_row]).mean())


def _skips_last_fold(inputs, targets, fold_of_row):
    """range(fold_of_row.max())로 돌아 번호가 가장 큰 폴드를 빠뜨립니다."""
    return np.sqrt(np.concatenate(_fold_errors(inputs, targets, fold_of_row)[:-1]).mean())


def _unordered(inputs, targets, fold_of_row):
    """폴드의 순서로 이어 붙인 예측에서, 처음 순서의 타깃을 뺀 값입니다."""
    predictions = []
    for fold in np.unique(fold_of_row):
        val = fold_of_row == fold
        w = np.linalg.lstsq(inputs[~val], targets[~val], rcond=None)[0]
        predictions.append(inputs[val] @ w)
    return np.sqrt(((np.concatenate(predictions) - targets) ** 2).mean())


def _cuts_in_order(inputs, targets, fold_of_row):
    """fold_of_row를 보지 않고 행을 앞에서부터 잘라 폴드를 만듭니다."""
    parts = np.array_split(np.arange(len(targets)), fold_of_row.max() + 1)
    fold_by_place = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    return _pooled(inputs, targets, fold_by_place)


def _measures_fit_rows(inputs, targets, fold_of_row):
    """나머지 행으로 배우고 그 나머지 행에서 잰 값입니다."""
    errors = []
    for fold in np.unique(fold_of_row):
        fit = fold_of_row != fold
        w = np.linalg.lstsq(inputs[fit], targets[fit], rcond=None)[0]
        errors.append((inputs[fit] @ w - targets[fit]) ** 2)
    return np.sqrt(np.concatenate(errors).mean())


def _divides_by_folds(inputs, targets, fold_of_row):
    errors = _fold_errors(inputs, targets, fold_of_row)
    return np.sqrt(np.concatenate(errors).sum() / len(errors))


def _only_summed(inputs, targets, fold_of_row):
    return np.sqrt(np.concatenate(_fold_errors(inputs, targets, fold_of_row)).sum())


def _absolute_errors(inputs, targets, fold_of_row):
    return np.sqrt(np.concatenate(_fold_errors(inputs, targets, fold_of_row))).mean()


pooled_score = Exercise(
    id="04-2",
    title="크기가 다른 폴드의 점수",
    asks="폴드의 수와 크기를 바꾸어 가며 불러, 돌려준 점수를 봅니다. 한 행짜리 폴드도 있습니다.",
    answer=_pooled,
    cases=_uneven_folds,
    mistakes=[
        Mistake(
            _mean_of_rmse,
            "폴드마다 RMSE를 구해 평균했습니다. 한 행짜리 폴드와 열 행짜리 폴드가 점수에서 같은 "
            "비중을 갖게 됩니다. 8절에서 점수를 어떻게 모았는지 봅니다.",
        ),
        Mistake(
            _mean_of_mse,
            "제곱근을 나중에 취한 것은 맞습니다. 그러나 크기가 다른 폴드의 평균 제곱 오차를 똑같은 "
            "비중으로 평균했습니다. 행 하나하나가 같은 비중을 갖는지 봅니다.",
        ),
        Mistake(
            _weighted_rmse,
            "행의 수만큼 비중을 준 것은 맞습니다. 그러나 제곱근을 취한 값을 평균했습니다. "
            "제곱근과 평균의 순서를 7절의 네 이유 중 셋째에서 봅니다.",
        ),
        Mistake(
            _without_root, "모은 것은 맞습니다. 그러나 평균 제곱 오차에서 멈추어 RMSE가 아닙니다."
        ),
        Mistake(
            _training_error,
            "모든 행으로 배운 모델을 바로 그 행에서 쟀습니다. 검증할 폴드의 행은 배울 때 빼야 "
            "합니다. 3절의 그림 2에서 줄마다 무엇으로 훈련하는지 봅니다.",
        ),
        Mistake(
            _fits_on_fold,
            "검증할 폴드에서 배우고 같은 폴드에서 쟀습니다. 배우는 행이 어느 쪽인지 3절의 그림 2에서 봅니다.",
        ),
        Mistake(
            _swaps_roles,
            "훈련과 검증이 바뀌었습니다. 폴드 하나로 배우고 나머지에서 쟀습니다. 3절의 그림 2에서 "
            "주황 조각이 하는 일을 봅니다.",
        ),
        Mistake(
            _unordered,
            "예측을 폴드의 순서로 이어 붙였는데 타깃은 처음 순서 그대로입니다. 예측과 타깃이 같은 행의 것인지 봅니다.",
        ),
        Mistake(
            _cuts_in_order,
            "행을 앞에서부터 잘라 폴드를 만들었습니다. 어느 행이 어느 폴드인지는 fold_of_row가 정합니다.",
        ),
        Mistake(
            _measures_fit_rows,
            "나머지 행으로 배운 것은 맞습니다. 그러나 오차도 배운 행에서 쟀습니다. 3절의 그림 2에서 "
            "주황 조각이 하는 일을 봅니다.",
        ),
        Mistake(
            _divides_by_folds,
            "제곱 오차를 모두 더한 것은 맞습니다. 그러나 폴드의 수로 나누었습니다. 더한 것이 몇 개인지 셉니다.",
        ),
        Mistake(
            _only_summed,
            "제곱 오차를 모두 더한 것은 맞습니다. 그러나 행의 수로 나누지 않아, 행이 많을수록 커집니다.",
        ),
        Mistake(
            _absolute_errors,
            "절대 오차의 평균입니다. RMSE는 제곱한 오차를 평균한 다음 제곱근을 취합니다.",
        ),
        Mistake(
            _first_fold,
            "첫 폴드의 점수만 나왔습니다. return이 반복문 안에 있는지 들여쓰기를 봅니다.",
        ),
        Mistake(
            _last_fold,
            "마지막 폴드의 점수만 나왔습니다. 반복할 때마다 앞 폴드의 오차를 덮어쓰는지 봅니다.",
        ),
        Mistake(
            _repeats_folds,
            "같은 폴드를 행의 수만큼 반복해서 쟀습니다. 반복문이 행마다 도는지 폴드마다 도는지 봅니다.",
        ),
        Mistake(
            _skips_last_fold,
            "번호가 가장 큰 폴드가 빠졌습니다. 반복문이 도는 폴드의 번호를 출력해 봅니다.",
        ),
    ],
    hints=[
        "검증할 행은 `fold_of_row == fold`로 고릅니다. 배울 행은 그 나머지입니다.",
        "배우는 한 줄은 1절의 `least_squares_rmse`에 있습니다. 제곱근과 평균은 반복문 안에서 구하지 않습니다.",
        "제곱 오차를 담을 빈 리스트를 만들고 폴드마다 덧붙인 다음, 반복문이 끝나면 하나로 이어 붙입니다.",
    ],
    learnt="모아서 구하면 어느 행이나 같은 비중을 가집니다. 폴드가 모두 한 행이어도 RMSE가 절대 오차로 바뀌지 않습니다.",
)

# ---------------------------------------------------------------- 04-3


def _maker(d):
    """시드를 다시 정하고 새 모델을 만드는 함수입니다."""

    def make():
        model = nn.Linear(d, 1, dtype=torch.float64)
        nn.init.constant_(model.weight, 0.5)
        nn.init.zeros_(model.bias)
        return model

    return make


def _train(model, X, y):
    """경사 하강법 열두 걸음입니다. 옵티마이저는 처음 만들 때 몇 초가 걸리므로 쓰지 않습니다."""
    for _ in range(12):
        model.zero_grad()
        nn.functional.mse_loss(model(X), y).backward()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter -= 0.2 * parameter.grad
    return model


def _skewed_tables():
    """열마다 단위가 다르고, 몇 행의 값이 유난히 큰 데이터 세 벌입니다."""
    cases = []
    for seed, (n, d, k) in enumerate([(12, 3, 3), (17, 2, 4), (8, 1, 8)]):
        rng = np.random.default_rng(430 + seed)
        X = torch.tensor(rng.exponential(size=(n, d)) ** 2 * 10.0 ** np.arange(d) - 3)
        y = torch.tensor(rng.standard_normal((n, 1))) + 2
        parts = np.array_split(rng.permutation(n), k)
        folds = [(np.setdiff1d(np.arange(n), val), val) for val in parts]
        cases.append((X, y, folds, _maker(d), _train))
    return cases


def _ranges(X):
    return X.min(dim=0).values, X.max(dim=0).values


def _fold_rmse(model, X, y):
    with torch.no_grad():
        return ((model(X) - y) ** 2).mean().sqrt().item()


def _clean_cv(X, y, folds, make, train):
    scores = []
    for fit, val in folds:
        least, most = _ranges(X[fit])
        scaled = (X - least) / (most - least)
        scores.append(_fold_rmse(train(make(), scaled[fit], y[fit]), scaled[val], y[val]))
    return np.mean(scores)


def _too_good(X, y, folds, make, train):
    """노트북에 있는 틀린 함수입니다."""
    least, most = _ranges(X)
    scaled, model, scores = (X - least) / (most - least), make(), []
    for fit, val in folds:
        train(model, scaled[fit], y[fit])
        scores.append(_fold_rmse(model, scaled[val], y[val]))
    return np.mean(scores)


def _scales_early(X, y, folds, make, train):
    least, most = _ranges(X)
    scaled, scores = (X - least) / (most - least), []
    for fit, val in folds:
        scores.append(_fold_rmse(train(make(), scaled[fit], y[fit]), scaled[val], y[val]))
    return np.mean(scores)


def _reuses_model(X, y, folds, make, train):
    model = make()
    return _clean_cv(X, y, folds, lambda: model, train)


def _scales_apart(X, y, folds, make, train):
    """검증 폴드를 자기 자신의 최솟값과 최댓값으로 정규화합니다."""
    scores = []
    for fit, val in folds:
        (least, most), (low, high) = _ranges(X[fit]), _ranges(X[val])
        model = train(make(), (X[fit] - least) / (most - least), y[fit])
        scores.append(_fold_rmse(model, (X[val] - low) / (high - low), y[val]))
    return np.mean(scores)


def _scales_fit_only(X, y, folds, make, train):
    scores = []
    for fit, val in folds:
        least, most = _ranges(X[fit])
        model = train(make(), (X[fit] - least) / (most - least), y[fit])
        scores.append(_fold_rmse(model, X[val], y[val]))
    return np.mean(scores)


def _scales_by_one_range(X, y, folds, make, train):
    """열을 가리지 않고 수 하나씩인 최솟값과 최댓값을 씁니다."""
    scores = []
    for fit, val in folds:
        scaled = (X - X[fit].min()) / (X[fit].max() - X[fit].min())
        scores.append(_fold_rmse(train(make(), scaled[fit], y[fit]), scaled[val], y[val]))
    return np.mean(scores)


def _scores_training_rows(X, y, folds, make, train):
    scores = []
    for fit, _ in folds:
        least, most = _ranges(X[fit])
        scaled = (X[fit] - least) / (most - least)
        scores.append(_fold_rmse(train(make(), scaled, y[fit]), scaled, y[fit]))
    return np.mean(scores)


def _keeps_first_score(X, y, folds, make, train):
    return _clean_cv(X, y, folds[:1], make, train)


def _keeps_last_score(X, y, folds, make, train):
    return _clean_cv(X, y, folds[-1:], make, train)


def _pools_errors(X, y, folds, make, train):
    """04-2처럼 제곱 오차를 모두 모아 RMSE 하나를 구합니다."""
    scores = [_clean_cv(X, y, [fold], make, train) for fold in folds]
    return np.sqrt(np.average(np.square(scores), weights=[len(val) for _, val in folds]))


def _never_scales(X, y, folds, make, train):
    return np.mean(
        [_fold_rmse(train(make(), X[fit], y[fit]), X[val], y[val]) for fit, val in folds]
    )


def _scales_by_first_fold(X, y, folds, make, train):
    """첫 폴드의 최솟값과 최댓값을 모든 폴드에 씁니다."""
    least, most = _ranges(X[folds[0][0]])
    return _never_scales((X - least) / (most - least), y, folds, make, train)


def _standardizes(X, y, folds, make, train):
    scores = []
    for fit, val in folds:
        scaled = (X - X[fit].mean(dim=0)) / X[fit].std(dim=0)
        scores.append(_fold_rmse(train(make(), scaled[fit], y[fit]), scaled[val], y[val]))
    return np.mean(scores)


def _trains_on_all(X, y, folds, make, train):
    scores = []
    for fit, val in folds:
        least, most = _ranges(X[fit])
        scaled = (X - least) / (most - least)
        scores.append(_fold_rmse(train(make(), scaled, y), scaled[val], y[val]))
    return np.mean(scores)


def _scores_before_training(X, y, folds, make, train):
    return _clean_cv(X, y, folds, make, lambda model, *_: model)


def _fold_scores(X, y, folds, make, train):
    """폴드마다 바르게 구한 검증 RMSE와, 검증한 행의 수입니다."""
    scores = [_clean_cv(X, y, [fold], make, train) for fold in folds]
    return np.array(scores), np.array([len(val) for _, val in folds])


def _weighs_folds(X, y, folds, make, train):
    scores, sizes = _fold_scores(X, y, folds, make, train)
    return (sizes * scores).sum() / sizes.sum()


def _mean_of_squares(X, y, folds, make, train):
    return (_fold_scores(X, y, folds, make, train)[0] ** 2).mean()


def _root_at_end(X, y, folds, make, train):
    return np.sqrt(_mean_of_squares(X, y, folds, make, train))


def _swaps_fit_and_fold(X, y, folds, make, train):
    scores = []
    for fit, val in folds:
        least, most = _ranges(X[fit])
        scaled = (X - least) / (most - least)
        scores.append(_fold_rmse(train(make(), scaled[val], y[val]), scaled[fit], y[fit]))
    return np.mean(scores)


too_good_score = Exercise(
    id="04-3",
    title="너무 좋은 교차 검증 점수",
    asks="데이터와 폴드를 바꾸어 가며 불러, 돌려준 교차 검증 점수를 봅니다.",
    answer=_clean_cv,
    cases=_skewed_tables,
    mistakes=[
        Mistake(
            _too_good,
            "처음의 함수와 같은 점수입니다. 반복문 밖에서 하는 일마다, 검증할 행을 미리 보는지 "
            "따져 봅니다. 4절의 첫 문장이 기준입니다.",
        ),
        Mistake(
            _scales_early,
            "모델은 폴드마다 새로 만들었습니다. 아직 하나가 남았습니다. 검증 세트의 값이 훈련에 "
            "새어 들어가는 곳을 10절의 실수 6을 보며 찾습니다.",
        ),
        Mistake(
            _reuses_model,
            "정규화는 고쳤습니다. 아직 하나가 남았습니다. 둘째 폴드의 훈련이 어떤 가중치에서 "
            "출발하는지 10절의 실수 3을 보며 따져 봅니다.",
        ),
        Mistake(
            _scales_apart,
            "검증 세트를 검증 세트 자신의 최솟값과 최댓값으로 정규화했습니다. 그러면 같은 값이 훈련과 "
            "검증에서 다른 수가 됩니다. 4절의 `scale_by`가 무엇으로 무엇을 옮기는지 봅니다.",
        ),
        Mistake(
            _scales_fit_only,
            "검증할 행을 원래 단위 그대로 모델에 넣었습니다. 모델은 정규화한 값으로 배웠으므로, 검증할 "
            "행도 같은 최솟값과 최댓값으로 옮겨야 합니다.",
        ),
        Mistake(
            _scales_by_one_range,
            "특성마다 따로 구해야 할 최솟값과 최댓값을 표 전체에서 하나씩 구했습니다. "
            "처음의 함수에 있던 `dim=0`이 남아 있는지 봅니다.",
        ),
        Mistake(
            _scores_training_rows,
            "훈련에 쓴 행으로 점수를 쟀습니다. 점수는 폴드마다 떼어 둔 검증 세트에서 잽니다.",
        ),
        Mistake(
            _keeps_first_score,
            "첫 폴드의 점수만 나왔습니다. return이 반복문 안에 있는지 들여쓰기를 봅니다.",
        ),
        Mistake(
            _pools_errors,
            "누출은 모두 막았지만, 연습 04-2처럼 제곱 오차를 한데 모았습니다. 이번에 돌려줄 값을 문제의 마지막 항목에서 "
            "다시 읽습니다.",
        ),
        Mistake(
            _never_scales,
            "정규화가 사라졌습니다. 처음의 함수에 있던 일을 빼지 않고, 하는 곳을 바로잡습니다.",
        ),
        Mistake(
            _scales_by_first_fold,
            "첫 폴드에서 구한 최솟값과 최댓값을 모든 폴드에 썼습니다. 그 값을 구한 행에는 둘째 폴드에서 검증할 행도 들어 있습니다.",
        ),
        Mistake(
            _standardizes,
            "평균과 표준편차로 옮긴 표준화입니다. 여기서는 처음의 함수처럼 최솟값과 최댓값으로 정규화합니다.",
        ),
        Mistake(
            _trains_on_all,
            "훈련에 모든 행을 썼습니다. 검증할 행은 폴드마다 훈련에서 빼야 합니다.",
        ),
        Mistake(
            _scores_before_training,
            "훈련하지 않은 모델의 점수입니다. train을 부르는지, 훈련한 모델로 점수를 재는지 봅니다.",
        ),
        Mistake(
            _weighs_folds,
            "폴드의 크기에 따라 가중치를 두어 평균했습니다. 이 연습의 점수는 폴드마다 구한 RMSE를 그대로 평균합니다.",
        ),
        Mistake(
            _mean_of_squares,
            "폴드마다 구한 평균 제곱 오차를 평균했습니다. 폴드마다 구할 것은 RMSE입니다.",
        ),
        Mistake(
            _root_at_end,
            "폴드마다 구한 평균 제곱 오차를 평균한 다음 제곱근을 취했습니다. 처음의 함수가 제곱근을 어디에서 취하는지 봅니다.",
        ),
        Mistake(
            _swaps_fit_and_fold,
            "훈련과 검증이 바뀌었습니다. 폴드 하나로 훈련하고 나머지에서 점수를 쟀습니다. folds의 쌍이 어떤 순서인지 봅니다.",
        ),
        Mistake(
            _keeps_last_score,
            "마지막 폴드의 점수만 나왔습니다. 폴드의 점수를 모두 모아 평균하는지 봅니다.",
        ),
    ],
    hints=[
        "반복문 밖에 있는 줄을 하나씩 보며, 폴드마다 달라야 하는 것인지 생각합니다.",
        "4절에서 폴드마다 새로 한다고 한 네 가지 중에 이 함수가 한 번만 하는 것을 찾습니다.",
        "최솟값과 최댓값은 훈련할 행에서 구하지만, 옮기는 일은 훈련할 행과 검증할 행에 모두 합니다.",
    ],
    learnt="검증 점수가 믿기 어려울 만큼 좋으면, 배울 것이 없는 난수 타깃으로 같은 절차를 돌려 봅니다. 그래도 점수가 좋으면 검증할 행이 어디선가 훈련에 새어 들어간 것입니다.",
    rtol=1e-3,
)

# ---------------------------------------------------------------- 04-4

_Model = namedtuple("_Model", "rows setting weights")
_Call = namedtuple("_Call", "model rows score")


def _town_worlds():
    """행의 앞 3분의 1은 훈련에도 테스트에도 쓰지 않는 데이터 여덟 벌입니다. 위치를 행 번호로 쓰면 드러납니다."""
    cases = []
    shapes = [
        (24, 5, [9, 4, 7, 5]),
        (12, 2, [10, 6, 4, 8]),
        (18, 3, [7, 5, 9, 4]),
        (21, 4, [8, 4, 6]),
    ]
    for seed, (num_towns, k, settings) in enumerate(shapes * 2):
        rng = np.random.default_rng(440 + seed)
        towns = rng.permutation(np.repeat(np.arange(num_towns), rng.integers(5, 12, num_towns)))
        n = len(towns) // 3
        rows = rng.permutation(np.arange(n, len(towns)))
        inputs = np.c_[rng.standard_normal((len(towns), 12)), np.ones(len(towns))]
        effects = 2 * rng.standard_normal(num_towns)[towns]
        true_w = np.r_[np.ones(5), np.full(7, 0.25), 0]
        targets = inputs @ true_w + effects + rng.standard_normal(len(towns))
        cases.append((rows[:n], rows[n:], towns, k, settings, inputs, targets))
    return cases


def _row_numbers(rows, count):
    rows = np.asarray(rows)
    if rows.shape == (0,):
        raise NotYetError("행이 하나도 없는 폴드가 있습니다. 10절의 실수 5를 봅니다.")
    if rows.ndim != 1 or rows.dtype.kind not in "iu":
        raise NotYetError("train_on과 rmse_on의 rows에는 행 번호의 1차원 배열을 넘깁니다.")
    if rows.min() < 0 or rows.max() >= count:
        raise NotYetError(f"행 번호는 0부터 {count - 1}까지인데 벗어난 수를 넘겼습니다.")
    return rows


def _recorders(inputs, targets):
    """최소제곱해의 `train_on`과 `rmse_on`, 그리고 `rmse_on`을 부른 기록입니다."""
    calls = []

    def columns(setting):
        return [*range(setting), inputs.shape[1] - 1]  # 앞의 특성 몇 개와 1

    def train_on(rows, setting):
        rows, m = _row_numbers(rows, len(targets)), plain(setting)
        if m not in range(1, inputs.shape[1]):
            raise NotYetError("train_on의 setting에는 settings에 든 설정 하나를 넘깁니다.")
        used = inputs[rows][:, columns(int(m))]
        return _Model(rows, int(m), np.linalg.lstsq(used, targets[rows], rcond=None)[0])

    def rmse_on(model, rows):
        if not isinstance(model, _Model):
            raise NotYetError("rmse_on의 첫 인수에는 train_on이 돌려준 모델을 넘깁니다.")
        rows = _row_numbers(rows, len(targets))
        predicted = inputs[rows][:, columns(model.setting)] @ model.weights
        score = np.sqrt(((predicted - targets[rows]) ** 2).mean())
        calls.append(_Call(model, rows, score))
        return score

    return train_on, rmse_on, calls


def _choose_and_look(choose, train_rows, test_rows, towns, k, settings, inputs, targets):
    """함수가 `train_on`과 `rmse_on`을 어떻게 불렀는지 보고, 처음 만나는 잘못의 이름을 돌려줍니다."""
    train_on, rmse_on, calls = _recorders(inputs, targets)
    try:
        got = choose(train_rows, test_rows, towns, k, settings, train_on, rmse_on)
    except ValueError as error:
        if "inconsistent numbers of samples" in str(error):  # scikit-learn의 split
            raise NotYetError(SENTENCES["groups"]) from None
        raise
    require((0, 0.0), got)
    got = [plain(value) for value in got]
    tests = [call for call in calls if set(call.rows) & set(test_rows)]
    checks = [call for call in calls if not set(call.rows) & {*call.model.rows, *test_rows}]
    fault = (
        _fault_of_rows(calls, tests, checks, train_rows, test_rows)
        or _fault_of_folds(checks, train_rows, towns, k, settings)
        or _fault_of_choice(got, checks, settings)
        or _fault_of_test(got, tests[0], train_rows, test_rows)
    )
    if fault in SENTENCES:
        raise NotYetError(SENTENCES[fault])
    return fault


SENTENCES = {  # 흔한 실수는 아니지만 말해 줄 수 있는 잘못
    "groups": "split에 넘긴 배열과 groups의 길이가 다릅니다. 나눌 행마다 그 행의 도시를 하나씩 넘깁니다.",
    "refitted on test": "테스트 세트에서 잰 모델이 테스트 세트의 행으로도 배웠습니다. 훈련 세트로만 배웁니다.",
    "not called": "인수로 받은 rmse_on을 한 번도 부르지 않았습니다. 인수 대신 문제의 보기에 있는 rmse_first를 부르지 않았는지 봅니다.",
    "no checks": "설정을 비교한 점수가 없습니다. 설정마다 폴드를 돌며 train_on과 rmse_on을 부릅니다.",
    "no test": "테스트 세트에서 점수를 재지 않았습니다. 다 고른 다음 rmse_on으로 한 번 잽니다.",
    "not the rest": "폴드 하나를 검증할 때는 train_rows의 나머지 행 전부로 훈련합니다.",
    "not k": "설정마다 검증한 횟수가 k와 다릅니다. k겹으로 나누고, 폴드마다 한 번씩 잽니다.",
    "not a setting": "돌려준 첫째 값이 settings에 없는 설정입니다.",
    "other setting": "테스트 세트에서 잰 모델은 고른 설정이 아닌 다른 설정으로 훈련한 것입니다.",
    "part of test": "테스트 점수는 test_rows 전체에서 잽니다.",
    "other score": "돌려준 점수가 rmse_on이 테스트 세트에서 낸 값과 다릅니다.",
}


def _same_rows(one, other):
    return np.array_equal(np.sort(one), np.sort(other))


def _fault_of_rows(calls, tests, checks, train_rows, test_rows):
    if not calls:
        return "not called"
    used = [rows for call in calls for rows in (call.model.rows, call.rows)]
    if strangers := {*np.concatenate(used)} - {*train_rows, *test_rows}:
        highest = max(max(rows) for rows in used if set(rows) & strangers)
        # 위치는 train_rows의 길이보다 작음. 더 큰 것이 섞였으면 8절처럼 모든 행을 나눈 것
        return "positions" if highest < len(train_rows) else "trained on test"
    if leaked := [call for call in calls if set(call.model.rows) & set(test_rows)]:
        last = all(_same_rows(call.rows, test_rows) for call in leaked)
        return "refitted on test" if last else "trained on test"
    if len(tests) > 1:
        return "peeked"
    if not checks:
        return "seen rows" if len(calls) > len(tests) else "no checks"
    return "" if tests else "no test"


def _fault_of_folds(checks, train_rows, towns, k, settings):
    if any(set(towns[call.rows]) & set(towns[call.model.rows]) for call in checks):
        return "split towns"
    folds = []
    for setting in settings:
        mine = [call for call in checks if call.model.setting == setting]
        if not mine:
            return "used up"
        if len(mine) > 2 and _same_rows(np.concatenate([c.model.rows for c in mine]), train_rows):
            return "swapped roles"
        if not _same_rows(np.concatenate([call.rows for call in mine]), train_rows):
            return "not every row"
        if len(mine) != k:
            return "not k"
        if not all(_same_rows([*c.rows, *c.model.rows], train_rows) for c in mine):
            return "not the rest"
        folds.append({frozenset(call.rows.tolist()) for call in mine})
    return "" if all(fold == folds[0] for fold in folds) else "other folds"


def _fault_of_choice(got, checks, settings):
    chosen, value = got
    if chosen not in settings and value in settings:
        return "order"
    means, pooled = [], []
    for setting in settings:
        mine = [call for call in checks if call.model.setting == setting]
        means.append(np.mean([call.score for call in mine]))
        pooled.append(sum(len(call.rows) * call.score**2 for call in mine))
    best = {int(np.argmin(means)), int(np.argmin(pooled))}  # 모아서 구한 점수로 골라도 맞음
    if chosen in [settings[i] for i in best]:
        return ""
    if chosen in best:
        return "index"
    if chosen not in settings:
        return "not a setting"
    return "largest" if chosen == settings[int(np.argmax(means))] else "not the mean"


def _fault_of_test(got, test, train_rows, test_rows):
    chosen, value = got
    if not _same_rows(test.model.rows, train_rows):
        return "not refitted"
    if test.model.setting != chosen:
        return "other setting"
    if not _same_rows(test.rows, test_rows):
        return "part of test"
    return "" if np.isclose(value, test.score, rtol=1e-3) else "other score"


def _town_folds(rows, towns, k):
    """도시가 갈라지지 않게, 도시를 k조각으로 나눕니다."""
    names = np.random.default_rng(0).permutation(np.unique(towns[rows]))
    inside = [np.isin(towns[rows], part) for part in np.array_split(names, k)]
    return [(rows[~val], rows[val]) for val in inside]


def _means(folds, settings, train_on, rmse_on):
    return [np.mean([rmse_on(train_on(fit, s), val) for fit, val in folds]) for s in settings]


def _picker(pick):
    """평균의 목록에서 `pick`이 고른 위치의 설정을 쓰는 함수입니다."""

    def choose(train_rows, test_rows, towns, k, settings, train_on, rmse_on):
        folds = _town_folds(train_rows, towns, k)
        best = settings[pick(_means(folds, settings, train_on, rmse_on))]
        return best, rmse_on(train_on(train_rows, best), test_rows)

    return choose


_choose = _picker(np.argmin)


def _mixes_towns(train_rows, test_rows, towns, k, settings, train_on, rmse_on):
    each_alone = np.arange(len(towns))  # 행마다 다른 도시인 셈
    return _choose(train_rows, test_rows, each_alone, k, settings, train_on, rmse_on)


def _uses_positions(train_rows, test_rows, towns, k, settings, train_on, rmse_on):
    places = np.arange(len(train_rows))
    folds = _town_folds(places, towns[train_rows], k)
    best = settings[np.argmin(_means(folds, settings, train_on, rmse_on))]
    return best, rmse_on(train_on(train_rows, best), test_rows)


def _splits_everything(train_rows, test_rows, towns, k, settings, train_on, rmse_on):
    rows = np.arange(len(towns))  # 8절처럼 모든 행
    return _choose(rows, test_rows, towns, k, settings, train_on, rmse_on)


def _peeks(train_rows, test_rows, towns, k, settings, train_on, rmse_on):
    scores = [rmse_on(train_on(train_rows, setting), test_rows) for setting in settings]
    return settings[np.argmin(scores)], min(scores)


def _scores_seen_rows(train_rows, test_rows, towns, k, settings, train_on, rmse_on):
    scores = [rmse_on(train_on(train_rows, setting), train_rows) for setting in settings]
    best = settings[np.argmin(scores)]
    return best, rmse_on(train_on(train_rows, best), test_rows)


def _one_fold_only(train_rows, test_rows, towns, k, settings, train_on, rmse_on):
    folds = _town_folds(train_rows, towns, k)[:1]
    best = settings[np.argmin(_means(folds, settings, train_on, rmse_on))]
    return best, rmse_on(train_on(train_rows, best), test_rows)


def _swaps_fit_and_val(train_rows, test_rows, towns, k, settings, train_on, rmse_on):
    folds = [(val, fit) for fit, val in _town_folds(train_rows, towns, k)]
    best = settings[np.argmin(_means(folds, settings, train_on, rmse_on))]
    return best, rmse_on(train_on(train_rows, best), test_rows)


def _uses_up_split(train_rows, test_rows, towns, k, settings, train_on, rmse_on):
    folds = iter(_town_folds(train_rows, towns, k))  # 한 번 돌면 비는 split의 결과처럼
    means = [_means(folds, [setting], train_on, rmse_on)[0] for setting in settings]
    best = settings[np.argmin(means)]
    return best, rmse_on(train_on(train_rows, best), test_rows)


def _splits_anew(train_rows, test_rows, towns, k, settings, train_on, rmse_on):
    means = []
    for shift, setting in enumerate(settings):
        folds = _town_folds(np.roll(train_rows, shift), (towns + shift) % (towns.max() + 1), k)
        means += _means(folds, [setting], train_on, rmse_on)
    best = settings[np.argmin(means)]
    return best, rmse_on(train_on(train_rows, best), test_rows)


def _returns_index(train_rows, test_rows, towns, k, settings, train_on, rmse_on):
    best, score = _choose(train_rows, test_rows, towns, k, settings, train_on, rmse_on)
    return settings.index(best), score


def _returns_reversed(train_rows, test_rows, towns, k, settings, train_on, rmse_on):
    return _choose(train_rows, test_rows, towns, k, settings, train_on, rmse_on)[::-1]


def _tests_last_fold(train_rows, test_rows, towns, k, settings, train_on, rmse_on):
    folds = _town_folds(train_rows, towns, k)
    best = settings[np.argmin(_means(folds, settings, train_on, rmse_on))]
    return best, rmse_on(train_on(folds[-1][0], best), test_rows)


def _saw(fault):
    return lambda seen: fault in seen


choose_by_town = Exercise(
    id="04-4",
    title="새 도시에 쓸 설정 고르기",
    asks="도시와 설정을 바꾸어 가며 함수를 부르고, train_on과 rmse_on을 어떤 행으로 불렀는지 봅니다.",
    answer=_choose,
    cases=_town_worlds,
    observe=_choose_and_look,
    mistakes=[
        Mistake(
            _uses_positions,
            "train_rows에도 test_rows에도 없는 행을 썼습니다. `split`이 돌려주는 것은 행 번호가 "
            "아니라 위치입니다. 3절의 `make_folds`가 위치를 어떻게 바꾸는지 봅니다.",
            when=_saw("positions"),
        ),
        Mistake(
            _splits_everything,
            "테스트 세트의 행으로 훈련한 모델이 있습니다. 무엇을 나누었는지 봅니다. 8절은 506행을 "
            "모두 나누었지만, 여기서 나눌 것은 훈련 세트입니다.",
            when=_saw("trained on test"),
        ),
        Mistake(
            _peeks,
            "테스트 세트에서 점수를 여러 번 쟀습니다. 그 점수를 보고 고르면 실제보다 좋게 "
            "나옵니다. 10절의 실수 1을 봅니다.",
            when=_saw("peeked"),
        ),
        Mistake(
            _scores_seen_rows,
            "훈련에 쓴 행에서만 점수를 쟀습니다. 많이 외우는 설정이 뽑힙니다. 설정을 비교하는 "
            "점수는 훈련에 쓰지 않은 행에서 잽니다.",
            when=_saw("seen rows"),
        ),
        Mistake(
            _mixes_towns,
            "같은 도시의 행이 훈련과 검증에 함께 들어갔습니다. 새 도시를 흉내 내지 못합니다. "
            "8절에서 두 가지로 나눈 코드를 비교해 봅니다.",
            when=_saw("split towns"),
        ),
        Mistake(
            _swaps_fit_and_val,
            "훈련과 검증이 바뀌었습니다. 폴드 하나로 훈련하고 나머지에서 점수를 쟀습니다. "
            "3절의 그림 2를 봅니다.",
            when=_saw("swapped roles"),
        ),
        Mistake(
            _uses_up_split,
            "검증하지 않은 설정이 있습니다. `split`이 돌려주는 것은 한 번 돌면 비므로, 둘째 설정부터는 "
            "폴드가 남아 있지 않을 수 있습니다. 3절의 `make_folds`가 무엇에 담아 두는지 봅니다.",
            when=_saw("used up"),
        ),
        Mistake(
            _one_fold_only,
            "어떤 설정에서는 검증에 쓰지 않았거나 여러 번 쓴 행이 있습니다. 설정마다 폴드를 모두 "
            "돌면, train_rows의 행이 꼭 한 번씩 검증에 쓰여야 합니다.",
            when=_saw("not every row"),
        ),
        Mistake(
            _splits_anew,
            "설정마다 폴드가 다릅니다. 그러면 설정의 차이에 나누는 우연이 섞입니다. 폴드를 어디에서 "
            "만드는지 봅니다.",
            when=_saw("other folds"),
        ),
        Mistake(
            _returns_reversed,
            "두 값의 순서가 바뀌었습니다. 고른 설정이 먼저, 테스트 RMSE가 다음입니다.",
            when=_saw("order"),
        ),
        Mistake(
            _returns_index,
            "고른 설정 대신 그 설정이 settings의 몇 번째인지를 돌려주었습니다. 설정 자체를 꺼내서 씁니다.",
            when=_saw("index"),
        ),
        Mistake(
            _picker(np.argmax),
            "평균 RMSE가 가장 큰 설정을 골랐습니다. RMSE는 클수록 좋은 점수인지 생각합니다.",
            when=lambda seen: set(seen) == {"largest"},
        ),
        Mistake(
            _picker(lambda means: np.argsort(means)[1]),  # 둘째로 작은 것
            "폴드 점수의 평균이 가장 작은 설정이 아닙니다. 폴드 하나의 점수만으로 "
            "비교하고 있지 않은지 봅니다.",
            when=lambda seen: {"not the mean", "largest"} & set(seen),
        ),
        Mistake(
            _tests_last_fold,
            "테스트 세트에서 잰 모델이 훈련 세트의 일부로만 배웠습니다. 폴드에서 훈련한 모델을 "
            "고른 다음에 어떻게 하는지 6절과 10절의 실수 2에서 봅니다.",
            when=_saw("not refitted"),
        ),
    ],
    hints=[
        "네 단계입니다. 나누고, 설정마다 폴드의 점수를 평균하고, 고르고, 마지막 모델을 얻어 테스트 세트를 봅니다.",
        "3절의 `make_folds`와 8절의 `GroupKFold`를 합칩니다. `groups`에는 나눌 행과 길이가 같은 배열을 넘깁니다.",
        "폴드는 설정의 반복문보다 먼저 한 번만 만듭니다. `split`의 결과는 한 번 돌면 비므로 리스트에 담아 둡니다.",
        "테스트 세트에서 잴 모델은 아직 훈련하지 않았습니다. 폴드의 모델은 점수를 재는 데 썼을 뿐입니다.",
    ],
    learnt="실제로 쓸 상황을 흉내 내어 나누고, 설정을 고르고, 훈련 세트 전체로 다시 훈련한 다음 테스트 세트를 한 번 봅니다. k겹으로 나누고 설정이 m가지이면 훈련은 모두 km + 1번입니다.",
)

EXERCISES = [read_the_spread, pooled_score, too_good_score, choose_by_town]
