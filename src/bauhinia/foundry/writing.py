"""The page of the rehearsal: what `docs/foundry.md` says was measured is written from the runs themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import InputError
from . import plots
from .live import losses
from .marks import finished, read_json
from .measuring import AFTER, BEFORE, RESULTS
from .run import recipe_of, record_of

PAGE = Path("docs") / "foundry.md"
PICTURES = Path("docs") / "images"
BEGIN, END = "<!-- rehearsal: begin -->", "<!-- rehearsal: end -->"
MAIN, WITHOUT, TINY = "rehearsal", "rehearsal-without-replay", "deepseek-tiny"
RECORD = "rehearsed.json"
NAMES = {"bpb.cantonese": "Cantonese", "bpb.english": "English", "bpb.parallel": "parallel text"}

Row = Sequence[object]


def write_page(folder: Path, root: Path) -> Path:
    """Write the figures and plots of a rehearsal between the marks of `docs/foundry.md` below `root`.

    Raises InputError where the page or its marks are missing, NotFound where a run is.
    """
    page = root / PAGE
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise InputError(
            f"{page} has no place for the figures.", hint=f"It needs the two lines {BEGIN} and {END}."
        )
    (root / PICTURES).mkdir(parents=True, exist_ok=True)
    for name, picture in pictures(folder).items():
        (root / PICTURES / name).write_text(picture, encoding="utf-8")
    inside = "\n".join(block(folder))
    page.write_text(f"{before}{BEGIN}\n{inside}\n{END}{after}", encoding="utf-8")
    return page


def block(folder: Path) -> Iterator[str]:
    """Everything between the marks, line by line."""
    record = read_json(folder / RECORD)
    yield from ("", _made(folder, record), "")
    yield from _suites(folder)
    yield from _training(folder)
    yield from _tiny(folder)
    yield from _exports(folder)
    yield from _corpus(folder)
    yield from _times(folder, record)
    yield from _deeds(record)


def pictures(folder: Path) -> dict[str, str]:
    """The plots, by their file names in `docs/images`."""
    return {
        "foundry-bits.svg": _bits_plot(folder),
        "foundry-losses.svg": _loss_plot(folder),
        "foundry-deepseek.svg": _tiny_plot(folder),
        "foundry-experts.svg": _expert_plot(folder),
    }


def _made(folder: Path, record: Mapping[str, Any]) -> str:
    told = record_of(folder / MAIN)
    here, code = told["environment"], told["code"]
    commit = f", commit {code['commit'][:7]}" if "commit" in code else ""
    threads = here["variables"].get("OMP_NUM_THREADS", "")
    machine = f"{here['cores']} cores ({here['processor']}){f', {threads} threads' if threads else ''}"
    packages = ", ".join(
        f"{name} {here['packages'].get(name, '?')}" for name in ("torch", "transformers", "trl")
    )
    return (
        f"Written by `bauhinia foundry rehearse --write .` from its runs: {machine}, no accelerator, Python "
        f"{here['python']}, {packages}, Bauhinia {code['version']}{commit}, {told['began'][:10]}. In all "
        f"{sum(record['sessions']):,.0f} s in {_counted(len(record['sessions']), 'session')}{_busy(told)}. "
        "Nothing here was typed by hand."
    )


def _busy(told: Mapping[str, Any]) -> str:
    """That other work had the machine too, where it had."""
    most = max((session.get("load", 0.0) for session in told["sessions"]), default=0.0)
    cores = told["environment"]["cores"]
    return (
        f", on a machine that other work kept busy (load {most:.0f} on {cores} cores)" if most > cores else ""
    )


def _suites(folder: Path) -> Iterator[str]:
    main, without = _results(folder / MAIN), _results(folder / WITHOUT)
    rows: list[Row] = []
    for suite, told in main.items():
        other = without.get(suite)
        name = NAMES.get(suite, suite)
        percent = not suite.startswith("bpb.")
        cells = [_figure(told[BEFORE], percent), _figure(told[AFTER], percent), _change(told)]
        cells += [_figure(other[AFTER], percent), _change(other)] if other else ["", ""]
        rows.append((f"{name}{'' if percent else ', bits per byte'}", *cells))
    yield from ("### What was measured", "")
    yield from _table(
        ("", "before", "after", "change (95 % interval)", "without replay", "change (95 % interval)"), rows
    )
    yield from ("", "![Bits per byte before and after](images/foundry-bits.svg)", "")
    yield from _names(main)


def _names(main: Mapping[str, Any]) -> Iterator[str]:
    """The figures by the names that yardsticks call them."""
    cantonese, english = main["bpb.cantonese"], main["bpb.english"]
    yield (
        f"So `foundry.cantonese_bpb_drop` is {-cantonese['change']:.1%} (at least 35 % is asked) and "
        f"`foundry.english_bpb_rise` is {english['change']:.1%} (less than 2 %)."
    )
    if (told := main.get("instructions")) is not None:
        done = told["by_kind"]
        freely, chosen = (f"{done[BEFORE][kind][0]} → {done[AFTER][kind][0]} of {done[AFTER][kind][1]}"
                          for kind in ("answered", "chosen"))  # fmt: skip
        kept = "kept" if told["kept"] else "lost"
        yield f"Instructions: {freely} answered as told, {chosen} rightly chosen; following is {kept}."
    yield ""


def _training(folder: Path) -> Iterator[str]:
    rows = [
        (name, stage, *_trained(told))
        for name in (MAIN, WITHOUT, TINY)
        for stage, told in record_of(folder / name)["stages"].items()
        if "tokens_trained" in told["figures"]
    ]
    yield from ("### Training", "")
    head = (
        "run",
        "stage",
        "steps",
        "tokens in",
        "tokens trained",
        "tokens/s",
        "parameters",
        "first loss",
        "last loss",
    )
    yield from _table(head, rows)
    yield from ("", "![Losses with and without replay](images/foundry-losses.svg)", "")


def _trained(told: Mapping[str, Any]) -> Row:
    figures = told["figures"]
    return (
        figures.get("steps", ""),
        figures.get("tokens_in", ""),
        figures["tokens_trained"],
        f"{figures['tokens_per_second']:.0f}",
        figures.get("parameters", ""),
        f"{figures['loss_first']:.3f}",
        f"{figures['loss_last']:.3f}",
    )


def _tiny(folder: Path) -> Iterator[str]:
    from .deepseek import loads, summarise

    yield from ("### The small DeepSeek-V3", "")
    results = _results(folder / TINY)
    rows = [
        (NAMES[suite], _figure(told[BEFORE], False), _figure(told[AFTER], False), f"{told['change']:+.1%}")
        for suite, told in results.items()
        if suite in NAMES
    ]
    yield from _table(("held-out text", "fresh, bits per byte", "trained", "change"), rows)
    yield from ("", "![Loss of the small DeepSeek-V3](images/foundry-deepseek.svg)", "")
    layers = summarise(loads(folder / TINY / "pretraining" / "losses.jsonl"))
    shares = [(each.layer, *map(_share, each[1:5]), each.dead) for each in layers]
    yield "How the experts shared the tokens, 1.00 being an even share, over the last quarter of the steps:"
    yield ""
    head = (
        "layer",
        "least used",
        "most used",
        "most above even, first quarter",
        "last quarter",
        "unused experts",
    )
    yield from _table(head, shares)
    yield from ("", "![Load of the experts](images/foundry-experts.svg)", "")


def _exports(folder: Path) -> Iterator[str]:
    yield from ("### Exported", "")
    rows: list[Row] = []
    for name in (MAIN, TINY):
        told = read_json(folder / name / _stage(folder / name, "export") / "export.json")
        rows.append((name, "as trained", "", f"{told['original']['loss']:.4f}", "", ""))
        for file, each in told["files"].items():
            size = f"{each['bytes'] / 1e6:,.1f}"
            agreement = f"{each['top1_agreement']:.2%}"
            rows.append((name, file, size, f"{each['loss']:.4f}", f"{each['loss_gap']:.3%}", agreement))
        yield from (f"{name}: {problem}" for problem in told["problems"])
    head = ("run", "file", "MB", "loss as served", "gap", "same likeliest token")
    yield from _table(head, rows)
    yield ""


def _corpus(folder: Path) -> Iterator[str]:
    from .corpus import describe

    yield from ("### The corpus", "", describe(folder / MAIN / _stage(folder / MAIN, "corpus")).strip(), "")


def _times(folder: Path, record: Mapping[str, Any]) -> Iterator[str]:
    yield from ("### How long it took", "")
    rows: list[Row] = []
    for name in (MAIN, WITHOUT, TINY):
        for stage in recipe_of(folder / name).stages:
            mark = finished(folder / name / stage.name)
            assert mark is not None
            taken = f"taken from {mark['taken_from']}" if "taken_from" in mark else f"{mark['seconds']:,.0f}"
            cpu = "" if "taken_from" in mark else f"{mark.get('cpu_seconds', 0):,.0f}"
            rows.append((name, stage.name, taken, cpu))
    rows += [(deed["name"], "", f"{deed['seconds']:,.0f}", "") for deed in record["deeds"].values()]
    yield from _table(("run or command", "stage", "seconds", "of processors"), rows)
    yield ""


def _deeds(record: Mapping[str, Any]) -> Iterator[str]:
    yield from ("### Released, served and used", "")
    for deed in record["deeds"].values():
        yield from ("```text", f"$ {deed['command']}", *deed["printed"], "```", "")


def _bits_plot(folder: Path) -> str:
    main, without = _results(folder / MAIN), _results(folder / WITHOUT)
    groups = {
        name: {
            "before": main[suite][BEFORE],
            "after": main[suite][AFTER],
            "without replay": without[suite][AFTER],
        }
        for suite, name in NAMES.items()
        if suite in main and suite in without
    }
    return plots.bars("Bits per byte on held-out text: lower is better", groups, up="bits per byte")


def _loss_plot(folder: Path) -> str:
    series = {}
    for label, name in (("with replay", MAIN), ("without", WITHOUT)):
        rows = losses(folder / name / "pretraining")
        series[label] = [(float(row["step"]), float(row["loss"])) for row in rows]
        for key, what in (("target_bpb", "Cantonese bpb"), ("replay_bpb", "English bpb")):
            found = [(float(row["step"]), float(row[key])) for row in rows if key in row]
            series |= {f"{what}, {label}": found} if found else {}
    return plots.lines(
        "Continual pre-training of SmolLM2-135M", series, across="step", up="loss, or bits per byte"
    )


def _tiny_plot(folder: Path) -> str:
    rows = losses(folder / TINY / "pretraining")
    points = [(float(row["step"]), float(row["loss"])) for row in rows]
    return plots.lines("A small DeepSeek-V3 from fresh weights", {"loss": points}, across="step", up="loss")


def _expert_plot(folder: Path) -> str:
    from .deepseek import load_series, loads

    told = loads(folder / TINY / "pretraining" / "losses.jsonl")
    layer = next(iter(told[-1][1])) if told else ""
    series = {name.removeprefix("expert "): points for name, points in load_series(told, layer).items()}
    title = f"Share of the tokens by expert of layer {layer}: 1 is an even share"
    return plots.lines(title, series, across="step", up="share")


def _results(run: Path) -> dict[str, Any]:
    suites: dict[str, Any] = read_json(run / _stage(run, "evaluation") / RESULTS)["suites"]
    return suites


def _stage(run: Path, kind: str) -> str:
    """The name of the last stage of that kind."""
    return [stage.name for stage in recipe_of(run).stages if stage.kind == kind][-1]


def _figure(value: float, percent: bool) -> str:
    return f"{value:.1%}" if percent else f"{value:.3f}"


def _share(value: float) -> str:
    return f"{value:.2f}"


def _change(suite: Mapping[str, Any]) -> str:
    low, high = suite["interval"]
    return f"{suite['change']:+.1%} ({low:+.1%} to {high:+.1%})"


def _table(head: Row, rows: Sequence[Row]) -> Iterator[str]:
    for line in (head, ["---"] * len(head), *rows):
        yield "| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in line) + " |"


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
