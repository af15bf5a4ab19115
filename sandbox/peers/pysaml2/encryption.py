"""Encrypts assertions with the algorithm that a test asks for. Left alone, pysaml2 takes triple DES.

It also remembers what an assertion said before it was encrypted, for single logout.
"""

from saml2 import assertion, entity, sigver

import settings

_XMLENC = "http://www.w3.org/2001/04/xmlenc#"
_XMLENC11 = "http://www.w3.org/2009/xmlenc11#"
_CONTENT = {
    "aes128-cbc": (_XMLENC, "aes-128"),
    "aes256-cbc": (_XMLENC, "aes-256"),
    "aes128-gcm": (_XMLENC11, "aes-128"),
    "aes256-gcm": (_XMLENC11, "aes-256"),
}

# What the last assertion said: NameID and SessionIndex. Sign-ons take turns, so it is the present one's.
spoken = {}


def prepare(idp):
    construct = assertion.Assertion.construct

    def remember(self, *arguments, **more):
        made = construct(self, *arguments, **more)
        spoken["name_id"] = made.subject.name_id
        spoken["session_index"] = made.authn_statement[0].session_index
        return made

    assertion.Assertion.construct = remember
    if settings.ENCRYPT == "none":
        return
    namespace, key_type = _CONTENT[settings.ENCRYPT]
    template = entity.pre_encryption_part
    encrypt = idp.sec.encrypt_assertion

    def our_template(**more):
        return template(msg_enc=namespace + settings.ENCRYPT, key_enc=_XMLENC + "rsa-oaep-mgf1p", **more)

    def our_encrypt(statement, key, filled, node_xpath=None):
        return encrypt(statement, key, filled, key_type=key_type, node_xpath=node_xpath)

    entity.pre_encryption_part = sigver.pre_encryption_part = our_template
    idp.sec.encrypt_assertion = our_encrypt
