"""Launch files held against each tool's own parser, or what is recorded of its arguments."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bauhinia.errors import InputError
from bauhinia.foundry.launch import Job, automodel, emit, jobs, launch_files, slurm, swift, verl
from bauhinia.foundry.launch import accelerate as accelerate_files
from bauhinia.foundry.launch.checking import (
    automodel_faults,
    schema,
    slurm_faults,
    swift_faults,
    verl_faults,
)
from bauhinia.foundry.planning import Plan, Sharding, plan

Recipe = dict[str, Any]


def words(script: str, command: str) -> list[str]:
    """The command of a script as the shell would split it."""
    joined = script.replace("\\\n", " ")
    line = next(line for line in joined.splitlines() if line.startswith(command))
    return shlex.split(line)


def test_every_script_is_bash(
    large: Plan, large_recipe: Recipe, dense: Plan, dense_recipe: Recipe, tmp_path: Path
) -> None:
    scripts = [
        *emit(large, large_recipe, tmp_path / "large"),
        *emit(dense, dense_recipe, tmp_path / "dense"),
    ]
    checked = [path for path in scripts if path.suffix in (".sh", ".sbatch")]

    for path in checked:
        done = subprocess.run(["bash", "-n", path], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{path.name}: {done.stderr}"
    assert len(checked) == 12 + 20


def test_slurm_takes_every_option(large_jobs: tuple[Job, ...]) -> None:
    for job in large_jobs:
        text = slurm.batch(job, "swift")
        given = re.findall(r"^#SBATCH --([a-z-]+)", text, re.MULTILINE)

        assert slurm_faults(dict.fromkeys(given)) == []
        assert {"nodes", "gpus-per-node", "time", "requeue"} <= set(given)
        # every directive stands before the first command, or sbatch ignores it
        assert text.rindex("#SBATCH") < text.index("set -euo")
    assert slurm_faults({"gpus-per-machine": "8"}) == ["gpus-per-machine is unknown"]


@pytest.mark.parametrize(
    ("hours", "limit"), [(0.1, "0-00:30:00"), (1, "0-01:15:00"), (40, "2-02:00:00"), (0.5, "0-00:38:00")]
)
def test_the_time_asked_for_is_a_quarter_longer_than_planned(hours: float, limit: str) -> None:
    assert slurm.limit(hours) == limit


def test_accelerates_own_classes_read_the_configuration(
    dense: Plan, dense_recipe: Recipe, tmp_path: Path
) -> None:
    pytest.importorskip("accelerate", reason="the foundry's extra is not installed")
    from accelerate.commands.config.config_args import ClusterConfig
    from accelerate.commands.launch import _validate_launch_command, launch_command_parser
    from accelerate.utils import DistributedType

    emit(dense, dense_recipe, tmp_path / "files", targets=("accelerate",))
    path = tmp_path / "files" / "accelerate" / "1-text.yaml"
    config = ClusterConfig.from_yaml_file(path)

    assert config.distributed_type is DistributedType.FSDP
    assert (config.num_machines, config.num_processes, config.mixed_precision) == (1, 8, "bf16")
    parser = launch_command_parser()
    known = {option.removeprefix("--") for action in parser._actions for option in action.option_strings}
    assert set(config.fsdp_config) <= known
    script = (tmp_path / "files" / "accelerate" / "1-text.sh").read_text(encoding="utf-8")
    given = words(script, "accelerate launch")[2:]
    here = {"$HERE/accelerate/1-text.yaml": path.as_posix(), "$NODES": "1", "$RANK": "0"}
    here |= {"$MASTER_ADDR": "127.0.0.1", "$MASTER_PORT": "29500"}
    parsed = parser.parse_args([here.get(word, word) for word in given])
    assert parsed.training_script == "bauhinia.foundry.training.launched" and parsed.module
    validated, *_ = _validate_launch_command(parsed)
    assert validated.use_fsdp and int(validated.fsdp_version) == 2


def test_accelerate_is_told_of_tensor_and_context_cuts(dense_recipe: Recipe) -> None:
    pytest.importorskip("accelerate", reason="the foundry's extra is not installed")
    from accelerate.commands.launch import launch_command_parser

    layout = Sharding(gpus=32, tensor=2, context=2)
    job = jobs(plan(dense_recipe, gpus=32, sharding=layout), dense_recipe)[0]
    given = accelerate_files.configuration(job)["parallelism_config"]
    known = {
        option.removeprefix("--") for a in launch_command_parser()._actions for option in a.option_strings
    }

    assert set(given) <= known
    assert given["parallelism_config_dp_shard_size"] == 8
    sizes = [value for key, value in given.items() if key.endswith("_size")]
    assert sizes[0] * sizes[1] * sizes[2] * sizes[3] == 32


def test_our_own_trainer_reads_its_job(dense_jobs: tuple[Job, ...], tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="the foundry's extra is not installed")
    from bauhinia.foundry.training.launched import Job as TrainerJob

    for job in dense_jobs:
        path = tmp_path / f"{job.name}.json"
        path.write_text(accelerate_files.files(job)[path.name], encoding="utf-8")
        read = TrainerJob.read(path)

        assert read.stage.kind == job.work.kind
        assert (read.stage.config.steps, read.seed) == (job.work.steps, 11)
    assert str(read.model) == "preferences/model" and str(read.corpus) == "corpus"


def test_a_layout_that_accelerate_has_no_words_for_is_refused(large_jobs: tuple[Job, ...]) -> None:
    assert "neither pipelines nor experts" in accelerate_files.unsuited(large_jobs[0])


def test_automodel_takes_every_key(large_jobs: tuple[Job, ...], dense_jobs: tuple[Job, ...]) -> None:
    for job in (*large_jobs[:2], *dense_jobs[:2]):
        text = automodel.files(job)[f"{job.name}.yaml"]
        assert automodel_faults(yaml.safe_load(text)) == []


def test_automodel_makes_the_671_b_model_as_its_own_recipe_does(large_jobs: tuple[Job, ...]) -> None:
    """The layout of its DeepSeek recipes for 256 H100: pipelines of 4, experts over 64, FSDP2, weights from FP8."""
    made = automodel.configuration(large_jobs[0])

    assert made["distributed"] | {"pipeline": 0, "moe": 0} == {
        "strategy": "fsdp2",
        "tp_size": 1,
        "cp_size": 1,
        "pp_size": 4,
        "ep_size": 64,
        "sequence_parallel": False,
        "activation_checkpointing": True,
        "pipeline": 0,
        "moe": 0,
    }
    assert made["checkpoint"]["dequantize_base_checkpoint"] is True
    assert made["step_scheduler"]["global_batch_size"] == 1024
    # as many rows at once as keep every stage of the pipeline at work
    assert made["step_scheduler"]["local_batch_size"] == 8
    assert "peft" not in made


def test_automodel_says_what_it_cannot(large_jobs: tuple[Job, ...]) -> None:
    assert "text and on instructions only" in automodel.unsuited(large_jobs[2])


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"distributed": {"pp_sizes": 4}}, "distributed.pp_sizes is unknown"),
        ({"step_scheduler": {"max_steps": "many"}}, "step_scheduler.max_steps is int | None, not 'many'"),
        ({"optimiser": {}}, "optimiser is unknown"),
        ({"loss_fn": {"_target_": "nemo_automodel.components.loss.best"}}, "is not there"),
    ],
)
def test_the_check_of_automodel_can_fail(change: Recipe, fault: str) -> None:
    assert any(fault in found for found in automodel_faults(change))


def test_ms_swift_takes_every_argument(large_jobs: tuple[Job, ...], dense_jobs: tuple[Job, ...]) -> None:
    for job in (*large_jobs[:3], *dense_jobs[:3]):
        command = swift.COMMANDS[job.work.kind]
        assert swift_faults(command, swift.arguments(job)) == []
        script = swift.files(job)[f"{job.name}.sh"]
        given = [word for word in words(script, "megatron") if word.startswith("--")]
        assert len(given) == len(set(given)) == sum(v is not None for v in swift.arguments(job).values())


def test_ms_swifts_pipeline_has_its_short_stage_last(large_jobs: tuple[Job, ...]) -> None:
    made = swift.arguments(large_jobs[0])

    assert (made["pipeline_model_parallel_size"], made["decoder_last_pipeline_num_layers"]) == (4, 13)
    assert (61 - 13) % 3 == 0
    assert made["tuner_type"] == "full"


@pytest.mark.parametrize(("stages", "last"), [(16, 1), (12, 6), (2, 30), (1, None)])
def test_layers_that_do_not_divide_are_laid_as_verl_lays_them(
    stages: int, last: int | None, large_recipe: Recipe
) -> None:
    """verl's own table for DeepSeek-V3: 12 stages with 6 layers last, 16 stages with 1."""
    layout = Sharding(gpus=8 * stages, pipeline=stages, expert=8)
    text = large_recipe | {"stages": large_recipe["stages"][:2]}

    assert (
        jobs(plan(text, gpus=8 * stages, sharding=layout, weights="fp8"), text)[0].last_stage_layers == last
    )


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"learning_rate": 1e-5}, "learning_rate is unknown"),
        ({"train_iters": "ten"}, "train_iters is Optional[int]"),
        ({"exp_avg_dtype": "fp4"}, "exp_avg_dtype is Literal"),
        ({"packing": 1}, "packing is bool"),
    ],
)
def test_the_check_of_ms_swift_can_fail(arguments: Recipe, fault: str) -> None:
    assert fault in swift_faults("pt", arguments)[0]


