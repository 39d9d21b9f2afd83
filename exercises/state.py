"""답을 보는 동안 커널의 상태를 정해진 대로 두었다가, 끝나면 하나도 빠짐없이 되돌립니다."""

import builtins
import contextlib
import copy
import dis
import functools
import gc
import inspect
import logging
import os
import random
import sys
import warnings
from types import CodeType

import numpy as np
import torch
from torch import nn

LIBRARIES = [
    "torch",
    "torch.nn",
    "torch.nn.functional",
    "torch.optim",
    "numpy",
    "matplotlib.pyplot",
]
MAX_WARNINGS = 20  # 끝없이 경고해도 커지지 않게
GLOBAL_STEPS = {"LOAD_GLOBAL", "LOAD_NAME", "STORE_GLOBAL", "DELETE_GLOBAL"}
QUIET_BACKENDS = ("agg", "inline")  # 창을 열지 않는 matplotlib 백엔드


@contextlib.contextmanager
def unchanged(answer=None):
    """안에서는 노트북의 설정과 관계없이 같은 상태이고, 나올 때 모든 것을 되돌립니다.

    들어갈 때 기본 자료형은 float32, 장치는 CPU, 기울기는 켠 상태가 됩니다. 되돌리는 것은 난수, torch와 NumPy와 pandas와
    Python의 설정, 전역 이름, 그림, 그리고 답이 쓰는 모델, 텐서, 배열, 표, 리스트, 딕셔너리입니다.

    Args:
        answer: 학습자의 답. 함수이면 그 함수가 쓰는 값까지 되돌립니다.

    Yields:
        안에서 난 경고 `(종류, 문장)`의 목록. 앞의 것만 있습니다.
    """
    warned, ways_back = [], [*_settings_back(), *_names_back(answer)]
    for part in used(answer):
        with contextlib.suppress(Exception):  # 베낄 수 없는 값
            ways_back += _ways_back(part)
            if _is_own_object(part, home(answer)):
                ways_back.append(_refilling(vars(part)))
    with warnings.catch_warnings(), _figures(), contextlib.ExitStack() as stack:
        warnings.simplefilter("always")
        warnings.showwarning = lambda message, category, *_, **__: (
            warned.append((category, str(message))) if len(warned) < MAX_WARNINGS else None
        )
        for context in (torch.inference_mode(False), torch.enable_grad()):
            stack.enter_context(context)
        if (
            torch.get_default_device().type != "cpu"
        ):  # 들어가 있으면 연산마다 느려지므로 필요할 때만
            stack.enter_context(torch.device("cpu"))
        stack.enter_context(np.errstate(all="ignore"))
        _standardise()
        try:
            yield warned
        finally:
            for put_back in ways_back:
                with contextlib.suppress(Exception):
                    put_back()


def _standardise():
    """노트북이 바꾸어 둔 설정이 맞는 답을 틀리게 하지 않게 합니다."""
    torch.set_default_dtype(torch.float32)
    torch.set_num_threads(1)  # 다른 프로그램이 바쁠 때 스레드끼리 기다리지 않게
    if torch.are_deterministic_algorithms_enabled():  # 부르면 몇 초가 걸리는 모듈을 읽으므로
        torch.use_deterministic_algorithms(False)
    torch.autograd.set_detect_anomaly(False)


# ---------------------------------------------------------------- 설정


def _settings_back():
    """난수와 설정을 지금대로 되돌리는 함수들입니다."""
    environment, folder, path = dict(os.environ), _folder(), [*sys.path]
    yield from (
        functools.partial(random.setstate, random.getstate()),
        functools.partial(np.random.set_state, np.random.get_state()),
        functools.partial(torch.set_rng_state, torch.get_rng_state()),
        functools.partial(torch.set_default_dtype, torch.get_default_dtype()),
        functools.partial(torch.set_num_threads, torch.get_num_threads()),
        functools.partial(_determinism_back, _determinism()),
        functools.partial(
            torch.autograd.set_detect_anomaly,
            torch.is_anomaly_enabled(),
            torch.is_anomaly_check_nan_enabled(),
        ),
        functools.partial(torch.set_float32_matmul_precision, torch.get_float32_matmul_precision()),
        _refilling(vars(torch._tensor_str.PRINT_OPTS)),
        functools.partial(np.set_printoptions, **np.get_printoptions()),
        functools.partial(_logging_back, _logging(), [*logging.root.handlers]),
        gc.enable if gc.isenabled() else gc.disable,
        functools.partial(sys.setrecursionlimit, sys.getrecursionlimit()),
        functools.partial(_environment_back, environment),
        functools.partial(sys.path.__setitem__, slice(None), path),
        *([functools.partial(os.chdir, folder)] if folder else []),
    )
    if torch.cuda.is_initialized():
        yield functools.partial(torch.cuda.set_rng_state_all, torch.cuda.get_rng_state_all())
    if "pandas" in sys.modules:
        options = sys.modules["pandas"]._config.config._global_config
        yield functools.partial(_refill, options, copy.deepcopy(options))


