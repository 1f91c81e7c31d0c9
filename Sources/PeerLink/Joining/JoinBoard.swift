import Synchronization
package import Values

/// What a join has said so far, for whoever follows it from another process.
package final class JoinBoard: Sendable {
    /// Lines that are kept; a join has a few dozen.
    private static let capacity = 1000

    private struct State {
        var lines: [String] = []
        var end: Join.End?
        var sentence = ""
    }

    private let state = Mutex(State())

    /// Nothing was said yet.
    package init() {}

    /// Keeps a line.
    package func say(_ line: JoinLine) {
        state.withLock { state in
            guard state.lines.count < Self.capacity else { return }
            state.lines.append(line.shown)
        }
    }

    /// It has ended.
    ///
    /// - Parameter sentence: What the cluster bears now.
    package func finish(_ end: Join.End, sentence: String = "") {
        state.withLock { state in
            state.end = end
            state.sentence = sentence
        }
    }

    /// Lines from one on, and how it ended when it has.
    package func value(from first: Int) -> Value {
        let state = state.withLock { $0 }
        var members: [String: Value] = [
            "lines": .strings(state.lines.dropFirst(max(0, first))), "done": .bool(state.end != nil),
        ]
        switch state.end {
        case .refused(let refusal):
            members["refusal"] = .string(refusal.description)
            members["exit_code"] = .int(Int(refusal.exitCode))
        case .node, .handedOver: members["sentence"] = .string(state.sentence)
        case nil: break
        }
        return .map(members)
    }
}
