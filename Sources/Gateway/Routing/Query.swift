import Hummingbird
import JobEngine
package import Values

/// The query of a request after it was compared with what its route knows.
package struct Query: Sendable {
    private let values: [(name: String, value: String)]
    /// The query as it came, without the question mark.
    package let text: String?

    /// A request without a query; costs nothing.
    package static let none = Query(values: [], text: nil)

    private init(values: [(name: String, value: String)], text: String?) {
        self.values = values
        self.text = text
    }

    /// The query of a URI.
    ///
    /// - Throws: ``Problem`` with a fault for each unknown, doubled or unreadable parameter.
    package static func read(_ text: String?, for route: Route) throws(Problem) -> Query {
        guard let text, !text.isEmpty else { return .none }
        var values: [(name: String, value: String)] = []
        var faults: [Problem.Fault] = []
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(parts[0]),
                let value = PercentEncoding.decode(parts.count > 1 ? parts[1] : "")
            else {
                faults.append(
                    .init(.parameter(pair.echoed), "parameter-invalid", detail: "It is not percent-encoded UTF-8.")
                )
                continue
            }
            if let fault = fault(name, value, among: values, for: route) {
                faults.append(fault)
            } else {
                values.append((name, value))
            }
        }
        if !faults.isEmpty {
            throw Problem(.queryInvalid, faults.map(\.detail).joined(separator: " "), faults: faults)
        }
        return Query(values: values, text: text)
    }

    private static func fault(
        _ name: String, _ value: String, among earlier: [(name: String, value: String)], for route: Route
    ) -> Problem.Fault? {
        let shown = name.echoed
        guard let parameter = route.knownQuery.first(where: { $0.name == name }) else {
            if route.takesAnyQuery { return nil }
            let names = route.query.map(\.name).sorted().joined(separator: ", ")
            return .init(
                .parameter(shown), "parameter-unknown",
                detail: "'\(shown)' is no parameter here; " + (names.isEmpty ? "there is none." : "known: \(names)."))
        }
        if !parameter.isRepeatable, earlier.contains(where: { $0.name == name }) {
            return .init(.parameter(shown), "parameter-invalid", detail: "'\(name)' may stand only once.")
        }
        return parameter.fault(of: value).map {
            .init(.parameter(name), "parameter-invalid", detail: "'\(name)': give \($0).")
        }
    }

    /// The first value of a parameter.
    package subscript(_ name: String) -> String? {
        values.first { $0.name == name }?.value
    }

    /// All values of a parameter that may stand more than once.
    package func all(_ name: String) -> [String] {
        values.filter { $0.name == name }.map(\.value)
    }

    /// The first value as a whole number; `nil` when it is absent or none.
    package func int(_ name: String) -> Int? { self[name].flatMap { Int($0) } }
    /// `true`, `1` or an empty value is true, `false` or `0` false; `nil` when absent or neither.
    package func flag(_ name: String) -> Bool? { self[name].flatMap(Self.truth) }
    /// The first value read as RFC 3339; `nil` when it is absent or no time.
    package func time(_ name: String) -> Timestamp? { self[name].flatMap(Self.time) }
    /// Whole seconds.
    package func seconds(_ name: String) -> Int? { self[name].flatMap(Self.seconds) }

    package static func truth(_ text: String) -> Bool? {
        switch text {
        case "true", "1", "": true
        case "false", "0": false
        default: nil
        }
    }

    // Years of more than four digits have no place in RFC 3339 and would overflow further on.
    package static func time(_ text: String) -> Timestamp? { text.utf8.count <= 40 ? Timestamp(text) : nil }

    package static func seconds(_ text: String) -> Int? {
        let digits = text.hasSuffix("s") ? text.dropLast() : text[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(digits)
    }
}

extension Route {
    /// The parameters the handler knows, and those that are read before it.
    package var knownQuery: [QueryParameter] {
        let known = query + (interface == .rest ? [.pretty] : [])
        return switch locality {
        case .anyNode: known
        case .freshRead: known + [.consistency, .minRevision, .redirectedFrom]
        case .master: known + [.redirectedFrom]
        }
    }
}