def _determinism():
    on = torch.are_deterministic_algorithms_enabled()
    return on, torch.is_deterministic_algorithms_warn_only_enabled()


def _determinism_back(before):
    if _determinism() != before:
        torch.use_deterministic_algorithms(before[0], warn_only=before[1])


def _logging():
    return logging.root.manager.disable, logging.root.level


def _logging_back(levels, handlers):
    logging.root.manager.disable, logging.root.level = levels
    logging.root.handlers[:] = handlers


def _folder():
    with contextlib.suppress(OSError):  # 지워진 폴더
        return os.getcwd()
    return None


def _environment_back(before):
    if dict(os.environ) != before:
        os.environ.clear()
        os.environ.update(before)


def _refilling(container):
    """딕셔너리나 집합을 지금대로 되돌리는 함수입니다."""
    return functools.partial(_refill, container, container.copy())


def _refill(now, before):
    """같은 것이 들어 있으면 건드리지 않습니다."""
    same = len(now) == len(before) and all(
        one is other for one, other in zip(_held(now), _held(before), strict=True)
    )
    if not same:
        now.clear()
        now.update(before)


def _held(container):
    return [*container, *(container.values() if isinstance(container, dict) else ())]


def _names_back(answer):
    """답이 사는 곳의 전역 이름과 내장 이름, 라이브러리의 이름을 되돌리는 함수들입니다."""
    for names in (getattr(_made(answer), "__globals__", None), vars(builtins)):
        if names is not None:
            yield functools.partial(_rebind, names, dict(names))
    for name in LIBRARIES:
        if name in sys.modules:
            names = vars(sys.modules[name])
            yield functools.partial(_rebind, names, dict(names), keep_new=True)


def _rebind(names, before, *, keep_new=False):
    """라이브러리에 새로 생긴 이름은 그사이에 읽은 모듈일 수 있으므로 둡니다."""
    for name in [] if keep_new else [name for name in names if name not in before]:
        del names[name]
    for name, value in before.items():
        if names.get(name, names) is not value:
            names[name] = value


# ---------------------------------------------------------------- 그림


