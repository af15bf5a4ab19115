"""Who is signed in here, and what each service provider was told about them.

Knows nothing of HTTP but its own cookie.
"""

import secrets
from dataclasses import dataclass, field

import settings

# Cookies of 127.0.0.1 are shared by all ports.
COOKIE_NAME = f"pysaml2-{settings.PORT}"


@dataclass
class Session:
    id: str
    user: str
    told: dict = field(default_factory=dict)  # entity id of a service provider -> [(NameID, SessionIndex)]

    def remember(self, service_provider, name_id, session_index):
        self.told.setdefault(service_provider, []).append((name_id, session_index))

    def matches(self, logout_request):
        """Whether a LogoutRequest means this session: without SessionIndex it means all of the person (Core 3.7.1)."""
        wanted = {index.text for index in logout_request.session_index}
        return any(
            name_id.text == logout_request.name_id.text and (not wanted or index in wanted)
            for name_id, index in self.told.get(logout_request.issuer.text, [])
        )


class Sessions:
    def __init__(self):
        self.by_id = {}

    def open(self, user):
        session = Session(secrets.token_urlsafe(24), user)
        self.by_id[session.id] = session
        return session

    def of(self, request):
        return self.by_id.get(request.cookies.get(COOKIE_NAME))

    def end(self, session):
        self.by_id.pop(session.id, None)

    def end_matching(self, logout_request):
        """Ends what the request means; answers the other service providers of these sessions, who must be told."""
        ended = [session for session in self.by_id.values() if session.matches(logout_request)]
        for session in ended:
            self.end(session)
        issuer = logout_request.issuer.text
        return [(other, told) for session in ended for other, told in session.told.items() if other != issuer]

    @staticmethod
    def cookie(session):
        return f"{COOKIE_NAME}={session.id}; Path=/; HttpOnly"

    @staticmethod
    def no_cookie():
        return f"{COOKIE_NAME}=; Path=/; Max-Age=0"

    def as_json(self):
        return [
            {
                "user": session.user,
                "told": {other: [index for _, index in told] for other, told in session.told.items()},
            }
            for session in self.by_id.values()
        ]
