"""틀린 답이 그 실수의 이름을 부르는 진단을 받는지 봅니다. 무엇이 실수인지는 틀린 답의 코드를 보고 선언과 따로 적었습니다."""

import ast
import inspect
import math
import sys

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim import lr_scheduler

from exercises import engine, lessons, of_lesson
from tests import rules

EXERCISES = {exercise.id: exercise for number in lessons() for exercise in of_lesson(number)}
WRONG, RIGHT = [], []


def wrong(exercise_id, *words, never=()):
    """답을 목록에 올립니다. 진단에는 `words`가 모두 있고 `never`는 하나도 없어야 합니다."""

    def register(answer):
        name = f"{exercise_id} {getattr(answer, '__name__', answer)}"
        WRONG.append(pytest.param(exercise_id, answer, words, never, id=name))
        return answer

    return register


def right(exercise_id):
    def register(answer):
        name = f"{exercise_id} {getattr(answer, '__name__', answer)}"
        RIGHT.append(pytest.param(exercise_id, answer, id=name))
        return answer

    return register


def judged(exercise_id, answer):
    return engine.judge(EXERCISES[exercise_id], answer)


each = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda exercise: exercise.id)

# ---------------------------------------------------------------- 선언한 틀린 답


def written_answers(exercise):
    """선언에 적힌 틀린 답의 코드입니다. 예: `Mistake(2 * LOSS, "...")`이면 "2 * LOSS"."""
    source = inspect.getsource(sys.modules[f"exercises.lesson_{exercise.id[:2]}"])
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "Exercise":
            given = {keyword.arg: keyword.value for keyword in call.keywords}
            if ast.unparse(given["id"]) == repr(exercise.id):
                return [ast.unparse(mistake.args[0]) for mistake in given["mistakes"].elts]
    raise LookupError(exercise.id)


@each
def test_each_diagnosis_names_its_own_mistake(exercise):
    """틀린 답마다 적어 둔 말이 모두 든 진단은 그 답의 것 하나뿐입니다. 진단 둘을 서로 바꾸면 실패합니다.

    답이 정말 그 진단을 받는지는 test_exercises.py가 봅니다.
    """
    number = exercise.id[:2]
    table = rules.load(f"tests.diagnoses.lesson_{number}", "NAMED").get(exercise.id, {})
    named = {ast.unparse(ast.parse(answer, mode="eval")): words for answer, words in table.items()}
    diagnoses = [mistake.diagnosis for mistake in exercise.mistakes]
    told = dict(zip(written_answers(exercise), diagnoses, strict=True))
    assert named.keys() == told.keys(), f"tests/diagnoses/lesson_{number}.py의 {exercise.id}"
    for answer, words in named.items():
        fitting = [other for other, text in told.items() if all(word in text for word in words)]
        assert fitting == [answer], f"{answer}: {told[answer]}"


# ---------------------------------------------------------------- 선언하지 않은 틀린 답: 01


@wrong("01-2", "w의 기울기", "평균을 곱한")
def product_of_means_without_two(w, b, x, y):
    e = w * x + b - y
    return (e.mean() * x.mean()).item(), e.mean().item()


@wrong("01-2", "오차에 y를 곱")
def reversed_error_times_y(w, b, x, y):
    e = y - w * x - b
    return (2 * e * y).mean().item(), (2 * e).mean().item()


@wrong("01-2", "(5,)", "(5, 1)", never=["오차에 y"])
def flat_x(w, b, x, y):
    x = x.ravel()
    e = w * x + b - y
    return (2 * e * x).mean().item(), (2 * e).mean().item()


@wrong("01-2", "(5,)", "(5, 1)")
def flat_y(w, b, x, y):
    e = w * x + b - y.squeeze()
    return (2 * e * x).mean().item(), (2 * e).mean().item()


@wrong("01-2", "다릅니다")
def slopes_of_a_wide_step(w, b, x, y):
    def loss(w, b):
        return ((w * x + b - y) ** 2).mean().item()

    return (loss(w + 0.01, b) - loss(w, b)) / 0.01, (loss(w, b + 0.01) - loss(w, b)) / 0.01


