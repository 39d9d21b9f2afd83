"""글과 출력에 적힌 수를 읽고 비교합니다."""

import ast
import math
import re
from typing import NamedTuple

from tests import notebook as reading

ALLOWED = 0.25  # 비교하지 않는 출력에서, 저장된 수와 새로 나온 수의 상대 차이
FREE_INTEGERS = range(101)  # 선언한 식에 그냥 쓸 수 있는 정수
NUMERIC = (ast.Constant, ast.UnaryOp)
DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)"
SIGN = r"(?:(?<![\w)\]}.])[-−])?"
NUMBER = re.compile(rf"{SIGN}{DIGITS}(?:\.\d*)?(?:[eE][-+−]?\d+)?")
PERCENT = r"[  ]?(?:\\?%|퍼센트)"
WRITTEN = re.compile(
    rf"(?P<number>{SIGN}{DIGITS}(?:\.\d+)?)(?P<power>[eE][-+]?\d+|[  ]?(?:×|\\times)[  ]?10\^\{{?-?\d+\}}?)?"
    rf"(?P<percent>(?=(?:[  ]?[-~–][  ]?{DIGITS}(?:\.\d+)?)?{PERCENT}))?"
)
COUNTED = re.compile(  # 소수, 거듭제곱, 이름의 일부가 아닌 정수
    rf"(?<![\w.,^{{-])(?<!그림 )(?<!연습 ){DIGITS}(?!\^|[.,]?\d|[-~–]\d|[ ]?(?:강|절|분|초|년|%|퍼센트|\\%|×))"
)


# ---------------------------------------------------------------- 글에 적힌 수


class Written(NamedTuple):
    """글에 적힌 소수나 백분율 하나입니다."""

    text: str  # 적힌 그대로. 백분율이면 %가 붙음
    value: float
    half: float  # 적힌 마지막 자리의 절반

    def rounds(self, value):
        """값을 적힌 자리까지 반올림하면 이 수가 되는지 봅니다. 글에 부호가 없으면 크기만 봅니다."""
        same_sign = value if self.text[0] in "-−" else abs(value)
        scales = (1, 100) if self.text.endswith("%") else (1,)
        slack = self.half * (1 + 1e-6) + 1e-12 * abs(self.value)
        return any(abs(scale * same_sign - self.value) <= slack for scale in scales)


def written(text):
    """글에 적힌 소수와 백분율입니다. 코드와 링크의 주소는 보지 않고, 식의 수는 봅니다."""
    text = reading.SPAN.sub(reading.SLOT, reading.FENCE.sub("", text))
    text = reading.URL.sub("", reading.LINK.sub(r"\1", text))
    text = re.sub(r"<[^<>]*>", " ", text).replace("{,}", ",")
    for found in WRITTEN.finditer(text):
        number, power = found["number"], found["power"] or ""
        is_percent = found["percent"] is not None
        if "." in number or is_percent:
            exponent = int(re.sub(r".*(?:10\^\{?|[eE])", "", power).rstrip("}")) if power else 0
            decimals = len(number.partition(".")[2])
            yield Written(
                number + power.strip() + "%" * is_percent,
                to_float(number) * 10.0**exponent,
                0.5 * 10.0 ** (exponent - decimals),
            )


def counted(text):
    """글에 적힌 10 이상의 정수입니다. 절, 그림, 강의의 번호와 시간, 연도, 표의 번호는 보지 않습니다."""
    text = reading.SPAN.sub(reading.SLOT, reading.FENCE.sub("", text))
    text = reading.URL.sub("", reading.LINK.sub(r"\1", text)).replace("{,}", ",")
    text = re.sub(r"<[^<>]*>|^[|#].*$", " ", text, flags=re.MULTILINE)
    for found in COUNTED.finditer(text):
        if (value := to_float(found[0])) >= 10:
            yield Written(found[0], value, 0.5)


def holds(known, number):
    """노트북의 수 중에 글에 적힌 수가 있는지 봅니다. 소수는 반올림한 것도, 정수는 그대로인 것만 찾습니다."""
    if "." in number.text or number.text.endswith("%"):
        return any(number.rounds(value) for value in known)
    return not known.isdisjoint((number.value, -number.value))


def is_number(node):
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def to_float(text):
    return float(text.replace(",", "").replace("−", "-"))


# ---------------------------------------------------------------- 노트북의 수


def of_notebook(nb):
    """노트북의 코드와 출력에 있는 수의 집합입니다."""
    texts = [text for cell in nb.code for text in output_texts(cell.outputs, "text/x-figure")]
    found = {to_float(number) for text in texts for number in NUMBER.findall(text)}
    for node in (node for cell in nb.code for node in reading.walk(cell, NUMERIC)):
        value = node.operand if isinstance(node, ast.UnaryOp) else node
        if is_number(value):
            is_negative = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
            found.add(float(-value.value if is_negative else value.value))
    return found


def output_texts(outputs, figures=None):
    """출력마다 사람이 읽는 글입니다. 그림은 `figures`로 정한 모양의 글만 봅니다."""
    for output in outputs:
        data = output.get("data", {})
        kind = figures if "image/png" in data else "text/plain"
        yield output.get("text", "") + output.get("evalue", "") + data.get(kind, "")


def evaluate(expression, known):
    """선언한 식의 값입니다. 노트북에 없는 수를 쓰면 ValueError를 일으킵니다."""
    tree = ast.parse(expression, mode="eval")
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value not in {*known, *FREE_INTEGERS}:
            raise ValueError(f"{node.value}이(가) 노트북에 없습니다.")
    names = {name: getattr(math, name) for name in dir(math)} | {"abs": abs, "min": min, "max": max}
    return eval(compile(tree, "", "eval"), {"__builtins__": {}}, names)


# ---------------------------------------------------------------- 그대로 비교하지 않는 출력


def differences(stored, new, allowed=ALLOWED, wider=0):
    """두 출력의 수를 하나씩 비교해, 허용한 것보다 다른 수를 알립니다.

    상대 차이가 `allowed`보다 커도, 적힌 마지막 자리로 하나까지 다른 것은 반올림으로 봅니다. `wider`는 더 허용하는
    절대 차이입니다.
    """
    before, after = ([*_numbers(outputs)] for outputs in (stored, new))
    if len(before) != len(after):
        yield f"저장된 출력에는 수가 {len(before)}개인데 새 출력에는 {len(after)}개입니다."
        return
    for place, (old, now) in enumerate(zip(before, after, strict=True), start=1):
        bound = max(allowed * abs(to_float(old)), _last_place(old), wider)
        if abs(to_float(now) - to_float(old)) > bound * (1 + 1e-9):
            yield f"{place}번째 수: 저장 {old}, 새 출력 {now} (차이 {bound:.3g}까지 허용)"


def _numbers(outputs):
    return (number for text in output_texts(outputs) for number in NUMBER.findall(text))


def _last_place(number):
    """적힌 마지막 자리 하나의 크기입니다. 0.30이면 0.01입니다."""
    mantissa, _, exponent = re.sub("[eE]", "e", number).partition("e")
    return 10.0 ** (int(exponent.replace("−", "-") or 0) - len(mantissa.partition(".")[2]))
