"""Officers of two departments, a use of one of them, and what the system knows: for tests of assessments."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import psycopg

from bauhinia.guideline import Proposal
from bauhinia.guideline.assessment import Known
from bauhinia.people import Officer

OWNER = Officer(id="owner", department="hyd", name="Assistant Secretary (Records)")
COLLEAGUE = Officer(id="colleague", department="hyd", name="Executive Officer (General)")
HEAD = Officer(
    id="head", department="hyd", name="Chief Officer", roles=frozenset({"department_administrator"})
)
PROGRAMME = Officer(
    id="programme", department="td", name="Programme Owner", roles=frozenset({"programme_owner"})
)
AUDITOR = Officer(id="auditor", department="td", name="Auditor", roles=frozenset({"auditor"}))
STRANGER = Officer(
    id="stranger", department="td", name="Clerk", roles=frozenset({"department_administrator"})
)
PEOPLE = """
INSERT INTO departments VALUES ('hyd', 'Highways', ''), ('td', 'Transport', '') ON CONFLICT DO NOTHING;
INSERT INTO officers (id, department, account, name, post, roles) VALUES
    ('owner', 'hyd', 'o', 'O', 'AS(Records)', '{}'), ('colleague', 'hyd', 'c', 'C', '', '{}'),
    ('head', 'hyd', 'h', 'H', 'CO', '{department_administrator}'),
    ('programme', 'td', 'p', 'P', '', '{programme_owner}'), ('auditor', 'td', 'a', 'A', '', '{auditor}'),
    ('stranger', 'td', 's', 'S', '', '{department_administrator}')
"""
PROPOSAL = Proposal(
    title_en="Road works enquiries",
    title_zh="道路工程查詢",
    purpose="Sorts enquiries about road works by district",
    data=("enquiries without names",),
)
KNOWN = Known(
    model="Test Model 1B",
    licence="Apache-2.0",
    digest="ab" * 32,
    level={"en": "Unclassified", "zh": "非機密"},
    highest={"en": "Restricted", "zh": "限閱"},
    figures={"quality.numbers": "99.61 %"},
    measured="2026-11-26",
    today=date(2026, 11, 27),
)
LOW: dict[str, Any] = {
    "banned": ["none"],
    "critical": ["none"],
    "decides": "officer",
    "fields": ["none"],
    "personal": "little",
    "model_fits": "It sorts short texts in both languages.",
    "certify_check": True,
    "certify_data": True,
    "certify_rules": True,
}
LIMITED: dict[str, Any] = {
    **{key: LOW[key] for key in ("banned", "critical", "decides", "personal", "model_fits")},
    "fields": ["eligibility"],
    "base_model": "checked",
    "notice": "system",
    "opt_out": "The counter of the district office.",
    "audit_by": "Departmental auditor",
    "data_faults": ["none"],
    "falsehood": "The officer at the counter notices.",
    "affected": "Applicants who write little.",
    "rules": "Cap. 374.",
}
RISKS = ("hallucination", "bias", "black_box", "data_leak", "poisoned", "jailbreak", "copyright", "misuse")
POSTS = ("approves", "stops", "planning_data", "development", "deployment", "use_maintenance", "complaints")
HIGH: dict[str, Any] = {
    **{key: LOW[key] for key in ("banned", "decides", "fields", "personal", "model_fits")},
    "critical": ["rights"],
    "base_model": "checked",
    "data_faults": ["gaps"],
    "data_measures": "Filled from the paper file.",
    **dict.fromkeys(
        ("falsehood", "affected", "rules", "weaknesses", "explainable", "stable"), "As the note says."
    ),
    "law_hong_kong": ["pdpo", "copyright", "discrimination"],
    **dict.fromkeys(
        ("deployed_why", "infrastructure", "staff", "suppliers", "pia", "pia_measures"), "See file."
    ),
    "risks": {name: {"level": "medium", "measure": "An officer looks."} for name in RISKS},
    "matrix": dict.fromkeys(POSTS, "SEO(Licensing)"),
    "stakeholders": "The users' committee, each quarter.",
    "stage": "trial",
    "trial_aims": "Whether it saves a day.",
    "trial_people": "Ten officers of the licensing section, renewals alone.",
    "trial_end": (date.today() + timedelta(40)).isoformat(),
    "trial_measures": "Hours and HK$ a case.",
    "conforms": "passed",
}


def let_in(database_url: str) -> None:
    """Put the officers into the database."""
    with psycopg.connect(database_url) as owner:
        owner.execute(PEOPLE)
