package import HTTPTypes
import JobEngine
package import Values

/// What a route promises in the OpenAPI document, beside what its other members say.
package struct Contract: Sendable, Hashable {
    /// The thing it is about: the heading of its group.
    package var tag = ""
    /// More than the summary, in Markdown; empty when the summary says it all.
    package var detail = ""
    /// The component schema of the request's body, `nil` when it reads none.
    package var request: String?
    /// The form of the request's body; other forms are told in the detail.
    package var reads = ContentType.json
    /// Whether a request has to have a body.
    package var needsBody = true
    /// The component schema of every success, `nil` for a plain text.
    package var answer: String?
    /// The form of a success that is documented; other forms can be had by `Accept`.
    package var media = ContentType.json
    /// The statuses that are answered in this form.
    package var statuses: [HTTPResponse.Status] = [.ok]
    /// Whether the answer has a tag and is left out for a caller who names it in `If-None-Match`.
    package var isValidated = false
    /// Whether errors are problem details; a probe answers everything as text.
    package var hasProblems = true
    /// The reply's own header fields.
    package var headers: [HTTPField.Name] = []
    /// The request's own header fields.
    package var takes: [HTTPField.Name] = []
    /// What the parameters of the path are, by name; common ones are known.
    package var pathTexts: [String: String] = [:]
    /// Who may, of those who are logged in.
    package var rights = "For everybody who is logged in."
    /// A worked answer of a route that answers text.
    package var example: String?
    /// Component schemas that only this route and its like need.
    package var schemas: [String: Value] = [:]
}

extension Route {
    /// A copy that says what it answers: a JSON document of a component schema.
    ///
    /// - Parameters:
    ///   - tag: The thing the route is about.
    ///   - schema: The component schema of every success.
    ///   - change: Sets what else there is to say.
    package func answers(
        _ tag: String, _ schema: String, change: (inout Contract) -> Void = { _ in }
    ) -> Route {
        with { route in
            route.contract.tag = tag
            route.contract.answer = schema
            change(&route.contract)
        }
    }

    /// A copy that says that it answers 204.
    package func answersNothing(_ tag: String, change: (inout Contract) -> Void = { _ in }) -> Route {
        with { route in
            route.contract.tag = tag
            route.contract.statuses = [.noContent]
            change(&route.contract)
        }
    }

    /// A copy that says that it answers text.
    package func answersText(_ tag: String, change: (inout Contract) -> Void = { _ in }) -> Route {
        with { route in
            route.contract.tag = tag
            route.contract.media = .text
            change(&route.contract)
        }
    }
}

extension Contract {
    /// What is said of every route that makes a job.
    package static func submission(_ contract: inout Contract) {
        contract.statuses = [.ok, .accepted]
        contract.takes = [.idempotencyKey, .ifMatch, .prefer]
        contract.headers = [.location, .retryAfter, .preferenceApplied, .idempotencyReplayed]
    }
}