@contextlib.contextmanager
def _figures():
    """그림의 설정과 열린 그림입니다. 열린 그림은 치워 두어, plt.show()나 plt.plot()이 건드리지 못하게 합니다."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    managers = sys.modules["matplotlib._pylab_helpers"].Gcf.figs if pyplot else {}
    with pyplot.rc_context() if pyplot else contextlib.nullcontext(), _backend(pyplot):
        kept = dict(managers)
        managers.clear()
        try:
            yield
        finally:
            if "matplotlib.pyplot" in sys.modules:  # 안에서 처음 읽었을 수도 있음
                sys.modules["matplotlib.pyplot"].close("all")
            managers.update(kept)


@contextlib.contextmanager
def _backend(pyplot):
    """창을 여는 백엔드는 다른 스레드에서 쓸 수 없으므로, 안에서는 그리기만 하는 백엔드를 씁니다."""
    before = _backend_name(pyplot)
    if isinstance(before, str) and not before.lower().endswith(QUIET_BACKENDS):
        pyplot.switch_backend("agg")
    try:
        yield
    finally:
        if isinstance(before, str) and _backend_name(pyplot) != before:
            pyplot.switch_backend(before)


def _backend_name(pyplot):
    """지금의 백엔드입니다. 아직 정하지 않았으면 문자열이 아닙니다."""
    return dict.__getitem__(pyplot.rcParams, "backend") if pyplot else None


# ---------------------------------------------------------------- 답이 쓰는 값


@functools.cache
def global_names(code):
    """함수와 그 안의 함수가 쓰는 전역 이름입니다. `x.mean`의 `mean`처럼 점 뒤에 오는 이름은 아닙니다."""
    inner = [const for const in code.co_consts if isinstance(const, CodeType)]
    steps = [step for step in dis.get_instructions(code) if step.opname in GLOBAL_STEPS]
    return frozenset(step.argval for step in steps).union(*map(global_names, inner))


@functools.cache
def written_names(code):
    """함수와 그 안의 함수에 적힌, 점 뒤에 오는 것까지의 모든 이름입니다."""
    inner = [const for const in code.co_consts if isinstance(const, CodeType)]
    return frozenset(code.co_names).union(*map(written_names, inner))


def _made(answer):
    """partial로 인수를 채운 함수나 장식한 함수이면 그 속의 함수입니다."""
    return inspect.unwrap(getattr(answer, "func", answer)) if callable(answer) else answer


def home(answer):
    """답을 만든 모듈의 이름입니다. 노트북에서는 `__main__`입니다."""
    return (getattr(_made(answer), "__module__", None) or "").split(".")[0]


def used(answer):
    """답과, 답인 함수가 바깥에서 가져다 쓰는 값입니다. 같은 곳에서 만든 함수를 부르면 그 함수가 쓰는 것도 봅니다."""
    place = home(answer)
    waiting, found = [answer], {}
    while waiting:
        value = waiting.pop()
        if id(value) not in found:
            found[id(value)] = value
            waiting += _inside(value, place)
    return [*found.values()]


def _inside(value, place):
    """값 하나가 바로 쓰는 값입니다. 라이브러리의 함수 속은 보지 않습니다."""
    if isinstance(value, functools.partial):
        return [value.func, *value.args, *value.keywords.values()]
    if isinstance(value, (list, tuple, dict)) and len(value) <= 100:
        return [*(value.values() if isinstance(value, dict) else value)]
    if inspect.ismethod(value):
        return [value.__func__, value.__self__]
    if isinstance(value, torch.optim.lr_scheduler.LRScheduler):
        return [value.optimizer]
    if isinstance(value, torch.optim.Optimizer):
        return [tensor for group in value.param_groups for tensor in group["params"]]
    if _is_own_object(value, place):
        return [*vars(value).values()]
    if not inspect.isfunction(value):
        return []
    inner = [*(value.__defaults__ or ()), *(value.__kwdefaults__ or {}).values()]
    inner += [value.__wrapped__] if hasattr(value, "__wrapped__") else []
    for cell in value.__closure__ or ():
        with contextlib.suppress(ValueError):  # 아직 값이 없는 칸
            inner.append(cell.cell_contents)
    if value.__globals__.get("__name__", "").split(".")[0] == place:
        inner += [value.__globals__.get(name) for name in global_names(value.__code__)]
    return inner


def _is_own_object(value, place):
    """학습자가 쓴 클래스의 객체입니다. 모델은 따로 봅니다."""
    made_by = (type(value).__module__ or "").split(".")[0]
    return made_by == place and hasattr(value, "__dict__") and not isinstance(value, nn.Module)


def _ways_back(part):
    """모델, 텐서, 배열, 난수 생성기, 표, 리스트, 딕셔너리를 지금대로 되돌리는 함수들입니다."""
    if isinstance(part, nn.Module):
        tensors = [*part.parameters(), *part.buffers()]
        return [*map(_module_back, part.modules()), *map(_tensor_back, tensors)]
    if isinstance(part, torch.Tensor):
        return [_tensor_back(part)]
    if isinstance(part, np.ndarray):
        return [_array_back(part)]
    if isinstance(part, torch.Generator):
        return [functools.partial(part.set_state, part.get_state())]
    if isinstance(part, np.random.Generator):
        bits = part.bit_generator
        return [functools.partial(setattr, bits, "state", bits.state)]
    if isinstance(part, list):
        return [functools.partial(part.__setitem__, slice(None), [*part])]
    if isinstance(part, (dict, set)):
        return [_refilling(part)]
    if isinstance(part, torch.optim.Optimizer):
        return _optimizer_back(part)
    if isinstance(part, torch.optim.lr_scheduler.LRScheduler):
        return [_refilling(vars(part))]
    if hasattr(part, "_mgr"):  # pandas의 표와 열
        return [functools.partial(setattr, part, "_mgr", part.copy(deep=True)._mgr)]
    return []


def _optimizer_back(optimizer):
    states = [*optimizer.state.values()]
    tensors = [value for one in states for value in one.values() if torch.is_tensor(value)]
    return [
        *map(_refilling, [optimizer.state, *states, *optimizer.param_groups]),
        *map(_tensor_back, tensors),
    ]


def _array_back(array):
    kept, writeable = array.copy(), array.flags.writeable

    def put_back():
        if array.shape != kept.shape:
            array.resize(kept.shape, refcheck=False)
        if writeable or array.flags.writeable:
            array.flags.writeable = True
            np.copyto(array, kept)
            array.flags.writeable = writeable

    return put_back


def _module_back(module):
    """모드와 속성, 매개변수와 층과 훅을 적은 딕셔너리를 모두 되돌립니다."""
    parts = [vars(module), *(part for part in vars(module).values() if isinstance(part, dict))]
    ways_back = [*map(_refilling, parts)]

    def put_back():
        for one in ways_back:
            one()

    return put_back


def _tensor_back(tensor):
    lazy = isinstance(tensor, nn.parameter.UninitializedTensorMixin)
    if lazy or tensor.layout is not torch.strided or tensor.device.type == "meta":
        return lambda: None
    leaf, tracked, value = tensor.is_leaf, tensor.requires_grad, tensor.detach().clone()
    grad = tensor.grad.clone() if leaf and tensor.grad is not None else None

    def put_back():
        if leaf and not tensor.is_leaf:  # 계산 기록이 붙음
            tensor.detach_()
        now = tensor.detach()
        if any(getattr(now, key) != getattr(value, key) for key in ("shape", "dtype", "device")):
            tensor.data = value
        elif not ((now == value) | (now.isnan() & value.isnan())).all():
            now.copy_(value)
        if leaf:
            tensor.requires_grad_(tracked)
            tensor.grad = grad

    return put_back
