"""What the organisation's policy says of the system, from the settings in force."""

from __future__ import annotations

from collections.abc import Mapping

from ..gateway import classifications
from ..guideline import Use
from ..pilot.office import Office
from ..settings import Limits

_USERS = {
    "none": (
        "Whoever reaches this machine, as its one officer.",
        "能使用本機者即為唯一使用人員。",
    ),
    "accounts": (
        "Officers with an account that an administrator opened.",
        "由管理員開立帳戶的人員。",
    ),
    "openid": (
        "Officers whom the organisation's own provider of sign-in knows.",
        "經機構登入服務認證的人員。",
    ),
}
_CREDENTIALS = {
    "none": ("Nobody signs in: the machine itself is protected.", "無須登入：以保護機器本身為準。"),
    "accounts": (
        "A passkey, or a password of at least twelve characters together with a one-time code.",
        "通行金鑰，或不少於十二個字元的密碼連同一次性驗證碼。",
    ),
    "openid": (
        "What the provider of sign-in asks for; accounts of this system need a passkey or a one-time code.",
        "按登入服務的要求；本系統帳戶須用通行金鑰或一次性驗證碼。",
    ),
}


def policy_facts(office: Office, uses: list[Use]) -> Mapping[str, str]:
    """The facts that `policy_items.yaml` names, for both languages."""
    settings, gateway = office.settings, office.gateway
    local, remote = (
        classifications().level(classifications().endpoints[each]) for each in ("local", "remote")
    )
    approved = [use for use in uses if use.approval and not use.retired]
    signs_in = settings.sign_in
    limits = Limits()
    return {
        "models": ", ".join(filter(None, (gateway.model, gateway.embedder, gateway.reranker))),
        "tools": str(settings.tools or "–"),
        "uses": "; ".join(use.title_en or use.title_zh for use in approved),
        "uses_zh": "；".join(use.title_zh or use.title_en for use in approved),
        "department": settings.department,
        "department_zh": settings.department_zh or settings.department,
        "local": local.en.lower(),
        "local_zh": local.zh_hant,
        "remote": remote.en.lower(),
        "remote_zh": remote.zh_hant,
        "megabytes": f"{limits.file_bytes // 1_000_000:,}",
        "pages": f"{limits.pages:,}",
        "store": "on this machine" if not settings.blobs_url else "S3-compatible",
        "store_zh": "本機" if not settings.blobs_url else "S3 相容檔案庫",
        "hosts": ", ".join(filter(None, (settings.host, settings.allowed_hosts))),
        "users": _USERS[signs_in][0],
        "users_zh": _USERS[signs_in][1],
        "credentials": _CREDENTIALS[signs_in][0],
        "credentials_zh": _CREDENTIALS[signs_in][1],
    }
