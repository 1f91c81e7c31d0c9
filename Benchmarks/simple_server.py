"""Python's own XML-RPC server over TLS, a thread for each connection: a peer that keeps nothing."""

import socketserver
import ssl
import sys
import xmlrpc.server


class Handler(xmlrpc.server.SimpleXMLRPCRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    rpc_paths = ("/",)


class Server(socketserver.ThreadingMixIn, xmlrpc.server.SimpleXMLRPCServer):
    daemon_threads = True
    request_queue_size = 128


def main():
    certificate, key = sys.argv[1:]
    server = Server(("127.0.0.1", 0), Handler, logRequests=False, allow_none=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    result = {"result_code": 0, "result_name": "OK", "result_desc": "Success", "result_output": ["DB1"]}
    server.register_function(lambda name: result, "job_exec")
    print(f"ready https://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
