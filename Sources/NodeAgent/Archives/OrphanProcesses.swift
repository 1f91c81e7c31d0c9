import Access
import Foundation
import JobEngine
import Values

/// Programs of a step that outlived the daemon, which was killed while it waited for them.
enum OrphanProcesses {
    /// The variable of their environment that says which step they are of.
    static let variable = "CONFD_STEP"

    /// Its value.
    static func mark(of call: ActionCall) -> String { "\(call.root.directory) \(call.job) \(call.step)" }

    /// Ends those of a step that begins anew, and returns when they are gone.
    static func end(_ call: ActionCall) async throws(ActionError) {
        let entry = "\(variable)=\(mark(of: call))"
        while true {
            let found = processes { $0.contains { $0.elementsEqual(entry.utf8) } }
            if found.isEmpty { return }
            for process in found { kill(process, SIGKILL) }
            try call.check()
            await call.time.sleep(until: call.time.monotonic + .milliseconds(20))
        }
    }

    /// Processes of this machine by their environment, as far as we may see it.
    private static func processes(where isMeant: ([Data.SubSequence]) -> Bool) -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { process in
            guard let file = FileHandle(forReadingAtPath: "/proc/\(process)/environ"),
                let bytes = try? file.readToEnd()
            else { return false }
            return isMeant(bytes.split(separator: 0))
        }
    }
}
