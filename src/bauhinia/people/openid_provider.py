"""An OpenID Connect provider: its discovery document, its keys, its tokens.

Nothing it says is believed before it is checked (OpenID Connect Core 1.0, section 3.1.3.7; Back-Channel
Logout 1.0, section 2.6).
"""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

import aiohttp
import orjson
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jws, jwt
from joserfc.errors import ClaimError, JoseError
from joserfc.jwk import KeySet
from yarl import URL

from ..errors import InputError, NotSignedIn, ProviderError
from ..settings import Settings
from .checking import check_address
from .openid_presets import claims_for

ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA",
)  # fmt: skip
"""Asymmetric alone: a key that the provider publishes must never verify as a shared secret."""
LEEWAY = 60
"""Seconds that the clocks may differ."""
LONGEST = 1_000_000
"""Bytes of an answer."""
SECONDS = 10
"""For a whole answer."""
KEPT = 3_600.0
"""Seconds for which the discovery document is not asked for again."""
KEYS_APART = 5.0
"""Seconds between two fetches of keys: made-up key ids must not make us a nuisance."""
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a sign-in begins with and what its answer is held to."""

    state: str
    nonce: str
    verifier: str
    redirect: str


class Provider:
    """The provider of the settings. It remembers the discovery document and the keys."""

    def __init__(self, settings: Settings) -> None:
        self.issuer = settings.openid_issuer
        self.client = settings.openid_client_id
        self._secret = settings.openid_client_secret.get_secret_value()
        self._scopes = claims_for(settings).scopes
        self._document: tuple[float, Mapping[str, Any]] = (-KEPT, {})
        self._keys = KeySet([])
        self._keys_at = -KEYS_APART
        self._fetching = asyncio.Lock()

    async def address(self, request: Request) -> str:
        """Where the browser is sent to sign in. Raises ProviderError."""
        query = {
            "response_type": "code",
            "client_id": self.client,
            "redirect_uri": request.redirect,
            "scope": self._scopes,
            "state": request.state,
            "nonce": request.nonce,
            "code_challenge": create_s256_code_challenge(request.verifier),
            "code_challenge_method": "S256",
        }
        return str((await self._endpoint("authorization_endpoint")).update_query(query))

    async def exchange(self, code: str, request: Request) -> dict[str, Any]:
        """The checked claims for an authorisation code. Raises NotSignedIn, ProviderError."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": request.redirect,
            "client_id": self.client,
            "code_verifier": request.verifier,
        }
        tokens = await _ask("POST", await self._endpoint("token_endpoint"), data=form, headers=self._login())
        if not isinstance(token := tokens.get("id_token"), str):
            raise _unbelieved("no_id_token")
        claims = await self._verified(token, nonce=request.nonce)
        if isinstance(access := tokens.get("access_token"), str):
            claims = {**await self._user_info(access, claims["sub"]), **claims}
        return claims

    def _login(self) -> dict[str, str]:
        """RFC 6749, section 2.3.1: form-encoded before it goes into the header. None for a public client."""
        if not self._secret:
            return {}
        login = f"{quote_plus(self.client)}:{quote_plus(self._secret)}".encode()
        return {"authorization": f"Basic {base64.b64encode(login).decode()}"}

    async def ended(self, token: str) -> dict[str, Any]:
        """The checked claims of a logout token. Raises NotSignedIn, ProviderError."""
        claims = await self._verified(token, nonce=None)
        events = claims.get("events")
        if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
            raise _unbelieved("events")
        if "nonce" in claims or not (claims.get("sub") or claims.get("sid")):
            raise _unbelieved("sub")
        return claims

    async def sign_out_address(self, redirect: str) -> str | None:
        """Where the browser is sent to sign out there too, where the provider has such a place."""
        if not (await self._discovered()).get("end_session_endpoint"):
            return None
        query = {"client_id": self.client, "post_logout_redirect_uri": redirect}
        return str((await self._endpoint("end_session_endpoint")).update_query(query))

    async def _user_info(self, access: str, subject: str) -> dict[str, Any]:
        """What the provider tells beside the token; nothing where it has no such place."""
        if not (await self._discovered()).get("userinfo_endpoint"):
            return {}
        bearer = {"authorization": f"Bearer {access}"}
        told = await _ask("GET", await self._endpoint("userinfo_endpoint"), headers=bearer)
        if told.get("sub") != subject:
            raise _unbelieved("userinfo")
        return told

    async def _verified(self, token: str, nonce: str | None) -> dict[str, Any]:
        try:
            header = jws.extract_compact(token.encode()).headers()
            decoded = jwt.decode(token, await self._key_for(header), algorithms=list(ALGORITHMS))
            claims = decoded.claims
            self._rules(nonce).validate(claims)
        except ClaimError as error:
            raise _unbelieved(error.claim or "claims") from error
        except (JoseError, ValueError) as error:
            raise _unbelieved("signature") from error
        audience = claims["aud"]
        if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != self.client:
            raise _unbelieved("azp")
        return dict(claims)

    def _rules(self, nonce: str | None) -> jwt.JWTClaimsRegistry:
        rules: dict[str, Any] = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self.client},
            "iat": {"essential": True},
            "exp": {"essential": True},
        }
        if nonce is not None:
            rules |= {"sub": {"essential": True}, "nonce": {"essential": True, "value": nonce}}
        return jwt.JWTClaimsRegistry(leeway=LEEWAY, **rules)

    async def _key_for(self, header: Mapping[str, Any]) -> Any:
        """The provider's key that the header names, fetched anew when it is not known."""
        kid = header.get("kid")
        async with self._fetching:
            found = _pick(self._keys, kid)
            if found is None and time.monotonic() - self._keys_at >= KEYS_APART:
                self._keys_at = time.monotonic()
                self._keys = await self._fetch_keys()
                found = _pick(self._keys, kid)
        if found is None:
            raise _unbelieved("kid")
        return found

    async def _fetch_keys(self) -> KeySet:
        told = await _ask("GET", await self._endpoint("jwks_uri"))
        usable = [key for key in told.get("keys", []) if _is_for_signatures(key)]
        try:
            return KeySet.import_key_set({"keys": usable})
        except (JoseError, ValueError, KeyError) as error:
            raise _failed("gave keys that cannot be read") from error

    async def _endpoint(self, name: str) -> URL:
        try:
            return check_address(str((await self._discovered()).get(name, "")), name)
        except InputError as error:
            raise _failed(f"names no usable {name}") from error

    async def _discovered(self) -> Mapping[str, Any]:
        at, document = self._document
        if time.monotonic() - at < KEPT:
            return document
        address = check_address(self.issuer.rstrip("/") + "/.well-known/openid-configuration", "The issuer")
        document = await _ask("GET", address)
        if document.get("issuer") != self.issuer:
            raise _failed("calls itself by another issuer than BAUHINIA_OPENID_ISSUER")
        self._document = (time.monotonic(), document)
        return document


