"""연습 하나의 선언과, 답을 보고 판단하는 엔진입니다. 연습의 내용은 강의마다 `lesson_NN.py`에 있습니다."""

import contextlib
import copy
import dis
import functools
import inspect
import io
import linecache
import math
import re
import threading
import traceback
from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from door.korean_errors import explain
from exercises import clues, sandbox
from exercises.compare import RETURNED, difference, ending, is_number, name_of, plain
from exercises.state import unchanged, used, written_names

UNANSWERED, RIGHT, NOT_YET = "unanswered", "right", "not yet"
Verdict = namedtuple("Verdict", "status text")
Failure = namedtuple("Failure", "key sentence")  # 값을 보지 못한 이유. key가 같으면 같은 실수
BLANK = Failure(("blank",), "")
HOPELESS = {"late", "refused"}  # 다른 사례를 더 볼 것 없는 실패
SHAPE_CASES, SHAPE_SECONDS = 2, 1.0  # 넓어진 모양을 찾아볼 사례의 수와 시간


class NotYetError(Exception):
    """`observe`가 더 볼 것 없이 틀렸다고 말할 때 일으킵니다. 문장이 그대로 학습자에게 갑니다."""


@dataclass(frozen=True)
class Mistake:
    """흔한 실수 하나입니다.

    Args:
        wrong: 그 실수를 한 답의 보기. 값이나 함수입니다.
        diagnosis: 실수를 짚는 문장. 답을 알려 주지 않습니다.
        when: 본 것의 목록을 받아 이 실수인지 판단하는 함수. 없으면 `wrong`에서 본 것과 같은지 봅니다.
    """

    wrong: object
    diagnosis: str
    when: Callable | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Exercise:
    """연습 하나의 선언입니다.

    답이 맞는지는 `right`가 있으면 그 함수가, 없으면 `answer`에서 본 것과 같은지로 정합니다.

    Args:
        id: 강의 번호와 순서. 예: "03-2".
        title: 노트북의 제목 '연습 03-2. 제목'에 쓴 제목.
        asks: 무엇을 확인하는지 말하는 한 문장.
        answer: 맞는 답. 함수이면 학습자도 인수의 수가 같은 함수를 넘겨야 합니다.
        mistakes: 흔한 실수. 셋 이상입니다.
        hints: 힌트. 약한 것부터 둘 이상입니다.
        learnt: 맞았을 때 보이는, 배운 것 한 문장.
        choices: 고르는 문제의 보기. 예: "ABCD".
        cases: 함수에 넣을 인수 묶음의 목록을 만드는 함수. 노트북에 없는 새 데이터로 여러 묶음을 만듭니다.
        observe: `observe(답, *인수)`가 본 것이 비교할 값입니다. 없으면 함수는 불러서, 값은 그대로 비교합니다.
        right: 본 것의 목록을 받아 맞으면 None, 아니면 이유를 말하는 문장을 돌려주는 함수.
        rtol, atol: 값을 비교할 때 허용하는 상대 오차와 절대 오차.
        seconds: 답이 계산할 수 있는 시간(초). 시계의 시간이 아니라 CPU를 쓴 시간입니다.
        may_change: 함수가 받은 인수를 바꾸는 것이 할 일이면 참.
    """

    id: str
    title: str
    asks: str
    answer: object
    mistakes: list
    hints: list
    learnt: str
    choices: str = ""
    cases: Callable = lambda: [()]
    observe: Callable | None = None
    right: Callable | None = None
    rtol: float = 1e-4
    atol: float = 1e-6
    seconds: float = 5.0
    may_change: bool = False

    @property
    def takes_function(self):
        return callable(self.answer) and not isinstance(self.answer, nn.Module)


def judge(exercise, answer):
    """답을 보고 판단합니다. 무엇을 받아도 예외를 일으키지 않고, 커널의 상태를 바꾸지 않습니다.

    float32에서 먼저 보고, 맞지 않으면 노트북이 정해 둔 기본 자료형에서 한 번 더 봅니다. 어느 쪽에서든 맞으면 맞은
    것입니다. 그래서 노트북의 설정이 맞는 답을 틀리게 하지 않습니다. 진단은 노트북의 자료형에서 본 것입니다.
    """
    chosen = torch.get_default_dtype()
    verdict, is_final = _judge_under(torch.float32, exercise, answer)
    if chosen == torch.float64 and not is_final:
        verdict, _ = _judge_under(chosen, exercise, answer)
    return verdict


