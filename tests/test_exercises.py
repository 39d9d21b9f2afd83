"""모든 연습의 선언을 검사합니다: 맞는 답은 맞고, 흔한 실수는 제 진단을 받고, 어떤 답도 오류를 내지 않습니다."""

import contextlib
import functools
import inspect
import re
import types

import numpy as np
import pytest
import torch

from exercises import engine, lessons
from tests import rerun, rules

EXERCISES = []
for _number in lessons():
    with contextlib.suppress(rules.DeclarationError):  # test_declarations_can_be_read가 알림
        EXERCISES += rules.declared_exercises(_number)
NOTEBOOKS = rerun.ROOT / "notebooks"
FILES = {path.name for path in rerun.collect(NOTEBOOKS) if path.parent == NOTEBOOKS}  # 강의
MIN_EXERCISES = 36

each = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)


def read_or_fail(reader, *arguments):
    """읽지 못하면 이유 한 문장으로 실패합니다."""
    try:
        return reader(*arguments)
    except rules.DeclarationError as error:
        problem = str(error)
    pytest.fail(problem, pytrace=False)


def others(exercise):
    """다르게 쓴 맞는 답입니다."""
    module = f"tests.other_answers.lesson_{exercise.id[:2]}"
    return read_or_fail(rules.load, module, "OTHERS").get(exercise.id, [])


def texts(exercise):
    """학습자가 읽는 모든 문장입니다."""
    diagnoses = [mistake.diagnosis for mistake in exercise.mistakes]
    return [exercise.title, exercise.asks, exercise.learnt, *exercise.hints, *diagnoses]


@functools.cache
def forbidden():
    terms = rules.read_glossary((rerun.ROOT / "README.md").read_text(encoding="utf-8"))
    return [word for term in terms for word in term.forbidden]


# ---------------------------------------------------------------- 선언


def test_every_lesson_but_the_first_has_exercises():
    written = {name[:2] for name in FILES} - {"00"}
    without = [f"exercises/lesson_{number}.py" for number in written - {*lessons()}]
    stray = [f"exercises/lesson_{number}.py" for number in {*lessons()} - written]
    assert not without, f"강의는 있는데 선언이 없습니다: {', '.join(sorted(without))}"
    assert not stray, f"선언은 있는데 강의가 없습니다: {', '.join(sorted(stray))}"
    assert len(EXERCISES) >= MIN_EXERCISES


@pytest.mark.parametrize("number", lessons())
def test_declarations_can_be_read(number):
    read_or_fail(rules.declared_exercises, number)


@pytest.mark.parametrize("number", lessons())
def test_other_answers_belong_to_an_exercise(number):
    known = {exercise.id for exercise in read_or_fail(rules.declared_exercises, number)}
    found = read_or_fail(rules.load, f"tests.other_answers.lesson_{number}", "OTHERS")
    stray = sorted(set(found) - known)
    assert not stray, f"tests/other_answers/lesson_{number}.py: {stray}은(는) 없는 연습입니다."


def test_missing_answers_get_one_sentence():
    with pytest.raises(pytest.fail.Exception) as failed:
        others(types.SimpleNamespace(id="99-1"))
    assert failed.value.msg == "tests/other_answers/lesson_99.py 파일이 없습니다."
    assert not failed.value.pytrace
    assert failed.value.__context__ is None  # 앞선 오류를 함께 보이지 않음


@pytest.mark.parametrize("number", lessons())
def test_ids_count_up(number):
    exercises = read_or_fail(rules.declared_exercises, number)
    assert [exercise.id for exercise in exercises] == [
        f"{number}-{place}" for place in range(1, len(exercises) + 1)
    ], f"exercises/lesson_{number}.py의 번호가 {number}-1부터 하나씩 늘지 않습니다."
    assert sum(bool(exercise.choices) for exercise in exercises) <= 1
    assert len({exercise.title for exercise in exercises}) == len(exercises)


@pytest.mark.skipif(not (NOTEBOOKS / rules.SOLUTIONS).exists(), reason="풀이 없이 나누어 준 강의")
def test_every_lesson_with_exercises_has_a_solution():
    solved = {path.name for path in rerun.collect(NOTEBOOKS / rules.SOLUTIONS)}
    wanted = {name for name in FILES if name[:2] in lessons()}
    assert not wanted - solved, f"notebooks/solutions에 없습니다: {sorted(wanted - solved)}"
    assert not solved - wanted, f"강의가 없는 풀이입니다: {sorted(solved - wanted)}"


@each
def test_declaration_is_complete(exercise):
    diagnoses = [mistake.diagnosis for mistake in exercise.mistakes]
    assert len(set(diagnoses)) == len(diagnoses) >= 3
    assert len(set(exercise.hints)) == len(exercise.hints) >= 2
    assert exercise.takes_function or inspect.signature(exercise.cases).parameters == {}
    if exercise.choices:
        letters = [exercise.answer, *(mistake.wrong for mistake in exercise.mistakes)]
        assert sorted(letters) == sorted(exercise.choices)


