import ArgumentParser
import Values

struct ClusterLevel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "level", abstract: "Show or raise the level of the log, which says what versions can be together.",
        discussion: """
            A version of the daemon knows two levels: that of the version before, and its own. The level in force is raised \
            when every node runs the later version: by a word, or by itself after 'cluster.level_delay', a day by default.
            """, subcommands: [ShowLevel.self, RaiseLevel.self], defaultSubcommand: ShowLevel.self)
}

struct ShowLevel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Say which level is in force, and which each node knows.",
        discussion: "Every node answers.")

    @OptionGroup var options: RootOptions

    func run() async throws {
        try await reporting {
            let daemon = try RunningDaemon(await DaemonSettings.read(root: options.root))
            StandardOutput.write(LevelTexts.lines(try daemon.get("/cluster/level")))
        }
    }
}

struct RaiseLevel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "raise", abstract: "Put the next level in force.",
        discussion: """
            On the node that decides, once every node runs the later version. Afterwards no node can go back to the version \
            before. Declined while a node does not say that it knows the level.
            """)

    @OptionGroup var options: RootOptions

    func run() async throws {
        try await reporting {
            let daemon = try RunningDaemon(await DaemonSettings.read(root: options.root))
            let level = try LevelTexts.next(daemon.get("/cluster/level"))
            StandardOutput.write(MembershipTexts.lines(try daemon.post("/cluster/level", ["level": .int(level)])))
        }
    }
}

/// What is printed of levels.
enum LevelTexts {
    /// What matters, and a line for each node.
    static func lines(_ levels: Value) -> String {
        let members = (levels["members"]?.list ?? []).map { member in
            let told = (member["levels"]?.list ?? []).compactMap(\.int)
            let version = member["version"]?.string.map { " of \($0)" } ?? ""
            let text: String
            switch (told.first, told.last) {
            case (let first?, let last?) where first == last: text = "knows level \(first)"
            case (let first?, let last?): text = "knows levels \(first) to \(last)"
            default: text = member["lack"]?.string ?? "does not say what it knows"
            }
            return "node \(member["node"]?.int ?? 0)\(version) \(text)"
        }
        return ([levels["sentence"]?.string ?? ""] + members).map { "\($0)\n" }.joined()
    }

    /// The level to ask for: the daemon says why where there is none.
    static func next(_ levels: Value) throws(Failure) -> Int {
        if let next = levels["next"]?.int { return next }
        guard let level = levels["level"]?.int else {
            throw Failure("The daemon's answer has no level: is it of another version?", .unavailable)
        }
        return level + 1
    }
}
