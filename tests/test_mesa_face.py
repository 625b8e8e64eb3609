"""Mesa's face on the model, with the Mesa that is installed: 3.3 on Python 3.11, else the newest."""

import inspect
import itertools
import re
from pathlib import Path
from typing import ClassVar

import mesa
import numpy as np
import pytest

import collabsim
from collabsim.mesa_model import Agency, PartnershipModel, Staff
from collabsim.model.simulate import run_once
from collabsim.outcomes import MONTHLY, OUTCOME, monthly
from collabsim.scenario import ScenarioErrors, load_scenario

IS_NEW_MESA = tuple(int(part) for part in mesa.__version__.split(".")[:2]) >= (3, 4)
needs_page = pytest.mark.skipif(
    not IS_NEW_MESA,
    reason="Mesa before 3.4, all that Python 3.11 gets, has no SolaraViz for such models;"
    " `make test` runs this file a second time with Python 3.12 and the newest Mesa",
)
GUIDE = Path(__file__).parent.parent / "docs" / "how-to" / "use-from-mesa.md"
WITH_HUB = {"key_worker__fte_per_20": 1.0, "project_manager__fte": 0.5}


@pytest.fixture(scope="module")
def lived():
    """A year and a half of a partnership with a hub: nobody may step it."""
    return _after(70, seed=5, years=1, **WITH_HUB)


def _after(weeks, **given):
    model = PartnershipModel(**given)
    for _ in range(weeks):
        model.step()
    return model


# --- living -------------------------------------------------------------------------------------


@pytest.mark.parametrize("levers", [{}, WITH_HUB], ids=["no hub", "hub"])
def test_a_run_stepped_to_its_end_is_the_run_of_the_compiled_model(levers):
    model = PartnershipModel("short-term-funding", seed=3, replicate=2, years=1, **levers)
    model.run_model()
    named = {name.replace("__", "."): value for name, value in levers.items()}
    run = run_once(load_scenario("short-term-funding", named, years=1), seed=3, replicate=2)
    assert model.series.tobytes() == run.series.tobytes()
    assert model.ledger.tobytes() == run.ledger.tobytes()
    assert all(model.arrays[name].tobytes() == run.arrays[name].tobytes() for name in run.arrays)


def test_a_run_that_needs_more_room_on_the_way_is_still_the_same():
    model = PartnershipModel(seed=3, years=1)
    model._plan["repairs"] = model._plan["repairs"][:2]
    model.run_model()
    assert model._room > 2
    assert model.series.tobytes() == run_once(model.partnership, seed=3).series.tobytes()


def test_looking_at_agents_changes_nothing():
    looked = PartnershipModel(seed=4, years=1)
    while looked.running:
        looked.agents.shuffle_do(lambda agent: repr(agent))
        looked.step()
    assert looked.series.tobytes() == run_once(looked.partnership, seed=4).series.tobytes()


def test_steps_past_the_end_do_nothing():
    model = _after(157, seed=1, years=1)
    assert (model.week, model.running, len(model.series)) == (156, False, 36)
    assert len(model.datacollector.get_model_vars_dataframe()) == 36


def test_without_a_seed_one_is_drawn_and_kept():
    fresh, other = (_after(10, years=1) for _ in range(2))
    again = _after(10, years=1, seed=fresh.seed)
    assert fresh.seed != other.seed
    assert again.arrays["trust"].tobytes() == fresh.arrays["trust"].tobytes()


def test_a_replicate_without_a_seed_is_one_of_seed_0():
    model = PartnershipModel(replicate=3, years=1)
    assert (model.seed, model.replicate) == (0, 3)
    assert PartnershipModel(seed=7, years=1).replicate == 0


def test_replicates_of_a_seed_differ():
    runs = [_after(10, years=1, seed=1, replicate=replicate) for replicate in (0, 1)]
    assert runs[0].arrays["trust"].tobytes() != runs[1].arrays["trust"].tobytes()


def test_a_scenario_in_hand_will_do():
    scenario = load_scenario("short-term-funding")
    model = PartnershipModel(scenario, seed=1, years=1, trust__gain=0.1)
    assert model.partnership == scenario.with_values({"trust.gain": 0.1}, years=1)
    assert collabsim.PartnershipModel is PartnershipModel


