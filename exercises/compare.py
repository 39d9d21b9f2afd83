"""답과 기대하는 값을 비교해, 다른 점을 한 문장으로 말합니다. 답이 무엇이어야 하는지는 말하지 않습니다."""

import numbers
import re

import numpy as np
import torch
from torch import nn

ORDER = ["첫째", "둘째", "셋째", "넷째", "다섯째", "여섯째", "일곱째", "여덟째", "아홉째", "열째"]
RETURNED = "돌려준 값"
KINDS = {"f": "float", "i": "정수", "u": "정수", "b": "참과 거짓", "c": "복소수"}


def ending(word, with_final, without):
    """받침이 있는 말과 없는 말에 다르게 붙는 토씨를 붙입니다. 숫자와 영어는 읽는 소리를 따릅니다."""
    return word + (with_final if _has_final(word) else without)


def _has_final(word):
    sounds = re.sub(r"(?<=[a-z]{2})e$", "", re.sub(r"\W+$", "", word)) or "가"  # None은 n으로
    last = ord(sounds[-1]) - 0xAC00
    if 0 <= last < 11172:
        return last % 28 > 0
    return sounds[-1].lower() in "013678lmnr"  # 영, 일, 삼, 육, 칠, 팔, 엘, 엠, 엔, 알


def is_number(value):
    return isinstance(value, (numbers.Number, np.number)) and not _is_bool(value)


def _is_bool(value):
    return isinstance(value, (bool, np.bool_))


def _is_array(value):
    return isinstance(value, (torch.Tensor, np.ndarray))


def name_of(value):
    """값의 종류를 부르는 말입니다. 예: `[1, 2]`이면 '리스트'."""
    if _is_bool(value):
        return "참이나 거짓"
    if is_number(value):
        return "수"
    kinds = {
        str: "문자열",
        torch.Tensor: "텐서",
        np.ndarray: "NumPy 배열",
        tuple: "튜플",
        list: "리스트",
        dict: "딕셔너리",
        nn.Module: "모델",
        type: "클래스",
        type(None): "None",
    }
    found = (word for kind, word in kinds.items() if isinstance(value, kind))
    return next(found, "함수" if callable(value) else f"{type(value).__name__} 값")


def plain(value):
    """0차원 텐서와 배열은 수로, 문자열은 앞뒤 빈칸이 없는 대문자로 바꿉니다."""
    if (
        _is_array(value)
        and value.ndim == 0
        and getattr(value, "device", "") != torch.device("meta")
    ):
        return value.item()
    return value.strip().upper() if isinstance(value, str) else value


def _numpy(value):
    if not isinstance(value, torch.Tensor):
        return np.asarray(value)
    value = value.float() if value.dtype == torch.bfloat16 else value  # NumPy에 없는 자료형
    return value.numpy(force=True)


def difference(want, got, *, rtol=1e-4, atol=1e-6, what="답"):
    """기대하는 값과 답의 차이를 말하는 문장입니다. 같으면 None입니다.

    수는 Python의 수, NumPy의 수, 0차원 텐서를 모두 받고, 텐서는 NumPy 배열도 받습니다. 자료형은 float, 정수, 참과
    거짓 중에 어느 것인지만 봅니다.

    Args:
        want: 기대하는 값. 수, 문자열, 텐서, 배열, 이들의 튜플, 리스트, 딕셔너리입니다.
        got: 비교할 값. 무엇이든 됩니다.
        rtol, atol: 상대 오차와 절대 오차의 허용 범위. `atol`이 무한대이면 종류와 모양만 봅니다.
        what: 문장에서 답을 부르는 말.
    """
    numeric = _is_array(want) or is_number(want) or isinstance(want, (tuple, list))
    if numeric and isinstance(got, torch.Tensor) and (problem := _tensor_problem(want, got, what)):
        return problem
    want, got = plain(want), plain(got)
    if isinstance(want, dict):
        return _of_dicts(want, got, rtol, atol, what)
    if isinstance(want, (tuple, list)):
        return _of_sequences(want, got, rtol, atol, what)
    if _is_array(want):
        return _of_arrays(want, got, rtol, atol, what)
    if is_number(want):
        return _of_numbers(want, got, rtol, atol, what)
    if type(want) is not type(got) and not (_is_bool(want) and _is_bool(got)):
        return _wrong_kind(want, got, what)
    return None if want == got or atol == np.inf else f"{ending(what, '이', '가')} 다릅니다."


def _tensor_problem(want, got, what):
    subject = ending(what, "은", "는")
    device = getattr(want, "device", torch.device("cpu"))
    device = device if isinstance(device, torch.device) else torch.device("cpu")
    if got.device.type != device.type:
        return f"{subject} {got.device} 장치에 있습니다. {device} 장치에 있어야 합니다."
    if got.requires_grad and not getattr(want, "requires_grad", False):
        return f"{subject} 기울기를 추적하는 텐서(requires_grad=True)입니다. 계산 기록을 뗀 값이어야 합니다."
    if got.layout is not torch.strided:
        return f"{subject} 보통의 텐서여야 하는데 희소 텐서({got.layout})입니다."
    return None


def _wrong_kind(want, got, what):
    if got is None:
        advice = "값을 넣습니다." if what[0] in "답'" else "return을 빠뜨렸는지 봅니다."
        return f"{ending(what, '이', '가')} None입니다. {advice}"
    expected, mark = ending(name_of(want), "이어야", "여야"), type(got).__name__
    found = name_of(got) if mark in name_of(got) else f"{name_of(got)}({mark})"
    return f"{ending(what, '은', '는')} {expected} 하는데 {found}입니다."