def _judge_under(dtype, exercise, answer):
    """`(판단, 다른 자료형에서 더 볼 것이 없는지)`입니다."""
    try:
        with unchanged(answer) as warned:
            torch.set_default_dtype(dtype)
            return _judge(exercise, answer, warned)
    except Exception as error:  # 비교하거나 베낄 때 예외를 내는 값
        text = f"답을 비교하다가 {_told(error)} 값의 종류를 확인합니다."
        return Verdict(NOT_YET, text), True


def _judge(exercise, answer, warned):
    if is_blank(answer):
        return Verdict(UNANSWERED, exercise.asks), True
    if problem := _wrong_sort(exercise, answer):
        return Verdict(NOT_YET, problem), True
    seen, printed = watch(exercise, answer)
    if any(is_blank(value) for value in seen):
        return Verdict(UNANSWERED, exercise.asks), True
    failed = [value for value in seen if isinstance(value, Failure)]
    if failed and failed[-1].key[0] in HOPELESS:
        return Verdict(NOT_YET, failed[-1].sentence), True
    if not failed and _is_right(exercise, seen):
        note = " print()로 출력한 것은 확인하지 않았습니다." if printed else ""
        return Verdict(RIGHT, exercise.learnt + note), True
    text = _diagnosis(exercise, answer, seen, failed)
    return Verdict(NOT_YET, text or _problem(exercise, answer, seen, printed, warned)), False


# ---------------------------------------------------------------- 답의 종류


def is_blank(answer):
    """`...`이 그대로 있는 답입니다. 몸통에 `...`이나 `pass`만 있는 함수도 그렇습니다."""
    if answer is Ellipsis or answer is BLANK:
        return True
    if isinstance(answer, (tuple, list)):
        return any(value is Ellipsis or _holds_blank(value) for value in answer)
    if isinstance(answer, dict):
        return is_blank([*answer.values()])
    if inspect.isfunction(answer):
        code = inspect.unwrap(answer)  # @torch.no_grad()처럼 장식한 함수의 안
        steps = [(step.opname, step.argval) for step in dis.get_instructions(code)]
        steps = [step for step in steps if step[0] not in ("RESUME", "NOP")]
        return steps in (
            [("LOAD_CONST", None), ("RETURN_VALUE", None)],
            [("RETURN_CONST", None)],
        )
    return False


def _holds_blank(value):
    return isinstance(value, (tuple, list, dict)) and is_blank(value)


def _wrong_sort(exercise, answer):
    """함수를 넘겨야 할 때 값을, 값을 넘겨야 할 때 함수를 넘긴 답입니다."""
    if exercise.takes_function:
        if not callable(answer):
            return _not_a_function(answer)
        return _wrong_signature(exercise, answer)
    if isinstance(exercise.answer, nn.Module) != isinstance(answer, nn.Module):
        wanted, found = name_of(exercise.answer), ending(name_of(answer), "을", "를")
        return f"{ending(wanted, '을', '를')} 넘겨야 하는데 {found} 넘겼습니다."
    if callable(answer) and not isinstance(answer, nn.Module):
        found = ending(name_of(answer), "을", "를")
        return f"값을 넘겨야 하는데 {found} 넘겼습니다. 함수라면 불러서 얻은 값을 넘깁니다."
    if exercise.choices and not (isinstance(answer, str) and plain(answer) in [*exercise.choices]):
        letters = ", ".join(exercise.choices)
        return f'보기의 글자 {letters} 중 하나를 "{exercise.choices[0]}"처럼 따옴표로 묶어 씁니다.'
    if exercise.observe and not isinstance(answer, nn.Module):  # 보기 전에 종류와 모양부터
        return difference(exercise.answer, answer, atol=np.inf)
    return None


def _not_a_function(answer):
    found = f"함수를 넘겨야 하는데 {ending(name_of(answer), '을', '를')} 넘겼습니다."
    if isinstance(answer, str):
        return f"{found} 함수의 이름을 따옴표 없이 씁니다."
    return f"{found} 괄호를 붙여 부르지 말고 함수의 이름만 씁니다."