@pytest.mark.parametrize(
    ("given", "sentences"),
    [
        (
            {"funding__grant_moths": 36},
            ["funding.grant_moths is not a known name; did you mean funding.grant_months?"],
        ),
        ({"colocation__days": 9}, [r"colocation.days is 9, but must be a number from 0 to 5 \(days"]),
        ({"years": 0, "trust__gain": "high"}, ["trust.gain is .*high", "years is 0, but must be"]),
        ({"seed": -1}, ["seed is -1, but must be a whole number from 0"]),
        ({"replicate": 0.5}, ["replicate is 0.5, but must be a whole number"]),
        ({"scenario": "short-term-fundng"}, ["did you mean short-term-funding"]),
    ],
)
def test_wrong_input_is_answered_in_plain_sentences(given, sentences):
    with pytest.raises(ScenarioErrors) as caught:
        PartnershipModel(**given)
    assert len(caught.value.errors) == len(sentences)
    for said, expected in zip(caught.value.errors, sentences, strict=True):
        assert re.search(expected, said)
        assert "--set" not in said


# --- agents -------------------------------------------------------------------------------------


def test_founders_are_in_post_before_the_first_step():
    model = PartnershipModel(seed=1, years=1)
    assert [agency.name for agency in model.agencies][:2] == ["NHS community team", "Council early help team"]
    assert (len(model.agencies), len(model.staff), len(model.agents)) == (5, 45, 50)
    assert all(staff.occupant == 0 for staff in model.staff)


def test_agents_are_told_apart_by_ids_that_depend_on_no_seed(lived):
    ids = lived.agents.get("unique_id")
    assert len(set(ids)) == len(ids)
    assert lived.agencies.get("unique_id") == [1, 2, 3, 4, 5, 6]
    assert all(staff.unique_id == 100_000 * (staff.post + 1) + staff.occupant for staff in lived.staff)
    other = PartnershipModel(seed=6, years=1)
    assert min(other.staff.get("unique_id")) == 100_000


def test_staff_come_and_go_with_the_posts():
    model = PartnershipModel(seed=1, years=1)
    founders = list(model.staff)
    for _ in range(60):
        model.step()
    gone = [staff for staff in founders if not staff.in_post]
    assert gone
    assert (
        len(model.staff) == model.arrays["posts"]["filled"].sum() == model.agencies.agg("posts_filled", sum)
    )
    assert not set(gone) & set(model.staff)
    assert set(founders) - set(gone) <= set(model.staff)
    assert max(model.staff.get("occupant")) > 0
    with pytest.raises(LookupError, match=r"Occupant 0 of post \d+ has left"):
        _ = gone[0].knowledge


def test_agents_hold_no_copy_of_the_state():
    model = PartnershipModel(seed=1, years=1)
    staff, agency = next(iter(model.staff)), next(iter(model.agencies))
    model.arrays["posts"]["knowledge"] = 0.25
    model.arrays["agencies"]["power"] = 0.75
    model.arrays["between"]["trust"] = 0.125
    assert staff.knowledge == 0.25
    assert agency.power == 0.75
    assert agency.trust_in(model.agency("Community network")) == 0.125


def test_views_add_up_to_the_series():
    model = _after(65, seed=2, years=1)  # 15 months to the week
    latest = model.series[-1]
    trust = sum(one.trust_in(other) for one in model.staff for other in one.counterparts)
    assert trust == pytest.approx(latest["trust_sum"], rel=1e-12)
    assert sum(len(staff.counterparts) for staff in model.staff) == latest["ties"]
    assert model.staff.agg("knowledge", sum) == pytest.approx(latest["knowledge_sum"], rel=1e-12)
    assert model.agencies.agg("posts_filled", sum) == latest["posts_filled"]
    assert len(model.staff.select(lambda staff: staff.insecurity > 0.1)) == latest["insecure"]
    pairs = list(itertools.permutations(model.agencies, 2))
    institutional = sum(agency.trust_in(other) for agency, other in pairs) / len(pairs)
    assert institutional == pytest.approx(latest["institutional"], rel=1e-12)
    assert model.agencies.agg("voice", sum) == pytest.approx(1.0)


def test_mean_trust_is_the_mean_over_colleagues_in_ordinary_posts(lived):
    for staff in lived.staff:
        others = [other for other in staff.counterparts if other.kind == "ordinary"]
        assert staff.mean_trust == pytest.approx(np.mean([staff.trust_in(other) for other in others]))


def test_trust_between_agencies_is_the_mean_over_their_staff(lived):
    for agency, other in itertools.permutations(lived.agencies, 2):
        known = [one.trust_in(two) for one in agency.staff for two in other.staff]
        expected = np.mean(known) if known else np.nan
        assert agency.staff_trust_in(other) == pytest.approx(expected, nan_ok=True)


