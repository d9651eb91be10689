"""An OpenID Connect provider on this machine: discovery, token with a signed id_token, userinfo. It signs in whoever `person` says."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "everfair", "a secret between two"


@dataclass
class Provider:
    """What it will say of the person, and what it was asked."""

    address: str = ""
    person: dict[str, Any] = field(
        default_factory=lambda: {"sub": "1", "email": "ada@fair.example", "email_verified": True, "name": "Ada"}
    )
    id_token: dict[str, Any] = field(default_factory=dict)  # claims of the token that differ from the truth
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    key: Any = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    signing: dict[str, Any] = field(default_factory=dict)  # how a forger signs: another key, another algorithm

    def sign(self, claims: dict[str, Any]) -> str:
        how = {"key": self.key, "algorithm": "RS256", "headers": {"kid": "1"}, **self.signing}
        return jwt.encode({name: value for name, value in claims.items() if value is not None}, **how)

    def authorize(self, place: str) -> str:
        """The person agrees: the address that the browser is sent back to."""
        asked = dict(parse_qsl(urlsplit(place).query))
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?code={code}&state={asked['state']}"

    def document(self) -> dict[str, Any]:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "jwks_uri": f"{self.address}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            self.refused.append("client")
            return None
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if asked.get("code_challenge") != base64.urlsafe_b64encode(digest).decode().rstrip("="):
            self.refused.append("challenge")
            return None
        now = int(time.time())
        claims = {
            "iss": self.address,
            "aud": CLIENT,
            "sub": self.person["sub"],
            "iat": now,
            "exp": now + 300,
            "nonce": asked.get("nonce"),
        }
        claims |= self.id_token
        return {
            "access_token": "open sesame",
            "token_type": "Bearer",
            "id_token": self.sign(claims),
        }


@contextmanager
def running() -> Iterator[Provider]:
    provider = Provider()

    class Answers(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def say(self, told: Any, status: int = 200) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            if self.path == "/.well-known/openid-configuration":
                self.say(provider.document())
            elif self.path == "/userinfo" and self.headers.get("Authorization") == "Bearer open sesame":
                self.say(provider.person)
            elif self.path.startswith("/authorize?"):
                self.send_response(302)
                self.send_header("Location", provider.authorize(self.path))
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif self.path == "/keys":
                key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(provider.key.public_key()))
                self.say({"keys": [{**key, "kid": "1", "alg": "RS256", "use": "sig"}]})
            else:
                self.say({}, 404)

        def do_POST(self) -> None:
            form = {k: v[0] for k, v in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()}
            told = provider.token(form)
            self.say(told or {"error": "invalid_grant"}, 200 if told else 400)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    provider.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
