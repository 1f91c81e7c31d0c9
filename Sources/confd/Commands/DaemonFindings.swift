import Foundation
import HTTPServer

/// What the daemon that runs on an installation says is not as the configuration has it.
struct DaemonFindings {
    private let settings: DaemonSettings
    private let installation: Installation

    init(_ settings: DaemonSettings, _ installation: Installation) {
        self.settings = settings
        self.installation = installation
    }

    /// A line for each; none when no daemon runs, or it cannot be asked.
    var notes: [String] {
        do throws(Failure) {
            guard try InstallationLock.holder(of: installation) != nil, let socket = try settings.localSocket() else {
                return []
            }
            return try Self.impaired(LocalRequest(socket: socket.path).text("/readyz?verbose"))
        } catch {
            return []
        }
    }

    /// The checks marked as impaired, without the time of the look.
    private static func impaired(_ text: String) -> [String] {
        text.split(separator: "\n").filter { $0.hasPrefix("[!] ") }.map { line in
            let words = line.dropFirst(4)
            let end = words.range(of: " (", options: .backwards)?.lowerBound ?? words.endIndex
            return "the daemon: \(words[..<end])"
        }
    }
}
