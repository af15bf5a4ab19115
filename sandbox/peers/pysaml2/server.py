"""A small SAML identity provider made of pysaml2 and the standard library's web server.

Started by ../pysaml2.ts with the files of service provider metadata as arguments; everything else comes from the
environment (`settings.py`). All routes stand in `route` below.
"""

import json
import socketserver
import sys
import threading
import traceback
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import encryption
import settings
import soap
from logout import Logout
from saml2.metadata import create_metadata_string
from saml2.server import Server
from sessions import Sessions
from sign_on import SignOn
from web import Refused, Reply, read_request, send_reply

soap.repair()
idp = Server(config=settings.SERVER_CONFIG)
encryption.prepare(idp)
sessions = Sessions()
sign_on = SignOn(idp, sessions)
logout = Logout(idp, sessions)

# pysaml2 keeps state while it parses and signs, so sign-ons take turns. Logouts must not: a service provider that is
# told by SOAP may send a LogoutRequest of its own before it answers.
one_at_a_time = threading.RLock()


def route(request):
    match request.path:
        case "/metadata":
            return metadata()
        case "/sso":
            return in_turn(sign_on.start, request)
        case "/login":
            return in_turn(sign_on.login, request)
        case "/init":
            return in_turn(sign_on.start_unasked, request)
        case "/slo" if "SAMLRequest" in request.parameters:
            return logout.request(request)
        case "/slo":
            return logout.response(request)
        case "/slo/soap":
            return logout.request_by_soap(request)
        case "/logout":
            return logout.start(request)
        case "/sessions":
            state = {"sessions": sessions.as_json(), "logoutResults": logout.results}
            return Reply(json.dumps(state), content_type="application/json")
    return Reply("not here", status="404 Not Found")


def metadata():
    xml = create_metadata_string(None, config=settings.METADATA_CONFIG, sign=False)
    return Reply(xml.decode(), content_type="application/samlmetadata+xml")


def in_turn(handler, request):
    with one_at_a_time:
        return handler(request)


def application(environ, start_response):
    try:
        reply = route(read_request(environ))
    except Refused as refused:
        reply = Reply(str(refused), status="400 Bad Request", content_type="text/plain; charset=utf-8")
    except Exception as error:
        traceback.print_exc()
        reply = Reply(repr(error), status="400 Bad Request", content_type="text/plain; charset=utf-8")
    return send_reply(reply, start_response)


class ThreadingServer(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def server_bind(self):
        # WSGIServer would ask the DNS for the name of 127.0.0.1.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", settings.PORT
        self.setup_environ()


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *_arguments):
        pass

    def address_string(self):
        return self.client_address[0]


print("listening on", settings.BASE_URL, file=sys.stderr, flush=True)
make_server("127.0.0.1", settings.PORT, application, ThreadingServer, QuietHandler).serve_forever()
