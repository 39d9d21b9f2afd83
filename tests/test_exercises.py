"""모든 연습의 선언을 검사합니다: 맞는 답은 맞고, 흔한 실수는 제 진단을 받고, 어떤 답도 오류를 내지 않습니다."""

import functools
import importlib
import inspect
import re

import numpy as np
import pytest
import torch

from exercises import engine, lessons, of_lesson
from tests import rerun, rules

EXERCISES = [exercise for number in lessons() for exercise in of_lesson(number)]
NOTEBOOKS = rerun.ROOT / "notebooks"
MIN_EXERCISES = 36

each = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)


def others(exercise):
    """다르게 쓴 맞는 답입니다."""
    number = exercise.id[:2]
    return importlib.import_module(f"tests.other_answers.lesson_{number}").OTHERS.get(
        exercise.id, []
    )


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
    written = sorted(path.name[:2] for path in NOTEBOOKS.glob("*.ipynb"))
    assert lessons() == written[1:]
    assert len(EXERCISES) >= MIN_EXERCISES


@pytest.mark.parametrize("number", lessons())
def test_ids_count_up(number):
    exercises = of_lesson(number)
    assert [exercise.id for exercise in exercises] == [
        f"{number}-{place}" for place in range(1, len(exercises) + 1)
    ]
    assert sum(bool(exercise.choices) for exercise in exercises) <= 1
    assert len({exercise.title for exercise in exercises}) == len(exercises)


@pytest.mark.skipif(not (NOTEBOOKS / rules.SOLUTIONS).exists(), reason="풀이 없이 나누어 준 강의")
def test_every_lesson_with_exercises_has_a_solution():
    solved = sorted(path.name for path in (NOTEBOOKS / rules.SOLUTIONS).glob("*.ipynb"))
    lesson_files = sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))
    assert solved == [name for name in lesson_files if name[:2] in lessons()]


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
    assert exercise.choices or len(answers) >= 2
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
    """견주려고 하면 예외를 내는 값입니다."""

    def __eq__(self, other):
        raise RuntimeError("견줄 수 없음")

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
    "견줄 수 없는 값": Odd(),
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
    [exercise] = space["EXERCISES"]
    test_declaration_is_complete(exercise)
    test_texts_are_written_as_the_course_is(exercise)
    test_the_answer_is_right_each_time(exercise)
    test_each_mistake_gets_its_own_diagnosis(exercise)
    test_nothing_written_is_unanswered(exercise)
    test_strange_answers_get_a_sentence(exercise)
    assert f"연습 {exercise.id}. {exercise.title}" in section
