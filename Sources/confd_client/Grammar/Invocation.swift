import Values

/// What one command line asks for, by the legacy grammar: options may stand anywhere, and what is no option is the command
/// and its words.
struct Invocation: Equatable {
    /// The words behind the command, as the shell gave them.
    enum Arguments: Equatable {
        case words([String])
        /// The text of `-a`.
        case yaml(String)
        /// The text of `-A`.
        case json(String)
    }

    var command: String?
    var arguments = Arguments.words([])
    var form: OutputForm?
    var startsOnly = false
    var isDryRun = false
    var isVolatile = false
    var isVerbose = false
    var follows = false
    var wantsHelp = false
    var wantsVersion = false
    var completion: String?
    var reason: String?
    var limit: Int?
    /// Of a job that is to be run.
    var scheduling = Scheduling()
    /// Seconds.
    var timeout: Int?
    var place = PlaceOptions()

    /// Where the daemon is and who asks, as far as the command line says.
    struct PlaceOptions: Equatable {
        var host: String?
        var socket: String?
        var user: String?
        var authority: String?
        var certificate: String?
        var key: String?
        var credentials: String?
        /// The name of a cluster in the file of credentials.
        var context: String?
    }

    /// How a job is to wait for its turn.
    struct Scheduling: Equatable {
        var priority: String?
        /// Ids of jobs that have to end well first.
        var dependencies: [String] = []
        var idempotencyKey: String?
    }

    static let priorities = ["low", "normal", "high"]

    /// As they are spelled.
    static let options = [
        "-c", "-a", "-A", "-S", "--start", "-j", "--json", "-P", "--python", "--flat", "-o", "--output", "-u", "--user",
        "-d", "--dry-run", "-J", "--volatile", "-f", "--follow", "-n", "--limit", "-v", "--verbose", "-h", "--host",
        "--socket", "--cacert", "--cert", "--key", "--credentials", "--context", "--reason",
        "--priority", "--timeout", "--depends-on", "--idempotency-key", "--completion", "--version", "--help",
    ]

    /// The words, where a command takes plain ones; those of `-a` and `-A` count as one.
    var words: [String] {
        switch arguments {
        case .words(let words): words
        case .yaml(let text), .json(let text): [text]
        }
    }

    init() {}

    /// - Throws: ``Failure`` for an option that is unknown, lacks its value or has a wrong one.
    init(_ line: [String]) throws(Failure) {
        var words: [String] = []
        var rest = line[...]
        while let word = rest.popFirst() {
            if word == "--" {
                words += rest
                break
            }
            // What follows 'name:' is its value, whatever it looks like.
            guard word.count > 1, word.hasPrefix("-"), !Words.endWithName(words) else {
                words.append(word)
                continue
            }
            try take(word, &rest)
        }
        if command == nil { command = words.isEmpty ? nil : words.removeFirst() }
        if case .words = arguments {
            arguments = .words(words)
        } else if !words.isEmpty {
            throw .usage("'\(words[0])' stands beside -a or -A; give parameters one way only.")
        }
    }

    private mutating func take(_ word: String, _ rest: inout ArraySlice<String>) throws(Failure) {
        if word.hasPrefix("--") {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if parts.count == 2 { rest.insert(parts[1], at: rest.startIndex) }
            let left = rest.count
            try set(parts[0], &rest)
            if parts.count == 2, rest.count == left { throw .usage("\(parts[0]) takes no value.") }
            return
        }
        // Short options may stand together, -jS; what follows one with a value is that value, -uadmin.
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
            let isLast = letters.isEmpty
            if !isLast { rest.insert(String(letters), at: rest.startIndex) }
            let left = rest.count
            try set("-\(letter)", &rest)
            if !isLast {
                if rest.count < left { return }
                rest.removeFirst()
            }
        }
    }

    private mutating func set(_ name: String, _ rest: inout ArraySlice<String>) throws(Failure) {
        switch name {
        case "-c", "--command": command = try value(of: name, &rest)
        case "-a", "--args": arguments = .yaml(try value(of: name, &rest))
        case "-A", "--json-args": arguments = .json(try value(of: name, &rest))
        case "-j", "--json": form = .json
        case "-P", "--python": form = .python
        case "--flat": form = .flat
        case "-o", "--output": form = try OutputForm(try value(of: name, &rest))
        case "-S", "--start": startsOnly = true
        case "-d", "--dry-run": isDryRun = true
        case "-J", "--volatile": isVolatile = true
        case "-f", "--follow": follows = true
        case "-v", "--verbose": isVerbose = true
        case "-h", "--help": wantsHelp = true
        case "--version": wantsVersion = true
        case "--completion": completion = try value(of: name, &rest)
        case "--reason": reason = try value(of: name, &rest)
        case "-n", "--limit": limit = try count(try value(of: name, &rest))
        case "--timeout": timeout = try Moment.length(try value(of: name, &rest), of: name)
        default: if try !setScheduling(name, &rest) { try setPlace(name, &rest) }
        }
    }

    private mutating func setScheduling(_ name: String, _ rest: inout ArraySlice<String>) throws(Failure) -> Bool {
        switch name {
        case "--priority":
            let word = try value(of: name, &rest)
            guard Self.priorities.contains(word) else {
                throw .usage("--priority is one of \(Self.priorities.joined(separator: ", ")), not '\(word)'.")
            }
            scheduling.priority = word
        case "--depends-on":
            let ids = try value(of: name, &rest).split(separator: ",").map { String($0).trimmed }
            guard !ids.isEmpty else { throw .usage("--depends-on needs ids of jobs, with commas between.") }
            scheduling.dependencies += ids
        case "--idempotency-key":
            let key = try value(of: name, &rest)
            guard (1...128).contains(key.utf8.count), key.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != 0x22 })
            else {
                throw .usage("--idempotency-key needs 1 to 128 printable characters of ASCII without quotes.")
            }
            scheduling.idempotencyKey = key
        default: return false
        }
        return true
    }

    private mutating func setPlace(_ name: String, _ rest: inout ArraySlice<String>) throws(Failure) {
        switch name {
        case "-u", "--user": place.user = try value(of: name, &rest)
        case "--host": place.host = try value(of: name, &rest)
        case "--socket": place.socket = try value(of: name, &rest)
        case "--cacert": place.authority = try value(of: name, &rest)
        case "--cert": place.certificate = try value(of: name, &rest)
        case "--key": place.key = try value(of: name, &rest)
        case "--context": place.context = try value(of: name, &rest)
        case "--credentials": place.credentials = try value(of: name, &rest)
        // Of the SaaS command line: platform, region and reference mean nothing to a daemon.
        case "-p", "-R", "-s": _ = try value(of: name, &rest)
        default:
            let near = Suggestion.nearest(to: name, in: Self.options.filter { $0.hasPrefix("--") })
            throw .usage(
                "There is no option \(name); "
                    + (near.map { "did you mean \($0)?" } ?? "'confd_client --help' lists them."))
        }
    }

    private func value(of name: String, _ rest: inout ArraySlice<String>) throws(Failure) -> String {
        guard let value = rest.popFirst() else { throw .usage("\(name) needs a value.") }
        return value
    }

    private func count(_ text: String) throws(Failure) -> Int {
        guard let count = Int(text), (1...1000).contains(count) else {
            throw .usage("--limit needs a number from 1 to 1000, not '\(text)'.")
        }
        return count
    }
}
