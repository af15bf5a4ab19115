"""Single logout, started here or by a service provider (Profiles 4.4).

A session may have told several service providers. Each is told by the binding that `settings` prefers and it takes: by
SOAP at once, from server to server; else one after the other through the browser, which comes back with each answer
under a RelayState of ours.
"""

import json
import secrets
import sys

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT, BINDING_SOAP, samlp
from saml2.s_utils import error_status_factory

import settings
from signatures import signed_rightly
from web import Refused, Reply, carry

SIGNING = {"sign_alg": settings.SIGNATURE_ALGORITHM, "digest_alg": settings.DIGEST_ALGORITHM}
BROWSER_BINDINGS = (BINDING_HTTP_REDIRECT, BINDING_HTTP_POST)


class Logout:
    def __init__(self, idp, sessions):
        self.idp = idp
        self.sessions = sessions
        self.waiting = {}  # RelayState -> (service providers still to tell, what to do at the end)
        self.results = []  # how each service provider answered

    # Started here

    def start(self, request):
        """GET /logout, opened by the person."""
        session = self.sessions.of(request)
        if session:
            self.sessions.end(session)
        to_tell = self.tell_by_soap(list(session.told.items()) if session else [], settings.LOGOUT_BINDINGS)
        return self.tell_by_browser(to_tell, self.goodbye)

    def goodbye(self):
        text = "logged out everywhere " + json.dumps(self.results[-5:])
        return Reply(text).with_header("Set-Cookie", self.sessions.no_cookie())

    # Started by a service provider

    def request(self, request):
        """GET or POST /slo with a SAMLRequest."""
        message = self.idp.parse_logout_request(request.parameters["SAMLRequest"], request.binding).message
        self.check_signature(message, request)
        to_tell = self.tell_by_soap(self.sessions.end_matching(message), settings.LOGOUT_BINDINGS)
        return self.tell_by_browser(to_tell, lambda: self.answer(message, request))

    def answer(self, message, request):
        """By the binding of the request if the service provider has an address for it, else by another."""
        for binding in (request.binding, *BROWSER_BINDINGS):
            address = self.address(message.issuer.text, binding, for_response=True)
            if address is None:
                continue
            in_xml = binding != BINDING_HTTP_REDIRECT
            xml = str(self.idp.create_logout_response(message, [binding], sign=in_xml, **SIGNING))
            return self.send(binding, xml, address, request.relay_state, response=True)
        return Reply("logged out (the service provider has no single logout address)")

    def request_by_soap(self, request):
        """POST /slo/soap: no browser here, so service providers without SOAP stay untold (PartialLogout, Core 3.7.3.2)."""
        message = self.idp.parse_logout_request(request.body.decode(), BINDING_SOAP).message
        status = None
        if message.signature is None and settings.REQUIRE_SIGNED_LOGOUT:
            status = error_status_factory((samlp.STATUS_REQUEST_DENIED, "unsigned"))
        elif self.tell_by_soap(self.sessions.end_matching(message), [BINDING_SOAP]):
            status = error_status_factory((samlp.STATUS_PARTIAL_LOGOUT, "some take no SOAP"))
        xml = str(self.idp.create_logout_response(message, [BINDING_SOAP], status=status, sign=True, **SIGNING))
        envelope = self.idp.apply_binding(BINDING_SOAP, xml, "", response=True, sign=False)
        return Reply(str(envelope["data"]), content_type="text/xml; charset=utf-8")

    # Telling the others

    def tell_by_soap(self, to_tell, bindings):
        """Those for which SOAP is the first of `bindings` that they take; answers the others."""
        others = []
        for service_provider, told in to_tell:
            taken = next((binding for binding in bindings if self.address(service_provider, binding)), None)
            if taken == BINDING_SOAP:
                address = self.address(service_provider, BINDING_SOAP)
                self.results.append({"sp": service_provider, **self.soap_exchange(service_provider, told, address)})
            else:
                others.append((service_provider, told))
        return others

    def soap_exchange(self, service_provider, told, address):
        try:
            xml = self.logout_request(service_provider, told, BINDING_SOAP, address)
            call = self.idp.apply_binding(BINDING_SOAP, xml, address, sign=False)
            # pysaml2 would say application/soap+xml, which several service providers do not take.
            call["headers"] = [
                ("Content-Type", "text/xml; charset=utf-8"),
                ("SOAPAction", '"http://www.oasis-open.org/committees/security"'),
            ]
            response = self.idp.send(**call)
            answer = self.idp.parse_logout_request_response(response.text, BINDING_SOAP)
            return {"http": response.status_code, "ok": bool(answer and answer.status_ok())}
        except Exception as error:  # whatever it was: the session here is over, and the others must still be told
            print("SOAP logout at", address, "failed:", repr(error), file=sys.stderr, flush=True)
            return {"ok": False, "error": repr(error)}

    def tell_by_browser(self, to_tell, at_the_end):
        for index, (service_provider, told) in enumerate(to_tell):
            for binding in settings.LOGOUT_BINDINGS:
                address = self.address(service_provider, binding)
                if address is None or binding == BINDING_SOAP:
                    continue
                relay_state = secrets.token_hex(8)
                self.waiting[relay_state] = (to_tell[index + 1 :], at_the_end)
                xml = self.logout_request(service_provider, told, binding, address)
                return self.send(binding, xml, address, relay_state)
        return at_the_end()

    def response(self, request):
        """GET or POST /slo with a SAMLResponse: one of those told by browser has answered."""
        parsed = self.idp.parse_logout_request_response(request.parameters["SAMLResponse"], request.binding)
        self.check_signature(parsed.response, request)
        self.results.append({"sp": parsed.response.issuer.text, "ok": parsed.status_ok()})
        to_tell, at_the_end = self.waiting.pop(request.relay_state, ([], lambda: Reply("logged out")))
        return self.tell_by_browser(to_tell, at_the_end)

    # Messages

    def logout_request(self, service_provider, told, binding, address):
        _, message = self.idp.create_logout_request(
            address,
            service_provider,
            name_id=told[0][0],
            session_indexes=[index for _, index in told if index],
            sign=binding != BINDING_HTTP_REDIRECT,
            **SIGNING,
        )
        return str(message)

    def address(self, service_provider, binding, for_response=False):
        """None where the service provider's metadata has no such address."""
        try:
            endpoints = self.idp.metadata.single_logout_service(service_provider, binding, "spsso")
        except Exception:  # pysaml2 raises several kinds for "not in the metadata"
            return None
        for endpoint in endpoints or []:
            return (for_response and endpoint.get("response_location")) or endpoint["location"]
        return None

    def send(self, binding, xml, address, relay_state, response=False):
        info = self.idp.apply_binding(
            binding, xml, address, relay_state, response=response, sign=True, sigalg=settings.SIGNATURE_ALGORITHM
        )
        return carry(info)

    def check_signature(self, message, request):
        if not signed_rightly(self.idp, message, request, settings.REQUIRE_SIGNED_LOGOUT):
            raise Refused("bad or missing signature")
