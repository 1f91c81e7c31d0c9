import Foundation
import JobEngine
import NodeCommands

/// What the kernel tells of this machine's network links.
struct NetworkLinks {
    /// A folder with one of its own for each.
    let folder: String

    /// The speed of the slowest link that is up, in MBit/s; `nil` when none tells its speed.
    var slowest: Int? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let speeds = names.compactMap { name -> Int? in
            guard name != "lo", text(name, "operstate") != "down" else { return nil }
            return text(name, "speed").flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        }
        return speeds.min()
    }

    private func text(_ name: String, _ file: String) -> String? {
        (try? String(contentsOfFile: "\(folder)/\(name)/\(file)", encoding: .utf8)).map {
            $0.trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }
}

extension CommandHandler {
    /// What a node tells of its network.
    ///
    /// - Parameter interfaces: Where the kernel shows them; a folder of its own in tests.
    package static func network(interfaces: String = "/sys/class/net") -> CommandHandler {
        let links = NetworkLinks(folder: interfaces)
        return CommandHandler(NetworkLinkSpeed.self) { (_, _) in NetworkLinkSpeed.Answer(speed: links.slowest) }
    }
}
