"""11강의 틀린 답마다, 진단에 있어야 하는 말입니다."""

NAMED = {
    "11-1": {
        "{'parameters': 80, '훈련': 52, 'state_dict': 86}": ["두 번 쓴 층을 두 번"],
        "{'parameters': 75, '훈련': 47, 'state_dict': 81}": ["리스트에 담은 층까지"],
        "{'parameters': 56, '훈련': 28, 'state_dict': 62}": ["층 밖의 매개변수를 빠뜨"],
        "{'parameters': 50, '훈련': 26, 'state_dict': 56}": ["편향을 빠뜨"],
        "COUNTS | {'parameters': 66}": ["매개변수를 세면서 버퍼를"],
        "COUNTS | {'훈련': 60}": ["'훈련'의 수에 얼린 층이 들어"],
        "COUNTS | {'parameters': 32}": ["얼린 층을 훈련과 관계없는 수에서도 뺐"],
        "COUNTS | {'state_dict': 60}": ["'state_dict'의 수가 매개변수의 수와 같"],
    },
    "11-2": {
        "_careless(removes=False)": ["끝난 뒤에도 모델에 훅이 남아"],
        "_careless(evaluates=False)": ["모델의 값이 달라졌", "훈련 모드의 모델"],
        "_careless(back='none')": ["훈련 모드이던 모델이 평가 모드로 남았"],
        "_careless(back='whole')": ["모드가 처음과 다른 부품", "안쪽의 부품까지 모두"],
        "_careless(safely=False)": ["중간에 오류가 나면 훅이 남거나 모드가 되돌아오지 않"],
        "_careless(parts=lambda model: dict(model.named_children()))": [
            "이름에 점이 든 부품을 찾지 못해"
        ],
        "_all_at_once": ["이어 붙여 한꺼번에"],
        "_careless(count=lambda outputs: (outputs[-1] == 0).all(dim=0).sum().item())": [
            "마지막 미니배치에서만"
        ],
        "_careless(count=lambda outputs: sum(((o == 0).all(0).sum().item() for o in outputs)))": [
            "미니배치마다 센 수를 더했"
        ],
        "_careless(count=lambda outputs: (torch.cat(outputs) == 0).any(dim=0).sum().item())": [
            "한 행에서라도 0인"
        ],
        "_careless(count=lambda outputs: (torch.cat(outputs) <= 0).all(dim=0).sum().item())": [
            "늘 음수인 뉴런도"
        ],
        "_careless(clones=False)": ["간직한 출력의 값이 나중에", "제자리에서"],
        "_with_training_copy": ["모델은 그대로이지만 수가 다릅", "어느 모드"],
    },
    "11-3": {
        "lambda model, state: copy.deepcopy(model)": ["새 모델을 만들어", "받은 model은 그대로"],
        "_borrow_slip(strips=str, verifies=False, freezes=_set_attribute)": [
            "두 증상이 모두",
            "옮겨지지 않았고 얼지도 않",
        ],
        "_borrow_slip(strips=lambda name: name[7:], verifies=False)": [
            "`module.`이 붙은 state는 옮겼지만 붙지 않은 state는 옮기지 못",
            "접두사가 있을 때만",
        ],
        "_borrow_slip(strips=str, verifies=False)": [
            "앞부분을 얼렸지만 `module.`이 붙은 state에서 값이 옮겨지지 않"
        ],
        "_borrow_slip(wanted=lambda name: True)": ["크기가 다른 층까지"],
        "_strict_without_head": ["이름이 정확히 같지 않"],
        "_only_parameters": ["매개변수는 옮겼지만 BatchNorm이 모은 통계는 옮기지 않"],
        "_borrow_slip(freezes=_set_attribute)": [
            "값은 옮겼지만 앞부분에 얼지 않은 매개변수",
            "보통의 속성",
        ],
        "_borrow_slip(freezes=lambda model: model.requires_grad_(False))": ["출력층까지 얼었"],
        "_replaces_head": ["앞부분은 맞지만 출력층의 값이 달라졌"],
        "_assigns": ["앞부분이 state의 텐서와 메모리를 나눕", "assign=True"],
        "_borrow_slip(verifies=False)": ["앞부분의 이름이 빠진 state를 넣었는데 오류가 나지 않"],
    },
    "11-4": {
        "_cuts_the_given": ["받은 model이 달라졌"],
        "_before_relu": ["잘라 낸 뉴런이 하나도 없"],
        "_zeroed": ["층의 크기가 그대로", "0으로 바꾼"],
        "_columns_left": ["오류가 나거나 예측의 모양이 다릅", "입력의 수를 앞 층의 출력의 수와"],
        "_first_layer_only": ["은닉층 하나만 줄었"],
        "_off_in_some_row": ["켜져 있는 뉴런까지 잘라"],
        "_both_at_once": ["IndexError", "한 대괄호에 둘"],
        "_values_left": ["크기는 맞지만 값이 모두 다릅", "난수"],
        "_relu_at_end": ["층의 값은 모두 맞는데 예측이 다릅", "ReLU를 둔 곳"],
        "_shares": ["예측과 크기는 맞", "받은 모델도 함께 달라", "메모리를 나누는"],
    },
}