def _wrong_signature(exercise, answer):
    try:
        wanted = inspect.signature(exercise.answer)
        signature = inspect.signature(getattr(answer, "forward", answer))
        signature.bind(*wanted.parameters)
    except TypeError:
        if isinstance(answer, nn.Module):
            return _not_a_function(answer)
        names = ", ".join(wanted.parameters)
        takes = (
            f"받아야 하는 인수는 {names}입니다." if names else "인수 없이 부를 수 있어야 합니다."
        )
        return f"함수가 받는 인수의 수가 다릅니다. {takes} 처음에 있던 def 줄을 그대로 씁니다."
    except ValueError:  # C로 쓴 함수
        return None
    return None


# ---------------------------------------------------------------- 보기


def watch(exercise, answer, *, guarded=True):
    """사례마다 답에서 본 것을 모읍니다. `guarded`가 거짓이면 울타리 없이 부릅니다.

    Returns:
        본 것의 목록, 답이 print한 문자열. 값을 보지 못한 사례에는 `Failure`가 있습니다.
    """
    if guarded:
        _warm_up(answer, exercise.observe)
    seen, printed, left = [], "", exercise.seconds
    for case in exercise.cases():
        value, outcome = _watch_one(exercise, answer, case, left if guarded else None)
        left -= outcome.spent
        printed += outcome.printed
        seen.append(value)
        if outcome.late or outcome.refused:
            break
    return seen, printed


def _warm_up(*functions):
    """옵티마이저를 쓰는 함수가 있으면 하나 만들어 둡니다. 처음 만들 때는 몇 초가 걸리는 모듈을 읽기 때문입니다.

    멈춤 단추를 눌러도 모듈을 읽다가 말지 않게 다른 스레드에서 합니다.
    """
    codes = [f.__code__ for one in functions for f in used(one) if inspect.isfunction(f)]
    if set().union(*map(written_names, codes)) & {"optim", "SGD", "Adam", "AdamW"}:
        work = threading.Thread(target=_make_optimizer, daemon=True)
        work.start()
        work.join()


def _make_optimizer():
    torch.optim.SGD([torch.zeros(1, requires_grad=True)])


def _watch_one(exercise, answer, case, seconds):
    arguments = copy.deepcopy(case)
    work = functools.partial(_look, _way_to_look(exercise), answer, arguments)
    outcome = _plainly(work) if seconds is None else sandbox.run(work, seconds)
    return _reading(exercise, answer, outcome, case, arguments), outcome


def _way_to_look(exercise):
    return exercise.observe or (_call if exercise.takes_function else _itself)


def _call(function, *case):
    return function(*case)


def _itself(answer):
    return answer


def _look(look, answer, arguments):
    if inspect.isfunction(answer):
        return look(_refusing_blank(answer), *arguments)
    if isinstance(answer, nn.Module):
        with contextlib.suppress(Exception):  # 계산 기록이 붙은 텐서를 든 모델은 베낄 수 없음
            answer = copy.deepcopy(answer)
    return look(answer, *arguments)


def _refusing_blank(function):
    """`...`을 돌려주면 아직 답하지 않은 것으로 읽게 합니다."""

    @functools.wraps(function)
    def call(*arguments, **named):
        value = function(*arguments, **named)
        if value is Ellipsis:
            raise TypeError("ellipsis")
        return value

    return call


def _plainly(work):
    """선언한 답을 부릅니다. 그 답이 print해도 학습자에게 보이지 않습니다."""
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            return sandbox.Outcome(value=work())
        except Exception as error:
            return sandbox.Outcome(error=error)


def _reading(exercise, answer, outcome, case, arguments):
    """울타리 안에서 일어난 일을 값이나 `Failure`로 읽습니다."""
    error = outcome.error
    if outcome.late:
        return Failure(("late",), _late(exercise, outcome))
    if outcome.refused or isinstance(error, SystemExit):
        return Failure(("refused",), REFUSED[outcome.refused or sandbox.EXIT])
    if isinstance(error, NotYetError):
        return Failure(("not yet", str(error)), str(error))
    if error is not None:
        if _is_open(error):
            return BLANK
        if re.search("leaf.*in-place", _message(error)):
            text = (
                "기울기를 추적하는 텐서의 값을 제자리에서(in-place) 고쳤습니다. 새 값을 만들어 계산하거나, "
                "매개변수의 갱신이라면 계산 기록을 남기지 않게 합니다."
            )
            return Failure(("in place",), _place(answer, error) + text)
        key = ("raised", type(error).__name__, _unnamed(_message(error)))
        return Failure(key, _place(answer, error) + _told(error))
    if not exercise.may_change:
        for name, before, after in zip(_names(exercise), case, arguments, strict=False):
            if not _unaltered(before, after):
                text = f"받은 인수 {name}의 값을 바꾸었습니다. 인수는 그대로 두고 새 값을 만들어 돌려줍니다."
                return Failure(("changed", name), text)
    return outcome.value