def test_verl_takes_every_override(large_jobs: tuple[Job, ...], dense_jobs: tuple[Job, ...]) -> None:
    for job in (large_jobs[3], dense_jobs[3]):
        assert verl_faults(verl.overrides(job)) == []
    script = verl.files(large_jobs[3])["4-reward.sh"]
    given = words(script, "python3 -m verl")[3:]
    assert len(given) == len(verl.overrides(large_jobs[3]))
    assert "num_nextn_predict_layers to 0" in script
    assert 'trainer.logger=["console","tensorboard"]' in given


def test_verl_loads_the_rewards_of_the_recipe(large: Plan, large_recipe: Recipe) -> None:
    pytest.importorskip("bauhinia.foundry.training.rewards", reason="the foundry's extra is not installed")
    loaded: dict[str, Any] = {}
    exec(launch_files(large, large_recipe)["reward.py"], loaded)  # as verl does with the file

    def score(answer: str) -> float:
        given = loaded["compute_score"]("set", answer, "", extra_info={"prompt": "幾點開門？"})
        assert isinstance(given, float)
        return given

    assert 0 <= score("nine") < score("九點開門。" * 40) <= 1


@pytest.mark.parametrize(
    ("overrides", "fault"),
    [
        ({"actor_rollout_ref.actor.megatron.grad_offload": True}, "grad_offload is unknown"),
        ({"data.train_batch_size": "many"}, "data.train_batch_size is int"),
        ({"+data.seed": 7}, "data.seed is there already"),
        ({"+nowhere.at.all": 7}, "nowhere.at is not there"),
        ({"model_engine": "fsdp9"}, "model_engine is none of"),
    ],
)
def test_the_check_of_verl_can_fail(overrides: Recipe, fault: str) -> None:
    assert fault in verl_faults(overrides)[0]


