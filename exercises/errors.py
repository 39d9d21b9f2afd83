"""답이 낸 오류의 문장을 보고, 어떤 실수인지 아는 오류이면 그 실수의 진단으로 바꿉니다."""

import contextlib
import re

from exercises.engine import NotYetError

OLD_GRAPH = (
    "이미 쓴 계산 그래프로 backward()를 다시 불러 오류가 났습니다. 매개변수가 바뀌면 예측과 손실도 달라지므로, "
    "걸음마다 새로 계산하는지 봅니다."
)
IN_TRAINING = {"backward through the graph a second time": OLD_GRAPH}  # 어느 훈련에서나


@contextlib.contextmanager
def diagnosed(diagnoses):
    """안에서 난 오류의 문장에 맞는 정규식이 있으면, 그 진단을 말하는 `NotYetError`로 바꿉니다.

    같은 실수도 쓰는 방법에 따라 오류의 문장이 조금씩 다르므로, 오류를 내는 실수는 이것으로 모읍니다.

    Args:
        diagnoses: 정규식에서 진단으로 가는 딕셔너리.
    """
    try:
        yield
    except NotYetError:
        raise
    except Exception as error:
        for pattern, diagnosis in diagnoses.items():
            if re.search(pattern, str(error)):
                raise NotYetError(diagnosis) from error
        raise
