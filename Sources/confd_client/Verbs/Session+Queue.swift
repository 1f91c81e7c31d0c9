import NIOHTTP1
import Values

extension Session {
    /// Prints what waits and for what, what runs, and the rules in force.
    func queue() async throws(Failure) {
        guard line.words.isEmpty else { throw .usage("'queue' takes no words.") }
        var told = try await daemon.value(.GET, "/queue").map ?? [:]
        let open = try await jobs("done=false&sort=submitted_at&limit=\(line.limit ?? 1000)")
        guard line.form == nil else {
            told["jobs"] = .list(open)
            return try show(.map(told))
        }
        Terminal.write(Self.text(ofQueue: .map(told), jobs: open, on: display), on: display)
    }

    /// The sentence, the open jobs and the rules.
    static func text(ofQueue queue: Value, jobs: [Value], on display: Display) -> Styled {
        var text = Styled("\(headline(ofJobs: jobs, open: queue["open"]?.int)).\n")
        if !jobs.isEmpty { text.append(table(ofJobs: jobs, on: display)) }
        let rules = queue["rules"]?.list ?? []
        if !rules.isEmpty {
            text.append("\n")
            text.append(table(ofRules: rules, on: display))
        }
        return text
    }

    /// `3 open: 1 runs, 2 wait`.
    ///
    /// - Parameter open: How many there are, where that may be more than are shown.
    static func headline(ofJobs jobs: [Value], open: Int? = nil) -> String {
        let count = max(open ?? 0, jobs.count)
        if count == 0 { return "No job is open" }
        let waiting = jobs.count { JobStates.state(of: $0) == "waiting" }
        let running = jobs.count - waiting
        let parts = [(running, running == 1 ? "runs" : "run"), (waiting, waiting == 1 ? "waits" : "wait")]
        let words = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        return "\(count) open" + (words.isEmpty ? "" : ": \(words)")
            + (count > jobs.count ? ", the rest is not shown" : "")
    }

    static func table(ofJobs jobs: [Value], on display: Display) -> Styled {
        let rows = jobs.map { Value.map(($0.map ?? [:]).merging(row(ofJob: $0, at: display.now)) { $1 }) }
        return Table(rows, columns: jobColumns, on: display).styled(display)
    }

    /// Prints what runs and waits now; on a terminal again and again, until the user ends it.
    func top() async throws(Failure) {
        guard line.words.isEmpty else { throw .usage("'top' takes no words.") }
        while true {
            let now = display.isTerminal ? Display(Variables()) : display
            let open = try await jobs("done=false&sort=submitted_at&limit=\(line.limit ?? 200)")
            guard line.form == nil else { return try show(.list(open)) }
            let text = Self.text(ofTop: open, on: now)
            guard now.isTerminal else { return Terminal.write(text, on: now) }
            // Home, and what is below cleared (ECMA-48, CUP and ED).
            Terminal.draw("\u{1B}[H\u{1B}[J", on: 1)
            Terminal.write(text, on: now)
            do {
                try await Task.sleep(for: .seconds(2))
            } catch {
                return
            }
        }
    }

    /// One look: the sentence, then as many jobs as there is room for, those that run first.
    static func text(ofTop jobs: [Value], on display: Display) -> Styled {
        let end = display.isTerminal ? "; Ctrl-C ends this, and no job" : ""
        var text = Styled("\(headline(ofJobs: jobs))\(end).\n")
        let sorted =
            jobs.filter { JobStates.state(of: $0) == "running" } + jobs.filter { JobStates.state(of: $0) != "running" }
        let room = display.height.map { max(1, $0 - 3) } ?? sorted.count
        if !sorted.isEmpty { text.append(table(ofJobs: Array(sorted.prefix(room)), on: display)) }
        return text
    }
}