@each
def test_texts_are_written_as_the_course_is(exercise):
    for text in texts(exercise)[1:]:
        assert re.search(r"(니다|니까|까요)[.?)]", text), text
    for text in texts(exercise):
        assert rules.impolite(text) == []
        assert not re.search(r"!(?!=)|(?<![가-힣])(?:우리[는가]|여러분)", text), text
        assert not rules.EMOJI.search(text), text
        found = [w for w in forbidden() if re.search(f"(?<![가-힣]){re.escape(w)}", text)]
        assert found == [], text
        assert not rules.SOLUTION_WORDS.search(text), text  # 풀이는 지울 수 있음


@each
def test_no_text_gives_a_number_or_choice_away(exercise):
    told = "\n".join(text for text in texts(exercise) if text != exercise.learnt)
    if exercise.choices:
        assert not re.search(rf"\b{exercise.answer}\b", told)
    elif isinstance(exercise.answer, (int, float)) and abs(exercise.answer) not in {0, 1, 2}:
        number = f"{exercise.answer:g}"
        assert not re.search(rf"(?<![\w.-]){re.escape(number)}(?![\w-])(?!\.\d)", told)


# ---------------------------------------------------------------- 판단


@each
def test_the_answer_is_right_each_time(exercise):
    first, second = (engine.judge(exercise, exercise.answer) for _ in range(2))
    assert first == second == (engine.RIGHT, exercise.learnt)


@each
def test_other_right_answers_are_right(exercise):
    answers = others(exercise)
    file = f"tests/other_answers/lesson_{exercise.id[:2]}.py"
    told = f"{file}: {exercise.id}을(를) 다르게 쓴 맞는 답이 둘 이상 있어야 하는데 {len(answers)}개입니다."
    assert exercise.choices or len(answers) >= 2, told
    for answer in answers:
        assert engine.judge(exercise, answer) == (engine.RIGHT, exercise.learnt), answer


@each
def test_each_mistake_gets_its_own_diagnosis(exercise):
    for mistake in exercise.mistakes:
        verdict = engine.judge(exercise, mistake.wrong)
        assert verdict == (engine.NOT_YET, mistake.diagnosis), mistake.wrong


@each
def test_nothing_written_is_unanswered(exercise):
    assert engine.judge(exercise, ...) == (engine.UNANSWERED, exercise.asks)
    if exercise.takes_function:
        names = ", ".join(inspect.signature(exercise.answer).parameters)
        space = {}
        exec(f"def stub({names}):\n    '''설명'''\n    ...", space)
        assert engine.judge(exercise, space["stub"]) == (engine.UNANSWERED, exercise.asks)


class Odd:
    """비교하면 예외를 내는 값입니다."""

    def __eq__(self, other):
        raise RuntimeError("비교할 수 없음")

    __hash__ = None


STRANGE = {
    "None": None,
    "글": "모름",
    "수": -7.25,
    "nan": float("nan"),
    "복소수": 1j,
    "빈 리스트": [],
    "튜플": (1, "가"),
    "딕셔너리": {"가": 1},
    "텐서": torch.full((2, 3, 1), -7.25),
    "nan 텐서": torch.full((2,), float("nan")),
    "정수 텐서": torch.arange(-9, -6),
    "기울기를 추적하는 텐서": torch.full((3,), -7.25, requires_grad=True),
    "다른 장치의 텐서": torch.ones(2, device="meta"),
    "희소 텐서": torch.eye(2).to_sparse(),
    "배열": np.full((2, 2), -7.25),
    "글의 배열": np.array(["가"]),
    "클래스": dict,
    "모델": torch.nn.Linear(7, 11),
    "비교할 수 없는 값": Odd(),
}


@each
def test_strange_answers_get_a_sentence(exercise):
    for name, strange in STRANGE.items():
        verdict = engine.judge(exercise, strange)
        assert verdict.status == engine.NOT_YET, name
        assert verdict.text.endswith("."), verdict.text
        assert rules.impolite(verdict.text) == []
        if exercise.takes_function:
            verdict = engine.judge(exercise, lambda *_, value=strange: value)
            assert verdict.status == engine.NOT_YET, name
            assert "Traceback" not in verdict.text


def _raises(*_):
    raise ValueError("학습자의 오류")


@each
def test_a_function_that_raises_gets_the_line(exercise):
    if exercise.takes_function:
        status, text = engine.judge(exercise, _raises)
        assert status == engine.NOT_YET
        known = [mistake.diagnosis for mistake in exercise.mistakes]
        assert text in known or "ValueError 오류가 났습니다(학습자의 오류)" in text


# ---------------------------------------------------------------- README의 보기


def test_the_example_of_the_readme_is_an_exercise():
    readme = (rerun.ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.split("### 새 연습 쓰기")[1]
    space = {}
    exec(re.search(r"(?s)```python\n(.*?)```", section)[1], space)
    exercise = space["first"]
    test_declaration_is_complete(exercise)
    test_texts_are_written_as_the_course_is(exercise)
    test_the_answer_is_right_each_time(exercise)
    test_each_mistake_gets_its_own_diagnosis(exercise)
    test_nothing_written_is_unanswered(exercise)
    test_strange_answers_get_a_sentence(exercise)
    assert f'check("{exercise.id}", ' in section
