import ClusterLog
import NIOHTTP1
package import Values

/// How questions, answers and faults stand in HTTP/1.1.
enum PeerForm {
    /// Has the newest term the sender knows of.
    static let termField = "Confd-Term"
    /// Stands before the name of the route.
    static let path = "/peer/"
    static let json = "application/json"
    static let lines = "application/jsonl"
    static let octets = "application/octet-stream"
    /// What a fault may have at most, in bytes.
    static let faultLimit = 64 << 10

    /// What a member may send in one value.
    static let limits = JSON.Limits(depth: 32, count: 1_000_000)
    /// What somebody without a certificate may.
    static let openLimits = JSON.Limits(depth: 8, count: 1_000)

    /// The name of the route a request is for; `nil` for a request that is for none.
    static func route(_ head: HTTPRequestHead) -> String? {
        guard head.method == .POST, head.uri.hasPrefix(path) else { return nil }
        return String(head.uri.dropFirst(path.count))
    }

    static func text(_ term: Term) -> String { "\(term.generation).\(term.epoch)" }

    /// The term a header has; `nil` where there is none.
    ///
    /// - Throws: `malformed` for what is none.
    static func term(_ headers: HTTPHeaders) throws(PeerFault) -> Term? {
        let fields = headers[termField]
        guard let field = fields.first else { return nil }
        let parts = field.split(separator: ".", omittingEmptySubsequences: false)
        guard fields.count == 1, parts.count == 2, let generation = number(parts[0]), let epoch = number(parts[1])
        else {
            throw PeerFault(.malformed, "\(termField) is no term.")
        }
        return Term(generation: generation, epoch: epoch)
    }

    private static func number(_ text: Substring) -> Int? {
        guard 1...18 ~= text.utf8.count, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }
}

extension PeerFault {
    /// What ends the lines of an answer that went wrong on the way; whoever reads them gets the fault.
    package var line: Value { ["fault": ["code": .string(code.rawValue), "message": .string(message)]] }

    /// The fault somebody answered with; `nil` for any other value.
    init?(_ value: Value) {
        guard let members = value.map, members.count == 1, let fault = members["fault"],
            let code = fault["code"]?.string, let message = fault["message"]?.string
        else { return nil }
        // A newer version may know more codes.
        self.init(Code(rawValue: code) ?? .refused, String(message.prefix(2000)))
    }
}

extension PeerFault.Code {
    /// What HTTP calls it, for whoever looks with another client.
    var status: HTTPResponseStatus {
        switch self {
        case .unreachable: .badGateway
        case .stranger: .unauthorized
        case .notMember: .forbidden
        case .lowerTerm: .conflict
        case .unknownRoute: .notFound
        case .malformed: .badRequest
        case .refused: .unprocessableEntity
        case .missing: .gone
        }
    }
}
