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
        guard let obstacle = job["waiting_for"]?.list?.first else {
            let percent = job["progress"]?["percent"]?.int.map { ", \($0) %" } ?? ""
            let text = job["progress"]?["text"]?.string.map { ", \($0)" } ?? ""
            return (job["stage"]?.string ?? "unknown") + percent + text
        }
        let kind = obstacle["kind"]?.string ?? "something"
        let name = obstacle["name"]?.string.map { " \($0)" } ?? ""
        let holder = obstacle["holder"]?.string.map { ", which job \($0) holds" } ?? ""
        return "waiting for \(kind)\(name)\(holder)"
    }
}