@right("01-2")
def flat_both(w, b, x, y):
    x, y = x.ravel(), y.ravel()
    e = w * x + b - y
    return 2 * torch.dot(e, x) / len(x), 2 * e.sum() / len(x)


@wrong("01-3", "이미 쓴 계산 그래프")
def prediction_before_the_loop(model, x, y, lr, num_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    y_hat = model(x)
    for _ in range(num_epochs):
        loss = ((y_hat - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def loop_with(make_optimizer):
    def fit(model, x, y, lr, num_epochs):
        optimizer = make_optimizer(model.parameters(), lr)
        for _ in range(num_epochs):
            loss = nn.functional.mse_loss(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    return fit


wrong("01-3", "다른 옵티마이저")(loop_with(torch.optim.AdamW))
wrong("01-3", "다른", "설정")(loop_with(lambda p, lr: torch.optim.SGD(p, lr, momentum=0.9)))
right("01-3")(loop_with(torch.optim.SGD))


@wrong("01-3", "(6,)", "(6, 1)")
def squeezed_prediction(model, x, y, lr, num_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(num_epochs):
        loss = nn.functional.mse_loss(model(x).squeeze(), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


@wrong("01-3", "(6,)", "(6, 1)")
def squeezed_target(model, x, y, lr, num_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(num_epochs):
        optimizer.zero_grad()
        ((model(x) - y[:, 0]) ** 2).mean().backward()
        optimizer.step()


for lr in (0.009, 0.02):
    wrong("01-4", "경계를 넘", never=["다섯 개", "발산하지는"])({"lr": lr, "num_epochs": 600})
wrong("01-4", "덜 줄었", never=["경계를 넘"])({"lr": 0.002, "num_epochs": 600})
right("01-4")({"lr": 0.0079, "num_epochs": 600})

# ---------------------------------------------------------------- 02


@wrong("02-2", "행렬을 곱하는", "왼쪽")
def product_from_the_right_in_numpy(model):
    W = np.eye(1)
    for layer in model:
        W = np.dot(W, layer.weight.detach().numpy())
    return float(W[0, 0]), model(torch.zeros(1, 1)).item()


@wrong("02-2", "행렬을 곱하는", "왼쪽")
def last_layer_first(model):
    W, b = torch.eye(1), torch.zeros(1)
    for layer in reversed(model):
        W, b = layer.weight @ W, layer.weight @ b + layer.bias
    return W.item(), b.item()


@wrong("02-2", "넣은 값의 모양", never=["왼쪽"])
def row_into_the_layers(model):
    h = torch.tensor([0.0, 1.0])
    for layer in model:
        h = layer(h)
    return (h[1] - h[0]).item(), h[0].item()


@right("02-2")
def column_of_every_layer(model):
    column, b = torch.ones(1), torch.zeros(1)
    for layer in model:
        column, b = layer.weight @ column, layer.weight @ b + layer.bias
    return column.item(), b.item()


# ---------------------------------------------------------------- 03


def scored(of_batch):
    """모드와 기록은 맞게 다루고, 미니배치마다 `of_batch`가 제곱 오차를 구하는 함수"""

    def rmse(model, loader):
        was_training = model.training
        model.eval()
        with torch.no_grad():
            parts = [of_batch(model(inputs), targets) for inputs, targets in loader]
        model.train(was_training)
        return torch.cat([part.ravel() for part in parts]).mean().sqrt().item()

    return rmse


wrong("03-3", "(4,)", "(4, 1)")(scored(lambda a, b: (a.squeeze() - b) ** 2))
wrong("03-3", "(4,)", "(4, 1)")(scored(lambda a, b: (a - b.squeeze()) ** 2))
right("03-3")(scored(lambda a, b: (a.squeeze(1) - b.squeeze(1)) ** 2))


# ---------------------------------------------------------------- 04


@wrong("04-3", "(4,)", "(4, 1)")
def flat_validation(X, y, folds, make, train):
    scores = []
    for fit, val in folds:
        low, high = X[fit].min(dim=0).values, X[fit].max(dim=0).values
        scaled = (X - low) / (high - low)
        model = train(make(), scaled[fit], y[fit])
        with torch.no_grad():
            scores.append(((model(scaled[val]).squeeze() - y[val]) ** 2).mean().sqrt().item())
    return np.mean(scores)


# ---------------------------------------------------------------- 05


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def minus_one_hot(z, t):
    p = softmax(z)
    p[np.arange(len(t)), t] -= 1
    return p


@wrong("05-2", "(N,)", "마지막 축")
def weights_on_the_right(z, t, w):
    return minus_one_hot(z, t) * w / w.sum()


SHORT = ("hidden_size", "scale", "lr")
for settings in [(14, 3.0, 1.0), (12, 2.0, 2.0), (10, 2.0, 2.0)]:  # 201-205에서는 모두 0.95 위
    wrong("05-4", "100개 중", "98개 이상")(dict(zip(SHORT, settings, strict=True)))
for settings in [(20, 3.0, 3.0), (20, 4.0, 2.0), (16, 3.0, 3.0), (20, 2.0, 4.0)]:
    right("05-4")(dict(zip(SHORT, settings, strict=True)))

# ---------------------------------------------------------------- 06


@wrong("06-2", "가장 큰 확률")
def most_likely(logits, labels):
    return -logits.log_softmax(dim=1).amax(dim=1).mean()


@wrong("06-3", "-100", "클래스의 번호가 아니")
def every_label_one_by_one(batch_losses, batch_labels, weight):
    sums = [sum(weight[label] for label in labels.tolist()) for labels in batch_labels]
    pairs = zip(batch_losses, sums, strict=True)
    return float(sum(loss * s for loss, s in pairs) / sum(sums))


@wrong("06-3", "-100", "클래스의 번호가 아니")
def one_hot_of_every_label(batch_losses, batch_labels, weight):
    sums = [
        (nn.functional.one_hot(labels, len(weight)) * weight).sum().item()
        for labels in batch_labels
    ]
    return np.average(batch_losses, weights=sums)


# ---------------------------------------------------------------- 07


def walker(gradient_of):
    def descend(loss_of, start, lr, num_steps):
        w = np.array(start, dtype=float)
        path = [w.copy()]
        for _ in range(num_steps):
            w = w - lr * gradient_of(loss_of, w)
            path.append(w.copy())
        return np.array(path)

    return descend


def one_sided(h):
    return lambda f, w: np.array([(f(w + h * e) - f(w)) / h for e in np.eye(len(w))])


def two_sided(h):
    return lambda f, w: np.array([(f(w + h * e) - f(w - h * e)) / (2 * h) for e in np.eye(len(w))])


wrong("07-2", "한쪽으로만", "0.0001")(walker(one_sided(1e-3)))
wrong("07-2", "한쪽으로만", "0.0001")(walker(one_sided(-1e-3)))
right("07-2")(walker(one_sided(1e-7)))
right("07-2")(walker(two_sided(1e-4)))


# ---------------------------------------------------------------- 08


@wrong("08-2", "ReLU에 들어가기 전", never=["배치마다 센"])
def zero_before_relu_in_batches(batches):
    return sum((z == 0).all(dim=0).sum().item() for z in batches) / len(batches)


@right("08-2")
def zero_after_relu(batches):
    return (torch.cat(batches).relu() == 0).all(dim=0).sum().item()


@wrong("08-3", "돌려준 값", never=["'함수'", "'값' 값"])
def half_of_it(x):
    return nn.functional.logsigmoid(-x) / 2


# ---------------------------------------------------------------- 09


def chance(make, prepare=lambda x: x):
    """`make()`가 준 층을 로짓의 교차 엔트로피로 훈련하는 함수"""

    def fit(x, t, lr, num_steps):
        layer = make()
        optimizer = torch.optim.SGD(layer.parameters(), lr=lr)
        for _ in range(num_steps):
            loss = nn.functional.binary_cross_entropy_with_logits(layer(prepare(x))[:, 0], t)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return layer.weight.item(), layer.bias.item()

    return fit


def zeros(dtype):
    layer = nn.Linear(1, 1, dtype=dtype)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def drawn_with_seed():
    torch.manual_seed(0)
    return nn.Linear(1, 1, dtype=torch.float64)


DOUBLE, SINGLE = (lambda: zeros(torch.float64)), (lambda: zeros(torch.float32))
wrong("09-3", "0에서 시작하지 않")(chance(drawn_with_seed))
right("09-3")(chance(DOUBLE))
right("09-3")(chance(SINGLE, prepare=torch.Tensor.float))


@wrong("09-3", "이미 쓴 계산 그래프")
def chance_before_the_loop(x, t, lr, num_steps):
    layer = zeros(torch.float64)
    loss = nn.functional.binary_cross_entropy_with_logits(layer(x)[:, 0], t)
    for _ in range(num_steps):
        layer.zero_grad()
        loss.backward()
        for parameter in layer.parameters():
            parameter.data -= lr * parameter.grad
    return layer.weight.item(), layer.bias.item()


@wrong("09-3", "모양이 어긋났다")
def plain_bce_of_flat_target(x, t, lr, num_steps):
    layer = zeros(torch.float64)
    return nn.functional.binary_cross_entropy(layer(x).sigmoid(), t).item(), 0.0


@wrong("09-4", "float32", "float64")
def single_bakery(x, demand, x_future, price, unit_cost):
    return nn.Linear(1, 1, dtype=torch.float32)(x_future)


# ---------------------------------------------------------------- 10


def swapper(**settings):
    def train(model, new_last, batches, lr, num_epochs):
        model[-1] = new_last
        optimizer = torch.optim.SGD(model.parameters(), lr=lr, **settings)
        scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=num_epochs)
        rates = []
        for _ in range(num_epochs):
            rates.append(optimizer.param_groups[0]["lr"])
            for inputs, targets in batches:
                model.zero_grad()
                nn.functional.mse_loss(model(inputs), targets).backward()
                optimizer.step()
            scheduler.step()
        return rates

    return train


wrong("10-3", "다른 옵티마이저", "모멘텀")(swapper())
right("10-3")(swapper(momentum=0.9))

SAME_LENGTH, FAST = "걸음의 수가 달라도", "너무 빨리 내렸"
for rate_at in (
    lambda t, n: 0.07 / (t + 1),
    lambda t, n: 0.07 * 0.95**t,
    lambda t, n: 0.07 * math.exp(-20 * t / n),
):
    wrong("10-4", FAST, never=[SAME_LENGTH])(rate_at)
for rate_at in (lambda t, n: max(0, 0.079 * (1 - t / 100)), lambda t, n: 0.079 * (1 - t / 300)):
    wrong("10-4", SAME_LENGTH, never=[FAST])(rate_at)
wrong("10-4", "거리 손실이 잡음 손실보다", never=[FAST, SAME_LENGTH])(
    lambda t, n: 0.07 * (1 + math.cos(math.pi * t / n)) / 2
)
right("10-4")(lambda t, n: 0.07 if t < 40 else 1 / (t - 25))


def noisy_valley(rate_at, num_steps):
    """문제의 식 그대로 구한 손실의 평균. 학습률이 (m, 1)이면 m개를 함께 구합니다."""
    e, s = np.array([-9.0, 2.0]), np.zeros(2)
    curvature = np.array([1.0, 25.0])
    for t in range(num_steps):
        eta = rate_at(t, num_steps)
        e, s = (1 - eta * curvature) * e, (1 - eta * curvature) ** 2 * s + eta**2
    return (curvature * (e**2 + s)).sum(axis=-1) / 2


def test_a_rate_that_ignores_the_length_is_right_at_every_length():
    """걸음의 수를 쓰지 않아도, 문제가 묻는 것은 길이마다의 손실입니다."""
    constants = np.arange(1, 80)[:, None] / 1000
    for num_steps in range(100, 301):
        best = noisy_valley(lambda *_: constants, num_steps).min()
        held = noisy_valley(lambda t, n: 0.07 if t < 40 else 1 / (t - 25), num_steps)
        assert held < 0.4 * best


# ---------------------------------------------------------------- 11


def of_body(state):
    names = {name.removeprefix("module."): value for name, value in state.items()}
    return {k.removeprefix("body."): v for k, v in names.items() if k.startswith("body.")}


@wrong("11-3", "메모리", never=["얼지 않은"])
def assigned_with_head_left_out(model, state):
    names = {name.removeprefix("module."): value for name, value in state.items()}
    body = {name: value for name, value in names.items() if name.startswith("body")}
    missing, _ = model.load_state_dict(body, strict=False, assign=True)
    assert {*missing} == {"head.weight", "head.bias"}
    for parameter in model.body.parameters():
        parameter.requires_grad = False


@wrong("11-3", "메모리")
def put_into_data(model, state):
    body = of_body(state)
    for name, parameter in model.body.named_parameters():
        parameter.data = body[name]
    for name, buffer in model.body.named_buffers():
        buffer.copy_(body[name])
    model.body.requires_grad_(False)


@wrong("11-3", "얼지 않은", never=["메모리"])
def copied_but_not_frozen(model, state):
    model.body.load_state_dict(of_body(state))


@right("11-3")
def copied(model, state):
    model.body.load_state_dict(of_body(state))
    for parameter in model.body.parameters():
        parameter.requires_grad = False


# ---------------------------------------------------------------- 12


def features(table):
    return [name for name in table if name != "Price"]


@wrong("12-3", "읽기만 할 수 있")
def subtracts_in_place(train_table, new_table, fit):
    X = train_table[features(train_table)].values
    X -= X.mean(axis=0)
    return fit(X, train_table[["Price"]].to_numpy())(new_table.to_numpy())


@wrong("12-3", "새 표", "`Price`")
def all_columns_of_the_new_table(train_table, new_table, fit):
    return new_table[list(train_table)].to_numpy()


@wrong("12-3", "새 표", "`Price`")
def drops_price_of_the_new_table(train_table, new_table, fit):
    return new_table.drop(columns="Price").to_numpy()


@wrong("12-4", "모양", "축")
def without_kept_axis(params, X):
    h, new = X, []
    for W, b in zip(params[:-2:2], params[1:-2:2], strict=True):
        z = W @ h + b
        mean, std = z.mean(dim=-1), z.std(dim=-1, correction=0)
        new += [W / std, (b - mean) / std]
        h = torch.relu(new[-2] @ h + new[-1])
    return [*new, *params[-2:]]


# ---------------------------------------------------------------- 판단


@pytest.mark.parametrize(("exercise_id", "answer", "words", "never"), WRONG)
def test_a_plausible_mistake_is_named(exercise_id, answer, words, never):
    status, text = judged(exercise_id, answer)
    assert status == engine.NOT_YET
    assert [word for word in words if word not in text] == [], text
    assert [word for word in never if word in text] == [], text


@pytest.mark.parametrize(("exercise_id", "answer"), RIGHT)
def test_a_right_answer_near_a_mistake_is_right(exercise_id, answer):
    assert judged(exercise_id, answer).status == engine.RIGHT


@pytest.fixture
def float64():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@each
@pytest.mark.usefixtures("float64")
def test_verdicts_are_the_same_with_another_default_dtype(exercise):
    """노트북이 기본 자료형을 float64로 바꾸어 두었어도 판단이 같습니다."""
    assert engine.judge(exercise, exercise.answer) == (engine.RIGHT, exercise.learnt)
    slow = exercise.id in {"02-4", "04-3", "05-4", "06-4", "08-4", "09-4", "12-2", "12-3"}
    for mistake in exercise.mistakes[: 1 if slow else None]:
        verdict = engine.judge(exercise, mistake.wrong)
        assert verdict == (engine.NOT_YET, mistake.diagnosis), mistake.wrong


@pytest.mark.usefixtures("float64")
def test_the_default_dtype_of_the_notebook_is_the_one_that_counts():
    """float64인 노트북에서는 자료형을 적지 않은 층도 float64입니다. 자료형을 탓하지 않습니다."""
    assert "0에서 시작하지 않" in judged("09-3", chance(lambda: nn.Linear(1, 1))).text
    assert judged("09-3", chance(lambda: zeros(None))).status == engine.RIGHT


@pytest.mark.parametrize(("exercise_id", "answer", "words", "never"), WRONG)
@pytest.mark.usefixtures("float64")
def test_the_same_mistake_is_named_with_another_default_dtype(exercise_id, answer, words, never):
    if exercise_id != "05-4":  # NumPy만 쓰고 오래 걸림
        test_a_plausible_mistake_is_named(exercise_id, answer, words, never)
