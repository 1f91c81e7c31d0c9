import Glibc
import Values

/// A small YAML file with `host`, `user`, `password`, `token`, `cacert`, `cert` and `key`, for its owner's eyes only.
///
/// Under `contexts` it can have the same for several clusters, by names, and as `context` the name of the one that counts when none
/// is named.
struct CredentialsFile {
    private static let members: Set<String> = ["host", "user", "password", "token", "cacert", "cert", "key"]

    /// Where it is; `nil` where there is none.
    private(set) var path: String?
    /// The members of each context.
    private(set) var contexts: [String: [String: String]] = [:]
    /// The context that counts when none is named.
    private(set) var usual: String?
    private var values: [String: String] = [:]

    subscript(_ name: String) -> String? { values[name] }

    /// - Throws: ``Failure`` for a file that others may read, or that has something else in it.
    init(_ named: String?, _ variables: Variables) throws(Failure) {
        // A home that is no text has no file we could name; nothing else depends on it.
        let usual = (try? variables.text("HOME")).flatMap { $0 }.map { $0 + "/.config/confd/credentials" }
        guard let path = try variables.value("CREDENTIALS", given: named) ?? usual else { return }
        var status = stat()
        if stat(path, &status) != 0 {
            if path == usual { return }
            throw .usage("The file of credentials \(path) cannot be read: \(String(cString: strerror(errno))).")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw Failure("Others may read the credentials in \(path).", advice: "chmod 600 \(path)", .usage)
        }
        try read(try Terminal.read(path), of: path)
    }

    private mutating func read(_ text: String, of path: String) throws(Failure) {
        guard var members = YAML.parse(text)?.map else { throw Self.unreadable(path) }
        let sections = members.removeValue(forKey: "contexts") ?? [:]
        usual = members.removeValue(forKey: "context")?.plain
        guard let sections = sections.map, Self.members.isSuperset(of: members.keys) else {
            throw Self.unreadable(path)
        }
        for (name, section) in sections {
            guard let section = section.map, Self.members.isSuperset(of: section.keys) else {
                throw .usage(
                    "The context '\(name)' of \(path) may have \(Self.members.sorted().joined(separator: ", ")) alone.")
            }
            contexts[name] = section.compactMapValues(\.plain)
        }
        values = members.compactMapValues(\.plain)
        self.path = path
    }

    private static func unreadable(_ path: String) -> Failure {
        .usage(
            "\(path) has to have the lines host, user, password, token, cacert, cert and key, or some of them, and such lines "
                + "for each of its contexts.")
    }

    /// From now on the members of this context count, and no others.
    ///
    /// - Throws: ``Failure`` where there is none of this name.
    mutating func choose(_ name: String) throws(Failure) {
        guard let section = contexts[name] else {
            let advice = Suggestion.advice(on: name, in: contexts.keys.sorted())
            throw .usage("There is no context '\(name)' in \(path ?? "a file of credentials"); \(advice)")
        }
        values = section
    }

    /// The same for the context that counts when none is named, if there is one.
    mutating func chooseUsual() throws(Failure) {
        if let usual { try choose(usual) }
    }
}
