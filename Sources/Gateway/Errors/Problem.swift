package import HTTPTypes
import JobEngine
package import Values

/// An error as a caller of the REST API is told it: problem details of RFC 9457.
package struct Problem: Error, Sendable {
    /// Fixes title, status and the other facts of ``ErrorTable``; clients compare it instead of texts.
    package let code: ProblemCode
    /// What is wrong this time and what to do; never a secret.
    package var detail: String
    /// Every fault found in the request.
    package var faults: [Fault]
    /// Further members, by name.
    package var details: [String: Value]
    /// Header fields that belong to the answer, such as `Retry-After`.
    package var headers = HTTPFields()
    /// Replaces the status of the table where one error has several, as 302 and 307.
    package var status: HTTPResponse.Status?

    /// Status and header fields come from the table unless they are set afterwards.
    package init(
        _ code: ProblemCode, _ detail: String, faults: [Fault] = [], details: [String: Value] = [:]
    ) {
        self.code = code
        self.detail = detail
        self.faults = faults
        self.details = details
    }

    /// The same for an error that only the gateway knows; such an error has no further members.
    package init(_ code: GatewayCode, _ detail: String, faults: [Fault] = []) {
        self.init(ProblemCode.gateway(code), detail, faults: faults)
    }

    /// One fault of a request.
    package struct Fault: Sendable, Hashable {
        /// Where a fault was found.
        package enum Place: Sendable, Hashable {
            /// A JSON pointer into the body.
            case pointer(String)
            /// A query parameter.
            case parameter(String)
            case header(String)
        }

        /// Rendered as the member `pointer`, `parameter` or `header`.
        package let place: Place
        /// A stable word for the kind of fault, such as `wrong-type` or `missing`.
        package let code: String
        /// A sentence for people that says what to give instead; never a secret.
        package let detail: String

        /// `code` is for programs, `detail` for people.
        package init(_ place: Place, _ code: String, detail: String) {
            self.place = place
            self.code = code
            self.detail = detail
        }

        /// As it stands in a problem.
        package var value: Value {
            let (kind, name) =
                switch place {
                case .pointer(let pointer): ("pointer", pointer)
                case .parameter(let name): ("parameter", name)
                case .header(let name): ("header", name)
                }
            return .map([kind: .string(name), "code": .string(code), "detail": .string(detail)])
        }
    }

    /// What the table says of its code.
    package var entry: ErrorTable.Entry { ErrorTable.entry(code) }

    /// The status it is answered with: an error has no success status even where a job that ended so is answered with one.
    package var answerStatus: HTTPResponse.Status {
        if let status { return status }
        let status = entry.status
        return status.kind == .successful ? .conflict : status
    }

    /// The members of the answer's body.
    package func value(instance: String, requestID: String) -> Value {
        var members = details
        members["type"] = .string("/problems/\(code.name)")
        members["title"] = .string(entry.title)
        members["status"] = .int(answerStatus.code)
        members["detail"] = .string(detail)
        members["instance"] = .string(instance)
        members["code"] = .string(code.name)
        members["request_id"] = .string(requestID)
        members["retryable"] = .bool(entry.isRetryable)
        if !faults.isEmpty { members["errors"] = .list(faults.map(\.value)) }
        if let result = entry.result {
            members["result"] = [
                "result_code": .int(result.code), "result_name": .string(result.name),
                "result_desc": .string("JobError: \(detail)"),
            ]
        }
        // Texts repeat what a caller sent, and callers show problems to others.
        return .map(members).redacting()
    }
}
