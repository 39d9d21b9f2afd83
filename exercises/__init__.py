"""연습 문제의 답을 보고, 어디서 틀렸는지 한국어로 말합니다.

강의의 연습 문제는 `check("03-2", 답)`으로 확인하고, 막히면 `hint("03-2")`를, 지금까지 푼 것은 `progress()`를 부릅니다.
연습의 선언은 강의마다 `lesson_NN.py`에 있습니다. 맞는 답도 거기 있으니, 먼저 풀어 봅니다.
"""

import importlib
import pkgutil
import re

from exercises import engine, record, sandbox, show

__all__ = ["check", "hint", "progress"]

_NOTHING = object()
_hints_given = {}
_misses = {}  # 연습마다 이어서 틀린 횟수


def lessons():
    """연습이 있는 강의의 번호입니다."""
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    return sorted(name.removeprefix("lesson_") for name in names if name.startswith("lesson_"))


def of_lesson(number):
    """강의 하나의 연습을 순서대로 담은 목록입니다. 예: `of_lesson("03")`."""
    return importlib.import_module(f"{__name__}.lesson_{number}").EXERCISES


def _find(exercise_id):
    """연습을 찾습니다. 없으면 무엇이 있는지 알리고 None을 돌려줍니다. '1-1', '01_1 '도 01-1로 읽습니다."""
    known = lessons()
    if exercise_id is None:
        print(f'연습의 번호를 "{known[0]}-1"처럼 따옴표로 묶어 씁니다.')
        return None
    if match := re.fullmatch(r"\s*(\d{1,2})\s*[-_\u2010-\u2015]\s*(\d+)\s*", str(exercise_id)):
        exercise_id = f"{match[1]:0>2}-{match[2]}"
    number = str(exercise_id)[:2]
    if number not in known:
        print(
            f"번호가 {_short(exercise_id)}인 연습은 없습니다. "
            f'"{known[0]}-1"처럼 강의와 연습의 번호를 씁니다.'
        )
        return None
    found = {exercise.id: exercise for exercise in of_lesson(number)}
    if str(exercise_id) not in found:
        print(
            f"번호가 {_short(exercise_id)}인 연습은 없습니다. {number}강의 연습은 {', '.join(found)}입니다."
        )
    return found.get(str(exercise_id))


def _short(value):
    words = " ".join(repr(value).split())
    return words if len(words) <= 40 else f"{words[:40]}..."


def check(exercise_id=None, answer=_NOTHING, *more):
    """연습의 답을 확인해 '아직 답하지 않았습니다', '맞았습니다', '아직입니다' 중 하나와 이유를 보입니다.

    답이 무엇이든 예외를 일으키지 않고, 커널의 상태를 바꾸지 않습니다. 맞으면 진도에 적습니다.

    Args:
        exercise_id: 연습의 번호. 예: "03-2".
        answer: 답. 연습이 시키는 값이나 함수입니다. 함수는 부르지 않고 이름만 넘깁니다.
        more: 답이 여럿이면 괄호로 묶어야 합니다. 그냥 늘어놓으면 그렇게 알립니다.
    """
    sandbox.refuse_inside(sandbox.CHECK)
    if (exercise := _find(exercise_id)) is None:
        return
    if answer is _NOTHING:
        print(f'[{exercise.id}] 확인할 답을 함께 넘깁니다. 예: check("{exercise.id}", 답)')
        return
    if more:
        print(
            f'[{exercise.id}] 값이 여럿이면 괄호로 묶습니다. 예: check("{exercise.id}", (값, 값))'
        )
        return
    try:
        status, text = engine.judge(exercise, answer)
    except KeyboardInterrupt:
        print(f"[{exercise.id}] 중지(■) 버튼을 눌러 확인하지 않았습니다. 셀을 다시 실행합니다.")
        return
    if status == engine.RIGHT:
        record.add(exercise.id)
    show.verdict(exercise.id, status, text + _advice(exercise, status))


def _advice(exercise, status):
    """두 번 이어서 틀리면 힌트를 부르는 법을 알립니다."""
    misses = _misses.get(exercise.id, 0) + 1 if status == engine.NOT_YET else 0
    _misses[exercise.id] = misses
    return f' 막히면 새 셀에서 hint("{exercise.id}")를 실행합니다.' if misses >= 2 else ""


def hint(exercise_id=None):
    """연습의 힌트를 출력합니다. 부를 때마다 한 단계 더 알려 줍니다.

    Args:
        exercise_id: 연습의 번호. 예: "03-2".
    """
    if (exercise := _find(exercise_id)) is None:
        return
    count = len(exercise.hints)
    step = min(_hints_given.get(exercise.id, 0) + 1, count)
    _hints_given[exercise.id] = step
    print(f"[{exercise.id}] 힌트 {step}/{count}: {exercise.hints[step - 1]}")


def progress():
    """강의마다 맞힌 연습과 남은 연습의 제목, 다음에 풀 연습을 출력합니다.

    진도는 사용자 폴더의 작은 파일 하나에 있습니다.
    """
    passed = record.read()
    everything = [exercise for number in lessons() for exercise in of_lesson(number)]
    left = [exercise for exercise in everything if exercise.id not in passed]
    for number in lessons():
        print(f"{number}강")
        for exercise in of_lesson(number):
            mark = "○" if exercise.id in passed else "·"
            following = "  <- 다음" if exercise in left[:1] else ""
            print(f"  {mark} {exercise.id} {exercise.title}{following}")
    done = len(everything) - len(left)
    print(f"연습 {len(everything)}개 중 {done}개를 맞혔습니다.", end=" ")
    print(f"다음은 {left[0].id}입니다." if left else "모두 마쳤습니다.")