def _of_numbers(want, got, rtol, atol, what):
    if _is_array(got):
        shape = tuple(got.shape)
        return (
            f"{ending(what, '은', '는')} 수 하나여야 하는데 모양이 {shape}인 {name_of(got)}입니다."
        )
    if not is_number(got):
        return _wrong_kind(want, got, what)
    if isinstance(got, complex) and not isinstance(want, complex):
        return f"{ending(what, '은', '는')} 보통의 수여야 하는데 복소수입니다."
    try:
        want, got = float(want), float(got)
    except (TypeError, ValueError, OverflowError):
        return (
            f"{ending(what, '은', '는')} 보통의 수로 바꿀 수 없는 값({type(got).__name__})입니다."
        )
    if np.isnan(got) and not np.isnan(want):
        return f"{ending(what, '이', '가')} nan입니다. 0을 0으로 나누었거나 무한대에서 무한대를 뺐는지 봅니다."
    if _is_close(want, got, rtol, atol).all():
        return None
    if want != 0 and np.isclose(got, -want, rtol=rtol, atol=atol):
        return f"{what}의 크기는 맞고 부호가 반대입니다."
    return f"{ending(what, '이', '가')} 다릅니다. 지금은 {got:.6g}입니다."


def _is_close(want, got, rtol, atol):
    if atol == np.inf:
        return np.ones(np.shape(want), dtype=bool)
    return np.isclose(got, want, rtol=rtol, atol=atol, equal_nan=True)


def _of_sequences(want, got, rtol, atol, what):
    if _is_array(got) and got.ndim == 1 and all(map(is_number, want)):
        got = got.tolist()
    if not isinstance(got, (tuple, list)):
        return _wrong_kind(want, got, what)
    if len(got) != len(want):
        return f"{ending(what, '은', '는')} 값 {len(want)}개여야 하는데 {len(got)}개입니다."
    for place, (one, other) in enumerate(zip(want, got, strict=True)):
        order = ORDER[place] if place < len(ORDER) else f"{place + 1}번째"
        owner = what.removesuffix(" 값") if what.startswith("'") else what
        name = f"{owner}의 {order} 값"
        if problem := difference(one, other, rtol=rtol, atol=atol, what=name):
            return problem
    return None


def _of_dicts(want, got, rtol, atol, what):
    if not isinstance(got, dict):
        return _wrong_kind(want, got, what)
    if missing := [key for key in want if key not in got]:
        return f"{what}에 {missing[0]!r} 키가 없습니다."
    if extra := [key for key in got if key not in want]:
        return f"{what}에 쓰지 않는 {extra[0]!r} 키가 있습니다."
    for key, one in want.items():
        is_label = not what.startswith("답") and _is_korean(key)  # 연습이 본 것에 붙인 이름표
        name = key if is_label else f"{key!r} 값"
        if problem := difference(one, got[key], rtol=rtol, atol=atol, what=name):
            return problem
    return None


def _is_korean(key):
    return isinstance(key, str) and "가" <= key[:1] <= "힣"


def _of_arrays(want, got, rtol, atol, what):
    subject = ending(what, "은", "는")
    if is_number(got) or _is_bool(got):
        return f"{subject} 모양이 {tuple(want.shape)}이어야 하는데 수 하나입니다."
    if not _is_array(got):
        return _wrong_kind(want, got, what)
    if tuple(got.shape) != tuple(want.shape):
        return f"{subject} 모양이 {tuple(want.shape)}이어야 하는데 {tuple(got.shape)}입니다."
    one, other = _numpy(want), _numpy(got)
    if KINDS.get(one.dtype.kind) != KINDS.get(other.dtype.kind):
        expected = ending(KINDS.get(one.dtype.kind, "수"), "이어야", "여야")
        return f"{subject} 자료형이 {expected} 하는데 {got.dtype}입니다."
    return _of_values(one, other, rtol, atol, what)


def _miscounted(what, size, wrong):
    return f"{what}에서 원소 {size}개 중 {wrong}개가 다릅니다."


def _of_values(one, other, rtol, atol, what):
    if one.dtype.kind not in "fiu":
        wrong = 0 if atol == np.inf else int((one != other).sum())
        return _miscounted(what, one.size, wrong) if wrong else None
    one, other = one.astype(np.float64), other.astype(np.float64)
    if (strange := np.argwhere(np.isnan(other) & ~np.isnan(one))).size:
        return f"{what}의 {strange[0].tolist()} 원소가 nan입니다. 0을 0으로 나누었거나 무한대에서 무한대를 뺐는지 봅니다."
    close = _is_close(one, other, rtol, atol)
    if close.all():
        return None
    wrong, size = int((~close).sum()), close.size
    text = _miscounted(what, size, wrong)
    return f"{text} {clue}" if (clue := _clue(one, other, rtol, atol)) else text


def _clue(one, other, rtol, atol):
    """값이 어떻게 어긋났는지 알 수 있으면 그 문장입니다."""

    def same(a, b):
        return a.shape == b.shape and np.allclose(a, b, rtol=rtol, atol=atol)

    if same(-other, one):
        return "부호만 반대입니다."
    if one.ndim == 2 and same(other.T, one):
        return "행과 열이 바뀌었습니다."
    if one.size > 1 and one.ndim and same(other[::-1], one):
        return "순서가 거꾸로입니다."
    if one.size > 2:
        gap = other - one
        if same(gap, np.full_like(gap, gap.flat[0])):
            return "모든 원소가 같은 만큼 다릅니다. 더하거나 뺀 것을 다시 봅니다."
        with np.errstate(all="ignore"):
            ratio = other / one
        steady = np.isfinite(ratio).all() and same(ratio, np.full_like(ratio, ratio.flat[0]))
        if steady and ratio.flat[0]:
            return "모든 원소가 같은 비율로 다릅니다. 곱하거나 나눈 것을 다시 봅니다."
    return None
