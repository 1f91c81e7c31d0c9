import Foundation
import JobEngine
package import Values

/// `network.link_speed`: the speed of this machine's slowest network link that is up, as the kernel tells it.
package struct NetworkLinkSpeed: NodeAction {
    /// As commands call it.
    package static let name = "network.link_speed"

    /// Where the kernel shows network interfaces; a folder of its own in tests.
    package let interfaces: String

    /// Reads the kernel's folder unless told otherwise.
    package init(interfaces: String = "/sys/class/net") {
        self.interfaces = interfaces
    }

    /// Answers `speed` in MBit/s; no member when no link tells its speed, as virtual ones do.
    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: interfaces)) ?? []
        let speeds = names.compactMap { name -> Int? in
            guard name != "lo", text(name, "operstate") != "down" else { return nil }
            return text(name, "speed").flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        }
        return .members(["speed": speeds.min().map(Value.int)])
    }

    private func text(_ name: String, _ file: String) -> String? {
        (try? String(contentsOfFile: "\(interfaces)/\(name)/\(file)", encoding: .utf8)).map {
            $0.trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }
}