REFUSED = {
    sandbox.INPUT: "input()으로 입력을 기다리는 함수입니다. 필요한 값은 인수로 받습니다.",
    sandbox.CHECK: "함수 안에서 check()를 불렀습니다. check() 줄은 들여쓰지 않고 함수의 밖에 씁니다.",
    sandbox.EXIT: "exit()나 quit()처럼 프로그램을 끝내는 함수입니다. 값을 돌려주고 함수를 끝내려면 return을 씁니다.",
}


def _late(exercise, outcome):
    """끝나지 않은 이유를 말하는 문장입니다."""
    done = "기다리기를 그만두었습니다" if outcome.left else "멈추었습니다"
    long = exercise.seconds * sandbox.BUSY_FACTOR
    text = {
        sandbox.CPU: f"계산에 {exercise.seconds:g}초를 쓰고도 끝나지 않아 {done}. "
        "끝나지 않거나 너무 많은 반복이 있는지 봅니다.",
        sandbox.IDLE: f"계산하지 않고 기다리기만 해서 {done}. sleep()처럼 기다리는 줄이 있는지 봅니다.",
        sandbox.BUSY: f"{long:g}초가 지나도 끝나지 않아 {done}. 컴퓨터가 다른 일로 바쁠 수도 있습니다. "
        "다른 프로그램을 닫고 다시 확인합니다.",
        sandbox.INTERRUPT: f"중지(■) 버튼을 눌러 {done}.",
    }[outcome.late]
    if outcome.left:
        text += " 함수가 아직 돌고 있으니, 컴퓨터가 느려지면 커널을 다시 시작합니다."
    return text


def _is_open(error):
    """아직 채우지 않은 `...`으로 계산해 난 오류입니다. einsum의 오류문에도 ellipsis가 있으므로 종류도 봅니다."""
    words = _message(error).lower()
    if isinstance(error, (TypeError, AttributeError, KeyError)):
        return "ellipsis" in words
    return "dtype of ellipsis" in words


def _message(error):
    try:
        return " ".join(str(error).split())
    except Exception:  # 설명을 만들다가 또 예외를 내는 예외
        return ""


def _unnamed(message):
    """같은 실수를 다른 이름의 함수로 했을 때에도 같은 문장이 되게 합니다."""
    return re.sub(r"[\w.<>]+\(\)|0x[0-9a-f]+", "", message)


def _told(error):
    words = _message(error) or "설명 없음"
    words = words if len(words) <= 200 else f"{words[:200].rsplit(' ', 1)[0]} ..."
    help_text = explain(error) or ""
    if type(error) is NameError and error.name:
        help_text = f"`{error.name}`(이)라는 이름이 없습니다."
    return f"{type(error).__name__} 오류가 났습니다({words}). {help_text}".strip()


def _place(answer, error):
    """예외가 난, 학습자의 마지막 줄입니다."""
    function = inspect.unwrap(getattr(answer, "forward", answer))
    code = getattr(function, "__code__", None)
    if (getattr(function, "__module__", None) or "").split(".")[0] == "torch":
        return ""  # nn.Sequential의 forward는 학습자의 줄이 아님
    frames = [frame for frame in traceback.extract_tb(error.__traceback__)]
    mine = [frame for frame in frames if code and frame.filename == code.co_filename]
    if not mine:
        return ""
    line = linecache.getline(mine[-1].filename, mine[-1].lineno).strip()[:80]
    name = mine[-1].name
    place = "함수" if name.startswith("<") else f"함수 {name}"
    return f"{place}의 `{line}` 줄에서 " if line else f"{place}에서 "


