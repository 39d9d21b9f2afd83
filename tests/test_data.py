"""helpers/data.py의 데이터가 약속한 분포를 따르고, data/의 파일이 원본과 같은지 검사합니다."""

import hashlib
import inspect
import itertools
import math
import random
import re
import shutil
import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
import torch

from helpers import data
from helpers.data import cosine_trend, cubic_sine, load_house_prices, make_spiral

MAKERS = [data.make_line, data.make_cubic_sine, data.make_cosine_trend, data.make_spiral]
REGRESSIONS = MAKERS[:3]
TRUTHS = [(data.make_cubic_sine, cubic_sine), (data.make_cosine_trend, cosine_trend)]
NAN, INF = math.nan, math.inf
COLUMNS = [
    "CRIM", "ZN", "INDUS", "CHAS", "NOX", "RM", "AGE", "DIS", "RAD", "TAX", "PTRATIO", "B", "LSTAT",
    "Price",
]  # fmt: skip
FILES = [("boston.csv", False), ("reg.csv", True)]
README = data.DATA_DIR / "README.md"  # DATA_DIR을 바꾸는 테스트에서도 원래 폴더


def parameters(function):
    return list(inspect.signature(function).parameters)


def noise_name(maker):
    return next(name for name in parameters(maker) if name.startswith("noise"))


def about(*names):
    """인수의 이름을 모두 담은 한국어 메시지의 정규식입니다."""
    words = (rf"(?=.*(?<![A-Za-z_]){name}(?![A-Za-z_]))" for name in names)
    return "(?s)" + "".join(words) + ".*[가-힣]"


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def global_rng_states():
    legacy = np.random.get_state()
    return torch.get_rng_state().tolist(), legacy[1].tolist(), legacy[2:], random.getstate()


# 만드는 함수


def test_every_maker_is_tested():
    public = {f for name, f in vars(data).items() if name.startswith("make_")}
    assert public == set(MAKERS)


@pytest.mark.parametrize("maker", MAKERS)
def test_maker_takes_keywords_after_the_count(maker):
    _, *rest = inspect.signature(maker).parameters.values()
    assert {p.kind for p in rest} == {inspect.Parameter.KEYWORD_ONLY}


@pytest.mark.parametrize("n", [1, 7, np.int64(7)])
@pytest.mark.parametrize("maker", REGRESSIONS)
def test_regression_shape_and_dtype(maker, n):
    for values in maker(n):
        assert torch.is_tensor(values)
        assert values.shape == (n, 1)
        assert values.dtype == torch.float32
        assert not values.requires_grad


@pytest.mark.parametrize(
    ("maker", "options"),
    [
        (data.make_line, {"n": 5, "slope": 2.0, "noise": 1.0}),
        (data.make_cubic_sine, {"n": 5000, "noise_std": 30.0, "low": -10.0, "high": 10.0}),
        (data.make_cosine_trend, {"n": 1000, "noise": 0.2, "low": 0.0, "high": 5.0}),
        (make_spiral, {"n_per_class": 100, "num_classes": 3, "noise": 0.2}),
    ],
)
def test_defaults(maker, options):
    assert same(maker(), maker(**options, seed=0))


@pytest.mark.parametrize("maker", REGRESSIONS)
def test_regression_ignores_the_default_dtype(maker):
    """학습자가 기본 dtype을 바꾸어도 float32이고 값이 같습니다."""
    expected = maker(7)
    torch.set_default_dtype(torch.float64)
    try:
        values = maker(7)
    finally:
        torch.set_default_dtype(torch.float32)
    assert [v.dtype for v in values] == [torch.float32] * 2
    assert same(values, expected)


@pytest.mark.parametrize("maker", MAKERS)
def test_seed_decides_the_data(maker):
    assert same(maker(seed=3), maker(seed=3))
    assert not same(maker(seed=3), maker(seed=4))


@pytest.mark.parametrize("maker", MAKERS)
def test_global_rng_is_untouched(maker):
    before = global_rng_states()
    maker()
    assert global_rng_states() == before


@pytest.mark.parametrize("slope", [2.0, -0.5])
def test_line_without_noise_is_the_line(slope):
    x, y = data.make_line(9, slope=slope, noise=0, seed=5)
    assert x.ravel().tolist() == list(range(9))
    assert torch.equal(y, slope * x)


@pytest.mark.parametrize(("maker", "truth"), TRUTHS)
def test_curve_without_noise_is_the_truth(maker, truth):
    x, y = maker(200, seed=5, **{noise_name(maker): 0})
    assert torch.equal(y, truth(x))
    assert torch.equal(x, maker(200, seed=5)[0]), "잡음의 크기가 x를 바꿉니다."
    assert not torch.equal(x, maker(200, seed=6)[0]), "시드가 x를 바꾸지 않습니다."


