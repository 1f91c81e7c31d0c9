import Values

/// A line on the terminal that tells what a job is at; none where standard error is no terminal.
final class Progress {
    let isShown: Bool
    private let begin = ContinuousClock.now
    private var isOnScreen = false

    init(isShown: Bool) { self.isShown = isShown }

    func show(_ job: Value) {
        guard isShown else { return }
        let seconds = (ContinuousClock.now - begin).components.seconds
        let text =
            "\(job["type"]?.string ?? "job") \(job["job_id"]?.string ?? ""): \(Self.state(of: job)) (\(seconds) s)"
        // Begins the line anew and clears what is left of the old one (ECMA-48, EL).
        Terminal.draw("\r\(Terminal.harmless(text))\u{1B}[K")
        isOnScreen = true
    }

    func clear() {
        if isOnScreen { Terminal.draw("\r\u{1B}[K") }
        isOnScreen = false
    }

    /// The stage of a job, and what it waits for or how far it is.
    static func state(of job: Value) -> String {
        if let obstacle = obstacle(of: job) { return "waiting for \(obstacle)" }
        let progress = progress(of: job)
        return (job["stage"]?.string ?? "unknown") + (progress.isEmpty ? "" : ", \(progress)")
    }

    /// What a job waits for first, and which job has it; `nil` for one that does not wait.
    static func obstacle(of job: Value) -> String? {
        guard let obstacle = job["waiting_for"]?.list?.first else { return nil }
        let kind = obstacle["kind"]?.string ?? "something"
        let name = obstacle["name"]?.string.map { " \($0)" } ?? ""
        let holder = obstacle["holder"]?.string.map { ", which job \($0) holds" } ?? ""
        return kind + name + holder
    }

    /// How far a job is, in percent and words, as far as it says so.
    static func progress(of job: Value) -> String {
        let percent = job["progress"]?["percent"]?.int.map { "\($0) %" }
        return [percent, job["progress"]?["text"]?.string].compactMap(\.self).joined(separator: ", ")
    }
}
