import NIOHTTP1
import Values

/// What may stand next on a command line; shells ask for it through `confd_client __complete WORDS...`.
///
/// The last word is the one that is being typed, empty at the beginning of a new one. Nothing is said on errors, and nobody
/// is asked for a password.
struct Completion {
    private static let withValue: Set = [
        "-c", "-a", "-A", "-o", "--output", "-u", "--user", "-n", "--limit", "--host", "--socket", "--cacert",
        "--cert", "--key", "--credentials", "--context", "--reason", "--priority", "--timeout", "--depends-on",
        "--idempotency-key", "--completion", "-p", "-R", "-s",
    ]

    let session: Session
    private let typed: String
    private let before: [String]
    private let optionToFill: String?

    init(_ words: [String], session: Session) {
        self.session = session
        typed = words.last ?? ""
        var plain: [String] = []
        var option: String?
        for word in words.dropLast() {
            if let open = option {
                if open == "-c" { plain.insert(word, at: 0) }
                option = nil
            } else if word.hasPrefix("-"), word.count > 1 {
                option = Self.withValue.contains(word) ? word : nil
            } else {
                plain.append(word)
            }
        }
        before = plain
        optionToFill = option
    }

    /// Candidates that begin with what is typed, sorted.
    func candidates() async -> [String] {
        let all = (try? await unfiltered()) ?? []
        return Set(all).filter { $0.hasPrefix(typed) }.sorted()
    }

    private func unfiltered() async throws(Failure) -> [String] {
        switch optionToFill {
        case "-o", "--output": return ["yaml", "json", "python", "flat", "table", "table=", "jsonpath="]
        case "--completion": return CompletionScript.allCases.map(\.rawValue)
        case "--priority": return Invocation.priorities
        case "--depends-on": return try await names(at: "/jobs?limit=20&fields=job_id&done=false", "job_id")
        case "--context": return try contexts()
        case "-c": return try await commands()
        case .some: return []
        case nil: break
        }
        if typed.hasPrefix("-") { return Invocation.options }
        guard let command = before.first else { return try await commands() }
        if let verb = Verb(rawValue: command) { return try await words(for: verb) }
        return try await words(forJob: command)
    }

    private func commands() async throws(Failure) -> [String] {
        Verb.allCases.map(\.rawValue) + (try await session.jobNames())
    }

    /// Names of contexts; nobody has to be asked for them.
    private func contexts() throws(Failure) -> [String] {
        Array(try CredentialsFile(session.line.place.credentials, Variables()).contexts.keys)
    }

    private func words(for verb: Verb) async throws(Failure) -> [String] {
        let words = before.dropFirst()
        if let last = words.last, last.hasSuffix(":") {
            return try await values(of: String(last.dropLast()), for: verb)
        }
        guard let first = words.first, !first.hasSuffix(":"), !verb.ownWords.isEmpty, verb != .help else {
            let first = words.isEmpty ? verb.ownWords + (try await objects(for: verb)) : []
            let more = words.isEmpty || !verb.wantsSeveral ? [] : try await objects(for: verb)
            return first + more + left(verb.names(behind: nil), words)
        }
        if verb == .rules, first == "add", words.count == 1 { return Verb.values(of: "action") }
        let things = verb.things(behind: first)
        let ids = things == nil ? [] : try await names(at: things?.path ?? "", things?.member ?? "")
        return ids + left(verb.names(behind: first), words)
    }

    /// Names that are not given yet, as they are typed.
    private func left(_ names: [String], _ words: ArraySlice<String>) -> [String] {
        names.map { "\($0):" }.filter { !words.contains($0) }
    }

    private func values(of name: String, for verb: Verb) async throws(Failure) -> [String] {
        let few = Verb.values(of: name)
        if !few.isEmpty { return few }
        switch (verb, name) {
        case (.jobs, "type"), (.rules, "type"): return try await session.jobNames()
        case (_, "user"): return try await names(at: Self.all("users"), "name")
        case (_, "database"): return try await names(at: Self.all("databases"), "name")
        case (_, "volume"): return try await names(at: Self.all("volumes"), "name")
        case (_, "object"): return try await names(at: Self.all("databases"), "name").map { "db:\($0)" }
        default: return []
        }
    }

    private func objects(for verb: Verb) async throws(Failure) -> [String] {
        switch verb.wants {
        case "job": return try await session.jobNames()
        case "id":
            let open = verb == .stop ? "&done=false" : ""
            return try await names(at: "/jobs?limit=20&fields=job_id\(open)", "job_id")
        case "revision": return try await names(at: "/exaconf/revisions?limit=20", "revision")
        default: return []
        }
    }

    /// Names of parameters that are not given yet, or values of the one that is.
    private func words(forJob job: String) async throws(Failure) -> [String] {
        let parameters = try await session.type(job)["parameters"]?.list ?? []
        if let last = before.last, last.hasSuffix(":"), before.count > 1 {
            let name = String(last.dropLast())
            return try await values(of: parameters.first { $0["name"]?.string == name } ?? .null, name)
        }
        let given = Set(before.dropFirst().filter { $0.hasSuffix(":") }.map { String($0.dropLast()) })
        return parameters.compactMap { $0["name"]?.string }.filter { !given.contains($0) }.map { $0 + ":" }
    }

    private func values(of parameter: Value, _ name: String) async throws(Failure) -> [String] {
        if let allowed = parameter["allowed"]?.list, !allowed.isEmpty { return allowed.compactMap(\.plain) }
        if parameter["types"]?.list?.contains(.string("bool")) == true { return ["true", "false"] }
        guard let (path, member) = Self.collections[name] else { return [] }
        return try await names(at: path, member)
    }

    /// Where the names are that a parameter can have.
    private static let collections = [
        "db_name": (all("databases"), "name"), "bucketfs_name": (all("bucketfs"), "name"),
        "username": (all("users"), "name"), "groupname": ("/groups", "name"), "vname": (all("volumes"), "name"),
        "nid": (all("nodes"), "id"), "node_id": (all("nodes"), "id"), "remote_volume_name": ("/remote-volumes", "name"),
        "object_volume_name": ("/object-volumes", "name"), "job_name": ("/job-types", "name"),
    ]

    /// A list that has pages, on one.
    private static func all(_ name: String) -> String { "/\(name)?limit=1000" }

    private func names(at path: String, _ member: String) async throws(Failure) -> [String] {
        (try await session.daemon.value(.GET, path)["items"]?.list ?? []).compactMap { $0[member]?.plain }
    }
}
