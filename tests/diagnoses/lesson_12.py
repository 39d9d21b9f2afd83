"""12강의 틀린 답마다, 진단에 있어야 하는 말입니다."""

NAMED = {
    "12-1": {
        "(0.0, 29.0, 73.0)": ["한 걸음 뒤에도 처음과 같은 값"],
        "(3.0, 29.0, 73.0)": ["한 걸음의 길이가 절반"],
        "(24.0, 29.0, 73.0)": ["네 행의 기울기를 더하기만"],
        "(-6.0, 29.0, 73.0)": ["첫 걸음이 타깃의 반대쪽으로"],
        "(15.0, 29.0, 73.0)": ["한 걸음에 타깃의 평균까지"],
        "(30.0, 29.0, 73.0)": ["학습률을 곱하지 않", "평균을 지나쳤"],
        "(9.0, 29.0, 73.0)": ["한 걸음 뒤에 타깃의 평균까지 남은 거리"],
        "(6.0, 0.0, 73.0)": ["훈련 MSE가 0이 되려면 행마다 다른 값"],
        "(6.0, 254.0, 73.0)": ["훈련이 끝나도 0을 답한다고 본 훈련 MSE"],
        "(6.0, 110.0, 73.0)": ["한 걸음 뒤의 훈련 MSE"],
        "(6.0, 116 / 3, 73.0)": ["훈련 MSE", "n - 1로 나누었"],
        "(6.0, math.sqrt(29), 73.0)": ["훈련 MSE 대신 그 제곱근"],
        "(6.0, 116.0, 73.0)": ["훈련 MSE로 제곱 오차의 합"],
        "(6.0, 33.0, 73.0)": ["훈련 타깃의 중앙값을 답한다고 본 훈련 MSE"],
        "(6.0, 29.0, 9.0)": ["테스트 타깃의 분산입니다"],
        "(6.0, 29.0, 29.0)": ["테스트 MSE로 훈련 타깃의 분산"],
        "(6.0, 29.0, 64.0)": ["테스트 MSE", "두 평균의 차이를 제곱한 항만"],
        "(6.0, 29.0, 93.0)": ["테스트 MSE에 훈련 타깃의 분산"],
        "(6.0, 29.0, 82.0)": ["테스트 MSE", "n - 1로 나누었"],
        "(6.0, 29.0, 146.0)": ["테스트 MSE로 제곱 오차의 합"],
        "(6.0, 29.0, math.sqrt(73))": ["테스트 MSE 대신 그 제곱근"],
        "(6.0, 29.0, 538.0)": ["0을 답할 때의 테스트 MSE"],
        "(6.0, 29.0, 298.0)": ["한 걸음 뒤에 답하는 값으로 구한 테스트 MSE"],
    },
    "12-2": {
        "_judging(lambda h: (h == 0).all(dim=0).any())": ["뉴런 몇 개만 꺼진 신경망도 '꺼짐'"],
        "_judging(lambda h: (h == 0).all(dim=1).any())": [
            "한 행에서만 층의 값이 모두 0이어도 '꺼짐'"
        ],
        "_judging(lambda h: (h == 0).any())": ["0이 하나라도 있으면 '꺼짐'"],
        "_judging(lambda h: (h <= 0).all())": ["LeakyReLU를 지난 음수도 꺼진 것으로"],
        "_looks_at_linear": ["활성화 함수를 지나기 전의 값"],
        "_prediction_counts_too": ["예측이 모두 0인 신경망을 '꺼짐'"],
        "_judging(lambda h: (h.abs() < 1e-06).all())": ["0에 가까운 값도 0으로"],
        "_judging(lambda h: (h == h[0]).all())": ["층의 값이 행마다 같으면 '꺼짐'"],
        "_flat_in_hidden": ["은닉층의 값을 타깃의 표준편차와 비교"],
        "_judging(combine=all)": ["은닉층이 모두 꺼져야 '꺼짐'"],
        "_judging(layers=slice(-1, None))": ["마지막 은닉층이 꺼졌을 때만 '꺼짐'"],
        "_judging(layers=slice(1))": ["첫 은닉층이 꺼졌을 때만 '꺼짐'"],
        "_flat_first": ["꺼진 신경망을 모두 '고원'", "먼저"],
        "_off_if_constant": ["예측이 모두 같으면 '꺼짐'"],
        "_judging(is_flat=_no_better_than_mean)": ["손실을 분산과 비교"],
        "_judging(is_flat=lambda y_hat, y: bool(y_hat.std() < 0.01))": [
            "예측의 표준편차를 정해 둔 수와 비교"
        ],
        "_judging(is_flat=lambda y_hat, y: bool(y_hat.std() < y.std()))": [
            "예측의 표준편차가 타깃보다 작기만 하면 '고원'"
        ],
        "_judging(is_flat=lambda y_hat, y: bool(y_hat.var() < 0.01 * y.var()))": [
            "예측의 표준편차가 타깃의 1.7%쯤인 신경망을 '고원'",
            "분산끼리 1%를 비교",
        ],
        "_judging(is_flat=lambda y_hat, y: bool(y_hat.std() == 0))": [
            "예측이 거의 똑같을 때만 '고원'"
        ],
    },
    "12-3": {
        "_forecasting(scale=_raw, restore=_not_restored)": ["`forecast_broken`과 예측이 같"],
        "_forecasting(restore=_not_restored)": ["특성은 고쳤", "아직 표준화한 단위"],
        "_forecasting(scale=_raw)": ["예측을 원래 단위로", "아직 원래 특성"],
        "_forecasting(scale=_each_by_itself)": [
            "새 표를 새 표의 평균과 표준편차로 표준화",
            "함께 묻는 집",
        ],
        "_forecasting(scale=_each_by_itself, restore=_not_restored)": [
            "예측이 아직 표준화한 단위",
            "새 표를 새 표의 평균과 표준편차로 표준화",
        ],
        "_forecasting(scale=_together)": ["두 표를 합쳐 평균과 표준편차를"],
        "_forecasting(scale=_one_scale_for_all)": ["특성 전체의 평균과 표준편차를 하나씩만"],
        "_forecasting(scale=_new_left_raw)": ["훈련 표만 표준화"],
        "_forecasting(restore=lambda z, y: z * y.std())": ["예측에 표준편차만 곱했"],
        "_forecasting(restore=lambda z, y: z + y.mean())": ["예측에 평균만 더했"],
        "_forecasting(restore=lambda z, y: (z + y.mean()) * y.std())": ["더하고 나서 곱했"],
        "_forecasting(restore=lambda z, y: z * y.var() + y.mean())": ["예측에 분산을 곱했"],
        "_forecasting(scale_target=lambda y: (y - y.mean()) / y.std(ddof=1))": [
            "표준화할 때와 되돌릴 때의 표준편차가 조금 다릅"
        ],
        "_forecasting(restore=lambda z, y: z * y.std(ddof=1) + y.mean())": [
            "되돌릴 때의 표준편차가 표준화할 때보다 조금 큽"
        ],
        "_forecasting(scale_target=lambda y: y, restore=_not_restored)": [
            "fit에 타깃을 원래 단위로"
        ],
        "_forecasting(features=_all_but_last)": ["`Price`가 마지막 열일 때만 맞"],
        "_names_by_place": ["새 표에서 `Price` 열을 찾다가"],
        "_writes_into_array": ["읽기만 할 수 있어, 값을 써넣다가 오류"],
    },
    "12-4": {
        "_by(_to_unit, forgets_new=True)": ["첫 은닉층만 맞", "고치기 전의 값"],
        "_by(_to_unit, activation=lambda z: z)": [
            "첫 은닉층만 맞",
            "활성화 함수를 지나지 않",
        ],
        "_first_only": ["첫 은닉층만 고쳤"],
        "_by(_shifts_less)": ["표준편차는 1인데 평균이 0이 아닙", "평균을 뺀 것은 나누지 않"],
        "_by(_never_shifts)": ["표준편차는 1인데 평균이 0이 아닙", "나누기만 하고 빼지 않"],
        "_by(_keeps_bias)": ["편향이 처음 그대로"],
        "_by(_only_shifts)": ["평균은 0인데 표준편차가 1이 아닙", "가중치는 그대로"],
        "_by(_drops_bias)": ["처음 편향이 사라졌"],
        "_by(_divides_by_variance)": ["표준편차 대신 분산으로 나누었"],
        "_by(_divides_by_less)": ["표준편차를 n - 1로"],
        "_by(_whole_layer)": ["뉴런 여럿의 z를 한데 모아 평균과 표준편차를"],
        "_along_neurons": ["평균이나 표준편차의 모양이 W나 b와 맞지 않", "어느 축"],
        "_by(_looks_after_relu)": ["ReLU를 지난 값의 평균과 표준편차"],
        "_last_too": ["마지막 층까지 고쳤"],
    },
}
