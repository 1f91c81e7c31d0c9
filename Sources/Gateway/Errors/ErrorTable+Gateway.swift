import HTTPTypes

extension ErrorTable {
    static func entry(_ code: GatewayCode) -> Entry {
        switch code {
        case .authenticationFailed, .rateLimited, .unavailable: entry(caller: code)
        case .notMaster, .joining, .redirectLostMethod: entry(node: code)
        case .loginContinues, .crossSite, .csrfTokenInvalid: entry(session: code)
        case .pathNotFound, .methodNotAllowed, .headerInvalid: entry(head: code)
        case .uriTooLong, .headersTooLarge, .headerTimeout, .requestMalformed, .plainTextOnTLSPort:
            entry(transport: code)
        default: entry(content: code)
        }
    }

    /// Who may be served here and now.
    private static func entry(caller code: GatewayCode) -> Entry {
        switch code {
        case .authenticationFailed:
            row(
                .gateway(code), .unauthorized, title: "Authentication failed", exit: 4,
                cause: "No credentials were sent, or they are not valid. The answer is the same for every reason.",
                cure:
                    "Send user name and password (Basic) or a token (Bearer). Ask an administrator if they should work."
            )
        case .rateLimited:
            row(
                .gateway(code), .tooManyRequests, title: "Too many attempts", exit: 5, retry: true,
                cause: "There were too many failed logins, or too many requests, of this user or from this address.",
                cure: "Wait as long as Retry-After says. An administrator can lift locks and change the limits.")
        default:
            row(
                .gateway(.unavailable), .serviceUnavailable, title: "The login cannot be checked now", exit: 5,
                retry: true,
                cause: "The account database gave no answer in time.",
                cure: "Wait as long as Retry-After says and send the request again; the log names the cause.")
        }
    }

    /// Which node answers.
    private static func entry(node code: GatewayCode) -> Entry {
        switch code {
        case .notMaster:
            row(
                .gateway(code), .found, title: "This node is not the master", exit: 5, retry: true,
                cause: "Changes and fresh reads are answered by the master of the cluster only.",
                cure: "Send the same request, with its credentials, to the address in Location.")
        case .joining:
            row(
                .gateway(code), .serviceUnavailable, title: "This node is joining", exit: 5, retry: true,
                cause: "The node is on its way into the cluster, and does not know yet all that was decided.",
                cure: "Wait as long as Retry-After says, or ask another node; GET /cluster names them.")
        default:
            row(
                .gateway(.redirectLostMethod), .conflict, title: "The redirect changed the method",
                cause:
                    "The client followed a redirect with GET although the request it was answering was another method.",
                cure: "Send the original request to this address, or ask for 307 with 'Prefer: redirect=307'.")
        }
    }

    /// Logging in by several steps, and what a browser may do with a login.
    private static func entry(session code: GatewayCode) -> Entry {
        switch code {
        case .loginContinues:
            row(
                .gateway(code), .unauthorized, title: "The login asks for more", exit: 4,
                cause: "The account wants more than a password: a one-time code, or a new password for an expired one.",
                cure: "Ask the user what 'prompts' says and POST the 'answers' to /sessions/ and the challenge_id.")
        case .csrfTokenInvalid:
            row(
                .gateway(code), .forbidden, title: "The page does not know the session",
                cause: "A request with a cookie has no Confd-CSRF header, or that of another session.",
                cure: "Send the csrf_token the login answered; GET /sessions/current tells it again.")
        default:
            row(
                .gateway(.crossSite), .forbidden, title: "The request came from another site's page",
                cause: "A browser sent the request on behalf of a page of another site, which could misuse a login.",
                cure: "Send it from the status page of this server, or from a program that is no browser.")
        }
    }

    /// Path, method and header fields.
    private static func entry(head code: GatewayCode) -> Entry {
        switch code {
        case .pathNotFound:
            row(
                .gateway(code), .notFound, title: "There is nothing at this path",
                cause: "The path names no resource of this server.",
                cure: "GET / with 'Accept: application/json' lists the resources. XML-RPC calls are POSTs to /.")
        case .methodNotAllowed:
            row(
                .gateway(code), .methodNotAllowed, title: "The method is not allowed here",
                cause: "The path exists but does not take this method.", cure: "Use a method that Allow lists.")
        default:
            row(
                .gateway(.headerInvalid), .badRequest, title: "A header field is not usable",
                cause: "A header field does not have the form it must have.",
                cure: "The entries of 'errors' name the field.")
        }
    }

