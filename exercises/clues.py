"""틀린 답에서 전역 변수나 조용히 넓어진 모양 같은 실마리를 찾습니다. 사실만 말하고 짐작하지 않습니다."""

import dis
import functools
import inspect

import numpy as np
import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from exercises.state import global_names, home

# ---------------------------------------------------------------- 전역 변수


def globals_read(answer):
    """답인 함수가 쓰는, 노트북에 있는 데이터와 모델의 이름입니다."""
    function = _function(answer)
    if function is None:
        return []
    space, place = function.__globals__, home(function)
    waiting, names = [function], set()
    while waiting:
        found = global_names(waiting.pop().__code__) - names
        names |= found
        inner = [space.get(name) for name in found]
        waiting += [one for one in inner if inspect.isfunction(one) and home(one) == place]
    return sorted(name for name in names if _is_data(space.get(name)))


def _is_data(value):
    """데이터와 모델입니다. 수 하나, 매개변수가 없는 손실 함수는 상수나 도구로 봅니다."""
    if isinstance(value, nn.Module):
        return any(True for _ in (*value.parameters(), *value.buffers()))
    if isinstance(value, (torch.Tensor, np.ndarray)):
        return value.ndim > 0
    return hasattr(value, "_mgr")  # pandas의 표와 열


def unused_arguments(answer):
    """답인 함수가 한 번도 쓰지 않은 인수의 이름입니다."""
    function = _function(answer)
    if function is None:
        return []
    code, used = function.__code__, set()
    for step in dis.get_instructions(code):
        if step.opname.startswith(("LOAD_FAST", "LOAD_DEREF", "LOAD_CLOSURE")):
            used |= {step.argval} if isinstance(step.argval, str) else {*step.argval}
    inner = set().union(*(const.co_freevars for const in code.co_consts if inspect.iscode(const)))
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return [name for name in names if name not in used | inner]


def _function(answer):
    answer = inspect.unwrap(answer) if callable(answer) else answer
    return answer if inspect.isfunction(answer) else None


def about_globals(answer):
    """함수가 전역 변수를 쓴다고 말하는 문장입니다. 그렇지 않으면 빈 문자열입니다."""
    names = globals_read(answer)
    if not names:
        return ""
    shown = ", ".join(f"`{name}`" for name in names[:3])
    return (
        f"함수가 노트북에 있는 값({shown})을 씁니다. "
        "확인할 때는 다른 데이터를 넣으므로, 필요한 값은 모두 인수에서 가져옵니다."
    )


# ---------------------------------------------------------------- (n,)과 (n, 1)


class Shapes(TorchFunctionMode):
    """안에서 (n,)과 (n, 1)을 원소별로 계산해 (n, n)이 된 일을 `pairs`에 적습니다."""

    def __init__(self):
        super().__init__()
        self.pairs = []

    def __torch_function__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        name = getattr(func, "__name__", "")
        self.note([a for a in args[:2] if isinstance(a, torch.Tensor)], result, "loss" in name)
        return result

    def note(self, operands, result, is_loss=False):
        """연산 하나의 모양을 봅니다. 손실 함수는 결과가 수 하나여도 속에서 넓어집니다."""
        shapes = [tuple(operand.shape) for operand in operands]
        if len(shapes) != 2 or sorted(map(len, shapes)) != [1, 2]:
            return
        flat, column = sorted(shapes, key=len)
        n = flat[0]
        wide = is_loss or tuple(getattr(result, "shape", ())) == (n, n)
        if n > 1 and column == (n, 1) and wide:
            self.pairs.append((flat, column))


class _Array(np.ndarray):
    """원소별 연산의 모양을 `shapes`에 적는 배열입니다."""

    shapes = None

    def __array_finalize__(self, source):
        self.shapes = getattr(source, "shapes", None)

    def __array_ufunc__(self, ufunc, method, *inputs, **named):
        shapes, plain = self.shapes, [np.asarray(value) for value in inputs]
        result = getattr(ufunc, method)(*plain, **named)
        if method == "__call__" and len(plain) == 2 and shapes is not None:
            shapes.note(plain, result)
        return watched(result, shapes) if isinstance(result, np.ndarray) else result


def watched(value, shapes):
    """NumPy 배열이면 모양을 적는 배열로 바꿉니다. 튜플의 안도 바꿉니다."""
    if isinstance(value, tuple):
        return tuple(watched(one, shapes) for one in value)
    if not isinstance(value, np.ndarray):
        return value
    value = np.array(value, subok=False).view(_Array)
    value.shapes = shapes
    return value


def watching(look, arguments):
    """`look(*arguments)`를 부르면서 모양을 적는 함수와, 적을 곳입니다."""
    shapes = Shapes()
    arguments = watched(tuple(arguments), shapes)
    return functools.partial(_inside, shapes, look, arguments), shapes


def _inside(shapes, look, arguments):
    with shapes:
        return look(*arguments)


def about_shapes(mine, wanted):
    """조용히 넓어진 모양을 말하는 문장입니다. 맞는 답도 그렇게 계산하면 빈 문자열입니다."""
    pairs = [pair for pair in mine if pair not in wanted]
    if not pairs:
        return ""
    flat, column = pairs[0]
    n = flat[0]
    return (
        f"모양이 {flat}인 값과 {column}인 값을 함께 계산해서 모든 짝의 값이 ({n}, {n}) 모양으로 "
        "생겼습니다. 오류는 나지 않지만 뜻이 다릅니다. 두 값의 모양을 먼저 같게 합니다."
    )
