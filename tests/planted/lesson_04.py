from tests.planted import Fault

FAULTS = {
    "04_kfold_cross_validation.ipynb": [
        Fault("linear-read", r"W_3 W_2 b_1 + W_3 b_2", r"W_3 W_2 b_1 + W_2 b_2", "formula"),
        Fault("title", "(03_house_price_mlp.ipynb)", "(03_house_prices.ipynb)", "links_resolve"),
        Fault("plot-folds-caption", "**그림 2.**", "**그림 1.**", "figures"),
        Fault("title", "점수를 믿어도 될 때까지", "스코어를 믿어도 될 때까지 교차검증", "glossary"),
        Fault("data", "- 5) / 45)", "- 5) / 50)", "strict"),
        Fault(
            "plot-single",
            'label=["368번 행이 훈련에", "368번',
            'label=["368번 행이 검증에", "368번',
            "twin",
        ),
        Fault("plot-folds", 'label="훈련" if', 'label="테스트" if', "twin"),
        Fault("folds", "rows[fit], rows[val]", "rows[val], rows[val]", "check-folds"),
        Fault("three-fold", "np.mean(scores)", "scores[0]", "check-three-fold"),
        Fault("model-code", "self.slope * h)", "self.slope * h**2)", "check-collapse"),
    ],
}