def _unaltered(before, after):
    if isinstance(before, torch.Tensor):
        same = before.shape == after.shape and before.dtype == after.dtype
        return same and torch.equal(before.nan_to_num(), after.nan_to_num())
    if isinstance(before, np.ndarray):
        return before.dtype == after.dtype and np.array_equal(before, after)
    if hasattr(before, "equals"):  # pandas의 표와 열. 연습을 부르는 것만으로 pandas를 읽지 않게
        return before.equals(after)
    if isinstance(before, nn.Module):
        return _unaltered(before.state_dict(), after.state_dict())
    if isinstance(before, dict):
        return [*before] == [*after] and all(_unaltered(before[key], after[key]) for key in before)
    if isinstance(before, (list, tuple)):
        return len(before) == len(after) and all(map(_unaltered, before, after))
    if isinstance(before, float) and math.isnan(before):
        return isinstance(after, float) and math.isnan(after)
    return before == after if isinstance(before, (int, float, str, set)) else True


# ---------------------------------------------------------------- 판단


def expected(exercise):
    """맞는 답에서 본 것입니다. 사례의 텐서가 기본 자료형을 따르므로 자료형마다 따로 봅니다."""
    return _expected(exercise, torch.get_default_dtype())


@functools.cache  # 훈련하는 연습도 한 번만 훈련하게
def _expected(exercise, _dtype):
    return watch(exercise, exercise.answer, guarded=False)[0]


def _diagnosis(exercise, answer, seen, failed):
    """선언한 실수 중 맞는 것의 진단입니다. 인수를 쓰지 않고 전역 변수를 쓰면 그것부터 말합니다."""
    ignores = exercise.takes_function and clues.unused_arguments(answer)
    if ignores and (text := clues.about_globals(answer)):
        return text
    for number, mistake in enumerate(exercise.mistakes):
        if _made(number, exercise, seen, failed):
            return mistake.diagnosis
    return ""


def _problem(exercise, answer, seen, printed, warned):
    """선언한 실수가 아닌 답의 문제를 말하는 문장입니다. 전역 변수도 쓰면 그것을 덧붙입니다."""
    text = _told_problem(exercise, answer, seen, printed, warned)
    hint = clues.about_globals(answer) if exercise.takes_function else ""
    return f"{text} {hint}".strip()


def _told_problem(exercise, answer, seen, printed, warned):
    if text := _about_shapes(exercise, answer, seen, warned):
        return text
    failed = [value for value in seen if isinstance(value, Failure)]
    if failed:
        return failed[0].sentence
    if printed and all(value is None for value in seen):
        return "결과를 print()로 보이기만 하고 돌려주지 않았습니다. return을 씁니다."
    return exercise.right(seen) if exercise.right else _first_difference(exercise, seen)


def _about_shapes(exercise, answer, seen, warned):
    """(n,)과 (n, 1)을 함께 계산했으면 그 문장과, PyTorch의 경고가 있으면 그 경고입니다."""
    if not exercise.takes_function:
        return ""
    for place in range(min(len(seen), SHAPE_CASES)):
        mine = _shapes(exercise, answer, place)
        if mine and (text := clues.about_shapes(mine, _wanted_shapes(exercise, place))):
            warning = next((words for _, words in warned if "target size" in words), "")
            return f"{text} PyTorch의 경고: {' '.join(warning.split())}" if warning else text
    return ""


@functools.cache
def _wanted_shapes(exercise, place):
    return _shapes(exercise, exercise.answer, place)


def _shapes(exercise, answer, place):
    """답이 사례 하나에서 넓힌 모양의 목록입니다."""
    case = exercise.cases()[place]
    look = functools.partial(_look, _way_to_look(exercise), answer)
    work, shapes = clues.watching(lambda *inputs: look(inputs), copy.deepcopy(case))
    sandbox.run(work, SHAPE_SECONDS)
    return shapes.pairs


def _is_right(exercise, seen):
    if exercise.right:
        return exercise.right(seen) is None
    return _same(expected(exercise), seen, exercise)


def _made(number, exercise, seen, failed):
    """선언한 실수 중 `number`번째를 했는지 봅니다."""
    if when := exercise.mistakes[number].when:
        return not failed and bool(when(seen))
    dtype = torch.get_default_dtype()
    return all(
        _is_same(_mistaken(exercise, number, place, dtype), value, exercise)
        for place, value in enumerate(seen)
    )


