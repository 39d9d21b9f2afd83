"""데이터를 만들거나 읽는 함수와, 그 데이터가 따르는 참 함수입니다.

난수는 함수 안의 생성기에서만 뽑습니다. 같은 `seed`는 늘 같은 데이터를 주고, 전역 난수 상태는 그대로입니다.
"""

import hashlib
import io
import math
import numbers
from pathlib import Path

import numpy as np
import pandas as pd
import torch

DATA_DIR = Path(__file__).resolve().parent.parent / "data"
CHECKSUMS = {  # 줄 끝을 LF로 바꾼 내용의 SHA-256
    "boston.csv": "73db15eb22d1cc696598d1759fcd6ce2c88f65968920507691ba96af2eb95dfd",
    "reg.csv": "a300c4776cafe50afab05be4998e9fea94a853daa30365d322d7583449973d03",
}


def _check_count(name, value, minimum=1):
    is_int = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not is_int or value < minimum:
        raise ValueError(f"{name}은(는) {minimum} 이상의 정수여야 합니다. 받은 값: {value!r}")


def _is_finite(value):
    return isinstance(value, numbers.Real) and math.isfinite(value)


def _check_noise(name, value):
    if not (_is_finite(value) and value >= 0):
        raise ValueError(f"{name}은(는) 0 이상의 유한한 수여야 합니다. 받은 값: {value!r}")


def _check_interval(low, high):
    if not (_is_finite(low) and _is_finite(high) and low < high):
        raise ValueError(
            f"low와 high는 유한한 수이고 low가 high보다 작아야 합니다. 받은 값: {low!r}, {high!r}"
        )


def _generator(seed):
    _check_count("seed", seed, minimum=0)
    return torch.Generator().manual_seed(int(seed))


def _uniform(generator, n, low, high):
    return low + (high - low) * torch.rand(n, 1, generator=generator, dtype=torch.float32)


def make_line(n=5, *, slope=2.0, noise=1.0, seed=0):
    """직선 위의 점에 0 이상 `noise` 미만의 균등 잡음을 더합니다.

    Args:
        n: 점의 수. 1 이상의 정수입니다.
        slope: 직선의 기울기.
        noise: 잡음의 상한. 잡음의 평균은 `noise / 2`라서 기대되는 직선은 `slope * x + noise / 2`입니다.
        seed: 난수 시드. 0 이상의 정수입니다.

    Returns:
        `x`: `(n, 1)` float32 텐서. 값은 0, 1, ..., n-1입니다.
        `y`: `(n, 1)` float32 텐서.

    Raises:
        ValueError: 인수가 허용된 값이 아닐 때.
    """
    _check_count("n", n)
    _check_noise("noise", noise)
    if not _is_finite(slope):
        raise ValueError(f"slope는 유한한 수여야 합니다. 받은 값: {slope!r}")
    generator = _generator(seed)
    x = torch.arange(n, dtype=torch.float32).unsqueeze(1)
    return x, slope * x + _uniform(generator, n, 0, noise)


def cubic_sine(x):
    """참 함수 0.5 x³ - 0.5 x² - 90 sin(2x) + 1의 값입니다. 텐서와 배열을 모두 받습니다.

    Args:
        x: 모양이 자유로운 텐서 또는 배열. 사인의 각도는 라디안입니다.

    Returns:
        `x`와 모양과 종류가 같은 값.
    """
    sin = torch.sin if torch.is_tensor(x) else np.sin
    return 0.5 * x**3 - 0.5 * x**2 - 90 * sin(2 * x) + 1


def make_cubic_sine(n=5000, *, noise_std=30.0, low=-10.0, high=10.0, seed=0):
    """`cubic_sine` 곡선 위의 점에 표준편차가 `noise_std`인 정규 잡음을 더합니다.

    Args:
        n: 점의 수. 1 이상의 정수입니다.
        noise_std: 잡음의 표준편차.
        low, high: `x`를 고르게 뽑는 구간.
        seed: 난수 시드. 0 이상의 정수입니다.

    Returns:
        `x`: `(n, 1)` float32 텐서. 정렬되어 있지 않습니다.
        `y`: `(n, 1)` float32 텐서.

    Raises:
        ValueError: 인수가 허용된 값이 아닐 때.
    """
    _check_count("n", n)
    _check_noise("noise_std", noise_std)
    _check_interval(low, high)
    generator = _generator(seed)
    x = _uniform(generator, n, low, high)
    noise = torch.randn(n, 1, generator=generator, dtype=torch.float32)
    return x, cubic_sine(x) + noise_std * noise


def cosine_trend(x):
    """참 함수 cos(1.5πx) + x의 값입니다. 텐서와 배열을 모두 받습니다.

    Args:
        x: 모양이 자유로운 텐서 또는 배열. 코사인의 각도는 라디안입니다.

    Returns:
        `x`와 모양과 종류가 같은 값.
    """
    cos = torch.cos if torch.is_tensor(x) else np.cos
    return cos(1.5 * math.pi * x) + x


