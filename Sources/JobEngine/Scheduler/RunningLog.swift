import Synchronization
import Values

/// The log of a command that runs: filled by whoever runs it, read by the scheduler.
final class RunningLog: Sendable {
    private let state: Mutex<CommandLog>
    private let secrets: [String]

    /// - Parameter command: Its secrets are not written down, whoever says them.
    init(of command: Command) {
        state = Mutex(CommandLog())
        let clear = Value.map(command.arguments)
        secrets = clear.texts(hiddenIn: clear.redacting(members: command.secrets))
    }

    var lines: CommandLog { state.withLock { $0 } }

    /// - Returns: Whether the line was kept.
    func append(_ text: String, at time: Timestamp) -> Bool {
        let text = secrets.reduce(text) { $0.replacing($1, with: "***") }
        return state.withLock { $0.append(text, at: time) }
    }
}

extension Value {
    /// The secrets of this value that another one, made by redacting it, does not have; the longest first.
    fileprivate func texts(hiddenIn redacted: Value) -> [String] {
        texts(besides: redacted).filter { !$0.isEmpty }.sorted { $0.utf8.count > $1.utf8.count }
    }

    private func texts(besides other: Value?) -> [String] {
        if self == other { return [] }
        switch self {
        case .map(let members): return members.flatMap { $1.texts(besides: other?.map?[$0]) }
        case .list(let elements):
            let others = other?.list ?? []
            return elements.enumerated().flatMap { index, element in
                element.texts(besides: others.indices.contains(index) ? others[index] : nil)
            }
        case .string(let text): return other == .string(Secret.mask) ? [text] : Secret.found(in: text)
        case .int(let number): return [String(number)]
        default: return []
        }
    }
}