@functools.cache  # 학습자가 여러 번 틀려도, 선언한 실수는 사례마다 한 번만
def _mistaken(exercise, number, place, _dtype):
    """선언한 실수 하나에서, 사례 하나를 본 것입니다."""
    wrong, case = exercise.mistakes[number].wrong, exercise.cases()[place]
    return _watch_one(exercise, wrong, case, None)[0]


def _same(wants, gots, exercise):
    return len(wants) == len(gots) and all(
        _is_same(want, got, exercise) for want, got in zip(wants, gots, strict=True)
    )


def _is_same(want, got, exercise):
    if isinstance(want, Failure) or isinstance(got, Failure):
        return getattr(want, "key", 0) == getattr(got, "key", 1)
    return difference(want, got, rtol=exercise.rtol, atol=exercise.atol) is None


def _first_difference(exercise, seen):
    returned = "결과" if exercise.observe else RETURNED
    what = returned if exercise.takes_function else "답"
    problems = [
        difference(want, got, rtol=exercise.rtol, atol=exercise.atol, what=what)
        for want, got in zip(expected(exercise), seen, strict=True)
    ]
    place, problem = next((i, problem) for i, problem in enumerate(problems) if problem)
    good = problems.count(None)
    share = f"사례 {len(seen)}개 중 {good}개는 맞습니다. " if good else ""
    return share + _described(exercise, exercise.cases()[place]) + problem


def _names(exercise):
    """사례의 인수를 부르는 이름입니다."""
    names = (
        [*inspect.signature(exercise.observe or exercise.answer).parameters]
        if (exercise.observe or exercise.takes_function)
        else []
    )
    return names[1:] if exercise.observe else names


def _described(exercise, case):
    """`x (4, 1), n=3일 때 `처럼 사례를 짧게 말합니다."""
    words = []
    for name, value in zip(_names(exercise), case, strict=False):
        if isinstance(value, (torch.Tensor, np.ndarray)) and value.ndim:
            words.append(f"{name} {tuple(value.shape)}")
        elif is_number(plain(value)) or isinstance(value, str):
            words.append(f"{name}={plain(value) if is_number(plain(value)) else value!r}")
    return f"{', '.join(words)}일 때 " if words else ""


# ---------------------------------------------------------------- 연습의 선언이 쓰는 도구


def require(want, got, what=RETURNED):
    """종류, 모양, 자료형이 `want`와 다르거나 nan이 있으면 `NotYetError`을 일으킵니다. 값은 보지 않습니다."""
    if problem := difference(want, got, atol=np.inf, what=what):
        raise NotYetError(problem)


def numbers(answers):
    """수 여럿을 묻는 연습의 `observe`입니다. 답을 Python의 수로 바꿉니다."""
    return [float(answer) for answer in answers]


def near(place, *values, rtol):
    """수 여럿 중 `place`번째가 `values`의 하나와 같은지 보는, `Mistake.when`에 쓸 함수를 만듭니다."""
    return lambda seen: any(math.isclose(seen[0][place], value, rel_tol=rtol) for value in values)


def with_gradient(function, x, *rest):
    """스칼라 텐서를 돌려주는 함수의 값과, 첫 인수에 대한 기울기입니다. 기울기가 끊겼으면 `NotYetError`입니다."""
    x = x.detach().clone().requires_grad_()
    value = function(x, *rest)
    if value is None:
        raise NotYetError("돌려준 값이 None입니다. return을 빠뜨렸는지 봅니다.")
    if not isinstance(value, torch.Tensor):
        raise NotYetError(
            f"돌려준 값은 텐서여야 하는데 {name_of(value)}입니다. 기울기를 구할 수 없습니다."
        )
    if not value.requires_grad:
        raise NotYetError(
            "돌려준 텐서에서 기울기를 구할 수 없습니다. 계산 기록이 중간에 끊겼습니다."
        )
    if value.ndim:
        raise NotYetError(f"돌려준 값은 0차원 텐서여야 하는데 모양이 {tuple(value.shape)}입니다.")
    (gradient,) = torch.autograd.grad(value, x, allow_unused=True)
    if gradient is None:
        raise NotYetError(
            "돌려준 텐서가 받은 텐서와 이어져 있지 않습니다. 받은 텐서로 계산해야 합니다."
        )
    return value.detach(), gradient
