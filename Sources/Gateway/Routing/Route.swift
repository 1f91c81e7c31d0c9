package import Access
package import HTTPTypes
package import Hummingbird

/// One operation of the HTTP API, as data: the router, the OpenAPI document and the test of rights are made from it.
package struct Route: Sendable {
    /// Called when login, rights and query are in order; what it throws is answered as a ``Problem``.
    package typealias Handler = @Sendable (Call) async throws -> Response

    /// A GET route answers HEAD as well.
    package let method: HTTPRequest.Method
    /// The path with its parameters in braces, such as `/jobs/{job_id}`.
    package let path: String
    /// Verb and noun in lowerCamelCase; unique, never changed.
    package let operationID: String
    /// What it does, in a few words.
    package let summary: String
    /// A login unless something else is said.
    package var access = Access.authenticated
    /// The master unless something else is said; the others redirect to it.
    package var locality = Locality.master
    /// Whether a request of it is counted against the limits; probes are not.
    package var isCounted = true
    /// The query parameters it knows; others are refused.
    package var query: [QueryParameter] = []
    /// Whether query parameters it does not know are let through, as old clients expect.
    package var takesAnyQuery = false
    /// What is told of the body; the handler reads it itself and holds it to a limit.
    package var body = Body.none
    /// The media types it can answer with, the preferred one first; empty when `Accept` is not looked at.
    package var produces: [ContentType] = [.json]
    /// The dialect it belongs to, for whoever counts requests.
    package var interface = Interface.rest
    /// Set when it should not be used any more.
    package var deprecation: Deprecation?
    /// Whether it belongs into the OpenAPI document.
    package var isDocumented = true
    /// What the OpenAPI document says of its body and its answers.
    package var contract = Contract()
    let handler: Handler

    /// A route with login, answered by the master in JSON, without query and body; ``with(_:)`` changes that.
    package init(
        _ method: HTTPRequest.Method, _ path: String, id operationID: String, summary: String,
        handler: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.operationID = operationID
        self.summary = summary
        self.handler = handler
    }

    /// A copy with some members set: keeps a route one expression.
    package func with(_ change: (inout Route) -> Void) -> Route {
        var copy = self
        change(&copy)
        return copy
    }
}

extension Route {
    /// Who may use a route; a job's own rights are checked below the gateway.
    package enum Access: Sendable, Hashable {
        /// Anyone, without login.
        case open
        case authenticated
        /// Users who can prove who they are to the route itself, which makes a login of it.
        case ownLogin
        /// Those a permission names.
        case permitted(Permission)

        /// Root and nobody else.
        package static let rootOnly = Access.permitted(Permission(users: [], groups: []))
        /// Those who administer the cluster.
        package static let clusterAdministrators = Access.permitted(
            Permission(users: ["root"], groups: ["root", "exaadm"]))
        /// Members of the groups that administer the cluster or its databases.
        package static let administrators = Access.permitted(
            Permission(users: [], groups: ["root", "exaadm", "exadbadm"]))
    }

    /// The dialects of the HTTP API.
    package enum Interface: String, Sendable, Hashable { case rest, xmlrpc, json, pages }

    /// Which node answers.
    package enum Locality: Sendable, Hashable {
        /// The one that was asked.
        case anyNode
        /// The master, unless the caller says `consistency=local`.
        case freshRead
        case master
    }

    /// What it reads from the request's body.
    package enum Body: Sendable, Hashable {
        case none
        /// A JSON document of at most so many bytes; the handler says whether it may be left out.
        case json(limit: Int)
        /// Anything; the handler looks for itself.
        case any

        /// JSON of up to 1 MiB.
        package static let json = Body.json(limit: 1024 * 1024)
    }

    /// Whether it changes nothing.
    package var isSafe: Bool { method == .get || method == .head }
}

/// A group of routes about one thing: a file of `RESTAPI` and a line in its list.
package protocol Resource: Sendable {
    var routes: [Route] { get }
}
