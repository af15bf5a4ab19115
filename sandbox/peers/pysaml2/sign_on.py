"""Single sign-on: from an AuthnRequest, or from nothing, to a Response.

Owns the sign-in form and what it remembers until the password comes. Ending what it opens is the business of `logout.py`.
"""

import secrets

from saml2 import BINDING_HTTP_POST, saml, samlp
from saml2.saml import NAMEID_FORMAT_EMAILADDRESS, NAMEID_FORMAT_UNSPECIFIED, NameID

import encryption
import settings
from signatures import signed_rightly
from web import Refused, carry, sign_in_form

LOGIN_URL = settings.BASE_URL + "/login"


class SignOn:
    def __init__(self, idp, sessions):
        self.idp = idp
        self.sessions = sessions
        self.pending = {}  # id in the form -> (arguments of the response, RelayState)

    def start(self, request):
        """GET or POST /sso (Profiles 4.1.4.1)."""
        message = self.idp.parse_authn_request(request.parameters["SAMLRequest"], request.binding).message
        if not signed_rightly(self.idp, message, request, settings.REQUIRE_SIGNED_REQUESTS):
            raise Refused("bad or missing signature")
        arguments = self.idp.response_args(message)
        session = self.sessions.of(request)
        if session and message.force_authn != "true":
            return self.answer(session, arguments, request.relay_state)
        if message.is_passive == "true":
            return self.refuse_passively(arguments, request.relay_state)
        return self.ask(arguments, request.relay_state)

    def start_unasked(self, request):
        """GET /init?sp=…&RelayState=… (an unsolicited response, Profiles 4.1.5)."""
        service_provider = request.parameters["sp"]
        addresses = self.idp.metadata.assertion_consumer_service(service_provider, BINDING_HTTP_POST)
        arguments = {
            "in_response_to": None,
            "sp_entity_id": service_provider,
            "destination": addresses[0]["location"],
            "binding": BINDING_HTTP_POST,
            "name_id_policy": None,
        }
        session = self.sessions.of(request)
        if session:
            return self.answer(session, arguments, request.relay_state)
        return self.ask(arguments, request.relay_state)

    def ask(self, arguments, relay_state):
        pending_id = secrets.token_urlsafe(16)
        self.pending[pending_id] = (arguments, relay_state)
        return sign_in_form(LOGIN_URL, pending_id)

    def login(self, request):
        """POST /login"""
        pending_id = request.parameters.get("pending", "")
        if pending_id not in self.pending:
            raise Refused("this sign-in is over, start again")
        name = request.parameters.get("login", "")
        user = settings.USERS.get(name)
        if not user or user["password"] != request.parameters.get("password"):
            return sign_in_form(LOGIN_URL, pending_id, "wrong user or password")
        session = self.sessions.open(name)
        arguments, relay_state = self.pending.pop(pending_id)
        return self.answer(session, arguments, relay_state).with_header("Set-Cookie", self.sessions.cookie(session))

    def answer(self, session, arguments, relay_state):
        attributes = settings.USERS[session.user]["attributes"]
        xml = str(
            self.idp.create_authn_response(
                {name: list(values) for name, values in attributes.items()},
                in_response_to=arguments["in_response_to"],
                sp_entity_id=arguments["sp_entity_id"],
                name_id_policy=arguments["name_id_policy"],
                destination=arguments["destination"],
                userid=session.user,
                name_id=name_id_of(session.user, attributes),
                authn={"class_ref": saml.AUTHN_PASSWORD_PROTECTED, "authn_auth": settings.BASE_URL},
                sign_assertion=settings.SIGN_ASSERTION,
                sign_response=settings.SIGN_RESPONSE,
                sign_alg=settings.SIGNATURE_ALGORITHM,
                digest_alg=settings.DIGEST_ALGORITHM,
                encrypt_assertion=settings.ENCRYPT != "none",
            )
        )
        # Single logout will need what this service provider was told.
        session.remember(arguments["sp_entity_id"], encryption.spoken["name_id"], encryption.spoken["session_index"])
        return self.post(xml, arguments["destination"], relay_state)

    def refuse_passively(self, arguments, relay_state):
        """Nobody is signed in and nobody may be asked (IsPassive, Core 3.4.1)."""
        xml = self.idp.create_error_response(
            arguments["in_response_to"],
            arguments["destination"],
            (samlp.STATUS_NO_PASSIVE, "nobody is signed in"),
            sign=True,
            sign_alg=settings.SIGNATURE_ALGORITHM,
            digest_alg=settings.DIGEST_ALGORITHM,
        )
        return self.post(str(xml), arguments["destination"], relay_state)

    def post(self, xml, destination, relay_state):
        return carry(self.idp.apply_binding(BINDING_HTTP_POST, xml, destination, relay_state, response=True))


def name_id_of(user, attributes):
    """None where pysaml2 makes the NameID itself: persistent and transient ones."""
    if settings.NAME_ID_FORMAT == NAMEID_FORMAT_EMAILADDRESS:
        return NameID(format=settings.NAME_ID_FORMAT, text=attributes["email"][0])
    if settings.NAME_ID_FORMAT == NAMEID_FORMAT_UNSPECIFIED:
        return NameID(format=settings.NAME_ID_FORMAT, text=user)
    return None
