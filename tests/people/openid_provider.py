"""A small OpenID Connect provider, in its own process: `python openid_provider.py`; prints its issuer.

It keeps to the standards, checks PKCE and the client itself, and misbehaves only as `POST /control` says.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import sys
import time
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = "bauhinia"
SECRET = "k7Qw-2vNpX9tLm4RzB8s"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
ROUTES = web.RouteTableDef()
STATE: dict[str, Any] = {
    "codes": {},
    "tokens": {},
    "user": {"sub": "u1"},
    "fault": {},
    "served": [],
    "asked": 0,
}


def new_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig", "alg": "RS256"})


def packed(*parts: dict[str, Any]) -> str:
    """The parts of a token as no library would make it."""
    return ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts
    )


def signed(claims: dict[str, Any]) -> str:
    """A token as it should be, or as the fault has it."""
    key, fault = STATE["key"], STATE["fault"]
    claims = {**claims, **fault.get("claims", {})}
    for name in fault.get("without", []):
        claims.pop(name, None)
    if fault.get("signature") == "none":
        return packed({"alg": "none"}, claims) + "."
    if fault.get("signature") == "public key":
        text = packed({"alg": "HS256", "kid": key.kid}, claims)
        mark = hmac.digest(key.as_pem(private=False), text.encode(), "sha256")
        return f"{text}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"
    if fault.get("signature") == "stranger":
        return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, new_key())
    return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)


@ROUTES.get("/.well-known/openid-configuration")
async def discovery(request: web.Request) -> web.Response:
    issuer = STATE["issuer"]
    return web.json_response(
        {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorise",
            "token_endpoint": f"{issuer}/token",
            "userinfo_endpoint": f"{issuer}/userinfo",
            "jwks_uri": f"{issuer}/keys",
            "end_session_endpoint": f"{issuer}/end",
        }
    )


@ROUTES.get("/keys")
async def keys(request: web.Request) -> web.Response:
    STATE["asked"] += 1
    return web.json_response({"keys": [key.as_dict(private=False) for key in STATE["served"]]})


@ROUTES.get("/authorise")
async def authorise(request: web.Request) -> web.Response:
    asked = request.query
    if asked["client_id"] != CLIENT or asked["code_challenge_method"] != "S256":
        raise web.HTTPBadRequest
    code = secrets.token_urlsafe(16)
    STATE["codes"][code] = dict(asked)
    raise web.HTTPFound(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")


@ROUTES.post("/token")
async def token(request: web.Request) -> web.Response:
    form = await request.post()
    asked = STATE["codes"].pop(str(form["code"]), None)
    login = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
    if request.headers.get("authorization") != f"Basic {login}":
        return web.json_response({"error": "invalid_client"}, status=401)
    made = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
    proof = base64.urlsafe_b64encode(made).rstrip(b"=").decode()
    if asked is None or proof != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
        return web.json_response({"error": "invalid_grant"}, status=400)
    now, access = int(time.time()), secrets.token_urlsafe(16)
    STATE["tokens"][access] = STATE["user"]
    claims = {
        "iss": STATE["issuer"], "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"],
        **STATE["user"],
    }  # fmt: skip
    return web.json_response({"id_token": signed(claims), "access_token": access, "token_type": "Bearer"})


@ROUTES.get("/userinfo")
async def user_info(request: web.Request) -> web.Response:
    user = STATE["tokens"][request.headers["authorization"].removeprefix("Bearer ")]
    return web.json_response({"sub": user["sub"], **STATE["fault"].get("userinfo", {})})


@ROUTES.get("/end")
async def end(request: web.Request) -> web.Response:
    raise web.HTTPFound(request.query["post_logout_redirect_uri"])


@ROUTES.post("/control")
async def control(request: web.Request) -> web.Response:
    """Sets the user or the fault; `rotate` makes a new key; `logout` gives a logout token."""
    asked = await request.json()
    STATE.update({name: asked[name] for name in ("user", "fault") if name in asked})
    if asked.get("rotate"):
        STATE["key"] = new_key()
        STATE["served"] = [STATE["key"]]
    told: dict[str, Any] = {"asked": STATE["asked"]}
    if "logout" in asked:
        now = int(time.time())
        claims = {
            "iss": STATE["issuer"],
            "aud": CLIENT,
            "iat": now,
            "exp": now + 120,
            "jti": secrets.token_hex(8),
        }
        told["token"] = signed({**claims, "events": {LOGOUT_EVENT: {}}, **asked["logout"]})
    return web.json_response(told)


async def opened(app: web.Application) -> None:
    STATE["key"] = new_key()
    STATE["served"] = [STATE["key"]]


def main() -> None:
    import socket

    listener = socket.create_server(("127.0.0.1", 0))
    STATE["issuer"] = f"http://127.0.0.1:{listener.getsockname()[1]}"
    app = web.Application()
    app.add_routes(ROUTES)
    app.on_startup.append(opened)
    print(STATE["issuer"], flush=True)
    web.run_app(app, sock=listener, print=None, access_log=None)


if __name__ == "__main__":
    sys.exit(main())
