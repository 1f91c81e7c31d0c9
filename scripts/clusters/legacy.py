"""ConfD's clients of before in a cluster: XML-RPC by Python's own library, which does not follow redirects."""

import ssl
import urllib.parse
import xmlrpc.client

REDIRECTS = (301, 302, 303, 307, 308)


def proxy(place, user, password):
    """With name and password in the URL, as scripts write them; `place` is host and port as in an address."""
    quoted = urllib.parse.quote
    return xmlrpc.client.ServerProxy(
        f"https://{quoted(user, safe='')}:{quoted(password, safe='')}@{place}", allow_none=True,
        context=ssl._create_unverified_context())


def redirect(place, user, password, method, *arguments):
    """Where a call is sent, without going there, and its result where it is not sent anywhere."""
    try:
        return None, getattr(proxy(place, user, password), method)(*arguments)
    except xmlrpc.client.ProtocolError as error:
        if error.errcode not in REDIRECTS:
            raise
        return error.headers["Location"], None


def followed(place, user, password, method, *arguments):
    """The result of a call that is made again where the node sends it, and the node that gave it."""
    for _ in range(3):
        location, result = redirect(place, user, password, method, *arguments)
        if location is None:
            return result, place
        place = urllib.parse.urlsplit(location).netloc
    raise AssertionError(f"{method} is sent from node to node, in the end to {place}")