def test_only_people_of_different_agencies_trust_each_other(lived):
    agency = max(lived.agencies, key=lambda agency: agency.posts_filled)
    one, other = list(agency.staff)[:2]
    assert not one.works_with(other)
    assert np.isnan(one.trust_in(other))
    assert one.contacts_with(other) == 0
    assert one.contacts_with(max(one.counterparts, key=lambda staff: staff.tenure_weeks)) >= 0


def test_agent_sets_select_group_and_aggregate(lived):
    funded = lived.staff.select(lambda staff: staff.is_grant_funded)
    assert 0 < len(funded) <= len(lived.staff)
    assert lived.staff.agg("tenure_weeks", [min, max]) == [
        min(lived.staff.get("tenure_weeks")),
        max(lived.staff.get("tenure_weeks")),
    ]
    sizes = {agency.name: len(group) for agency, group in lived.staff.groupby("agency")}
    assert sizes == {agency.name: agency.posts_filled for agency in lived.agencies if agency.posts_filled}
    described = lived.agencies.get(["name", "sector", "posts", "posts_filled", "vacancies"])
    assert described[0][:3] == ["NHS community team", "nhs", 6]
    assert all(0 <= filled + vacant <= posts for _, _, posts, filled, vacant in described)


def test_every_property_has_a_value_for_everybody(lived):
    for kind in (Agency, Staff):
        names = [name for name, value in vars(kind).items() if isinstance(value, property)]
        assert names
        assert all(value is not None for row in lived.agents_by_type[kind].get(names) for value in row)


def test_leaders_commit_less_while_their_post_is_vacant():
    model = PartnershipModel(seed=1, years=1, leadership__commitment=0.5)
    agency = next(iter(model.agencies))
    there = agency.leader_commitment
    model.arrays["agencies"]["in_post"] = 0
    assert not agency.leader_in_post
    effect = model.partnership.context["leaders.vacancy_effect"]
    assert agency.leader_commitment == pytest.approx(there * effect)


def test_key_workers_belong_to_a_hub_of_the_host():
    model = _after(150, seed=5, years=1, **WITH_HUB)
    hub = list(model.agencies)[-1]
    host = model.partnership.agencies[model.partnership.host]
    assert (hub.name, hub.sector, hub.is_hub) == (f"{host.name} (hub)", host.sector, True)
    assert {staff.kind for staff in hub.staff} <= {"key worker", "project manager"}
    assert all(staff.agency is not hub for staff in model.staff if staff.kind == "ordinary")


# --- collecting and batches ---------------------------------------------------------------------


class Noting(PartnershipModel):
    agent_reporters: ClassVar = {"label": lambda agent: agent.unique_id, "shown": repr}
    agenttype_reporters: ClassVar = {Staff: {"tenure": "tenure_weeks"}}


def test_every_outcome_is_collected_at_each_month_s_end():
    model = PartnershipModel(seed=1, years=1)
    model.run_model()
    table = model.datacollector.get_model_vars_dataframe()
    assert list(table.columns) == ["month", "seed", *(outcome.name for outcome in MONTHLY)]
    assert list(table["month"]) == list(range(-23, 13))
    for outcome in MONTHLY:
        np.testing.assert_array_equal(table[outcome.name], monthly(outcome, model.series))


def test_agents_are_collected_with_their_month():
    model = Noting(seed=1, years=1)
    model.run_model()
    table = model.datacollector.get_agent_vars_dataframe()
    steps = table.index.get_level_values("Step")
    assert steps.nunique() == 36
    assert steps[-1] == 156
    assert (table["label"] == table.index.get_level_values("AgentID")).all()
    tenure = model.datacollector.get_agenttype_vars_dataframe(Staff)["tenure"]
    assert list(tenure.loc[156]) == model.staff.get("tenure_weeks")


def test_a_plain_data_collector_will_do():
    model = PartnershipModel(seed=1, years=1)
    model.datacollector = mesa.DataCollector({"staff": lambda m: len(m.staff)}, {"name": lambda a: str(a)})
    for _ in range(9):
        model.step()
    assert len(model.datacollector.get_model_vars_dataframe()) == 2


def _batch(model, **given):
    return mesa.batch_run(
        model, display_progress=False, **{"parameters": {"replicate": 1, "years": 1}, **given}
    )


def test_a_batch_holds_the_last_month_of_every_run():
    parameters = {"funding__grant_months": [12, 36], "replicate": [0, 1], "years": 1}
    rows = _batch(PartnershipModel, parameters=parameters)
    assert len(rows) == 4
    for row in rows:
        months = {"funding.grant_months": row["funding__grant_months"]}
        run = run_once(load_scenario("short-term-funding", months, years=1), 0, row["replicate"])
        assert row["trust"] == monthly(OUTCOME["trust"], run.series)[-1]
        assert (row["month"], row["seed"]) == (12, 0)


