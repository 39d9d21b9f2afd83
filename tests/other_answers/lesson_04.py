"""04강의 연습을 다르게 쓴 맞는 답입니다."""

import copy

import numpy as np
import torch
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GroupKFold, KFold, PredefinedSplit, cross_val_predict


def pooled_by_loop(inputs, targets, fold_of_row):
    total = 0.0
    for fold in range(fold_of_row.max() + 1):
        fit, val = np.flatnonzero(fold_of_row != fold), np.flatnonzero(fold_of_row == fold)
        w = np.linalg.lstsq(inputs[fit], targets[fit], rcond=None)[0]
        total += sum((inputs[i] @ w - targets[i]) ** 2 for i in val)
    return float((total / len(targets)) ** 0.5)


def pooled_by_sklearn(inputs, targets, fold_of_row):
    model = LinearRegression(fit_intercept=False)
    y_hat = cross_val_predict(model, inputs, targets, cv=PredefinedSplit(fold_of_row))
    return np.sqrt(np.mean((y_hat - targets) ** 2))


def pooled_by_torch(inputs, targets, fold_of_row):
    x, y = torch.tensor(inputs), torch.tensor(targets)
    y_hat = torch.zeros_like(y)
    for fold in set(fold_of_row.tolist()):
        val = torch.tensor(fold_of_row == fold)
        y_hat[val] = x[val] @ torch.linalg.lstsq(x[~val], y[~val, None]).solution[:, 0]
    return ((y_hat - y) ** 2).mean().sqrt()


def pooled_from_fold_mse(inputs, targets, fold_of_row):
    mse, sizes = [], []
    for fold in np.unique(fold_of_row):
        val = fold_of_row == fold
        w = np.linalg.pinv(inputs[~val]) @ targets[~val]
        mse.append(((inputs[val] @ w - targets[val]) ** 2).mean())
        sizes.append(val.sum())
    return np.sqrt(np.average(mse, weights=sizes))


def cv_with_copies(X, y, folds, make, train):
    start, scores = make(), []
    for fit, val in folds:
        model = copy.deepcopy(start)
        least, most = torch.aminmax(X[fit], dim=0)
        train(model, (X[fit] - least) / (most - least), y[fit])
        error = model((X[val] - least) / (most - least)).detach() - y[val]
        scores.append(error.square().mean() ** 0.5)
    return torch.stack(scores).mean()


def cv_in_numpy(X, y, folds, make, train):
    table, total = X.numpy(), 0
    for fit, val in folds:
        low, high = table[fit].min(axis=0), table[fit].max(axis=0)
        scaled = torch.from_numpy((table - low) / (high - low))
        model = make()
        train(model, scaled[fit], y[fit])
        with torch.no_grad():
            total += torch.nn.functional.mse_loss(model(scaled[val]), y[val]).sqrt().item()
    return total / len(folds)


def choose_with_group_kfold(train_rows, test_rows, towns, k, settings, train_on, rmse_on):
    splitter = GroupKFold(k, shuffle=True, random_state=0)
    pairs = list(splitter.split(train_rows, groups=towns[train_rows]))
    scores = {}
    for setting in settings:
        results = []
        for fit, val in pairs:
            results.append(rmse_on(train_on(train_rows[fit], setting), train_rows[val]))
        scores[setting] = np.mean(results)
    best = min(scores, key=scores.get)
    return best, rmse_on(train_on(train_rows, best), test_rows)


def choose_by_splitting_towns(train_rows, test_rows, towns, k, settings, train_on, rmse_on):
    names = np.unique(towns[train_rows])
    table = torch.zeros(len(settings), k)
    for column, (_, part) in enumerate(KFold(k, shuffle=True, random_state=3).split(names)):
        val = [row for row in train_rows if towns[row] in names[part]]
        fit = [row for row in train_rows if row not in val]
        for line, setting in enumerate(settings):
            table[line, column] = float(rmse_on(train_on(fit, setting), val))
    best = settings[table.mean(dim=1).argmin()]
    return [best, float(rmse_on(train_on(train_rows, best), test_rows))]


def choose_by_pooled_rmse(train_rows, test_rows, towns, k, settings, train_on, rmse_on):
    groups, best, least = towns[train_rows], None, np.inf
    for setting in settings:
        total = 0
        for fit, val in GroupKFold(k).split(train_rows, groups=groups):
            model = train_on(torch.tensor(train_rows[fit]), setting)
            rmse_on(model, train_rows[fit])  # 훈련 점수도 봄
            total += len(val) * rmse_on(model, train_rows[val]) ** 2
        if total < least:
            best, least = setting, total
    final = train_on(train_rows, best)
    return best, rmse_on(final, test_rows)


OTHERS = {
    "04-2": [pooled_by_loop, pooled_by_sklearn, pooled_by_torch, pooled_from_fold_mse],
    "04-3": [cv_with_copies, cv_in_numpy],
    "04-4": [choose_with_group_kfold, choose_by_splitting_towns, choose_by_pooled_rmse],
}
