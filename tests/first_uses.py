"""이름과 관용구마다 그것을 설명하는 강의입니다. 설명하기 전의 강의에는 쓰지 않습니다.

용어는 README의 '용어'와 `glossed` 규칙이 맡으므로 여기에는 코드에 적는 것만 둡니다. 이름은 낱말로 찾습니다.
"""

import functools
import re

from tests.notebook import FENCE, SPAN

EXPLAINED = {
    "00": ["manual_seed", "item", "mean(dim=0)", "float32", "@", "check()"],
    "01": [
        *("make_line", "unsqueeze", "MSELoss", "mse_loss", "lstsq", "hint"),
        *("requires_grad", "backward", ".grad", "detach", "zero_grad", ".step()", "SGD"),
        *("nn.Module", "super().__init__()", "__init__", "forward", "nn.Linear"),
    ],
    "02": [
        *("Sequential", "LeakyReLU", "L1Loss", "Adam", "no_grad", "DataLoader"),
        *("TensorDataset", "numel", "randperm"),
        *(".to(device)", "device", "cuda", "mps", ".cpu()", "meta"),
    ],
    "03": [
        *("load_house_prices", "train_test_split", "Dropout", "weight_decay", "eval()", "deepcopy"),
        *("state_dict", "load_state_dict"),
    ],
    "04": [
        *("KFold", "GroupKFold", "cross_val_predict", "SubsetRandomSampler"),
        *("functional_call", "vmap", "stack_module_state"),
    ],
    "05": ["make_spiral", "softmax", "cross_entropy", "CrossEntropyLoss", "Tanh"],
    "06": [
        *("log_softmax", "LogSoftmax", "NLLLoss", "BCEWithLogitsLoss"),
        *("label_smoothing", "ignore_index"),
    ],
    "07": ["cosine_trend", "make_cosine_trend", "finfo", "autograd"],
    "08": ["binary_cross_entropy_with_logits", "inplace"],
    "09": [
        *("HuberLoss", "SmoothL1Loss", "PoissonNLLLoss", "BCELoss", "LinearLR"),
        "torch.distributions",
    ],
    "10": [
        *("param_groups", "betas", "AdamW", "StepLR", "MultiStepLR", "ExponentialLR", "LambdaLR"),
        "CosineAnnealingLR",
    ],
    "11": [
        *("register_forward_hook", "named_modules", "ModuleList", "BatchNorm1d", "DataParallel"),
        *("torch.save", "torch.load", "weights_only", "fork_rng", "parameters_to_vector"),
    ],
    "12": ["LBFGS", "StandardScaler"],
}


def early(nb):
    """`(셀, 문장)`을 하나씩 내놓습니다."""
    texts = [(cell, read(cell)) for cell in nb.cells]
    for number, names in EXPLAINED.items():
        for name in names:
            if number == nb.number:
                if not any(finder(name).search(cell.source) for cell in nb.markdown):
                    yield None, f"여기서 설명하기로 한 {name}이(가) 글에 없습니다."
            elif number > nb.number:
                for cell in (cell for cell, text in texts if finder(name).search(text)):
                    yield cell, f"{number}강에서 설명하는 {name}을(를) 먼저 씁니다."


def read(cell):
    """셀의 코드입니다. 글이면 코드로 적은 조각만 봅니다."""
    if cell.cell_type == "code":
        return cell.source
    return "\n".join(span for _, span in SPAN.findall(FENCE.sub("", cell.source)))


@functools.cache
def finder(name):
    before = r"(?<!\w)" if name[0].isalnum() or name[0] == "_" else ""
    after = r"(?!\w)" if name[-1].isalnum() or name[-1] == "_" else ""
    return re.compile(before + re.escape(name) + after)