def test_a_batch_of_seeds_names_them():
    """They are a parameter to Mesa 3.3, and an argument of their own later."""
    if "rng" in inspect.signature(mesa.batch_run).parameters:
        rows = _batch(PartnershipModel, parameters={"years": 1}, rng=[3, 4])
    else:
        rows = _batch(PartnershipModel, parameters={"years": 1, "seed": [3, 4]})
    assert [row["seed"] for row in rows] == [3, 4]


@pytest.mark.filterwarnings("ignore:The `iterations` keyword:DeprecationWarning")
def test_a_batch_that_only_repeats_draws_fresh_seeds():
    rows = _batch(PartnershipModel, parameters={"years": 1}, iterations=2)
    assert rows[0]["seed"] != rows[1]["seed"]


@pytest.mark.parametrize("weeks", [1, 3, 5, 40])
def test_a_batch_may_stop_before_the_end(weeks):
    rows = _batch(PartnershipModel, max_steps=weeks)
    months_over = weeks * 12 // 52
    collected = [row["month"] for row in rows if not np.isnan(row["month"])]
    assert collected == ([months_over - 24] if months_over else [])


def test_a_batch_can_follow_the_months_of_a_run():
    rows = _batch(PartnershipModel, data_collection_period=1)
    followed = [row for row in rows if not np.isnan(row["month"])]
    assert sorted({row["month"] for row in followed}) == list(range(-23, 13))
    run = run_once(load_scenario("short-term-funding", years=1), seed=0, replicate=1)
    expected = monthly(OUTCOME["trust"], run.series)
    assert all(row["trust"] == expected[int(row["month"]) + 23] for row in followed)


def test_a_batch_collects_agents():
    rows = _batch(Noting)
    model = Noting(replicate=1, years=1)
    model.run_model()
    assert {row["AgentID"] for row in rows} >= set(model.agents.get("unique_id"))
    assert {row["label"] for row in rows if row["AgentID"] < 100_000} == {1, 2, 3, 4, 5}


# --- the guide and the page ---------------------------------------------------------------------


def _examples():
    return re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)


def test_the_guide_s_examples_run(capsys):
    names = {"__name__": "__main__"}
    for example in _examples():
        if IS_NEW_MESA or "SolaraViz" not in example:
            exec(example, names)
    assert "fear for their posts" in capsys.readouterr().out


@needs_page
def test_mesa_s_page_shows_steps_and_resets_the_model():
    import ipyvuetify
    import solara
    from mesa.visualization import SolaraViz

    from collabsim.mesa_model.components import default_components

    model = solara.reactive(PartnershipModel(seed=1, years=1))
    parameters = {"seed": 1, "years": 1, "funding__grant_months": _slider()}

    @solara.component
    def Page():
        with solara.AppLayout():
            SolaraViz(model, components=default_components(), model_params=parameters)

    _, page = solara.render(Page(), handle_error=False)
    buttons = {button.children[0]: button for button in page.find(ipyvuetify.Btn).widgets if button.children}
    for _ in range(5):
        buttons["Step"].click()
    stepped = model.value
    assert (stepped.week, len(stepped.datacollector.model_vars["trust"])) == (5, 1)
    buttons["Reset"].click()
    assert model.value is not stepped
    assert model.value.partnership.policy["funding.grant_months"] == 24
    assert not page.find(ipyvuetify.Alert).widgets
    page.close()


def _slider():
    return {"type": "SliderInt", "value": 24, "label": "Grant, months", "min": 3, "max": 60, "step": 3}


@needs_page
def test_the_network_s_arrows_are_relationships_between_agencies_with_staff():
    from collabsim.mesa_model.components import trust_network

    model = _after(60, seed=1, years=1)
    staffed = [agency for agency in model.agencies if agency.posts_filled]
    figure = trust_network(model)
    texts = figure.axes[0].texts
    assert len([text for text in texts if not text.get_text()]) == len(staffed) * (len(staffed) - 1)
    assert [text.get_text().split("\n")[0] for text in texts if text.get_text()] == [
        agency.name for agency in model.agencies
    ]


def test_agencies_and_staff_are_mesa_agents(lived):
    assert all(isinstance(agent, mesa.Agent) for agent in lived.agents)
    assert set(lived.agent_types) == {Agency, Staff}
    assert str(next(iter(lived.staff))).startswith("<Staff ")
    assert str(next(iter(lived.agencies))) == "<Agency 0: NHS community team>"