def test_what_is_recorded_of_each_tool_says_of_which_version() -> None:
    for tool in ("automodel", "slurm", "swift", "verl"):
        found = schema(tool)
        assert re.match(r"\d+\.\d+", found["version"])
        assert "SHA-256" in found["source"] or "@" in found["source"]


def test_a_step_that_cannot_be_shared_out_is_said(large_recipe: Recipe) -> None:
    odd = large_recipe | {"stages": [{**large_recipe["stages"][1], "batch": 1000}]}

    with pytest.raises(InputError, match="No launcher that was asked for can run stage 'text'") as refused:
        launch_files(plan(odd, gpus=256, weights="fp8"), odd)
    assert "1000 rows is no multiple of 4 for each of 64 replicas" in refused.value.hint


def test_the_readme_says_what_to_run_and_what_cannot(large: Plan, large_recipe: Recipe) -> None:
    texts = launch_files(large, large_recipe)
    readme = texts["README.md"]

    for name in texts:
        if name.endswith((".sh", ".sbatch")):
            assert name in readme, name
    assert "python rows.py assistant CORPUS data/1-text.assistant.jsonl --replay 0.25" in readme
    assert "no, NeMo Automodel trains on text and on instructions only" in readme
    assert "output/3-preferences/model" in readme


def test_what_a_launcher_leaves_aside_of_the_recipe_is_said(large_recipe: Recipe) -> None:
    text = {**large_recipe["stages"][1], "ema": 0.999, "stop_above": 0.02, "expert_bias": 1e-4}
    taught = {**large_recipe["stages"][2], "replay_share": 0.1}
    more = large_recipe | {"stages": [text, taught]}
    readme = launch_files(plan(more, gpus=256, weights="fp8"), more)["README.md"]

    assert readme.count("Of the recipe it does not do: ema, stop_above, expert_bias.") == 2
    assert readme.count("Of the recipe it does not do: replay_share.") == 2


def test_only_the_launchers_asked_for_are_written(dense: Plan, dense_recipe: Recipe) -> None:
    folders = {name.split("/")[0] for name in launch_files(dense, dense_recipe, targets=("accelerate",))}

    assert folders == {"accelerate", "slurm", "README.md", "rows.py"}
    with pytest.raises(InputError, match="no launcher called 'deepspeed'"):
        launch_files(dense, dense_recipe, targets=("deepspeed",))


def test_a_folder_with_something_in_it_is_left_alone(
    dense: Plan, dense_recipe: Recipe, tmp_path: Path
) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")

    with pytest.raises(InputError, match="is not empty"):
        emit(dense, dense_recipe, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_nothing_emitted_names_a_place_of_this_machine(large: Plan, large_recipe: Recipe) -> None:
    for name, text in launch_files(large, large_recipe).items():
        assert "/tmp" not in text and "/home" not in text, name
        json.dumps(text)