def make_cosine_trend(n=1000, *, noise=0.2, low=0.0, high=5.0, seed=0):
    """`cosine_trend` 곡선 위의 점에 -`noise`와 `noise` 사이의 균등 잡음을 더합니다.

    Args:
        n: 점의 수. 1 이상의 정수입니다.
        noise: 잡음의 최댓값. 잡음의 표준편차는 `noise / sqrt(3)`입니다.
        low, high: `x`를 고르게 뽑는 구간.
        seed: 난수 시드. 0 이상의 정수입니다.

    Returns:
        `x`: `(n, 1)` float32 텐서. 정렬되어 있지 않습니다.
        `y`: `(n, 1)` float32 텐서.

    Raises:
        ValueError: 인수가 허용된 값이 아닐 때.
    """
    _check_count("n", n)
    _check_noise("noise", noise)
    _check_interval(low, high)
    generator = _generator(seed)
    x = _uniform(generator, n, low, high)
    return x, cosine_trend(x) + _uniform(generator, n, -noise, noise)


def make_spiral(n_per_class=100, *, num_classes=3, noise=0.2, seed=0):
    """원점에서 감겨 나가는 나선 팔을 클래스마다 하나씩 만듭니다.

    팔 위의 점은 반지름 r이 0에서 1로 커지는 동안 4라디안을 돕니다. 이웃한 팔과는 4라디안씩 떨어져 있고,
    각도에 정규 잡음이 더해집니다. 사이토 고키, "밑바닥부터 시작하는 딥러닝 2" 1장의 나선 데이터와 같은 분포입니다.

    Args:
        n_per_class: 클래스마다의 점의 수. 1 이상의 정수입니다.
        num_classes: 클래스의 수. 2 이상의 정수입니다.
        noise: 각도 잡음의 표준편차(라디안).
        seed: 난수 시드. 0 이상의 정수입니다.

    Returns:
        `X`: `(n_per_class * num_classes, 2)` float64 배열. 각 값은 -1보다 크고 1보다 작습니다.
        `labels`: `(n_per_class * num_classes,)` int64 배열. 0, ..., num_classes-1이 순서대로 놓입니다.

    Raises:
        ValueError: 인수가 허용된 값이 아닐 때.
    """
    _check_count("n_per_class", n_per_class)
    _check_count("num_classes", num_classes, minimum=2)
    _check_noise("noise", noise)
    _check_count("seed", seed, minimum=0)
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(num_classes, dtype=np.int64), n_per_class)
    radius = np.tile(np.arange(n_per_class) / n_per_class, num_classes)
    angle = 4.0 * labels + 4.0 * radius + noise * rng.standard_normal(len(labels))
    return np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1), labels


def _read_verified(name):
    """데이터 파일을 읽어, 강의를 만들 때와 한 글자도 다르지 않은지 확인하고 그 내용을 돌려줍니다."""
    path = DATA_DIR / name
    advice = f"'git checkout -- data/{name}' 명령으로 되돌리거나 강의 폴더를 새로 받으십시오."
    try:
        raw = path.read_bytes().replace(b"\r\n", b"\n")
    except FileNotFoundError:
        raise FileNotFoundError(f"데이터 파일 {path}이(가) 없습니다. {advice}") from None
    if hashlib.sha256(raw).hexdigest() == CHECKSUMS[name]:
        return raw.decode("ascii")
    rows = len(raw.splitlines()) - 1
    if not raw.isascii():
        what = "영문과 숫자가 아닌 글자가 있습니다. 다른 프로그램에서 저장하며 바뀐 것으로 보입니다"
    elif rows != 506:
        what = f"506행이어야 하는데 {max(rows, 0)}행입니다"
    else:
        what = "행의 수는 맞지만 내용이 원본과 다릅니다"
    raise ValueError(f"데이터 파일 {path}이(가) 바뀌었습니다. {what}. {advice}")


def load_house_prices(*, scaled=False):
    """1970년 보스턴 지역 조사 구역 506곳의 집값 표를 읽습니다.

    Args:
        scaled: 참이면 모든 열을 최솟값 0, 최댓값 1로 정규화한 표를 줍니다.

    Returns:
        506행 14열 float64 `DataFrame`. 특성 13개와 타깃 `Price`입니다. `scaled=False`일 때 `Price`의 단위는
        1,000달러이고, 다른 열의 단위는 data/README.md에 있습니다.

    Raises:
        FileNotFoundError: 데이터 파일이 없을 때.
        ValueError: 데이터 파일이 원본과 한 글자라도 다를 때. 줄 끝의 차이(CRLF)는 괜찮습니다.

    출처: Harrison & Rubinfeld (1978), Journal of Environmental Economics and Management 5, 81-102; StatLib.
    """
    text = _read_verified("reg.csv" if scaled else "boston.csv")
    return pd.read_csv(io.StringIO(text), index_col=0 if scaled else None)
