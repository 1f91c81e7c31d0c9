import JobEngine
import Values

#if canImport(Glibc)
import Glibc
#endif

/// The system's journal, where the daemon writes to it.
enum Journal {
    /// What the daemon wrote within a time, as its own lines; empty where its log does not go to the journal.
    static func lines(within window: Range<Timestamp>, _ call: ActionCall) async throws(ActionError) -> [UInt8] {
        // systemd tells a service by this variable that its output is kept (systemd.exec(5)).
        guard isUsed, access("/usr/bin/journalctl", X_OK) == 0 else { return [] }
        var program = ExternalProgram("/usr/bin/journalctl")
        program.arguments = [
            "--quiet", "--no-pager", "--output=cat", "--identifier=confd", "--lines=20000",
            "--since=@\(window.lowerBound.milliseconds / 1000)", "--until=@\(window.upperBound.milliseconds / 1000)",
        ]
        program.outputLimit = LogSource.limit
        let answer = try await program.run([], within: call)
        return answer.exitCode == 0 ? answer.output : []
    }

    /// Whether the daemon's log goes to the journal.
    static var isUsed: Bool { getenv("JOURNAL_STREAM") != nil }
}