def _pick(keys: KeySet, kid: object) -> Any | None:
    """The key of that id; without one, the only key there is."""
    if kid is None:
        return keys.keys[0] if len(keys.keys) == 1 else None
    return next((key for key in keys.keys if key.kid == kid), None)


def _is_for_signatures(key: object) -> bool:
    kinds = ("RSA", "EC", "OKP")
    return isinstance(key, dict) and key.get("kty") in kinds and key.get("use", "sig") == "sig"


async def _ask(method: str, address: URL, **more: Any) -> dict[str, Any]:
    """An answer's JSON object, of a bounded size in a bounded time; no redirect is followed. Raises
    NotSignedIn where the provider says no, ProviderError otherwise."""
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
            session.request(method, address, allow_redirects=False, **more) as answer,
        ):
            body = bytearray()
            async for part in answer.content.iter_chunked(65_536):
                body += part
                if len(body) > LONGEST:
                    raise _failed("sent an answer that is too long")
            status = answer.status
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise _failed("does not answer") from error
    if method == "POST" and status in (400, 401):
        raise _unbelieved("code")
    if status != 200:
        raise _failed(f"answered with status {status}")
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _failed("sent an answer that cannot be read") from error
    if not isinstance(told, dict):
        raise _failed("sent an answer that cannot be read")
    return told


def _failed(what: str) -> ProviderError:
    return ProviderError(
        f"The sign-in provider {what}.",
        hint="Try again in a minute. If it goes on, tell whoever runs this server.",
    )


def _unbelieved(why: str) -> NotSignedIn:
    return NotSignedIn(
        f"What the sign-in provider sent does not prove who you are ({why}).",
        hint="Begin again from the sign-in page.",
        why="provider_refused",
    )
