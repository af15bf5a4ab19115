"""The little of a web framework that the identity provider needs.

Knows nothing of SAML but the two ways a browser carries a message: a GET is the Redirect binding, a POST the POST binding.
"""

import html
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    raw_query: str
    parameters: dict  # of the query of a GET, of the form of a POST
    body: bytes
    cookies: dict

    @property
    def binding(self):
        return BINDING_HTTP_POST if self.method == "POST" else BINDING_HTTP_REDIRECT

    @property
    def relay_state(self):
        return self.parameters.get("RelayState", "")


@dataclass(frozen=True)
class Reply:
    body: str = ""
    status: str = "200 OK"
    content_type: str = "text/html; charset=utf-8"
    headers: list = field(default_factory=list)

    def with_header(self, name, value):
        return Reply(self.body, self.status, self.content_type, [*self.headers, (name, value)])


class Refused(Exception):
    """Answered with status 400 and this text."""


def read_request(environ):
    method = environ["REQUEST_METHOD"]
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)) if method == "POST" else b""
    is_form = "urlencoded" in environ.get("CONTENT_TYPE", "")
    raw_query = environ.get("QUERY_STRING", "")
    encoded = raw_query if method != "POST" else body.decode() if is_form else ""
    parameters = {name: values[0] for name, values in parse_qs(encoded, keep_blank_values=True).items()}
    cookies = dict(pair.strip().split("=", 1) for pair in environ.get("HTTP_COOKIE", "").split(";") if "=" in pair)
    return Request(method, environ["PATH_INFO"], raw_query, parameters, body, cookies)


def send_reply(reply, start_response):
    body = reply.body.encode()
    headers = [("Content-Type", reply.content_type), ("Content-Length", str(len(body))), *reply.headers]
    start_response(reply.status, headers)
    return [body]


def carry(http_info):
    """What pysaml2's apply_binding made, as a redirect or as a page whose form submits itself."""
    for name, value in http_info["headers"]:
        if name.lower() == "location":
            return Reply(status="302 Found", headers=[("Location", value)])
    data = http_info.get("data") or ""
    return Reply(data if isinstance(data, str) else "".join(data))


def sign_in_form(action, pending_id, problem=""):
    return Reply(
        f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sign in</title></head><body>
<p role="alert">{html.escape(problem)}</p>
<form method="post" action="{html.escape(action)}">
<input type="hidden" name="pending" value="{html.escape(pending_id)}">
<p><label>User <input type="text" name="login" autofocus></label></p>
<p><label>Password <input type="password" name="password"></label></p>
<p><input type="submit" value="Sign in"></p>
</form></body></html>"""
    )
