import Glibc
import Values

/// How a run of etcd ended.
package struct EtcdEnd: Sendable, Hashable, CustomStringConvertible {
    /// What the system told of it.
    package enum Status: Sendable, Hashable {
        /// It ended by itself, with this exit code.
        case exited(Int)
        /// A signal ended it.
        case killed(Int)
        /// It was started by a former run of the daemon: nobody was told.
        case unknown
    }

    /// What the system told of it.
    package let status: Status
    /// Its own last words on why, when there are any.
    package let reason: String?

    /// Takes it as it is.
    package init(_ status: Status, reason: String? = nil) {
        (self.status, self.reason) = (status, reason)
    }

    /// - Parameters:
    ///   - waited: What `waitpid` gave; `nil` for a process that is no child.
    ///   - log: The end of what it wrote.
    init(waited: Int32?, log: [UInt8]) {
        let status: Status =
            switch waited {
            case nil: .unknown
            case .some(let status) where status & 0x7F == 0: .exited(Int(status >> 8 & 0xFF))
            case .some(let status): .killed(Int(status & 0x7F))
            }
        self.init(status, reason: Self.reason(in: log))
    }

    /// Whether it ended since there was no room on its disk.
    package var isForLackOfRoom: Bool {
        guard let reason else { return false }
        return [ENOSPC, EDQUOT].contains { reason.contains(Self.words(of: $0)) }
    }

    package var description: String {
        let how =
            switch status {
            case .exited(let code): "exit code \(code)"
            case .killed(let number): "signal \(number)"
            case .unknown: "nobody was told how"
            }
        return reason.map { "\(how), \($0)" } ?? how
    }

    /// Go writes the system's words in small letters.
    private static func words(of code: Int32) -> String { String(cString: strerror(code)).lowercased() }

    /// Why it ended, by the last line that says so: one at which etcd gives up, or a panic of its language.
    static func reason(in log: [UInt8]) -> String? {
        for line in log.split(separator: 0x0A).reversed() {
            if let entry = (try? JSON.parse(line))?.map {
                guard let level = entry["level"]?.string, ["fatal", "panic", "dpanic"].contains(level) else { continue }
                let words = [entry["msg"]?.string, entry["error"]?.string].compactMap(\.self)
                return String(words.joined(separator: ": ").prefix(400))
            }
            let text = String(decoding: line, as: UTF8.self)
            if ["panic: ", "fatal error: ", "Error: "].contains(where: { text.hasPrefix($0) }) {
                return String(text.prefix(400))
            }
        }
        return nil
    }
}
