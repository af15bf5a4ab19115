"""A repair for pysaml2 7.0, which cannot verify signed SOAP messages of others.

It writes the content of the SOAP Body anew with ElementTree, which renames prefixes and so breaks the signature inside.
Ours takes the element out with the prefixes it came with.
"""

from xml.dom import Node, minidom

import saml2.soap


def body_content(envelope, *_arguments, **_options):
    document = minidom.parseString(envelope if isinstance(envelope, bytes) else envelope.encode())
    body = next(element for element in elements(document.documentElement) if element.localName == "Body")
    content = next(elements(body))
    for ancestor in (body, document.documentElement):
        for name, value in ancestor.attributes.items():
            if (name == "xmlns" or name.startswith("xmlns:")) and not content.hasAttribute(name):
                content.setAttribute(name, value)
    return content.toxml()


def elements(parent):
    return (node for node in parent.childNodes if node.nodeType == Node.ELEMENT_NODE)


def repair():
    saml2.soap.parse_soap_enveloped_saml_logout_request = body_content
    saml2.soap.parse_soap_enveloped_saml_logout_response = body_content