def assert_distributed(sample, *, mean, std, shape):
    """표본의 평균, 표준편차, 1표준편차 안의 비율이 이론과 5표준오차 안에서 같은지 봅니다.

    표준편차의 표준오차는 σ·sqrt((첨도 - 1) / 4n)입니다. 5표준오차를 벗어날 확률은 170만분의 1쯤입니다.
    """
    sample = np.asarray(sample, dtype=np.float64).ravel()
    kurtosis, share = {
        "uniform": (1.8, 1 / math.sqrt(3)),
        "normal": (3.0, math.erf(1 / math.sqrt(2))),
    }[shape]
    n = len(sample)
    assert sample.mean() == pytest.approx(mean, rel=0, abs=5 * std / math.sqrt(n))
    error = std * math.sqrt((kurtosis - 1) / (4 * n))
    assert sample.std() == pytest.approx(std, rel=0, abs=5 * error)
    inside = (np.abs(sample - mean) < std).mean()
    assert inside == pytest.approx(share, rel=0, abs=5 * math.sqrt(share * (1 - share) / n))


def assert_fills(sample, low, high, *, rounding):
    """균등 표본이 구간을 벗어나지 않고, 양쪽 끝 0.1% 안에도 값이 있는지 봅니다."""
    edge = (high - low) / 1000
    assert low - rounding <= sample.min() < low + edge
    assert high - edge < sample.max() <= high + rounding


def assert_uncorrelated(one, other):
    r = np.corrcoef(np.ravel(one), np.ravel(other))[0, 1]
    assert abs(r) < 5 / math.sqrt(one.size)


N = 40_000  # 구간의 끝 0.1%가 비어 있을 확률은 exp(-40)


def test_line_noise_is_uniform_from_zero():
    x, y = (v.numpy().astype(np.float64) for v in data.make_line(N, slope=-3, noise=100, seed=1))
    residual = y + 3 * x
    assert_distributed(residual, mean=50, std=100 / math.sqrt(12), shape="uniform")
    assert_fills(residual, 0, 100, rounding=0.01)  # 120,000 부근에서 float32의 간격은 0.008
    assert_uncorrelated(x, residual)


@pytest.mark.parametrize(("low", "high"), [(None, None), (-3.0, -1.0), (2, 10)])
@pytest.mark.parametrize(
    ("maker", "truth", "interval", "level", "shape"),
    [
        (data.make_cubic_sine, cubic_sine, (-10, 10), 30.0, "normal"),
        (data.make_cubic_sine, cubic_sine, (-10, 10), 7.0, "normal"),
        (data.make_cosine_trend, cosine_trend, (0, 5), 0.2, "uniform"),
        (data.make_cosine_trend, cosine_trend, (0, 5), 3.0, "uniform"),
    ],
)
def test_curve_noise_and_interval(maker, truth, interval, level, shape, low, high):
    options = {} if low is None else {"low": low, "high": high}
    low, high = interval if low is None else (low, high)
    x, y = maker(N, seed=1, **options, **{noise_name(maker): level})
    x, y = x.double().numpy(), y.double().numpy()
    assert_distributed(x, mean=(low + high) / 2, std=(high - low) / math.sqrt(12), shape="uniform")
    assert_fills(x, low, high, rounding=0)
    assert (np.diff(x.ravel()) < 0).any(), "x가 정렬되어 있습니다."
    residual = y - truth(x)
    std = level if shape == "normal" else level / math.sqrt(3)
    assert_distributed(residual, mean=0, std=std, shape=shape)
    if shape == "uniform":
        assert_fills(residual, -level, level, rounding=1e-5)
    assert_uncorrelated(x, residual)


# 나선


@pytest.mark.parametrize(("n", "classes"), [(100, 3), (1, 2), (7, 5), (np.int64(4), np.int64(3))])
def test_spiral_layout(n, classes):
    X, labels = make_spiral(n, num_classes=classes)
    assert type(X) is type(labels) is np.ndarray
    assert (X.shape, X.dtype) == ((n * classes, 2), np.float64)
    assert (labels.shape, labels.dtype) == ((n * classes,), np.int64)
    assert labels.tolist() == [k for k in range(classes) for _ in range(n)]
    radius = np.linalg.norm(X, axis=1).reshape(classes, n)
    np.testing.assert_allclose(radius, [[i / n for i in range(n)]] * classes, atol=1e-15)