    /// What a request is refused for before anybody has looked at what it asks.
    private static func entry(transport code: GatewayCode) -> Entry {
        switch code {
        case .uriTooLong:
            row(
                .gateway(code), .uriTooLong, title: "The address is too long",
                cause: "Path and query together are longer than the server takes.", cure: "Send fewer filters at once.")
        case .headersTooLarge:
            row(
                .gateway(code), .requestHeaderFieldsTooLarge, title: "The header fields are too large",
                cause: "All header fields together are larger than the server takes.",
                cure: "Send fewer or shorter header fields; look at cookies first.")
        case .headerTimeout:
            row(
                .gateway(code), .requestTimeout, title: "The header did not arrive", retry: true,
                cause: "The client stopped sending before the header was complete.", cure: "Send the request again.")
        case .plainTextOnTLSPort:
            row(
                .gateway(code), .badRequest, title: "The port speaks HTTPS only",
                cause: "The client sent its request without TLS.", cure: "Use https:// in the address.")
        default:
            row(
                .gateway(.requestMalformed), .badRequest, title: "The request is not HTTP",
                cause: "Request line, header fields or the framing of the body break the rules of HTTP.",
                cure: "Use an HTTP client or library instead of writing the request by hand.")
        }
    }

    /// Query, body and media types.
    private static func entry(content code: GatewayCode) -> Entry {
        switch code {
        case .queryInvalid:
            row(
                .gateway(code), .badRequest, title: "The query is not usable", exit: 2,
                cause: "A query parameter is unknown or has a value it cannot have.",
                cure: "The entries of 'errors' name every such parameter.")
        case .bodyMalformed:
            row(
                .gateway(code), .badRequest, title: "The body is not JSON", exit: 2,
                cause: "The body is no single JSON document, is nested too deeply or names a member twice.",
                cure: "Correct the document at the place the detail names.")
        case .bodyInvalid:
            row(
                .gateway(code), .badRequest, title: "The body is not usable", exit: 2,
                cause: "A member is unknown, is missing or has the wrong type.",
                cure: "The entries of 'errors' point at every such member.")
        case .bodyTooLarge:
            row(
                .gateway(code), .contentTooLarge, title: "The body is too large",
                cause: "The body is larger than this resource takes.", cure: "Send less at once.")
        case .bodyTimeout:
            row(
                .gateway(code), .requestTimeout, title: "The body did not arrive", retry: true,
                cause: "The client stopped sending before the body was complete, or sent it too slowly.",
                cure: "Send the request again.")
        case .memoryShort:
            row(
                .gateway(code), .serviceUnavailable, title: "There is no memory for the body now", exit: 5, retry: true,
                cause: "Large bodies of other requests had all the memory there is for them, or for those of the user.",
                cure:
                    "Wait as long as Retry-After says, and send fewer large bodies at once. The setting limits.body_memory "
                    + "changes how much there is.")
        case .unsupportedMediaType:
            row(
                .gateway(code), .unsupportedMediaType, title: "The body has the wrong media type",
                cause: "The resource reads application/json only.", cure: "Send 'Content-Type: application/json'.")
        case .notAcceptable:
            row(
                .gateway(code), .notAcceptable, title: "No acceptable form",
                cause: "The resource has none of the media types in Accept.",
                cure: "Ask for one of the media types the detail names, or leave Accept out.")
        case .cursorExpired:
            row(
                .gateway(code), .gone, title: "The cursor is too old",
                cause: "A list shows what there was when it was begun, and that was more than a day ago.",
                cure: "Begin again without cursor.")
        case .cursorMismatch:
            row(
                .gateway(code), .badRequest, title: "The cursor belongs to another list", exit: 2,
                cause: "A list is walked with the filters it was begun with.",
                cure: "Follow the 'next' link unchanged, or begin again without cursor.")
        default:
            row(
                .gateway(.cursorInvalid), .badRequest, title: "The cursor is not usable", exit: 2,
                cause: "The cursor was not made by this server, or was changed on its way.",
                cure: "Take next_cursor as it is, or begin again without cursor.")
        }
    }
}