def test_spiral_without_noise_follows_the_formula():
    X, _ = make_spiral(50, num_classes=4, noise=0, seed=5)
    expected = [
        (i / 50 * math.sin(4 * k + 4 * i / 50), i / 50 * math.cos(4 * k + 4 * i / 50))
        for k, i in itertools.product(range(4), range(50))
    ]
    np.testing.assert_allclose(X, expected, atol=1e-14)


@pytest.mark.parametrize("options", [{}, {"noise": 0.05}])
def test_spiral_noise_turns_the_points(options):
    """잡음이 없는 점에서 돌아간 각이 정규 잡음입니다. 잡음의 15배도 반 바퀴보다 작아 각이 접히지 않습니다."""
    X, _ = make_spiral(N // 3, seed=1, **options)
    clean, _ = make_spiral(N // 3, noise=0)
    moved = np.linalg.norm(clean, axis=1) > 0  # 중심의 점에는 각이 없음
    turn = (X[:, 0] + 1j * X[:, 1])[moved] / (clean[:, 0] + 1j * clean[:, 1])[moved]
    noise = options.get("noise", 0.2)
    assert_distributed(-np.angle(turn), mean=0, std=noise, shape="normal")


# 잘못된 인수

BAD_COUNTS = [0, -1, 2.5, 3.0, True, "3", None, NAN, np.True_, [3]]
BAD_SEEDS = [-1, 1.5, True, "0", None]
BAD_NOISES = [-1, NAN, INF, "a", None, 1j, [1.0]]
BAD_INTERVALS = [(1, 1), (2, 1), (0, NAN), (NAN, 0), (0, INF), (-INF, 0), ("a", 1), (0, None)]
BAD = [
    *((m, {parameters(m)[0]: v}) for m, v in itertools.product(MAKERS, BAD_COUNTS)),
    *((m, {"seed": v}) for m, v in itertools.product(MAKERS, BAD_SEEDS)),
    *((m, {noise_name(m): v}) for m, v in itertools.product(MAKERS, BAD_NOISES)),
    *(
        (m, {"low": low, "high": high})
        for (m, _), (low, high) in itertools.product(TRUTHS, BAD_INTERVALS)
    ),
    *((make_spiral, {"num_classes": v}) for v in [1, 0, -3, 2.0, True, "3", None]),
    *((data.make_line, {"slope": v}) for v in [NAN, INF, "a", None]),
]


@pytest.mark.parametrize(("maker", "options"), BAD, ids=lambda v: getattr(v, "__name__", str(v)))
def test_bad_argument_is_named_in_korean(maker, options):
    with pytest.raises(ValueError, match=about(*options)):
        maker(**options)


# 참 함수

FUNCTIONS = [
    (
        cubic_sine,
        lambda v: 0.5 * v**3 - 0.5 * v**2 - 90 * math.sin(2 * v) + 1,
        lambda v: 1.5 * v**2 - v - 180 * math.cos(2 * v),
    ),
    (
        cosine_trend,
        lambda v: math.cos(1.5 * math.pi * v) + v,
        lambda v: 1 - 1.5 * math.pi * math.sin(1.5 * math.pi * v),
    ),
]


@pytest.mark.parametrize("shape", [(12,), (12, 1), (3, 4), (2, 2, 3), (0, 1)])
@pytest.mark.parametrize("kind", ["float32", "float64"])
@pytest.mark.parametrize(("function", "value", "_"), FUNCTIONS)
def test_truth_of_tensors_and_arrays(function, value, _, kind, shape):
    array = np.linspace(-4, 4, math.prod(shape), dtype=kind).reshape(shape)
    tensor = torch.from_numpy(array.copy())
    from_array, from_tensor = function(array), function(tensor)
    assert type(from_array) is np.ndarray
    assert torch.is_tensor(from_tensor)
    assert from_array.shape == from_tensor.shape == shape
    assert from_array.dtype == kind
    assert from_tensor.dtype == tensor.dtype
    expected = [value(v) for v in array.ravel().tolist()]
    # 값은 100 안팎이고, 여섯 번쯤의 반올림이 쌓임
    tolerance = 1000 * np.finfo(kind).eps
    np.testing.assert_allclose(from_array.ravel(), expected, rtol=0, atol=tolerance)
    np.testing.assert_allclose(from_tensor.ravel(), expected, rtol=0, atol=tolerance)
    assert np.array_equal(array, tensor), "인수가 바뀌었습니다."


@pytest.mark.parametrize(("function", "_", "slope"), FUNCTIONS)
def test_truth_keeps_autograd(function, _, slope):
    x = torch.linspace(-4, 3.7, 13, dtype=torch.float64, requires_grad=True)
    function(x).sum().backward()
    np.testing.assert_allclose(x.grad, [slope(v) for v in x.tolist()], rtol=1e-12, atol=1e-12)


# 집값 데이터


@pytest.fixture
def data_dir(tmp_path, monkeypatch):
    """고쳐도 되는 데이터 폴더입니다."""
    for name, _ in FILES:
        shutil.copy(data.DATA_DIR / name, tmp_path / name)
    monkeypatch.setattr(data, "DATA_DIR", tmp_path)
    return tmp_path


@pytest.mark.parametrize(("_", "scaled"), FILES)
def test_house_prices_table(_, scaled):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = load_house_prices(scaled=scaled)
    assert list(table.columns) == COLUMNS
    assert table.index.equals(pd.RangeIndex(506))
    assert table.index.name is None
    assert set(table.dtypes) == {np.dtype(np.float64)}
    assert np.isfinite(table.to_numpy()).all()


def test_house_prices_are_raw_by_default():
    raw = load_house_prices()
    pd.testing.assert_frame_equal(raw, load_house_prices(scaled=False))
    assert raw.loc[0, ["CRIM", "RM", "B", "Price"]].tolist() == [0.00632, 6.575, 396.9, 24.0]
    assert (raw.Price == 50.0).sum() == 16  # 조사에서 50에서 잘린 값
    assert raw.Price.max() == 50.0
    assert raw.Price.mean() == pytest.approx(22.5328, abs=5e-5)


def test_house_prices_scaled_is_exactly_the_min_max_of_raw():
    raw, scaled = load_house_prices(), load_house_prices(scaled=True)
    expected = (raw - raw.min()) / (raw.max() - raw.min())
    pd.testing.assert_frame_equal(scaled, expected, check_exact=True)
    assert (scaled.min() == 0).all()
    assert (scaled.max() == 1).all()


@pytest.mark.parametrize(("name", "scaled"), FILES)
def test_windows_line_ends_are_accepted(data_dir, name, scaled):
    expected = load_house_prices(scaled=scaled)
    path = data_dir / name
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    pd.testing.assert_frame_equal(load_house_prices(scaled=scaled), expected, check_exact=True)


def advice(path):
    """파일의 경로와 할 일이 든 한국어 메시지의 정규식입니다."""
    return rf"(?s)[가-힣].*{re.escape(str(path))}.*[가-힣].*git checkout -- data/{path.name}"


@pytest.mark.parametrize(("name", "scaled"), FILES)
def test_missing_file_says_what_to_do(data_dir, name, scaled):
    (data_dir / name).unlink()
    with pytest.raises(FileNotFoundError, match=advice(data_dir / name) + ".*새로 받") as caught:
        load_house_prices(scaled=scaled)
    assert "없습니다" in str(caught.value)
    load_house_prices(scaled=not scaled)  # 다른 파일은 그대로 읽힘


DAMAGES = {
    "cut": (lambda raw: raw[: len(raw) // 2], r"506행.*2\d\d행"),
    "empty": (lambda raw: b"", "506행.*0행"),
    "extra row": (lambda raw: raw + raw.splitlines(keepends=True)[-1], "506행.*507행"),
    "one digit": (lambda raw: raw[:-2] + bytes([raw[-2] ^ 1]) + raw[-1:], "내용"),
    "last newline": (lambda raw: raw.removesuffix(b"\n"), "내용"),
    "cp949": (lambda raw: raw.replace(b"Price", "가격".encode("cp949")), "글자"),
    "BOM": (lambda raw: raw.decode().encode("utf-8-sig"), "글자"),
    "UTF-16": (lambda raw: raw.decode().encode("utf-16"), "글자"),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize(("name", "scaled"), FILES)
def test_damaged_file_says_what_is_wrong(data_dir, name, scaled, damage):
    change, what = DAMAGES[damage]
    path = data_dir / name
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(ValueError, match=advice(path)) as caught:
        load_house_prices(scaled=scaled)
    assert re.search(what, str(caught.value))
    load_house_prices(scaled=not scaled)


# data/README.md


def test_readme_lists_every_file_with_its_checksum():
    rows = [line for line in README.read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
    found = (re.search(r"([\w-]+\.csv).*\b([0-9a-f]{64})\b", row) for row in rows)
    listed = dict(match.groups() for match in found if match)
    actual = {
        path.name: hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
        for path in README.parent.glob("*.csv")
    }
    assert listed == actual == data.CHECKSUMS


def test_readme_command_makes_reg_csv(tmp_path):
    text = README.read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    made = tmp_path / "data"
    made.mkdir()
    shutil.copy(data.DATA_DIR / "boston.csv", made)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    original = (data.DATA_DIR / "reg.csv").read_bytes()
    assert (made / "reg.csv").read_bytes() == original.replace(b"\r\n", b"\n")
